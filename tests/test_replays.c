/*
 * Goal: real histories, as messy as they come, leave every invariant of
 * docs/semantics.md standing.
 * Method: each log of the shared data is replayed whole under policies with
 * pauses.  Once in one engine, polled at every wakeup, every event watched.
 * Once more in small engines of a few tickets each, where there is time to
 * verify the engine after every step; both must tell the same.  And once by the
 * command `sla replay`, which must print the same bytes.  At the end
 * every ticket is made to fold its history again: its clocks must stand as
 * they stood and nothing may be told, and each can be explained without a gap.
 */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sla/engine.h>
#include <sla/time.h>

#include "replays/log.h"
#include "replays/reasons.h"
#include "replays/watch.h"

enum { CLOCKS_MAX = 256, SMALL = 4, FILES_MAX = 4 };

/* A log and what it is replayed under: files of the source tree, NULL at the end. */
typedef struct real_replay {
    const char *kind, *file;
    const char *policies[FILES_MAX], *calendars[FILES_MAX];
} real_replay;

/* What the engines of one replay share. */
typedef struct common_world {
    sla_policies *policies;
    sla_calendar *calendars[FILES_MAX];
    size_t calendar_count;
    sla_time from; /* of adoption: the first recording */
} common_world;

static void world_init(common_world *world, const real_replay *replay, sla_time from)
{
    sla_error error;
    size_t length;

    memset(world, 0, sizeof *world);
    world->from = from;
    CHECK_OK(sla_policies_new(NULL, &world->policies));
    for (size_t i = 0; i < FILES_MAX && replay->policies[i] != NULL; i++) {
        char *text = check_read_file(check_source_path(replay->policies[i]), &length);

        CHECK_OK_OR_SAY(
            sla_policies_add(world->policies, text, length, replay->policies[i], &error), &error);
        free(text);
    }
    CHECK_OK_OR_SAY(sla_policies_finish(world->policies, &error), &error);
    for (size_t i = 0; i < FILES_MAX && replay->calendars[i] != NULL; i++) {
        char *text = check_read_file(check_source_path(replay->calendars[i]), &length);

        CHECK_OK_OR_SAY(sla_calendar_parse(text, length, replay->calendars[i], NULL,
                                           &world->calendars[i], &error),
                        &error);
        world->calendar_count++;
        free(text);
    }
}

static void world_fini(common_world *world)
{
    sla_policies_unref(world->policies);
    for (size_t i = 0; i < world->calendar_count; i++)
        sla_calendar_unref(world->calendars[i]);
}

static sla_engine *engine_in(const common_world *world)
{
    sla_engine *engine = NULL;
    sla_error error;

    CHECK_OK(sla_engine_new(NULL, &engine));
    CHECK_OK_OR_SAY(sla_engine_adopt(engine, world->policies, world->calendars,
                                     world->calendar_count, world->from, &error),
                    &error);
    return engine;
}

/* "INC0000045 f3"; good until the next call. */
static const char *name_of(const sla_fact *fact)
{
    static char text[2 * SLA_ID_MAX + 2];

    snprintf(text, sizeof text, "%.*s %.*s", (int)fact->ticket.length, fact->ticket.data,
             (int)fact->id.length, fact->id.data);
    return text;
}

/* `last` is what was recorded last. */
static void verify(const sla_engine *engine, const sla_fact *last)
{
    char text[256] = "";

    if (!sla_engine_verify(engine, text, sizeof text))
        CHECK_FAIL("an invariant does not hold after %s: %s", name_of(last), text);
}

/* What drives an engine: the clock never goes back. */
typedef struct driver {
    sla_engine *engine;
    event_watch *watch;
    sla_time now;
} driver;

/* Take everything that is due; returns how much came. */
static size_t take(driver *d)
{
    sla_event events[32];
    size_t count, all = 0;

    while ((count = sla_engine_poll_many(d->engine, d->now, events, COUNT_OF(events))) > 0) {
        for (size_t i = 0; i < count; i++)
            watch_event(d->watch, &events[i], d->now);
        all += count;
    }
    return all;
}

