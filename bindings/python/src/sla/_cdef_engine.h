/* Of sla/engine.h and sla/explain.h. */

typedef struct sla_string {
    const char *data;
    size_t length;
} sla_string;

typedef enum sla_value_type {
    SLA_VALUE_NONE,
    SLA_VALUE_STRING,
    SLA_VALUE_INT,
    SLA_VALUE_BOOL,
    SLA_VALUE_INSTANT
} sla_value_type;

typedef struct sla_attribute {
    sla_string name;
    sla_value_type type;
    sla_string string;
    int64_t number;
} sla_attribute;

typedef struct sla_answer {
    uint32_t seq;
    bool late;
    bool no_effect;
    bool refused;
    char rule[64];
} sla_answer;

typedef enum sla_state {
    SLA_WAITING,
    SLA_RUNNING,
    SLA_PAUSED,
    SLA_MET,
    SLA_MISSED,
    SLA_CANCELLED
} sla_state;

typedef enum sla_agreement { SLA_AGREEMENT_SLA, SLA_AGREEMENT_OLA, SLA_AGREEMENT_UC } sla_agreement;

const char *sla_event_kind_name(int kind);
const char *sla_state_name(int state);

typedef struct sla_engine_options {
    size_t size;
    const sla_allocator *allocator;
    bool history_in_store;
    sla_duration keep;
    size_t awake;
} sla_engine_options;

int sla_engine_new(const sla_engine_options *options, sla_engine **engine_out);
void sla_engine_free(sla_engine *engine);
int sla_engine_adopt(sla_engine *engine, sla_policies *policies, sla_calendar *const *calendars, size_t calendar_count, sla_time now, sla_error *error);
sla_time sla_engine_wakeup(const sla_engine *engine);
int sla_engine_forget(sla_engine *engine, sla_string tenant, sla_string ticket);
size_t sla_engine_expire(sla_engine *engine, sla_time now);

typedef struct sla_clock_view {
    const char *policy, *policy_version, *target, *metric, *display, *calendar;
    uint32_t cycle;
    sla_state state;
    bool breached, provisional, provisional_attributes, governs, excluded, adjusted_met;
    sla_agreement agreement;
    sla_time started_at;
    sla_time due_at;
    sla_time paused_at;
    sla_time ended_at;
    sla_time breached_at;
    sla_time next_at;
    const char *next_step;
    uint8_t level;
    int32_t rank;
} sla_clock_view;

int sla_engine_clocks(const sla_engine *engine, sla_string tenant, sla_string ticket, sla_clock_view *clocks, size_t capacity, size_t *count_out);
int sla_engine_attributes(sla_engine *engine, sla_string tenant, sla_string ticket, sla_attribute *attributes, size_t capacity, size_t *count_out);

typedef struct sla_engine_stats {
    uint64_t tickets, live_tickets, live_clocks;
    uint64_t facts, duplicates, late_facts, refused_facts, unread_facts;
    uint64_t events, worlds;
    uint64_t bytes;
    uint64_t resting;
} sla_engine_stats;

void sla_engine_get_stats(const sla_engine *engine, sla_engine_stats *stats_out);
int sla_engine_unread(const sla_engine *engine, size_t index, const char **name_out, uint64_t *count_out);
int sla_engine_verify(const sla_engine *engine, char *text, size_t size);
uint64_t sla_engine_hash(const sla_engine *engine);

const char *sla_explain_kind_name(int kind);
const char *sla_explain_kind_text(int kind);

typedef enum sla_explain_kind {
    SLA_EXPLAIN_RAN = 0,
    SLA_EXPLAIN_MAKEUP = 1,
    SLA_EXPLAIN_SPECIAL = 2,
    SLA_EXPLAIN_CLOSED = 3,
    SLA_EXPLAIN_HOLIDAY = 4,
    SLA_EXPLAIN_PAUSED = 5,
    SLA_EXPLAIN_CLOSED_TICKET = 6,
    SLA_EXPLAIN_DST = 7,
    SLA_EXPLAIN_CREDIT = 8,
    SLA_EXPLAIN_EXTENSION = 9,
    SLA_EXPLAIN_WAIVER = 10
} sla_explain_kind;

typedef struct sla_explain_segment {
    sla_time start;
    sla_time end;
    sla_explain_kind kind;
    sla_duration counted;
    sla_duration shift;
    sla_duration credit;
    sla_time due_at;
    const char *label;
    uint16_t reasons;
    sla_string approver;
    bool ahead;
} sla_explain_segment;

typedef struct sla_explanation {
    sla_clock_view clock;
    const char *goal;
    const char *calendar;
    const char *calendar_version;
    const char *zone;
    sla_duration need;
    int32_t days;
    sla_time anchor;
    sla_time first_due_at;
    sla_duration credited;
    sla_duration extended;
    sla_time extended_to;
    sla_duration waived;
    sla_time adjusted_due_at;
    sla_duration counted;
    sla_duration held;
    bool business;
    const char *reasons[16];
    size_t reason_count;
} sla_explanation;

int sla_engine_explain(const sla_engine *engine, sla_string tenant, sla_string ticket, const char *policy, const char *target, uint32_t cycle, sla_time now, sla_explanation *explanation_out, sla_explain_segment *segments, size_t capacity, size_t *count_out);
