/* stage_words.h - what the engine says, in the words of a script; see stage.h. */
#ifndef SLA_TESTS_STAGE_WORDS_H
#define SLA_TESTS_STAGE_WORDS_H

#include "stage.h"

/* What a line has to name, and what it may ask beside. */
void stage_print_event(const sla_event *event, char lines[2][STAGE_LINE]);

/* `want` names all that it must, and asks nothing that is not so; else prints why. */
bool stage_says(const char *why, const char *want, const char lines[2][STAGE_LINE]);

void stage_check_clock(stage *scene, const char *want);

#endif
