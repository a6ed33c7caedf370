/* policy_set.c - a set of policies: its life, its names, and what it answers. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_place.h"
#include "policy/reader.h"

/* ------------------------------------------------------------ life */

/* In the order of SLA__FACT_*. */
static const char *const builtin_facts[SLA__FACT_BUILTIN_COUNT] = {
    "opened", "attributes", "acknowledged", "extended", "waived", "withdrawn", "migrated"};

static bool add_builtin_facts(sla_policies *set)
{
    if (!sla__grow(&set->allocator, (void **)&set->fact_names, &set->fact_name_capacity,
                   SLA__FACT_BUILTIN_COUNT, sizeof *set->fact_names))
        return false;
    for (uint16_t i = 0; i < SLA__FACT_BUILTIN_COUNT; i++) {
        uint32_t symbol;

        if (!sla__symbols_intern(set->symbols, &set->allocator, builtin_facts[i],
                                 strlen(builtin_facts[i]), &symbol))
            return false;
        set->symbols->list[symbol].fact = i;
        set->fact_names[set->fact_name_count++] = symbol;
    }
    return true;
}

/* Node 0 is the condition that always holds. */
static bool add_true(sla_policies *set)
{
    if (!sla__grow(&set->allocator, (void **)&set->nodes, &set->node_capacity, 1,
                   sizeof *set->nodes))
        return false;
    set->nodes[set->node_count++] = (sla__node){.op = SLA__TRUE};
    return true;
}

static void free_set(sla_policies *set)
{
    const sla_allocator allocator = set->allocator;
    sla__drafts *drafts = set->drafts;
    void *arrays[] = {set->policies,      set->targets,        set->goals,      set->steps,
                      set->pauses,        set->resumes,        set->defaults,   set->at_once,
                      set->refuses,       set->ranks,          set->reasons,    set->nodes,
                      set->calendar_rows, set->reason_symbols, set->fact_names, set->fact_slots,
                      set->attributes,    set->calendars};

    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        sla__free(&allocator, arrays[i]);
    if (drafts != NULL) {
        for (size_t i = 0; i < drafts->document_count; i++)
            sla__free(&allocator, drafts->documents[i].text);
        sla__free(&allocator, drafts->documents);
        sla__free(&allocator, drafts->calendars);
        sla__free(&allocator, drafts->policies);
        sla__free(&allocator, drafts->targets);
        sla__free(&allocator, drafts->overlays);
        sla__free(&allocator, drafts->derived);
        sla__free(&allocator, drafts);
    }
    sla__symbols_free(set->symbols, &allocator);
    sla__free(&allocator, set);
}

int sla_policies_new(const sla_allocator *allocator, sla_policies **policies_out)
{
    const sla_allocator given = sla__allocator_or_default(allocator);
    sla_policies *set;

    assert(policies_out != NULL);
    if (sla__allocator_why_not(allocator) != NULL)
        return SLA_ERR_ARGUMENT;
    set = sla__new(&given, 1, sizeof *set);
    if (set == NULL)
        return SLA_ERR_NOMEM;
    set->allocator = given;
    set->references = 1;
    set->symbols = sla__symbols_new(&given);
    set->drafts = sla__new(&given, 1, sizeof(sla__drafts));
    if (set->symbols == NULL || set->drafts == NULL || !add_builtin_facts(set) || !add_true(set)) {
        free_set(set);
        return SLA_ERR_NOMEM;
    }
    *policies_out = set;
    return SLA_OK;
}

sla_policies *sla_policies_ref(sla_policies *policies)
{
    __atomic_fetch_add(&policies->references, 1, __ATOMIC_RELAXED);
    return policies;
}

void sla_policies_unref(sla_policies *policies)
{
    if (policies != NULL && __atomic_sub_fetch(&policies->references, 1, __ATOMIC_ACQ_REL) == 0)
        free_set(policies);
}

/* ------------------------------------------------------------ taking back */

/* Names that the cut document brought are no names any more; their symbols stay. */
static void cut_names(sla_policies *set, const sla_policies *before)
{
    sla__symbol *list = set->symbols->list;

    for (size_t i = before->fact_slot_count; i < set->fact_slot_count; i++)
        list[set->fact_names[set->fact_slots[i]]].fact_slot = SLA__NONE;
    for (size_t i = before->fact_name_count; i < set->fact_name_count; i++)
        list[set->fact_names[i]].fact = SLA__NONE;
    for (size_t i = before->attribute_count; i < set->attribute_count; i++)
        list[set->attributes[i].name].attribute = SLA__NONE;
    for (size_t i = before->calendar_count; i < set->calendar_count; i++)
        list[set->calendars[i]].calendar = SLA__NONE;
    set->fact_slot_count = before->fact_slot_count;
    set->fact_name_count = before->fact_name_count;
    set->attribute_count = before->attribute_count;
    set->calendar_count = before->calendar_count;
}

