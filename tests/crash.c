/* crash.c - see crash.h. */
#include "crash.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sla/testing.h>

#include "crash_store.h"
#include "store_drive.h"
#include "support/check.h"

#define START INT64_C(1772442000000000) /* 2026-03-02T09:00Z, a Monday */

enum { PACE = 37, LIFE_MIN = 4, LIFE_MORE = 8, DOUBLINGS = 4, LINE_MAX = 400, DRAIN_DAYS = 2 };

/* ------------------------------------------------------------------ the script */

static const char policy[] =
    "{\"policy\": \"crash\", \"version\": \"1\", \"targets\": [{\"target\": \"solved\","
    " \"stop\": \"over\", \"goals\": [{\"elapsed\": \"PT10M\"}],"
    " \"steps\": [{\"step\": \"soon\", \"before\": \"PT4M\", \"to\": \"desk\"},"
    " {\"step\": \"beat\", \"after\": \"PT1M\", \"level\": 1, \"to\": \"desk\","
    " \"repeat\": {\"every\": \"PT1M\", \"max\": 5, \"until\": \"end\"}}]}]}";
static const sla_document document = {{"crash", 5}, {policy, sizeof policy - 1}};

static sla_time time_of(size_t step)
{
    return START + (sla_time)step * PACE * SLA_SECOND;
}

/* Of step `step`: every second one opens a ticket; of the tickets a third is solved in
 * time, a third late, and a third never. */
static sla_fact fact_of(size_t step, char ticket[16], char id[16])
{
    const size_t number = step / 2;
    const bool opens = step % 2 == 0;
    const bool solves = !opens && number % 3 != 2 && number >= 12;
    const size_t of = solves ? number - (number % 3 == 0 ? 12 : 6) : number;
    const char *const name = opens ? "opened" : solves ? "over" : "note";
    const sla_fact fact = {
        .ticket = {ticket, (size_t)snprintf(ticket, 16, "T-%zu", of)},
        .id = {id, (size_t)snprintf(id, 16, "f%zu", step)},
        .name = {name, strlen(name)},
        .occurred_at = time_of(step),
    };

    return fact;
}

/* ------------------------------------------------------------------- a life */

typedef struct life {
    sla_test *test;
    size_t step;     /* whose fact is on its way */
    int journal;     /* the pipe; -1: none */
    store_text told; /* the identities, where there is no pipe */
} life;

static struct {
    const char *point; /* NULL: not yet, or never */
    int count;
} doomed;

static void (*at_death)(void);

void crash_with(void (*dying)(void))
{
    at_death = dying;
}

void crash_at(const char *point)
{
    if (doomed.point == NULL || strcmp(doomed.point, point) != 0 || --doomed.count != 0)
        return;
    if (at_death != NULL)
        at_death();
    kill(getpid(), SIGKILL);
}

static void say(const life *in, const char *line)
{
    const size_t length = strlen(line);

    if (in->journal >= 0 && write(in->journal, line, length) != (ssize_t)length)
        _exit(3);
}

static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    life *const in = context;
    char line[LINE_MAX];
    store_text identity;

    (void)attempt;
    crash_at("inside the consumer");
    store_text_init(&identity);
    store_text_identity(&identity, event);
    if (in->journal < 0)
        store_text_add(&in->told, "%s\n", identity.text);
    snprintf(line, sizeof line, "event %" PRIu64 "%s\n", number, identity.text);
    say(in, line);
    store_text_fini(&identity);
    crash_at("the consumer knows, its mark is not written");
    return SLA_OK;
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    char line[LINE_MAX];

    (void)answer, (void)error;
    snprintf(line, sizeof line, "fact %zu %d\n", ((life *)context)->step, result);
    say(context, line);
}

static void play(life *in, size_t step)
{
    char ticket[16], id[16];
    const sla_fact fact = fact_of(step, ticket, id);

    in->step = step;
    CHECK_OK(sla_test_advance(in->test, time_of(step) - sla_test_now(in->test)));
    CHECK_OK(sla_service_record(sla_test_service(in->test), &fact, on_recorded, in));
    CHECK_OK(sla_test_settle(in->test));
}