/* Asleep until the engine wants to be polled; what falls due at `now` itself comes
 * after what is recorded then.  Verified at each step when it is known what was
 * recorded `last`. */
static void pass_to(driver *d, sla_time now, const sla_fact *last)
{
    for (sla_time at; (at = sla_engine_wakeup(d->engine)) < now;) {
        d->now = at > d->now ? at : d->now;
        take(d);
        CHECK_TRUE("a poll moves the wakeup on", sla_engine_wakeup(d->engine) > d->now);
        if (last != NULL)
            verify(d->engine, last);
    }
    d->now = now;
}

static void record(sla_engine *engine, const log_fact *fact)
{
    sla_answer answer;
    sla_error error;
    int result;

    result = sla_engine_record(engine, &fact->fact, fact->recorded_at, &answer, &error);
    if (result != SLA_OK)
        CHECK_FAIL("%s: %s: %s", name_of(&fact->fact), sla_result_name(result), error.text);
}

/*
 * When to poll at the instant of a recording.  EACH: after each fact, as the
 * command does, so that a step due just then is told before another ticket's
 * fact of that instant.  ALL: after all facts of the instant, so that what a
 * ticket hears does not hang on what else is recorded then.
 */
typedef enum pace { EACH, ALL } pace;

/* All tickets in one engine; verified some forty times on the way. */
static void replay_whole(const common_world *world, const event_log *log, event_watch *watch,
                         sla_time end, pace polled)
{
    driver d = {engine_in(world), watch, world->from};
    const size_t between = log->count / 40 + 1;

    for (size_t i = 0; i < log->count; i++) {
        const log_fact *fact = &log->facts[i];

        if (fact->recorded_at > d.now)
            pass_to(&d, fact->recorded_at, NULL);
        record(d.engine, fact);
        if (polled == EACH || i + 1 == log->count || fact[1].recorded_at > d.now)
            take(&d);
        if (i % between == 0)
            verify(d.engine, &fact->fact);
    }
    pass_to(&d, end, NULL);
    take(&d);
    verify(d.engine, &log->facts[log->count - 1].fact);
    sla_engine_free(d.engine);
}

static size_t clocks_of(const sla_engine *engine, const sla_fact *opened, sla_clock_view *views)
{
    size_t count = 0;

    CHECK_OK(sla_engine_clocks(engine, opened->tenant, opened->ticket, views, CLOCKS_MAX, &count));
    CHECK_TRUE("room for the clocks", count <= CLOCKS_MAX);
    return count;
}

static void check_same_clock(const sla_clock_view *want, const sla_clock_view *got)
{
    CHECK_STR("policy", want->policy, got->policy);
    CHECK_STR("target", want->target, got->target);
    CHECK_EQ("cycle", want->cycle, got->cycle);
    CHECK_EQ("state", want->state, got->state);
    CHECK_EQ("breached", want->breached, got->breached);
    CHECK_EQ("started", want->started_at, got->started_at);
    CHECK_EQ("due", want->due_at, got->due_at);
    CHECK_EQ("paused", want->paused_at, got->paused_at);
    CHECK_EQ("ended", want->ended_at, got->ended_at);
    CHECK_EQ("breached at", want->breached_at, got->breached_at);
    CHECK_EQ("next", want->next_at, got->next_at);
    CHECK_STR("next step", want->next_step, got->next_step);
    CHECK_EQ("level", want->level, got->level);
}

/*
 * The attributes of the opening are said again, as a fact that happened right
 * with it: it changes nothing, and the whole history has to be folded again,
 * unless nothing happened later than the opening.
 */
static void fold_again(driver *d, const sla_fact *opened, sla_time last_at)
{
    static sla_clock_view before[CLOCKS_MAX], after[CLOCKS_MAX];
    const size_t count = clocks_of(d->engine, opened, before);
    sla_fact again = *opened;
    sla_answer answer;
    sla_error error;

    for (size_t i = 0; i < count; i++)
        if (before[i].started_at != SLA_NEVER)
            reasons_check(d->engine, opened, &before[i], d->now, name_of(opened));
    again.id = (sla_string){"again", 5};
    again.name = (sla_string){"attributes", 10};
    CHECK_OK_OR_SAY(sla_engine_record(d->engine, &again, d->now, &answer, &error), &error);
    CHECK_TRUE(name_of(opened), answer.late || last_at == opened->occurred_at);
    CHECK_EQ(name_of(opened), 0, take(d));
    CHECK_EQ(name_of(opened), count, clocks_of(d->engine, opened, after));
    for (size_t i = 0; i < count; i++)
        check_same_clock(&before[i], &after[i]);
    verify(d->engine, &again);
}

