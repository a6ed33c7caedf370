/* Of sla/store.h, sla/service.h, sla/sqlite.h, sla/pg.h, sla/testing.h. */

typedef struct sla_service sla_service;
typedef struct sla_store sla_store;