void sla__policies_cut(sla_policies *set, const sla_policies *before,
                       const sla__drafts *drafts_before)
{
    sla__drafts *drafts = set->drafts;

    cut_names(set, before);
    set->policy_count = before->policy_count;
    set->target_count = before->target_count;
    set->goal_count = before->goal_count;
    set->step_count = before->step_count;
    set->pause_count = before->pause_count;
    set->resume_count = before->resume_count;
    set->default_count = before->default_count;
    set->at_once_count = before->at_once_count;
    set->refuse_count = before->refuse_count;
    set->rank_count = before->rank_count;
    set->reasons_count = before->reasons_count;
    set->reason_symbol_count = before->reason_symbol_count;
    set->node_count = before->node_count;
    set->calendar_row_count = before->calendar_row_count;
    for (size_t i = drafts_before->document_count; i < drafts->document_count; i++)
        sla__free(&set->allocator, drafts->documents[i].text);
    drafts->document_count = drafts_before->document_count;
    drafts->calendar_count = drafts_before->calendar_count;
    drafts->policy_count = drafts_before->policy_count;
    drafts->target_count = drafts_before->target_count;
    drafts->overlay_count = drafts_before->overlay_count;
    drafts->derived_count = drafts_before->derived_count;
}

/* ------------------------------------------------------------ what it answers */

size_t sla_policies_count(const sla_policies *policies)
{
    return policies->policy_count;
}

const char *sla_policies_name(const sla_policies *policies, size_t index)
{
    assert(index < policies->policy_count);
    return sla__policies_symbol(policies, policies->policies[index].name);
}

const char *sla_policies_version(const sla_policies *policies, size_t index)
{
    assert(index < policies->policy_count);
    return sla__policies_symbol(policies, policies->policies[index].version);
}

const char *sla_policies_calendar(const sla_policies *policies, size_t index)
{
    if (index >= policies->calendar_count)
        return NULL;
    return sla__policies_symbol(policies, policies->calendars[index]);
}

uint32_t sla__policies_find(const sla_policies *policies, const char *text, size_t length)
{
    return sla__symbols_find(policies->symbols, text, length);
}

const char *sla__policies_symbol(const sla_policies *policies, uint32_t symbol)
{
    assert(symbol < policies->symbols->count);
    return policies->symbols->list[symbol].text;
}

uint16_t sla__policies_fact(const sla_policies *policies, const char *name, size_t length)
{
    return policies->symbols->list[sla__symbols_find(policies->symbols, name, length)].fact;
}

uint16_t sla__policies_attribute(const sla_policies *policies, const char *name, size_t length)
{
    return policies->symbols->list[sla__symbols_find(policies->symbols, name, length)].attribute;
}

uint16_t sla__policies_fact_slot(const sla_policies *policies, uint16_t fact)
{
    if (fact >= policies->fact_name_count)
        return SLA__NONE;
    return policies->symbols->list[policies->fact_names[fact]].fact_slot;
}

/* ------------------------------------------------------------ where things stand */

void sla__document_place(const sla_policies *policies, uint32_t document, const char *pointer,
                         int *line_out, int *column_out)
{
    const sla__document *read = &sla__drafts_of(policies)->documents[document];

    sla__json_place_of(read->text, sla__json_offset_of_pointer(read->text, read->length, pointer),
                       line_out, column_out);
}

static int complain(const sla_policies *policies, uint32_t document, const char *pointer, int code,
                    sla_error *error, const char *format, va_list arguments)
{
    const uint32_t source = sla__drafts_of(policies)->documents[document].source;
    char text[sizeof error->text];

    if (error == NULL || error->code != SLA_OK)
        return code;
    vsnprintf(text, sizeof text, format, arguments);
    snprintf(error->source, sizeof error->source, "%s", sla__policies_symbol(policies, source));
    sla__document_place(policies, document, pointer, &error->line, &error->column);
    return sla__error_set(error, code, pointer, "%s", text);
}

int sla__document_complain(const sla_policies *policies, uint32_t document, const char *pointer,
                           int code, sla_error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(policies, document, pointer, code, error, format, arguments);
    va_end(arguments);
    return code;
}

int sla__place_complain(const sla_policies *policies, const sla__place *place, sla_error *error,
                        const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(policies, place->document, sla__policies_symbol(policies, place->pointer),
             SLA_ERR_POLICY, error, format, arguments);
    va_end(arguments);
    return SLA_ERR_POLICY;
}

int sla_policies_calendar_missing(const sla_policies *policies, size_t index, sla_error *error)
{
    const sla__place *place = &sla__drafts_of(policies)->calendars[index];

    assert(index < policies->calendar_count);
    sla__error_clear(error);
    return sla__document_complain(
        policies, place->document, sla__policies_symbol(policies, place->pointer),
        SLA_ERR_NOT_FOUND, error, "there is no calendar \"%s\"; give it, too, or name another",
        sla_policies_calendar(policies, index));
}
