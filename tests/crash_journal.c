/* crash_journal.c - see crash_journal.h. */
#include "crash_journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/check.h"

enum { NOBODY_KEEPS_IT = 3 };

void crash_journal_init(crash_journal *journal, unsigned series)
{
    memset(journal, 0, sizeof *journal);
    journal->series = series;
    journal->now = crash_plan_begin(series);
    store_text_init(&journal->events);
}

void crash_journal_fini(crash_journal *journal)
{
    store_text_fini(&journal->events);
}

/* -------------------------------------------------------------------- hearing */

static void hear_event(crash_journal *journal, const char *line)
{
    const size_t number = (size_t)(strchr(line, ' ') - line) + 1;

    journal->deliveries++;
    for (const char *at = journal->events.text; *at != '\0'; at = strchr(at, '\n') + 1) {
        const size_t length = (size_t)(strchr(at, '\n') - at);

        if (strncmp(at, line, number) != 0)
            continue;
        CHECK_TRUE("a number stands for one event",
                   length == strlen(line) && memcmp(at, line, length) == 0);
        return;
    }
    store_text_add(&journal->events, "%s\n", line);
}

void crash_journal_hear(crash_journal *journal, const char *line)
{
    if (line[0] == 'C')
        journal->now = strtoll(line + 2, NULL, 10);
    else if (line[0] == 'F')
        journal->answered[strtoul(line + 2, NULL, 10)] = true;
    else if (line[0] == 'E')
        hear_event(journal, line + 2);
    else if (line[0] == '.')
        journal->complete = true;
}

/* --------------------------------------------------------------------- saying */

static void say(int pipe_end, const char *line)
{
    const size_t length = strlen(line);

    if (write(pipe_end, line, length) != (ssize_t)length)
        _exit(NOBODY_KEEPS_IT);
}

void crash_journal_say_clock(int pipe_end, sla_time now)
{
    char line[32];

    snprintf(line, sizeof line, "C %" PRId64 "\n", now);
    say(pipe_end, line);
}

void crash_journal_say_fact(int pipe_end, size_t fact)
{
    char line[32];

    snprintf(line, sizeof line, "F %zu\n", fact);
    say(pipe_end, line);
}

void crash_journal_say_event(int pipe_end, const sla_event *event, uint64_t number)
{
    store_text line;

    store_text_init(&line);
    store_text_add(&line, "E %" PRIu64, number);
    store_text_identity(&line, event);
    store_text_add(&line, "\n");
    say(pipe_end, line.text);
    store_text_fini(&line);
}

void crash_journal_say_complete(int pipe_end)
{
    say(pipe_end, ".\n");
}

/* ------------------------------------------------------------------ judgement */

/* The number of a ticket's last event, in the order of the journal. */
static void check_order(const crash_journal *journal)
{
    uint64_t last[CRASH_TICKETS] = {0};

    for (const char *line = journal->events.text; *line != '\0'; line = strchr(line, '\n') + 1) {
        uint64_t number;
        unsigned series, ticket;

        CHECK_EQ("an event of the journal", 3,
                 sscanf(line, "%" SCNu64 " tenant=s%u ticket=T-%u ", &number, &series, &ticket));
        CHECK_EQ("an event of the series", journal->series, series);
        CHECK_TRUE("a ticket of the series", ticket < CRASH_TICKETS);
        CHECK_TRUE("each ticket's events come in order", number > last[ticket]);
        last[ticket] = number;
    }
}

void crash_journal_check(const crash_journal *journal, const store_text *record)
{
    store_text told;

    for (size_t i = 0; i < CRASH_FACTS; i++)
        CHECK_TRUE("every fact was answered", journal->answered[i]);
    check_order(journal);
    store_text_init(&told);
    store_text_add(&told, "%s", journal->events.text);
    store_text_sort(&told);
    CHECK_STR("every event was handed over, under its number, and nothing else", record->text,
              told.text);
    store_text_fini(&told);
}
