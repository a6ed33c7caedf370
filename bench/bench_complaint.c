/* bench_complaint.c - complaints under the bundled policy (bench_engine_work.h). */
#include "bench_engine_work.h"

static const bench_stage whole[] = {
    {"opened", 0, 0},      {"graded", 3, 70},     {"dispatched", 2, 60}, {"contacted", 5, 90},
    {"responded", 5, 150}, {"proposed", 20, 360}, {"resolved", 60, 720}};

/* `attributes` brings the grade, so response, proposal and resolution run, and
 * leaves the triage running, which `graded` would stop; dispatch starts the
 * contact.  The two limits by class wait beside these five. */
static const bench_stage live[] = {
    {"opened", 0, 0}, {"attributes", 1, 10}, {"dispatched", 1, 10}, {"chased", 1, 10}};

const bench_world bench_complaint = {.name = "complaint",
                                     .calendar_name = "cn_office",
                                     .whole = whole,
                                     .live = live,
                                     .whole_count = sizeof whole / sizeof *whole,
                                     .live_count = sizeof live / sizeof *live};
