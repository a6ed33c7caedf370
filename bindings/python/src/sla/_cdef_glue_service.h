/* Of _glue_service.h. */

typedef struct sla_py_service sla_py_service;

int sla_py_service_new(const sla_service_options *options, sla_time start,
                       sla_py_service **service_out, sla_error *error);
void sla_py_service_free(sla_py_service *glue);

sla_service *sla_py_service_machine(const sla_py_service *glue);

int sla_py_service_wake_fd(const sla_py_service *glue);
int sla_py_service_timer_fd(const sla_py_service *glue);

sla_time sla_py_service_now(const sla_py_service *glue);
void sla_py_service_set_clock(sla_py_service *glue, sla_time now, sla_duration passed);

typedef struct sla_py_turn {
    int state;
    bool more;
    bool answers, events, logs;
    sla_time now, until;
    const sla_wait *waits;
    size_t wait_count;
} sla_py_turn;

void sla_py_service_turn(sla_py_service *glue, sla_py_turn *turn_out);

typedef struct sla_py_answer {
    uint64_t call;
    int result;
    sla_answer answer;
    const sla_error *error;
} sla_py_answer;

int sla_py_service_record(sla_py_service *glue, const char *piece, size_t length, uint64_t call,
                          sla_error *error);
int sla_py_service_adopt(sla_py_service *glue, const sla_document *documents, size_t count,
                         uint64_t call, sla_error *error);
int sla_py_service_forget(sla_py_service *glue, sla_string tenant, sla_string ticket,
                          uint64_t call);

int sla_py_service_import(sla_py_service *glue, const char *pieces, size_t length,
                          sla_time told_until, bool dry_run, uint64_t call, sla_import *import,
                          sla_error *error);

typedef struct sla_py_delivery {
    const char *piece;
    size_t length;
    uint64_t number;
    uint32_t attempt;
} sla_py_delivery;

typedef struct sla_py_log {
    int level;
    const char *code, *text;
} sla_py_log;

const sla_py_answer *sla_py_service_take_answer(sla_py_service *glue);
const sla_py_log *sla_py_service_take_log(sla_py_service *glue);

uint64_t sla_py_service_logs_lost(sla_py_service *glue);

int sla_py_service_subscribe(sla_py_service *glue, const char *name, size_t max_in_flight,
                             sla_duration redeliver_after);
const sla_py_delivery *sla_py_service_take_event(sla_py_service *glue, size_t consumer);
size_t sla_py_service_waiting(const sla_py_service *glue, size_t consumer);
int sla_py_service_acknowledge(sla_py_service *glue, size_t consumer, uint64_t number);

typedef struct sla_py_opening sla_py_opening;

int sla_py_opening_new(const char *path, bool existing, sla_py_opening **opening_out);
int sla_py_opening_fd(const sla_py_opening *opening);

int sla_py_opening_finish(sla_py_opening *opening, sla_store **store_out, sla_error *error);

void sla_py_opening_abandon(sla_py_opening *opening);

void sla_py_store_close(sla_store *store);

int sla_py_sqlite_check(const char *path, char **complaints_out, sla_error *error);
int sla_py_pg_check(const char *conninfo, const char *schema, char **complaints_out,
                    sla_error *error);
void sla_py_text_free(char *text);
