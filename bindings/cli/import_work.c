/*
 * import_work.c - see import_work.h.
 *
 * A dry run happens in a service over a memory store, so that it leaves nothing; the
 * store is only asked which tickets are there already.
 */
#include "import_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "log.h"
#include "output.h"
#include "plain.h"
#include "service_drive.h"
#include "store_use.h"

enum { UNDER_WAY_MAX = 256, QUEUE_MAX = 1 << 20 };

typedef struct importing importing;

/* A ticket that is on its way to the record. */
typedef struct under_way {
    importing *work;
    const living_ticket *ticket;
    sla_import counts;
    struct under_way *next, **link; /* among all that are */
} under_way;

struct importing {
    const import_options *options;
    living living;
    service_drive drive;
    bool compared; /* a dry run could ask the store */
    sla_import counts;
    size_t refused;   /* tickets */
    size_t unopened;  /* tickets that are taken, and nothing falls due for them */
    size_t under_way; /* tickets */
    under_way *first; /* ... of them */
};

/* ------------------------------------------------------------ refusals */

/* Where it stands in the file. */
static void place(const importing *i, const living_line *from, sla_error *error)
{
    error->column = 0;
    if (!i->options->is_table)
        sla_fact_place(from->text, from->length, error);
    snprintf(error->source, sizeof error->source, "%s", i->living.source);
    error->line = (int)from->number;
}

/* `at`: which of its lines is wrong. */
static void refuse(importing *i, const living_ticket *ticket, size_t at, int result,
                   const sla_error *why)
{
    const living_line *from = &i->living.lines[ticket->first + at];
    sla_error error = *why;

    i->refused++;
    error.code = result;
    if (result == SLA_ERR_EXISTS || error.text[0] == '\0')
        snprintf(error.text, sizeof error.text, "%s",
                 result == SLA_ERR_EXISTS ? "the ticket is on the record already"
                                          : sla_result_text(result));
    place(i, from, &error);
    log_error(SLA_LOG_WARNING, "ticket_refused", &error);
}

/* "fact 3", counted from 1, in what an import says is wrong. */
static size_t fact_of(const sla_error *error)
{
    unsigned number = 0;

    return sscanf(error->source, "fact %u", &number) == 1 && number > 0 ? number - 1 : 0;
}

static void warn_of_unopened(importing *i, const living_ticket *ticket)
{
    sla_error error = {.code = SLA_ERR_FACT};

    i->unopened++;
    snprintf(error.text, sizeof error.text,
             "no fact \"opened\" is among those of the ticket: nothing falls due for it until one "
             "comes");
    place(i, &i->living.lines[ticket->first], &error);
    log_error(SLA_LOG_WARNING, "ticket_unopened", &error);
}

/* It is on the record, or would be. */
static void count_ticket(importing *i, const living_ticket *ticket, const sla_import *of_it)
{
    sla_import *const sum = &i->counts;

    sum->tickets += of_it->tickets;
    sum->facts += of_it->facts;
    sum->refused += of_it->refused;
    sum->imported += of_it->imported;
    sum->later += of_it->later;
    if (!ticket->opened)
        warn_of_unopened(i, ticket);
}

/* ------------------------------------------------------------ one ticket */

static under_way *begin_ticket(importing *i, const living_ticket *ticket)
{
    under_way *const u = need_memory(1, sizeof *u);

    *u = (under_way){.work = i, .ticket = ticket, .next = i->first, .link = &i->first};
    if (u->next != NULL)
        u->next->link = &u->next;
    i->first = u;
    i->under_way++;
    return u;
}

static void end_ticket(under_way *u)
{
    *u->link = u->next;
    if (u->next != NULL)
        u->next->link = u->link;
    u->work->under_way--;
    free(u);
}

static void on_recorded(void *context, int result, const sla_answer *answer, const sla_error *error)
{
    under_way *u = context;

    (void)answer;
    if (result == SLA_OK)
        count_ticket(u->work, u->ticket, &u->counts);
    else
        refuse(u->work, u->ticket, 0, result, error);
    end_ticket(u);
}

