/* Of sla/base.h, sla/error.h, sla/time.h, sla/version.h, sla/bundled.h, sla/calendar.h, sla/policy.h. */

typedef int64_t sla_time;
typedef int64_t sla_duration;
typedef struct sla_calendar sla_calendar;
typedef struct sla_policies sla_policies;
typedef struct sla_engine sla_engine;
typedef struct sla_allocator sla_allocator;

static const int64_t SLA_NEVER;
static const int64_t SLA_TIME_MIN;
static const int64_t SLA_TIME_MAX;

const char *sla_version_text(void);

typedef enum sla_result {
    SLA_PENDING = 3,
    SLA_NEED_HISTORY = 2,
    SLA_DUPLICATE = 1,
    SLA_OK = 0,
    SLA_ERR_NOMEM = -1,
    SLA_ERR_ARGUMENT = -2,
    SLA_ERR_SYNTAX = -3,
    SLA_ERR_POLICY = -4,
    SLA_ERR_CALENDAR = -5,
    SLA_ERR_FACT = -6,
    SLA_ERR_ZONE = -7,
    SLA_ERR_HORIZON = -8,
    SLA_ERR_RANGE = -9,
    SLA_ERR_NOT_FOUND = -10,
    SLA_ERR_EXISTS = -11,
    SLA_ERR_CONFLICT = -12,
    SLA_ERR_STATE = -13,
    SLA_ERR_FUTURE = -14,
    SLA_ERR_TOO_LATE = -15,
    SLA_ERR_BUSY = -16,
    SLA_ERR_TOO_LONG = -17,
    SLA_ERR_SPACE = -18,
    SLA_ERR_STORE = -19,
    SLA_ERR_REFUSED = -20,
    SLA_ERR_FENCED = -21,
    SLA_ERR_NEWER = -22
} sla_result;

typedef struct sla_error {
    int code;
    int line;
    int column;
    char source[128];
    char pointer[256];
    char text[320];
} sla_error;

const char *sla_result_name(int result);
const char *sla_result_text(int result);

int sla_time_parse(const char *text, size_t length, sla_time *time_out);
size_t sla_time_format(sla_time time, char *buffer, size_t size);
int sla_duration_parse(const char *text, size_t length, sla_duration *duration_out);
size_t sla_duration_format(sla_duration duration, char *buffer, size_t size);
int sla_time_of_day_parse(const char *text, size_t length, int32_t *seconds_out);

const char *sla_bundled_calendar(const char *name, size_t *length_out);
const char *sla_bundled_policy(const char *name, size_t *length_out);
const char *sla_bundled_calendar_name(size_t number);
const char *sla_bundled_policy_name(size_t number);

typedef enum sla_exact_fit { SLA_FIT_CLOSE = 0, SLA_FIT_NEXT_OPEN = 1 } sla_exact_fit;
typedef enum sla_roll {
    SLA_ROLL_FORWARD = 0,
    SLA_ROLL_FORWARD_DAY = 1,
    SLA_ROLL_BACKWARD = 2,
    SLA_ROLL_NONE_KEEP_TIME = 3
} sla_roll;
typedef enum sla_day_end {
    SLA_END_SAME_TIME = 0,
    SLA_END_SAME_TIME_IN_HOURS = 1,
    SLA_END_LAST_HOUR = 2,
    SLA_END_DAY = 3,
    SLA_END_CLOSE = 4
} sla_day_end;

typedef struct sla_workdays {
    int days;
    sla_roll roll;
    sla_day_end end;
    sla_exact_fit fit;
} sla_workdays;

typedef struct sla_cutoff {
    int32_t before_s;
    int32_t today_s;
    int32_t days;
    int32_t later_s;
    bool workdays;
    bool snap;
} sla_cutoff;

int sla_calendar_parse(const char *text, size_t length, const char *source, const sla_allocator *allocator, sla_calendar **calendar_out, sla_error *error);
sla_calendar *sla_calendar_ref(sla_calendar *calendar);
void sla_calendar_unref(sla_calendar *calendar);
const char *sla_calendar_name(const sla_calendar *calendar);
const char *sla_calendar_version(const sla_calendar *calendar);
const char *sla_calendar_display(const sla_calendar *calendar);
const char *sla_calendar_zone(const sla_calendar *calendar);
void sla_calendar_horizon(const sla_calendar *calendar, sla_time *from_out, sla_time *to_out);
sla_time sla_calendar_known_until(const sla_calendar *calendar);
bool sla_calendar_provisional(const sla_calendar *calendar, sla_time at);
bool sla_calendar_is_open(const sla_calendar *calendar, sla_time at);
int32_t sla_calendar_offset(const sla_calendar *calendar, sla_time at);
int sla_calendar_next_open(const sla_calendar *calendar, sla_time at, sla_time *out);
int sla_calendar_next_close(const sla_calendar *calendar, sla_time at, sla_time *out);
int sla_calendar_sub(const sla_calendar *calendar, sla_time to, sla_duration need, sla_time *out);
int sla_calendar_add_workdays(const sla_calendar *calendar, sla_time from, const sla_workdays *workdays, sla_time *out);
int sla_calendar_add_days(const sla_calendar *calendar, sla_time from, int days, sla_day_end end, sla_time *out);
int sla_calendar_cutoff(const sla_calendar *calendar, sla_time from, const sla_cutoff *cutoff, sla_time *out);
int sla_calendar_end_of_day(const sla_calendar *calendar, sla_time at, bool close, sla_time *out);
int sla_calendar_snap(const sla_calendar *calendar, sla_time at, const sla_cutoff *cutoff, sla_time *out);

typedef enum sla_segment_kind {
    SLA_SEGMENT_OPEN,
    SLA_SEGMENT_MAKEUP,
    SLA_SEGMENT_SPECIAL,
    SLA_SEGMENT_CLOSED,
    SLA_SEGMENT_HOLIDAY
} sla_segment_kind;

typedef struct sla_segment {
    sla_time start;
    sla_time end;
    sla_segment_kind kind;
    const char *label;
} sla_segment;

int sla_calendar_segment(const sla_calendar *calendar, sla_time from, sla_time to, sla_segment *out);

int sla_policies_new(const sla_allocator *allocator, sla_policies **policies_out);
int sla_policies_add(sla_policies *policies, const char *text, size_t length, const char *source, sla_error *error);
int sla_policies_finish(sla_policies *policies, sla_error *error);
sla_policies *sla_policies_ref(sla_policies *policies);
void sla_policies_unref(sla_policies *policies);
size_t sla_policies_count(const sla_policies *policies);
const char *sla_policies_name(const sla_policies *policies, size_t index);
const char *sla_policies_version(const sla_policies *policies, size_t index);
const char *sla_policies_calendar(const sla_policies *policies, size_t index);

typedef struct sla_remark {
    char code[32];
    int line;
    int column;
    char source[128];
    char pointer[256];
    char text[320];
} sla_remark;

int sla_policies_lint(const sla_policies *policies, sla_calendar *const *calendars, size_t calendar_count, sla_time now, sla_remark *remarks, size_t capacity, size_t *count_out, sla_error *error);
