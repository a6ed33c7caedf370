/* act.c - see act.h. */
#include "engine/act.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include <sla/time.h>

#include "base/error.h"
#include "base/utf8.h"

/* The longest that a span may be written. */
#define SPAN_MAX (INT64_C(300) * 366 * SLA_DAY)

/* -------------------------------------------------- rules of every fact */

/* What texts of people are made of beside what can be seen. */
static bool is_layout(unsigned char byte)
{
    return byte == '\t' || byte == '\n' || byte == '\r';
}

/* UTF-8 without control characters, but for those of a layout where it may have one. */
static bool is_text(const char *data, size_t length, bool with_layout)
{
    const char *const end = data + length;

    while (data < end) {
        const unsigned char first = (unsigned char)*data;
        const size_t bytes = sla__utf8_length(data, end);

        if (bytes == 0 || (first < 0x20 && !(with_layout && is_layout(first))) || first == 0x7F)
            return false;
        if (first == 0xC2 && (unsigned char)data[1] < 0xA0) /* U+0080 to U+009F */
            return false;
        data += bytes;
    }
    return true;
}

/* Whether eight bytes are, as most text is, printable ASCII. */
static inline bool is_plain_block(const char *data)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    uint64_t block;

    memcpy(&block, data, sizeof block);
    /* No byte with its top bit set, below 0x20, or 0x7F. */
    return ((block & highs) | ((block - ones * 0x20) & ~block & highs) |
            (((block ^ ones * 0x7F) - ones) & ~(block ^ ones * 0x7F) & highs)) == 0;
}

/* What is left behind the last block is looked at in a block that overlaps it. */
static bool is_plain(const char *data, size_t length)
{
    if (length >= 8) {
        for (const char *const last = data + length - 8; data < last; data += 8) {
            if (!is_plain_block(data))
                return false;
            length -= 8;
        }
        return is_plain_block(data + length - 8);
    }
    for (; length > 0; length--, data++) {
        if (*data < 0x20 || *data > 0x7E)
            return false;
    }
    return true;
}

static int check_text(sla_string text, size_t limit, const char *pointer, sla_error *error)
{
    if (text.length > limit)
        return sla__error_set(error, SLA_ERR_TOO_LONG, pointer, "longer than %zu bytes; shorten it",
                              limit);
    if (!is_plain(text.data, text.length) && !is_text(text.data, text.length, false))
        return sla__error_set(error, SLA_ERR_FACT, pointer,
                              "not UTF-8 without control characters; leave them out");
    return SLA_OK;
}