/* While the service has no room it goes on. */
static int try_import(importing *i, const living_facts *f, under_way *u, int *status,
                      sla_error *error)
{
    const import_options *o = i->options;
    int result;

    do {
        *error = (sla_error){0};
        result =
            sla_service_import(i->drive.service, f->facts, f->recorded_at, f->count, o->told_until,
                               !o->really, o->really ? on_recorded : NULL, u, &u->counts, error);
    } while (result == SLA_ERR_BUSY && (*status = service_drive_round(&i->drive)) == EXIT_FINE);
    return result;
}

static int import_ticket(importing *i, const living_ticket *ticket)
{
    under_way *const u = begin_ticket(i, ticket);
    living_facts facts;
    sla_error error;
    int result, status = EXIT_FINE;

    living_facts_init(&facts, &i->living, ticket);
    result = try_import(i, &facts, u, &status, &error);
    living_facts_fini(&facts);
    if (result == SLA_OK && i->options->really)
        return EXIT_FINE; /* on_recorded goes on */
    if (result == SLA_ERR_NOMEM)
        give_up("out of memory");
    if (result == SLA_OK)
        count_ticket(i, ticket, &u->counts);
    else if (result != SLA_ERR_BUSY)
        refuse(i, ticket, fact_of(&error), result, &error);
    end_ticket(u);
    return status;
}

/* ------------------------------------------------------------ all tickets */

static sla_string tenant_of(const living_line *l)
{
    return (sla_string){l->key, strlen(l->key)};
}

static sla_string ticket_of(const living_line *l)
{
    const size_t tenant = strlen(l->key) + 1;

    return (sla_string){l->key + tenant, l->key_length - tenant};
}

/* Whether the store has it; in earnest the store says so itself.  An exit code. */
static int ask_store(importing *i, store_use *store, const living_line *l, bool *is_there_out)
{
    int result;

    *is_there_out = false;
    if (store == NULL)
        return EXIT_FINE;
    result = store_use_find(store, tenant_of(l), ticket_of(l));
    *is_there_out = result == SLA_OK;
    return result == SLA_OK || result == SLA_ERR_NOT_FOUND
               ? EXIT_FINE
               : store_uri_complain(&i->options->store, result, &store->error);
}

static int take_ticket(importing *i, store_use *store, const living_ticket *ticket)
{
    bool is_there;
    const int status = ask_store(i, store, &i->living.lines[ticket->first], &is_there);

    if (status != EXIT_FINE)
        return status;
    if (!is_there)
        return import_ticket(i, ticket);
    refuse(i, ticket, 0, SLA_ERR_EXISTS, &(sla_error){0});
    return EXIT_FINE;
}

static int import_all(importing *i, store_use *store)
{
    const living *l = &i->living;
    int status = EXIT_FINE;
    progress p;

    progress_begin(&p, i->options->progress);
    for (size_t at = 0; at < l->ticket_count && status == EXIT_FINE; at++) {
        const living_ticket *ticket = &l->tickets[at];

        if (ticket->refused)
            i->refused++;
        else
            status = take_ticket(i, store, ticket);
        while (status == EXIT_FINE && i->under_way > UNDER_WAY_MAX)
            status = service_drive_round(&i->drive);
        progress_count(&p, at + 1, l->ticket_count, "tickets");
    }
    while (status == EXIT_FINE && i->under_way > 0)
        status = service_drive_round(&i->drive);
    progress_count_end(&p, l->ticket_count, "tickets");
    return status;
}

/* ------------------------------------------------------------ reading */

static bool is_blank(const char *text, size_t length)
{
    while (length > 0 && memchr(" \t\r", text[length - 1], 3) != NULL)
        length--;
    return length == 0;
}

