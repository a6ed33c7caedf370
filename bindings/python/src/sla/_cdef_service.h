/* Of sla/store.h, sla/service.h, sla/sqlite.h, sla/pg.h. */

typedef struct sla_service sla_service;
typedef struct sla_store sla_store;

typedef struct sla_wait {
    int fd;
    bool read, write;
} sla_wait;

typedef struct sla_document {
    sla_string source;
    sla_string text;
} sla_document;

int sla_store_memory_new(const sla_allocator *allocator, sla_store **store_out);
int sla_store_memory_share(sla_store *store, sla_store **store_out);

typedef struct sla_sqlite_options {
    size_t size;
    const sla_allocator *allocator;
    const char *path;
    bool existing;
} sla_sqlite_options;

int sla_store_sqlite_init(const sla_sqlite_options *options, sla_error *error);
int sla_store_sqlite_migrate(const sla_sqlite_options *options, sla_error *error);

typedef struct sla_pg_options {
    size_t size;
    const sla_allocator *allocator;
    const char *conninfo;
    const char *schema;
    sla_duration lease;
    sla_duration connect_limit;
    sla_duration answer_limit;
    bool pooled;
} sla_pg_options;

int sla_store_pg_new(const sla_pg_options *options, sla_store **store_out, sla_error *error);
int sla_store_pg_init(const sla_pg_options *options, sla_error *error);
int sla_store_pg_migrate(const sla_pg_options *options, sla_error *error);

typedef struct sla_clock_hook {
    void *context;
    sla_time (*now)(void *context);
    sla_time (*steady)(void *context);
    void (*arm)(void *context, sla_time at);
    void (*wake)(void *context);
} sla_clock_hook;

typedef enum sla_log_level {
    SLA_LOG_ERROR = 0,
    SLA_LOG_WARNING = 1,
    SLA_LOG_INFO = 2,
    SLA_LOG_DEBUG = 3
} sla_log_level;

typedef void (*sla_log_hook)(void *context, sla_log_level level, const char *code, const char *text);

typedef struct sla_service_options {
    size_t size;
    const sla_allocator *allocator;
    sla_store *store;
    sla_clock_hook clock;
    sla_log_hook log;
    void *log_context;
    const sla_document *documents;
    size_t document_count;
    size_t queue_max;
    size_t units_max;
    sla_duration keep;
    sla_duration sleep_max;
    sla_duration audit_every;
    sla_duration step_allowed;
    uint64_t incarnation[2];
    sla_duration apart_allowed;
} sla_service_options;

void sla_service_stop(sla_service *service);

typedef struct sla_import {
    uint64_t tickets, facts;
    uint64_t refused;
    uint64_t imported;
    uint64_t later;
} sla_import;

typedef enum sla_service_state {
    SLA_SERVICE_LOADING = 0,
    SLA_SERVICE_LIVE = 1,
    SLA_SERVICE_HELD = 2,
    SLA_SERVICE_STOPPING = 3,
    SLA_SERVICE_STOPPED = 4
} sla_service_state;

sla_service_state sla_service_get_state(const sla_service *service);
sla_time sla_service_until(const sla_service *service);
int sla_service_health(const sla_service *service, sla_error *error);
int sla_service_given_up(const sla_service *service);
const sla_engine *sla_service_engine(const sla_service *service);
int sla_service_bring(sla_service *service, sla_string tenant, sla_string ticket);

typedef struct sla_service_stats {
    size_t size;
    uint64_t queued;
    uint64_t facts, refused;
    uint64_t events, imported;
    uint64_t units, units_in_flight, retries, quarantined;
    uint64_t delivered, redelivered, acknowledged, unacknowledged;
    uint64_t tickets, live_tickets, live_clocks;
    uint64_t overdue;
    uint64_t clock_steps;
    sla_time oldest_unacknowledged;
    uint64_t lateness[24];
    uint64_t lateness_sum;
    uint64_t backlog;
    uint64_t resting;
    sla_time next_at;
    uint64_t aside;
} sla_service_stats;

void sla_service_get_stats(const sla_service *service, sla_service_stats *stats_out);
size_t sla_metrics_text(const sla_service *service, char *buffer, size_t size);
