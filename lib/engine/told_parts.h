/* told_parts.h - what the files about what was told share. */
#ifndef SLA_ENGINE_TOLD_PARTS_H
#define SLA_ENGINE_TOLD_PARTS_H

#include "engine/fold.h"
#include "engine/tells.h"
#include "engine/told.h"

/* What is revised, as (step, n, a) of a note. */
typedef struct sla__told_key {
    uint16_t target, cycle;
    uint8_t step;
    uint32_t n;
    sla_time a;
} sla__told_key;

/* Announcements are counted only where neither a fact nor a fact of the world
 * gives them a number. */
enum {
    SLA__KEY_END = 0xE0,
    SLA__KEY_AT_ONCE = 0xD0,
    SLA__KEY_FOLLOW_UP = 0xC0,
    SLA__KEY_CAP = 0xB0,
    SLA__KEY_ANNOUNCED = 0x80 /* + sla__sort, with n: what a retraction takes back */
};

sla__told_key sla__told_key_of(const sla__tell *tell);

/* How often it was told and taken back; and once more.  SLA_OK; SLA_ERR_NOMEM. */
uint32_t sla__told_count(const sla__fold *fold, sla__told_key key);
int sla__told_revise(sla_engine *engine, sla__fold *fold, sla__told_key key);

/* A note of the clock (target, cycle) about a step or reason; of a repeat
 * whatever its number. */
sla__note *sla__told_note(const sla__fold *fold, sla__note_kind kind, uint16_t target,
                          uint16_t cycle, uint8_t step, uint32_t n);

sla__note *sla__told_at_once(const sla__fold *fold, uint32_t rule, uint32_t seq, uint16_t cycle);

sla_event_kind sla__told_end_kind(const sla__clock *clock);

/* Compares where the ticket went over to other policies in between. */
int sla__told_compare_across(sla_engine *engine, const sla__fold *before, sla__fold *after,
                             const sla__source *source, const sla__tells *passings,
                             sla__tells *tells);

#endif