/* The rest of a line that is too long says nothing that could be used. */
static void read_lines(living *l, char *text, size_t length)
{
    size_t number = 0;

    for (char *at = text; at < text + length; number++) {
        char *end = memchr(at, '\n', (size_t)(text + length - at));
        const size_t whole = (size_t)((end != NULL ? end : text + length) - at);

        if (whole > LINE_MAX_BYTES)
            living_refuse(l, number + 1, "the line is too long");
        else if (!is_blank(at, whole))
            living_add(l, at, whole, number + 1);
        at += whole + 1;
    }
}

static int read_all(importing *i)
{
    const import_options *o = i->options;
    const bool standard = o->path == NULL || strcmp(o->path, "-") == 0;
    char *text;
    size_t length;
    int trouble, status = EXIT_FINE;

    living_init(&i->living, standard ? "standard input" : o->path);
    if (!input_whole(standard ? "/dev/stdin" : o->path, &text, &length, &trouble)) {
        say("%s: %s", i->living.source, strerror(trouble));
        return EXIT_MACHINE;
    }
    i->living.without_columns = o->is_table;
    if (o->is_table)
        status = table_read(text, length, &o->table, &i->living);
    else
        read_lines(&i->living, text, length);
    free(text);
    living_gather(&i->living);
    return status;
}

/* ------------------------------------------------------------ what came of it */

static void put_json(const importing *i)
{
    const sla_import *c = &i->counts;

    printf("{\"dry_run\":%s,\"compared\":%s,\"told_until\":", i->options->really ? "false" : "true",
           i->options->really || i->compared ? "true" : "false");
    put_json_instant(stdout, i->options->told_until);
    printf(",\"tickets\":%" PRIu64 ",\"facts\":%" PRIu64 ",\"without_effect\":%" PRIu64
           ",\"imported\":%" PRIu64 ",\"later\":%" PRIu64
           ",\"refused\":%zu,\"lines_refused\":%zu,\"unopened\":%zu}\n",
           c->tickets, c->facts, c->refused, c->imported, c->later, i->refused, i->living.refused,
           i->unopened);
}

static void put_text(const importing *i)
{
    const sla_import *c = &i->counts;
    char told_until[SLA_TIME_TEXT_MAX];

    sla_time_format(i->options->told_until, told_until, sizeof told_until);
    printf("%s %" PRIu64 " tickets with %" PRIu64 " facts, %" PRIu64
           " of them without effect by a policy\n",
           i->options->really ? "took over" : "would take over", c->tickets, c->facts, c->refused);
    printf("events: %" PRIu64 " imported (due before %s), %" PRIu64 " later (to be told)\n",
           c->imported, told_until, c->later);
    printf("refused: %zu tickets, %zu lines\n", i->refused, i->living.refused);
    if (i->unopened > 0)
        printf("without \"opened\": %zu tickets, for which nothing falls due\n", i->unopened);
    if (!i->options->really && i->living.lost)
        puts("a dry run: mend the lines first");
    else if (!i->options->really)
        puts(i->compared ? "a dry run: --yes does it"
                         : "a dry run, not compared with what the store holds: --yes does it");
}

/* A line that cannot be read may be of any ticket: none is taken, whatever was counted. */
static void take_nothing(importing *i)
{
    say("%s: a line that cannot be read may be of any ticket: nothing %s taken over",
        i->living.source, i->options->really ? "was" : "would be");
    i->counts = (sla_import){0};
    i->unopened = 0;
    i->refused = i->living.ticket_count;
}

static int put_result(importing *i)
{
    if (i->living.lost)
        take_nothing(i);
    if (i->options->json)
        put_json(i);
    else
        put_text(i);
    return i->refused > 0 || i->living.refused > 0 ? EXIT_PARTIAL : EXIT_FINE;
}

/* ------------------------------------------------------------ from begin to end */

/* What fell due since is for whom `sla run` tells: they are known from now on. */
static int on_event(void *context, const sla_event *event, uint64_t number, uint32_t attempt)
{
    (void)context;
    (void)event;
    (void)number;
    (void)attempt;
    return SLA_PENDING;
}