static bool is_name(sla_string name)
{
    static const bool goes_on[UCHAR_MAX + 1] = {
        ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true,
        ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['_'] = true, ['a'] = true,
        ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true,
        ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true,
        ['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true,
        ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true,
        ['z'] = true};

    if (name.length == 0 || name.length > SLA_NAME_MAX || name.data[0] < 'a' || name.data[0] > 'z')
        return false;
    for (size_t i = 1; i < name.length; i++) {
        if (!goes_on[(unsigned char)name.data[i]])
            return false;
    }
    return true;
}

/* A complaint about the attribute itself; its name is a valid one. */
static int complain_about(const sla_attribute *attribute, int code, const char *what,
                          sla_error *error)
{
    char pointer[sizeof "/attributes/" + SLA_NAME_MAX] = "/attributes/";

    memcpy(pointer + strlen(pointer), attribute->name.data, attribute->name.length);
    return sla__error_set(error, code, pointer, "%s", what);
}

static int check_string(const sla_attribute *attribute, sla_error *error)
{
    const sla_string text = attribute->string;

    if (text.length > SLA_STRING_MAX)
        return complain_about(attribute, SLA_ERR_TOO_LONG, "longer than 256 bytes; shorten it",
                              error);
    if (!is_plain(text.data, text.length) && !is_text(text.data, text.length, true))
        return complain_about(attribute, SLA_ERR_FACT,
                              "not UTF-8 without control characters other than tab, line feed and "
                              "carriage return; leave them out",
                              error);
    return SLA_OK;
}

static int check_attribute(const sla_attribute *attribute, sla_error *error)
{
    if (!is_name(attribute->name))
        return sla__error_set(error, SLA_ERR_FACT, "/attributes",
                              "the name of an attribute is [a-z][a-z0-9_]{0,62}");
    if (attribute->type == SLA_VALUE_STRING)
        return check_string(attribute, error);
    if (attribute->type > SLA_VALUE_INSTANT ||
        (attribute->type == SLA_VALUE_BOOL && attribute->number != 0 && attribute->number != 1))
        return complain_about(attribute, SLA_ERR_FACT,
                              "a value has one of the types of sla_value_type; true is 1, false 0",
                              error);
    if (attribute->type == SLA_VALUE_INSTANT &&
        (attribute->number < SLA_TIME_MIN || attribute->number > SLA_TIME_MAX))
        return complain_about(attribute, SLA_ERR_RANGE, "an instant lies in the years 1900 to 2199",
                              error);
    return SLA_OK;
}

/* The texts of a fact, where they lie in it, and how long each may be; those that
 * most facts have come first. */
static const struct {
    size_t place, limit;
    const char *pointer;
} texts[] = {
    {offsetof(sla_fact, ticket), SLA_ID_MAX, "/ticket"},
    {offsetof(sla_fact, id), SLA_ID_MAX, "/id"},
    {offsetof(sla_fact, tenant), SLA_ID_MAX, "/tenant"},
    {offsetof(sla_fact, corrects), SLA_ID_MAX, "/corrects"},
    {offsetof(sla_fact, withdraws), SLA_ID_MAX, "/withdraws"},
    {offsetof(sla_fact, by), SLA_STRING_MAX, "/by"},
    {offsetof(sla_fact, reason), SLA_STRING_MAX, "/reason"},
    {offsetof(sla_fact, approver), SLA_STRING_MAX, "/approver"},
    {offsetof(sla_fact, authorised_by), SLA_STRING_MAX, "/authorised_by"},
};

/* How many of the texts there are to look at. */
static inline size_t texts_of(const sla_fact *fact)
{
    const size_t others = fact->tenant.length | fact->corrects.length | fact->withdraws.length |
                          fact->by.length | fact->reason.length | fact->approver.length |
                          fact->authorised_by.length;

    return others != 0 ? sizeof texts / sizeof texts[0] : 2;
}

static int check_texts(const sla_fact *fact, sla_error *error)
{
    const size_t count = texts_of(fact);
    int result = SLA_OK;

    for (size_t i = 0; i < count && result == SLA_OK; i++) {
        const sla_string *text =
            (const sla_string *)(const void *)((const char *)fact + texts[i].place);

        if (text->length > 0)
            result = check_text(*text, texts[i].limit, texts[i].pointer, error);
    }
    return result;
}

/* Names that facts do not have, as those of a clock, are none by which to find one. */
static int check_clock_names(const sla_fact *fact, sla_error *error)
{
    if (fact->policy.length > 0 && !is_name(fact->policy))
        return sla__error_set(error, SLA_ERR_FACT, "/policy",
                              "the name of a policy is [a-z][a-z0-9_]{0,62}");
    if (fact->target.length > 0 && !is_name(fact->target))
        return sla__error_set(error, SLA_ERR_FACT, "/target",
                              "the name of a target is [a-z][a-z0-9_]{0,62}");
    return SLA_OK;
}

static int check_attributes(const sla_fact *fact, sla_error *error)
{
    int result = SLA_OK;

    if (fact->attribute_count > SLA_ATTRIBUTES_MAX)
        return sla__error_set(error, SLA_ERR_TOO_LONG, "/attributes",
                              "more than %d attributes in one fact", SLA_ATTRIBUTES_MAX);
    for (size_t i = 0; i < fact->attribute_count && result == SLA_OK; i++) {
        const sla_string name = fact->attributes[i].name;

        result = check_attribute(&fact->attributes[i], error);
        for (size_t j = 0; j < i && result == SLA_OK; j++) {
            const sla_string other = fact->attributes[j].name;

            if (other.length == name.length && memcmp(other.data, name.data, name.length) == 0)
                result = complain_about(&fact->attributes[i], SLA_ERR_FACT,
                                        "this attribute is there twice; keep one", error);
        }
    }
    return result;
}

/* How much longer, until when. */
static int check_spans(const sla_fact *fact, sla_error *error)
{
    if (fact->span < 0)
        return sla__error_set(error, SLA_ERR_FACT, "/for", "a span is not negative");
    if (fact->span > SPAN_MAX)
        return sla__error_set(error, SLA_ERR_RANGE, "/for", "a span is not longer than 300 years");
    if (fact->span > 0 && fact->until != 0)
        return sla__error_set(error, SLA_ERR_FACT, "/for",
                              "`for` says how much longer and `until` until when; keep one");
    if (fact->until != 0 && (fact->until < SLA_TIME_MIN || fact->until > SLA_TIME_MAX))
        return sla__error_set(error, SLA_ERR_RANGE, "/until",
                              "an instant lies in the years 1900 to 2199");
    return SLA_OK;
}

int sla__now_check(sla_time now, sla_error *error)
{
    if (now >= SLA_TIME_MIN && now <= SLA_TIME_MAX)
        return SLA_OK;
    return sla__error_set(error, SLA_ERR_RANGE, "",
                          "`now` lies outside the years 1900 to 2199; it counts microseconds");
}

int sla__fact_check(const sla_fact *fact, sla_error *error)
{
    int result;

    if (fact->ticket.length == 0)
        return sla__error_set(error, SLA_ERR_FACT, "/ticket", "a fact names its ticket");
    if (!is_name(fact->name))
        return sla__error_set(error, SLA_ERR_FACT, "/fact",
                              "the name of a fact is [a-z][a-z0-9_]{0,62}");
    result = check_texts(fact, error);
    if (result != SLA_OK)
        return result;
    if (fact->occurred_at < SLA_TIME_MIN || fact->occurred_at > SLA_TIME_MAX)
        return sla__error_set(error, SLA_ERR_RANGE, "/occurred_at",
                              "an instant lies in the years 1900 to 2199");
    result = check_attributes(fact, error);
    if (result == SLA_OK)
        result = check_clock_names(fact, error);
    if (result == SLA_OK)
        result = check_spans(fact, error);
    if (result == SLA_OK && fact->corrects.length > 0 && fact->withdraws.length > 0)
        result = sla__error_set(error, SLA_ERR_FACT, "/corrects",
                                "a fact corrects or withdraws another one, not both");
    return result;
}

/* ------------------------------------------------------------- compiling */

static int convert(const sla_policies *policies, const sla_attribute *attribute, sla__type type,
                   int64_t *value_out, sla_error *error)
{
    static const char *const wanted[] = {
        "the policies hold a string here; write it in quotes",
        "the policies hold a whole number here; write it without quotes",
        "the policies hold true or false here; write one of them, without quotes",
        "the policies hold an instant here; write it like \"2026-03-02T09:00:00+08:00\""};
    static const sla_value_type given[] = {SLA_VALUE_STRING, SLA_VALUE_INT, SLA_VALUE_BOOL,
                                           SLA_VALUE_INSTANT};

    if (type == SLA__INSTANT && attribute->type == SLA_VALUE_STRING)
        return sla_time_parse(attribute->string.data, attribute->string.length, value_out) == SLA_OK
                   ? SLA_OK
                   : complain_about(attribute, SLA_ERR_FACT, wanted[type], error);
    if (attribute->type != given[type])
        return complain_about(attribute, SLA_ERR_FACT, wanted[type], error);
    *value_out = attribute->number;
    if (type == SLA__STRING) {
        /* A string that no policy names equals nothing that a policy names. */
        *value_out = sla__policies_find(policies, attribute->string.data, attribute->string.length);
        if (*value_out == 0 && attribute->string.length > 0)
            *value_out = -1;
    }
    return SLA_OK;
}

/* A wrong value takes no other with it: facts are also read by policies that they were
 * not recorded under. */
static int compile_attributes(const sla_policies *policies, const sla_fact *fact, sla__act *act,
                              sla_error *error)
{
    int result = SLA_OK;

    for (size_t i = 0; i < fact->attribute_count; i++) {
        const sla_attribute *attribute = &fact->attributes[i];
        const uint16_t slot =
            sla__policies_attribute(policies, attribute->name.data, attribute->name.length);

        if (slot == SLA__NONE) {
            act->unread = true;
            continue;
        }
        if (attribute->type == SLA_VALUE_NONE) {
            act->clear |= UINT64_C(1) << slot;
            act->set &= ~(UINT64_C(1) << slot);
            continue;
        }
        if (convert(policies, attribute, (sla__type)policies->attributes[slot].type,
                    &act->values[slot], error) != SLA_OK) {
            result = SLA_ERR_FACT;
            continue;
        }
        act->set |= UINT64_C(1) << slot;
        act->clear &= ~(UINT64_C(1) << slot);
    }
    return result;
}

static int check_reason(const sla_policies *policies, const sla__reasons *list,
                        const sla_fact *fact, sla_error *error)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const char *code =
            sla__policies_symbol(policies, policies->reason_symbols[list->first + i]);

        if (strlen(code) == fact->reason.length &&
            memcmp(code, fact->reason.data, fact->reason.length) == 0)
            return SLA_OK;
    }
    return sla__error_set(
        error, SLA_ERR_FACT, "/reason", "%.*s is no reason code of %.*s; one of them is %s",
        (int)fact->reason.length, fact->reason.data, (int)fact->name.length, fact->name.data,
        sla__policies_symbol(policies, policies->reason_symbols[list->first]));
}