static bool opens(const sla_fact *fact)
{
    return fact->name.length == 6 && memcmp(fact->name.data, "opened", 6) == 0;
}

/* When the last thing happened to the ticket of one fact. */
static sla_time last_of(log_fact *const *facts, size_t count, size_t one)
{
    sla_time last = facts[one]->fact.occurred_at;

    for (size_t i = 0; i < count; i++)
        if (facts[i]->ticket == facts[one]->ticket && facts[i]->fact.occurred_at > last)
            last = facts[i]->fact.occurred_at;
    return last;
}

/* `facts` are those of a few tickets. */
static void replay_few(const common_world *world, log_fact *const *facts, size_t count,
                       event_watch *watch, sla_time end)
{
    driver d = {engine_in(world), watch, world->from};

    for (size_t i = 0; i < count; i++) {
        if (facts[i]->recorded_at > d.now)
            pass_to(&d, facts[i]->recorded_at, &facts[i]->fact);
        record(d.engine, facts[i]);
        if (i + 1 == count || facts[i + 1]->recorded_at > d.now)
            take(&d);
        verify(d.engine, &facts[i]->fact);
    }
    pass_to(&d, end, &facts[count - 1]->fact);
    take(&d);
    for (size_t i = 0; i < count; i++)
        if (opens(&facts[i]->fact))
            fold_again(&d, &facts[i]->fact, last_of(facts, count, i));
    sla_engine_free(d.engine);
}

static int by_ticket(const void *left, const void *right)
{
    const log_fact *one = *(log_fact *const *)left, *other = *(log_fact *const *)right;
    const size_t group = one->ticket / SMALL, other_group = other->ticket / SMALL;

    if (group != other_group)
        return group < other_group ? -1 : 1;
    return one < other ? -1 : one > other;
}

static void replay_in_parts(const common_world *world, const event_log *log, event_watch *watch,
                            sla_time end)
{
    log_fact **facts = malloc(log->count * sizeof(log_fact *));
    size_t first = 0;

    CHECK_TRUE("memory for an order", facts != NULL);
    for (size_t i = 0; i < log->count; i++)
        facts[i] = &log->facts[i];
    qsort(facts, log->count, sizeof(log_fact *), by_ticket);
    for (size_t i = 1; i <= log->count; i++) {
        if (i == log->count || facts[i]->ticket / SMALL != facts[first]->ticket / SMALL) {
            replay_few(world, &facts[first], i - first, watch, end);
            first = i;
        }
    }
    free(facts);
}

/* ------------------------------------------------------------ the command */

static void write_lines(const event_log *log, char *path)
{
    const int descriptor = mkstemp(path);
    FILE *file;

    CHECK_TRUE(path, descriptor >= 0);
    file = fdopen(descriptor, "w");
    CHECK_TRUE(path, file != NULL && fputs(log->text, file) >= 0 && fclose(file) == 0);
}

static uint64_t hash_of_output(const char *command)
{
    static char bytes[65536];
    FILE *pipe = popen(command, "r");
    uint64_t hash = 0;
    size_t got;

    CHECK_TRUE(command, pipe != NULL);
    while ((got = fread(bytes, 1, sizeof bytes, pipe)) > 0)
        hash = watch_hash(hash, bytes, got);
    CHECK_EQ(command, 0, pclose(pipe));
    return hash;
}

static size_t append(char *text, size_t size, size_t length, const char *option, const char *value)
{
    const int more = snprintf(text + length, size - length, " %s '%s'", option, value);

    CHECK_TRUE("room for a command", more > 0 && (size_t)more < size - length);
    return length + (size_t)more;
}