static void announce_consumers(sla_service *service, const char *only)
{
    const char *const names[] = {only != NULL ? only : "standard_output", "exec"};

    for (size_t i = 0; i < (only != NULL ? 1 : 2); i++) {
        sla_consumer consumer = SLA_CONSUMER_INIT;

        consumer.name = names[i];
        consumer.handler = on_event;
        consumer.max_in_flight = 1;
        if (sla_service_subscribe(service, &consumer) != SLA_OK)
            give_up("out of memory");
    }
}

/* It ended early. */
static void say_how_far(const importing *i)
{
    if (i->counts.tickets == 0 && i->under_way == 0)
        say("nothing was taken over");
    else
        say("%" PRIu64
            " tickets were taken over, of %zu it is not known, each of them whole or not "
            "at all; import the file again: those that are there are refused",
            i->counts.tickets, i->under_way);
}

static int import_into(importing *i, const world *w, sla_store *store, store_use *compared)
{
    int status = service_drive_init(&i->drive, w, store, QUEUE_MAX, i->options->store_timeout);

    if (status == EXIT_FINE && i->options->really)
        announce_consumers(i->drive.service, i->options->consumer);
    if (status == EXIT_FINE)
        status = import_all(i, compared);
    if (status != EXIT_FINE && i->options->really)
        say_how_far(i);
    service_drive_fini(&i->drive);
    while (i->first != NULL) /* nobody answers for these any more */
        end_ticket(i->first);
    return status == EXIT_FINE ? put_result(i) : status;
}

/* `*use_out` is NULL where there is nothing to compare with, or another has the store:
 * that is said, and no reason to end.  An exit code. */
static int open_to_compare(importing *i, store_use *use, store_use **use_out)
{
    const import_options *o = i->options;
    sla_store *store;
    int result, status;

    *use_out = NULL;
    i->compared = o->store.kind == STORE_SQLITE && access(o->store.where, F_OK) != 0;
    if (i->compared)
        return store_uri_can_be_made(&o->store) ? EXIT_FINE : EXIT_MACHINE;
    if (o->store.kind == STORE_MEMORY)
        return EXIT_FINE;
    status = store_uri_open(&o->store, true, &store);
    if (status != EXIT_FINE)
        return status == EXIT_HELD ? EXIT_FINE : status;
    result = store_use_open(use, store);
    i->compared = result == SLA_OK;
    if (i->compared) {
        *use_out = use;
        return EXIT_FINE;
    }
    status = store_uri_complain(&o->store, result, &use->error);
    store_use_close(use);
    return status == EXIT_HELD ? EXIT_FINE : status;
}

static int dry_run(importing *i, const world *w)
{
    store_use use, *compared;
    sla_store *memory;
    int status = open_to_compare(i, &use, &compared);

    if (status != EXIT_FINE)
        return status;
    if (sla_store_memory_new(NULL, &memory) != SLA_OK)
        give_up("out of memory");
    status = import_into(i, w, memory, compared);
    if (compared != NULL)
        store_use_close(compared);
    return status;
}

static int in_earnest(importing *i, const world *w)
{
    sla_store *store;
    int status;

    if (i->living.lost)
        return put_result(i);
    status = store_uri_open(&i->options->store, false, &store);
    return status == EXIT_FINE ? import_into(i, w, store, NULL) : status;
}

int import_work(const import_options *given, const world *w)
{
    import_options options = *given;
    importing i = {.options = &options};
    struct timespec clock;
    sla_time now;
    int status;

    clock_gettime(CLOCK_REALTIME, &clock);
    now = (sla_time)clock.tv_sec * SLA_SECOND + clock.tv_nsec / 1000;
    if (options.told_until == SLA_NEVER)
        options.told_until = now;
    if (options.told_until > now) {
        say("--told-until: lies in the future: nobody has told what falls due until then");
        return EXIT_USAGE;
    }
    status = read_all(&i);
    if (status == EXIT_FINE)
        status = options.really ? in_earnest(&i, w) : dry_run(&i, w);
    living_fini(&i.living);
    return status;
}