static void begin(life *in, sla_store *store, size_t from, uint64_t incarnation)
{
    sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
    sla_consumer consumer = SLA_CONSUMER_INIT;
    sla_error error;

    options.store = store;
    options.documents = &document;
    options.document_count = 1;
    options.incarnation[0] = options.incarnation[1] = incarnation;
    /* A life begins where the step before ended, also when the one before it went further. */
    options.step_allowed = options.apart_allowed = INT64_MAX / 4;
    consumer.name = "pager";
    consumer.handler = on_event;
    consumer.context = in;
    CHECK_OK_OR_SAY(sla_test_new(&options, time_of(from > 0 ? from - 1 : 0), &in->test, &error),
                    &error);
    CHECK_OK(sla_service_subscribe(sla_test_service(in->test), &consumer));
    CHECK_OK(sla_test_settle(in->test));
}

static void end(life *in, bool drains)
{
    if (drains)
        CHECK_OK(sla_test_advance(in->test, DRAIN_DAYS * SLA_DAY));
    sla_service_stop(sla_test_service(in->test));
    CHECK_OK(sla_test_settle(in->test));
    CHECK_EQ("it stopped", SLA_SERVICE_STOPPED, sla_service_get_state(sla_test_service(in->test)));
    sla_test_free(in->test);
}

/* ------------------------------------------------------------------ the journal */

typedef struct journal {
    size_t facts;     /* steps whose facts are answered: 0 to this */
    store_text lines; /* of events: number, identity */
} journal;

static void read_line(journal *of, const char *line)
{
    size_t step;
    int result;

    if (sscanf(line, "fact %zu %d", &step, &result) == 2) {
        CHECK_TRUE("the fact is on the record", result == SLA_OK || result == SLA_DUPLICATE);
        CHECK_EQ("facts are answered in their order", of->facts, step);
        of->facts = step + 1;
    } else {
        store_text_add(&of->lines, "%s\n", line);
    }
}

/* Until the other end is closed, which happens when the child is gone. */
static void read_journal(journal *of, int from)
{
    FILE *const lines = fdopen(from, "r");
    char line[LINE_MAX];

    CHECK_TRUE("a journal", lines != NULL);
    while (fgets(line, sizeof line, lines) != NULL) {
        CHECK_TRUE("lines are whole", strchr(line, '\n') != NULL);
        *strchr(line, '\n') = '\0';
        read_line(of, line);
    }
    fclose(lines);
}

/* --------------------------------------------------------------------- a child */

typedef struct plan {
    const crash_store *store;
    const char *point; /* NULL: it lives to its end, and drains what there is */
    int count;
    size_t from, to, armed; /* steps; the point counts from `armed` on */
    uint64_t incarnation;
} plan;

static _Noreturn void live(const plan *of, int pipe_end)
{
    life in = {.journal = pipe_end};
    const bool drains = of->point == NULL;

    doomed.count = of->count;
    if (of->armed == of->from)
        doomed.point = of->point;
    begin(&in, crash_store_wrap(of->store->open(of->store->context)), of->from, of->incarnation);
    for (size_t step = of->from; step < of->to; step++) {
        if (step == of->armed)
            doomed.point = of->point;
        play(&in, step);
    }
    end(&in, drains);
    _exit(0);
}

/* True when it was killed. */
static bool spawn(const plan *of, journal *said)
{
    int ends[2], status;
    pid_t child;

    CHECK_EQ("a pipe", 0, pipe(ends));
    fflush(NULL);
    child = fork();
    CHECK_TRUE("a child", child >= 0);
    if (child == 0) {
        close(ends[0]);
        live(of, ends[1]);
    }
    close(ends[1]);
    read_journal(said, ends[0]);
    CHECK_EQ("it is waited for", child, waitpid(child, &status, 0));
    if (WIFSIGNALED(status)) {
        CHECK_EQ("killed, and by nothing else", SIGKILL, WTERMSIG(status));
        return true;
    }
    CHECK_EQ("it ended well", 0, WEXITSTATUS(status));
    return false;
}

/* ------------------------------------------------------------------- judgement */

/* What a service tells that nobody kills. */
static void play_reference(store_text *told, size_t steps)
{
    life in = {.journal = -1};
    sla_store *store;

    store_text_init(&in.told);
    CHECK_OK(sla_store_memory_new(NULL, &store));
    begin(&in, store, 0, 1);
    for (size_t step = 0; step < steps; step++)
        play(&in, step);
    end(&in, true);
    store_text_sort(&in.told);
    *told = in.told;
}

/* Lines without what comes before their second blank: the identity without the number. */
static void keep_identities(const store_text *lines, store_text *identities)
{
    store_text_init(identities);
    for (const char *line = lines->text; *line != '\0';) {
        const char *const after = strchr(line, '\n') + 1;
        const char *const blank = strchr(strchr(line, ' ') + 1, ' ');

        store_text_add(identities, "%.*s", (int)(after - blank), blank);
        line = after;
    }
    store_text_sort(identities);
}

