/*
 * story_own.h - what gathering (story.c) and telling (story_tell.c) share.
 */
#ifndef SLA_CLI_STORY_OWN_H
#define SLA_CLI_STORY_OWN_H

#include "story.h"
#include "story_tally.h"

typedef struct story_ticket {
    char tenant[SLA_ID_MAX + 1];
    char name[SLA_ID_MAX + 1];
    char class_name[64]; /* "grade 1", or "" */
    size_t class_rank;   /* which of options.by it is; lower ones win */
} story_ticket;

/* What a day looks like by the hours of its first date. */
typedef struct story_hours {
    size_t opened[24], warned[24], breached[24], escalated[24];
} story_hours;

struct story_book {
    story_options options;
    void *tickets; /* of tsearch */
    size_t ticket_count, fact_count, event_count;
    bool has_classes;     /* some ticket has an attribute of options.by */
    sla_time first, last; /* recordings */
    sla_time midnight;    /* of the first recording, on the clocks of the place */
    story_hours hours;
    story_tally told;       /* receiver: warned, reminded ... */
    story_tally escalated;  /* level and receivers, with tickets */
    story_tally remarkable; /* what happens seldom, with tickets */
    story_tally derived;    /* facts that the engine made */
};

/* A story while its clocks are counted. */
typedef struct story_clocks {
    story_tally on_time;  /* policy and target: met of accepted, by class */
    story_tally breached; /* ... breached of accepted */
    story_tally open;     /* targets of which no clock has come to its due yet */
    size_t excluded;
} story_clocks;

void story_count_clocks(const story_book *story, const sla_engine *engine, story_clocks *clocks);
void story_clocks_fini(story_clocks *clocks);

#endif
