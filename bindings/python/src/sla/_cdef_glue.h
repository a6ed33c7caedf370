/* Of _glue.h. */

typedef struct sla_py_fact sla_py_fact;

typedef struct sla_py_events {
    char *data;
    size_t used;
    size_t size;
    size_t count;
} sla_py_events;

sla_py_fact *sla_py_fact_new(void);
void sla_py_fact_free(sla_py_fact *fact);
sla_py_events *sla_py_events_new(void);
void sla_py_events_free(sla_py_events *events);
void sla_py_events_clear(sla_py_events *events);
int sla_py_record(sla_engine *engine, sla_py_fact *room, const char *piece, size_t length, sla_answer *answer, sla_error *error);
int sla_py_poll(sla_engine *engine, sla_time now, size_t capacity, sla_py_events *events);
int sla_py_record_many(sla_engine *engine, sla_py_fact *room, const char *pieces, size_t length, size_t capacity, sla_py_events *events, size_t *taken_out, sla_error *error);

static const int64_t SLA_PY_FAILED;
int64_t sla_py_calendar_add(const sla_calendar *calendar, int64_t from, int64_t need, int fit);
int64_t sla_py_calendar_between(const sla_calendar *calendar, int64_t from, int64_t to);
int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from, const int64_t *needs, bool one, size_t count, int fit, int64_t *out, size_t *failed_out);
int sla_py_calendar_between_many(const sla_calendar *calendar, const int64_t *from, const int64_t *to, bool one, size_t count, int64_t *out, size_t *failed_out);