/* `sla replay` prints, byte for byte, what the engine told in here. */
static void replay_by_command(const real_replay *replay, const event_log *log, sla_time end,
                              uint64_t lines)
{
    char command[8192] = "'" SLA_PROGRAM "' replay", path[] = "/tmp/sla-replay-XXXXXX";
    char until[SLA_TIME_TEXT_MAX];
    size_t length = strlen(command);

    write_lines(log, path);
    sla_time_format(end, until, sizeof until);
    length = append(command, sizeof command, length, "--until", until);
    for (size_t i = 0; i < FILES_MAX && replay->policies[i] != NULL; i++)
        length =
            append(command, sizeof command, length, "-p", check_source_path(replay->policies[i]));
    for (size_t i = 0; i < FILES_MAX && replay->calendars[i] != NULL; i++)
        length =
            append(command, sizeof command, length, "-c", check_source_path(replay->calendars[i]));
    append(command, sizeof command, length, "--", path);
    CHECK_TRUE("the command prints the same bytes", hash_of_output(command) == lines);
    unlink(path);
}

static void report(const real_replay *replay, const event_log *log, const event_watch *watch)
{
    printf("%s: %zu tickets, %zu facts, %zu events:", replay->kind, log->tickets, log->count,
           watch->count);
    for (int kind = 1; kind < (int)COUNT_OF(watch->of_kind); kind++)
        if (watch->of_kind[kind] > 0)
            printf(" %zu %s", watch->of_kind[kind], sla_event_kind_name(kind));
    putchar('\n');
}

static void run(const real_replay *replay)
{
    event_watch whole = {.count = 0}, parts = {.count = 0}, as_command = {.count = 0};
    common_world world;
    sla_time end;
    event_log log;

    log_read(&log, replay->kind, replay->file);
    CHECK_TRUE("a log is not empty", log.count > 0);
    end = log.facts[log.count - 1].recorded_at + 60 * SLA_DAY;
    world_init(&world, replay, log.facts[0].recorded_at);
    replay_in_parts(&world, &log, &parts, end);
    replay_whole(&world, &log, &whole, end, ALL);
    replay_whole(&world, &log, &as_command, end, EACH);
    watch_finish(&whole);
    watch_finish(&as_command);
    report(replay, &log, &whole);
    CHECK_EQ("as many events from one engine as from many", whole.count, parts.count);
    CHECK_TRUE("the same events", whole.sum == parts.sum);
    replay_by_command(replay, &log, end, as_command.lines);
    watch_free(&as_command);
    watch_free(&whole);
    watch_free(&parts);
    world_fini(&world);
    log_free(&log);
}

TEST(uci_incidents_wait_by_attribute)
{
    static const real_replay replay = {
        "uci",
        "uci-incident-log-dev/incident_event_log_no_made_sla.csv.xz",
        {"tests/replays/uci.json"},
        {NULL},
    };

    run(&replay);
}

TEST(bpic_incidents_wait_by_fact)
{
    static const real_replay replay = {
        "bpic",
        "bpic2013/bpic2013_incidents.csv.gz",
        {"tests/replays/bpic.json"},
        {"tests/replays/office.json"},
    };

    run(&replay);
}

TEST(bpic_problems_last_for_years)
{
    static const real_replay replay = {
        "bpic-problems",
        "bpic2013/bpic2013_closed_problems.csv.gz",
        {"tests/replays/bpic.json"},
        {"tests/replays/office.json"},
    };

    run(&replay);
}

TEST(helpdesk_seriousness_changes_in_mid_life)
{
    static const real_replay replay = {
        "helpdesk",
        "helpdesk-italian/helpdesk.csv.gz",
        {"tests/replays/helpdesk.json"},
        {"tests/replays/office.json"},
    };

    run(&replay);
}

TEST(a_burst_of_complaints_under_the_bundled_policies)
{
    static const real_replay replay = {
        "comcast",
        "comcast-fcc/comcast_fcc_2015.csv.gz",
        {"examples/policies/complaint.json", "examples/policies/ungraded.json"},
        {"examples/calendars/cn_office.json"},
    };

    run(&replay);
}
