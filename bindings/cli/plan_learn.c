/* plan_learn.c - see plan_learn.h. */
#include "plan_learn.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

#include "base/json.h"
#include "cli.h"
#include "output.h"

enum {
    SPANS_MAX = 99, /* of a distribution: its percentiles */
    WEIGHT_MAX = 1000000,
    HOUR_MAX = 10000000 /* what a profile may have */
};

/* The document. */
typedef struct profile_paper {
    FILE *out;
    size_t spans; /* of a distribution, at most */
    double part;  /* of the tickets that is a weight of 1 */
} profile_paper;

/* A ticket that was opened in the log. */
typedef struct life {
    const plan_log_fact *facts; /* from its opening on */
    size_t count;
} life;

/* The facts of one name among tickets of a kind. */
typedef struct stage {
    const char *name;
    sla_duration *since; /* the opening, one for each ticket that has it */
    size_t count, capacity;
} stage;

typedef struct stages {
    stage *list;
    size_t count, capacity;
} stages;

/* ------------------------------------------------------------ tickets by kind */

static int by_kind(const void *left, const void *right)
{
    return strcmp(((const life *)left)->facts[0].kind, ((const life *)right)->facts[0].kind);
}

static life *gather(const plan_log *log, size_t *count_out)
{
    life *lives = need_memory(log->count, sizeof *lives);
    size_t count = 0;

    for (size_t first = 0, facts; first < log->count; first += facts) {
        facts = plan_log_ticket(log, first);
        for (size_t i = 0; i < facts; i++)
            if (log->facts[first + i].kind != NULL) {
                lives[count++] = (life){&log->facts[first + i], facts - i};
                break;
            }
    }
    qsort(lives, count, sizeof *lives, by_kind);
    *count_out = count;
    return lives;
}

/* ------------------------------------------------------------ spans */

static int by_length(const void *left, const void *right)
{
    const sla_duration one = *(const sla_duration *)left, other = *(const sla_duration *)right;

    return (one > other) - (one < other);
}

static sla_duration middle(const stage *s)
{
    return s->since[s->count / 2];
}

static int by_middle(const void *left, const void *right)
{
    const stage *one = left, *other = right;
    const sla_duration a = middle(one), b = middle(other);

    return a != b ? (a > b) - (a < b) : strcmp(one->name, other->name);
}

static stage *stage_of(stages *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0)
            return &all->list[i];
    all->list = need_room(all->list, &all->capacity, all->count + 1, sizeof *all->list);
    all->list[all->count] = (stage){.name = name};
    return &all->list[all->count++];
}

