/* plan_words.h - what the command line of `sla plan` asks for. */
#ifndef SLA_CLI_PLAN_WORDS_H
#define SLA_CLI_PLAN_WORDS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "documents.h"
#include "progress.h"
#include "store_uri.h"

typedef struct plan_words {
    documents documents;
    taken files;
    const char *path; /* of the profile, or of the facts to learn one from */
    const char *by, *zone;
    const char *desk, *report;
    const char *date; /* the first day of the figures; NULL: the Monday of this week */
    int32_t first_day;
    int64_t weeks, warm_up, seed;
    int64_t least, most; /* handlers; 0: the usual ones */
    double share;
    progress_when progress;
    bool json, learn;
    bool given; /* weeks, a seed, a share */
    store_uri store;
} plan_words;

#define PLAN_WORDS_INIT                                                                            \
    {                                                                                              \
        .weeks = 4, .warm_up = 1, .seed = 1, .share = 0.98                                         \
    }

/* Fills a plan_words (the state's input). */
extern const struct argp plan_words_argp;

#endif
