/*
 * raw.h - a calendar as a person wrote it: weekly hours and dated entries, read
 * and checked, not yet compiled.
 *
 * Hours are pairs of seconds after 00:00; an end above 86400 lies past midnight.
 * All hours stand in one pool and are named by ranges of it.
 */
#ifndef SLA_TIME_RAW_H
#define SLA_TIME_RAW_H

#include "base/json.h"

#include <sla/calendar.h>

enum {
    SLA__HOURS_MAX = 1440,          /* windows of one day */
    SLA__RANGE_DAYS_MAX = 366,      /* dates of one entry */
    SLA__WINDOWS_MAX = 1 << 22,     /* of a compiled calendar */
    SLA__TEXT_MAX = SLA_STRING_MAX, /* bytes of a name for people */
    SLA__VERSION_MAX = 64,
    SLA__YEAR_FROM = 2000, /* the horizon unless the file says otherwise */
    SLA__YEAR_TO = 2050
};

typedef struct sla__hours {
    int32_t start;
    int32_t end;
} sla__hours;

typedef struct sla__hours_range {
    size_t first;
    size_t count;
} sla__hours_range;

typedef enum sla__entry_kind {
    SLA__ENTRY_HOLIDAY,
    SLA__ENTRY_MAKEUP,
    SLA__ENTRY_SPECIAL,
    SLA__ENTRY_BREAK
} sla__entry_kind;

/* One element of one of the four lists of dates. */
typedef struct sla__entry {
    sla__entry_kind kind;
    size_t index;  /* in its list, for complaints */
    int32_t first; /* dates, as days since 1970-01-01, both included */
    int32_t last;
    sla__hours_range hours;
    int as_day;       /* a make-up day with the hours of this day of the week; else -1 */
    const char *name; /* "" when it has none */
    bool cuts;        /* a break that removed something */
} sla__entry;

typedef struct sla__raw {
    const sla_allocator *allocator;
    /* Texts are borrowed from the JSON tree. */
    const char *name;
    const char *version;
    const char *display;
    const char *zone;
    bool cut;       /* overnight windows are cut at midnight */
    bool has_lists; /* holidays or make-up days are listed */
    bool has_known_until;
    int32_t known_until; /* the last date whose holidays are known */
    int first_year;
    int last_year;
    sla__hours_range week[7];
    const char *week_key[7]; /* the member that names the day, for complaints; NULL: closed */
    sla__hours *hours;
    size_t hours_count, hours_capacity;
    sla__entry *entries;
    size_t entry_count, entry_capacity;
} sla__raw;

/* The member under which a kind of entry is listed. */
const char *sla__entry_list(sla__entry_kind kind);

/* Read a document into `raw`, which is zeroed but for its allocator. */
int sla__raw_read(sla__raw *raw, sla__json *json);

/* What the reader cannot see element by element: hours that overlap across
 * midnight, lists without an end, an end without a list. */
int sla__raw_check(sla__raw *raw, sla__json *json);

void sla__raw_fini(sla__raw *raw);

/* Add one window to the last range of the pool, keeping the range sorted.
 * SLA_OK; SLA_ERR_NOMEM; SLA_ERR_EXISTS when it overlaps one that is there. */
int sla__raw_put_hours(sla__raw *raw, sla__hours_range *range, sla__hours hours);

/* Complain about an entry, or about a member of it (NULL: the entry). */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
int sla__raw_complain(sla__json *json, const sla__entry *entry, const char *member,
                      const char *format, ...);

#endif