/* These say more than their name, or nothing of a ticket's course. */
static bool is_special(const char *name)
{
    static const char *const names[] = {"attributes", "extended", "waived", "withdrawn",
                                        "migrated"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* The first fact of that name after the opening; NULL for none. */
static const plan_log_fact *first_of(const life *l, const char *name)
{
    for (size_t i = 1; i < l->count; i++)
        if (strcmp(l->facts[i].name, name) == 0)
            return &l->facts[i];
    return NULL;
}

static void add_span(stage *s, sla_duration span)
{
    s->since = need_room(s->since, &s->capacity, s->count + 1, sizeof *s->since);
    s->since[s->count++] = span < 0 ? 0 : span > PLAN_SPAN_MAX ? PLAN_SPAN_MAX : span;
}

/* What at least half of the tickets have, in the order in which it usually comes. */
static void find_stages(const life *lives, size_t count, stages *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 1; k < lives[i].count; k++) {
            const plan_log_fact *fact = &lives[i].facts[k];

            if (fact->kind == NULL && !is_special(fact->name) &&
                first_of(&lives[i], fact->name) == fact)
                add_span(stage_of(all, fact->name), fact->at - lives[i].facts[0].at);
        }
    for (size_t i = 0; i < all->count; i++) {
        stage *s = &all->list[i];

        qsort(s->since, s->count, sizeof *s->since, by_length);
        if (2 * s->count >= count) {
            const stage keep = *s;

            all->list[i] = all->list[kept];
            all->list[kept++] = keep;
        }
    }
    for (size_t i = kept; i < all->count; i++)
        free(all->list[i].since);
    all->count = kept;
    if (kept > 0)
        qsort(all->list, kept, sizeof *all->list, by_middle);
}

/* ------------------------------------------------------------ the document */

static void put_span(FILE *out, sla_duration span)
{
    char text[SLA_TIME_TEXT_MAX];

    sla_duration_format(span - span % SLA_SECOND, text, sizeof text);
    fprintf(out, "\"%s\"", text);
}

/* From `before` (NULL: the opening) to this one, in tickets that have both. */
static void put_stage(const profile_paper *paper, const life *lives, size_t count,
                      const char *before, const char *name)
{
    stage gap = {.name = name};
    FILE *out = paper->out;
    size_t shown;

    for (size_t i = 0; i < count; i++) {
        const plan_log_fact *from = before != NULL ? first_of(&lives[i], before) : lives[i].facts;
        const plan_log_fact *to = first_of(&lives[i], name);

        if (from != NULL && to != NULL)
            add_span(&gap, to->at - from->at);
    }
    if (gap.count == 0)
        add_span(&gap, 0); /* no ticket has both: they come together */
    qsort(gap.since, gap.count, sizeof *gap.since, by_length);
    shown = gap.count < paper->spans ? gap.count : paper->spans;
    fputs("{\"wait\": {\"empirical\": [", out);
    for (size_t i = 0; i < shown; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_span(out, gap.since[(2 * i + 1) * gap.count / (2 * shown)]);
    }
    fprintf(out, "]}, \"ends\": \"%s\"}", name);
    free(gap.since);
}

static void put_kind(const profile_paper *paper, size_t number, const life *lives, size_t count)
{
    FILE *out = paper->out;
    stages all = {0};

    find_stages(lives, count, &all);
    fprintf(out, "    {\"kind\": \"kind_%zu\", \"weight\": %.0f, \"attributes\": {%s}, \"life\": [",
            number, fmax(1, round((double)count * paper->part)), lives[0].facts[0].kind);
    for (size_t i = 0; i < all.count; i++) {
        fprintf(out, "%s\n      ", i > 0 ? "," : "");
        put_stage(paper, lives, count, i > 0 ? all.list[i - 1].name : NULL, all.list[i].name);
        free(all.list[i].since);
    }
    if (all.count == 0) {
        fputs("{\"wait\": \"PT0S\"}", out);
        if (paper->spans == SPANS_MAX)
            say("kind_%zu {%s}: no fact follows the opening in half of its %zu ticket%s: nothing "
                "happens to them in this profile",
                number, lives[0].facts[0].kind, count, count == 1 ? "" : "s");
    }
    fputs("]}", out);
    free(all.list);
}

/* The tickets of the kind that begins at `lives`. */
static size_t size_of_kind(const life *lives, size_t count)
{
    size_t size = 1;

    while (size < count && by_kind(&lives[0], &lives[size]) == 0)
        size++;
    return size;
}

static void put_kinds(const profile_paper *paper, const life *lives, size_t count)
{
    size_t number = 0;

    fputs("  \"kinds\": [\n", paper->out);
    for (size_t first = 0, size; first < count; first += size) {
        size = size_of_kind(lives + first, count - first);
        put_kind(paper, ++number, lives + first, size);
        fputs(first + size < count ? ",\n" : "]\n", paper->out);
    }
}

static void put_arrivals(FILE *out, const plan_profile *zone, const life *lives, size_t count)
{
    uint64_t hours[PLAN_HOURS] = {0}, most = HOUR_MAX;
    sla_time first = lives[0].facts[0].at, last = first;
    double weeks;

    for (size_t i = 0; i < count; i++) {
        const sla_time at = lives[i].facts[0].at;

        hours[plan_profile_minute(zone, at) / 60]++;
        first = at < first ? at : first;
        last = at > last ? at : last;
    }
    for (int i = 0; i < PLAN_HOURS; i++)
        most = hours[i] > most ? hours[i] : most;
    weeks = (double)(last - first) / (double)(7 * SLA_DAY);
    fprintf(out, "  \"arrivals\": {\"per_week\": %.0f, \"hours\": {",
            fmax(1, (double)count / (weeks < 1 ? 1 : weeks)));
    for (int i = 0; i < PLAN_HOURS; i++) {
        if (i % 24 == 0)
            fprintf(out, "%s\n    \"%s\": [", i > 0 ? "]," : "",
                    (const char *[]){"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[i / 24]);
        fprintf(out, "%s%.0f", i % 24 > 0 ? ", " : "",
                (double)hours[i] * ((double)HOUR_MAX / (double)most));
    }
    fputs("]}},\n", out);
}

static void put_profile(const profile_paper *paper, const plan_profile *clock, const char *zone,
                        const life *lives, size_t count)
{
    FILE *out = paper->out;

    fputs("{\n  \"profile\": \"learnt\", \"zone\": ", out);
    put_json_text(out, zone);
    fputs(",\n", out);
    put_arrivals(out, clock, lives, count);
    fputs("  \"desks\": [{\"desk\": \"desk\", \"shifts\": [{\"handlers\": 1}]}],\n", out);
    put_kinds(paper, lives, count);
    fputs("}\n", out);
}

/* Its text, with so many spans; its length is in `length_out`. */
static char *write_profile(size_t spans, double part, const plan_profile *clock, const char *zone,
                           const life *lives, size_t count, size_t *length_out)
{
    char *text = NULL;
    const profile_paper paper = {open_memstream(&text, length_out), spans, part};

    if (paper.out == NULL)
        give_up("out of memory");
    put_profile(&paper, clock, zone, lives, count);
    if (fclose(paper.out) != 0)
        give_up("out of memory");
    return text;
}

/* No longer than a profile may be, if that can be had with fewer spans. */
static int put_what_fits(const plan_profile *clock, const char *zone, const life *lives,
                         size_t count, FILE *out)
{
    size_t most = WEIGHT_MAX, kinds = 0, length = 0, spans = SPANS_MAX;
    char *text;

    for (size_t first = 0, size; first < count; first += size, kinds++) {
        size = size_of_kind(lives + first, count - first);
        most = size > most ? size : most;
    }
    for (;;) {
        text = write_profile(spans, (double)WEIGHT_MAX / (double)most, clock, zone, lives, count,
                             &length);
        if (length <= SLA__JSON_BYTES_MAX || spans == 1)
            break;
        free(text);
        spans /= 2;
    }
    if (length <= SLA__JSON_BYTES_MAX) {
        fputs(text, out);
        if (spans < SPANS_MAX)
            say("%zu kinds: %zu lengths of each wait instead of %d, or the profile were longer "
                "than one may be",
                kinds, spans, SPANS_MAX);
    } else {
        say("%zu kinds make a profile of %zu bytes, more than the limit of %d: name attributes "
            "of fewer values with --by",
            kinds, length, SLA__JSON_BYTES_MAX);
    }
    free(text);
    return length <= SLA__JSON_BYTES_MAX ? EXIT_FINE : EXIT_USAGE;
}

int plan_learn(const plan_log *log, const char *zone, FILE *out)
{
    plan_profile clock = {0};
    sla_error error = {0};
    int status = EXIT_PARTIAL;
    size_t count;
    life *lives;

    if (plan_zone_open(zone, &clock.zone, &error) != SLA_OK) {
        say("--zone: %s", error.text);
        return EXIT_USAGE;
    }
    lives = gather(log, &count);
    if (count > 0)
        status = put_what_fits(&clock, zone, lives, count, out);
    else
        say("no ticket is opened in these facts");
    free(lives);
    plan_profile_fini(&clock);
    return status;
}