static int check_reasons(const sla_policies *policies, const sla_fact *fact, uint16_t name,
                         sla_error *error)
{
    for (size_t i = 0; i < policies->reasons_count && fact->reason.length > 0; i++) {
        if (policies->reasons[i].fact == name && policies->reasons[i].count > 0 &&
            check_reason(policies, &policies->reasons[i], fact, error) != SLA_OK)
            return SLA_ERR_FACT;
    }
    return SLA_OK;
}

int sla__act_compile(const sla_policies *policies, const sla_fact *fact, uint32_t seq,
                     sla__act *act, sla_error *error)
{
    act->name = sla__policies_fact(policies, fact->name.data, fact->name.length);
    act->at = fact->occurred_at;
    act->seq = seq;
    act->offset = SIZE_MAX;
    act->cycle = 0;
    act->rules = 0;
    act->set = act->clear = 0;
    act->fact = fact;
    act->why = "";
    act->rule = "";
    act->named = act->done = act->before_opened = act->applied = act->policy_named = false;
    act->policy_named = fact->policy.length > 0;
    act->unread = false;
    if (compile_attributes(policies, fact, act, error) != SLA_OK)
        return SLA_ERR_FACT;
    return check_reasons(policies, fact, act->name, error);
}

int sla__act_verdict(const sla__act *act)
{
    if (!sla__act_is_order(act) || act->rule[0] != '\0' || !act->applied || act->done)
        return SLA_OK;
    if (!act->named)
        return act->policy_named ? SLA_ERR_NOT_FOUND : SLA_OK;
    return act->name == SLA__FACT_ACKNOWLEDGED ? SLA_OK : SLA_ERR_STATE;
}

void sla__act_derive(uint16_t name, sla_time at, uint16_t cycle, sla__act *act)
{
    act->name = name;
    act->at = at;
    act->seq = 0;
    act->offset = SIZE_MAX;
    act->cycle = cycle;
    act->rules = 0;
    act->set = act->clear = 0;
    act->fact = NULL;
    act->why = "";
    act->rule = "";
    act->named = act->done = act->before_opened = act->applied = act->policy_named = false;
}
