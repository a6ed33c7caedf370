/* Of _glue.h. */

typedef struct sla_py_fact sla_py_fact;

typedef struct sla_py_events {
    char *data;
    size_t used;
    size_t size;
    size_t count;
    size_t given;
} sla_py_events;

sla_py_fact *sla_py_fact_new(void);
void sla_py_fact_free(sla_py_fact *fact);
sla_py_events *sla_py_events_new(void);
void sla_py_events_free(sla_py_events *events);
void sla_py_events_clear(sla_py_events *events);

typedef struct sla_py_engine {
    sla_engine *engine;
    sla_answer answer;
    sla_error error;
    sla_py_fact *room;
    sla_py_events *events;
} sla_py_engine;

static const int64_t SLA_PY_FAILED;
int sla_py_engine_new(const sla_engine_options *options, sla_py_engine **out);
void sla_py_engine_free(sla_py_engine *own);
int sla_py_record(sla_py_engine *own, const char *piece, size_t length);
int sla_py_supply_history(sla_engine *engine, sla_string tenant, sla_string ticket, const char *pieces, size_t length, sla_py_fact *room, const uint32_t *policies, sla_error *error);

typedef struct sla_py_batch {
    sla_time clock;
    size_t taken;
    size_t facts;
    size_t lines;
    size_t recorded;
    bool by_occurred;
    sla_py_events *tickets;
} sla_py_batch;

int sla_py_record_many(sla_engine *engine, sla_py_fact *room, const char *data, size_t length, bool lines, size_t capacity, sla_py_batch *batch, sla_py_events *events, sla_error *error);
int sla_py_pass_time(sla_engine *engine, sla_time end, size_t capacity, sla_py_batch *batch, sla_py_events *events);
size_t sla_py_event_json(const char *piece, const char *source, uint64_t sequence, char *buffer, size_t size);

size_t sla_py_lines_occurred(const char *data, size_t length, sla_py_fact *room, int64_t *occurred_at, size_t *lengths, size_t capacity);

typedef struct sla_py_clock {
    uint32_t ticket;
    uint32_t cycle;
    int64_t started_at, due_at, ended_at, breached_at;
    const char *policy, *target, *display;
    uint8_t state, level, marks, agreement;
    uint32_t unused;
} sla_py_clock;

int64_t sla_py_clocks_of(const sla_engine *engine, const char *names, size_t length, size_t *taken, uint32_t *next, sla_py_clock *clocks, size_t capacity);

double sla_py_calendar_add(const sla_calendar *calendar, double from, double need, int fit);
int64_t sla_py_calendar_between(const sla_calendar *calendar, double from, double to);
enum { SLA_PY_ONE = 1, SLA_PY_ROWS_NANO = 2, SLA_PY_OTHERS_NANO = 4 };
int sla_py_calendar_add_many(const sla_calendar *calendar, const int64_t *from, const int64_t *needs, unsigned how, size_t count, int fit, int64_t *out, size_t *failed_out);
int sla_py_calendar_between_many(const sla_calendar *calendar, const int64_t *from, const int64_t *to, unsigned how, size_t count, int64_t *out, size_t *failed_out);

void sla_py_command(int count, char **words);