/* Sorted lines, each once. */
static void keep_one_of_each(store_text *lines)
{
    store_text kept;
    const char *before = "";
    size_t before_length = 0;

    store_text_init(&kept);
    for (const char *line = lines->text; *line != '\0';) {
        const size_t length = (size_t)(strchr(line, '\n') + 1 - line);

        if (length != before_length || memcmp(line, before, length) != 0)
            store_text_add(&kept, "%.*s", (int)length, line);
        before = line;
        before_length = length;
        line += length;
    }
    store_text_fini(lines);
    *lines = kept;
}

static void check_facts(store_drive *drive, size_t steps)
{
    size_t count = 0;

    for (size_t ticket = 0; ticket <= steps / 2; ticket++) {
        char name[16];
        const sla_string named = {name, (size_t)snprintf(name, sizeof name, "T-%zu", ticket)};

        CHECK_OK(store_drive_history(drive, (sla_string){NULL, 0}, named));
        count += drive->items;
    }
    CHECK_EQ("every fact is on the record, once", steps, count);
    for (size_t step = 0; step < steps; step++) {
        char ticket[16], id[16], wanted[32];
        const sla_fact fact = fact_of(step, ticket, id);

        CHECK_OK(store_drive_history(drive, (sla_string){NULL, 0}, fact.ticket));
        snprintf(wanted, sizeof wanted, " id=%s ", id);
        CHECK_TRUE("this fact is on the record", strstr(drive->told.text, wanted) != NULL);
    }
}

/* "event NUMBER IDENTITY" of every event on the record, as the journal has them. */
static size_t read_record(store_drive *drive, store_text *lines)
{
    size_t count = 0;

    store_text_init(lines);
    CHECK_OK(store_drive_outbox(drive, 0, SIZE_MAX));
    for (const char *line = drive->told.text; *line != '\0';
         line = strchr(line, '\n') + 1, count++) {
        uint64_t number;
        const char *const begins = strstr(line, " tenant="), *ends = strstr(line, " kind=");

        CHECK_EQ("a number", 1, sscanf(line, "event number=%" SCNu64, &number));
        store_text_add(lines, "event %" PRIu64 "%.*s\n", number, (int)(ends - begins), begins);
    }
    store_text_sort(lines);
    return count;
}

static void judge(const crash_store *store, journal *said)
{
    store_text wanted, record, identities;
    store_drive drive;

    store_drive_init(&drive, store->open(store->context));
    CHECK_OK(store_drive_open(&drive));
    check_facts(&drive, said->facts);
    read_record(&drive, &record);
    store_drive_fini(&drive);
    keep_identities(&record, &identities);
    play_reference(&wanted, said->facts);
    CHECK_STR("told is what is told when nobody kills it: nothing lost, nothing twice", wanted.text,
              identities.text);
    store_text_sort(&said->lines);
    keep_one_of_each(&said->lines);
    CHECK_STR("every event was handed over, under its number", record.text, said->lines.text);
    store_text_fini(&wanted);
    store_text_fini(&record);
    store_text_fini(&identities);
}

/* ------------------------------------------------------------------------- all */

size_t crash_kills(void)
{
    const char *const wanted = getenv("SLA_KILLS");

    return wanted != NULL ? strtoul(wanted, NULL, 10) : check_count(20, 200);
}

void crash_again_and_again(const crash_store *store, const char *point, bool at_birth, size_t kills)
{
    prng random = check_prng();
    journal said = {.facts = 0};
    size_t killed = 0, lives = 0;

    store->fresh(store->context);
    store_text_init(&said.lines);
    while (killed < kills) {
        plan next = {.store = store, .point = point, .from = said.facts};

        CHECK_TRUE("the point is reached now and then", ++lives < 20 * kills + 20);
        next.count = (int)prng_between(&random, 1, 1 << prng_below(&random, DOUBLINGS));
        next.to = next.from + LIFE_MIN + prng_below(&random, LIFE_MORE);
        next.armed = next.from;
        if (!at_birth)
            next.armed += prng_below(&random, next.to - next.from);
        next.incarnation = prng_next(&random);
        killed += spawn(&next, &said);
    }
    spawn(&(plan){.store = store,
                  .from = said.facts,
                  .to = said.facts + 1,
                  .incarnation = prng_next(&random)},
          &said);
    judge(store, &said);
    printf("%s: %zu kills in %zu lives, %zu facts; lost 0, twice 0\n", point, killed, lives,
           said.facts);
    store_text_fini(&said.lines);
    store->forget(store->context);
}
