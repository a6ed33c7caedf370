/* column.c - see column.h. */
#include "store/column.h"

#include <string.h>

static const char *const agreements[] = {"sla", "ola", "uc"};

static sla__value of_number(int64_t number)
{
    return (sla__value){false, number, {NULL, 0}};
}

static sla__value of_string(const sla__column *column, sla_string string)
{
    if (string.length == 0)
        return (sla__value){!column->required, 0, {"", 0}};
    return (sla__value){false, 0, string};
}

static sla__value of_word(const sla__column *column, const char *word)
{
    return of_string(column, (sla_string){word, word != NULL ? strlen(word) : 0});
}

sla__value sla__column_get(const sla__column *column, const void *row)
{
    const void *const at = (const char *)row + column->offset;
    int64_t number;

    switch (column->member) {
    case SLA__MEMBER_STRING:
        return of_string(column, *(const sla_string *)at);
    case SLA__MEMBER_WORD:
        return of_word(column, *(const char *const *)at);
    case SLA__MEMBER_STEP:
        return of_word(column, at);
    case SLA__MEMBER_U64:
        return of_number((int64_t) * (const uint64_t *)at);
    case SLA__MEMBER_U32:
        return of_number(*(const uint32_t *)at);
    case SLA__MEMBER_U16:
        return of_number(*(const uint16_t *)at);
    case SLA__MEMBER_U8:
        return of_number(*(const uint8_t *)at);
    case SLA__MEMBER_I32:
        return of_number(*(const int32_t *)at);
    case SLA__MEMBER_I64:
        number = *(const int64_t *)at;
        return (sla__value){!column->required && number == INT64_MAX, number, {NULL, 0}};
    case SLA__MEMBER_BOOL:
        return of_number(*(const bool *)at);
    case SLA__MEMBER_KIND:
        return of_word(column, sla_event_kind_name(*(const sla_event_kind *)at));
    case SLA__MEMBER_STATE:
        return of_word(column, sla_state_name(*(const sla_state *)at));
    case SLA__MEMBER_AGREEMENT:
        return of_word(column, agreements[*(const sla_agreement *)at]);
    }
    return (sla__value){true, 0, {"", 0}};
}

bool sla__column_fits(const sla__column *column, const sla__value *value)
{
    if (value->null)
        return !column->required;
    if (column->type == SLA__COLUMN_SMALL)
        return value->number >= INT16_MIN && value->number <= INT16_MAX;
    if (column->type == SLA__COLUMN_NUMBER)
        return value->number >= INT32_MIN && value->number <= INT32_MAX;
    return column->member != SLA__MEMBER_U64 || value->number >= 0;
}

/* ------------------------------------------------------------------ reading */

static bool is_word(const char *word, sla_string text)
{
    return word != NULL && strlen(word) == text.length && memcmp(word, text.data, text.length) == 0;
}

static bool set_kind(sla_event_kind *kind, sla_string text)
{
    for (int i = SLA_EVENT_WARNING; i <= SLA_EVENT_RESUMED; i++)
        if (is_word(sla_event_kind_name(i), text)) {
            *kind = (sla_event_kind)i;
            return true;
        }
    return false;
}

static bool set_state(sla_state *state, sla_string text)
{
    for (int i = SLA_WAITING; i <= SLA_CANCELLED; i++)
        if (is_word(sla_state_name(i), text)) {
            *state = (sla_state)i;
            return true;
        }
    return false;
}

static bool set_agreement(sla_agreement *agreement, sla_string text)
{
    for (int i = SLA_AGREEMENT_SLA; i <= SLA_AGREEMENT_UC; i++)
        if (is_word(agreements[i], text)) {
            *agreement = (sla_agreement)i;
            return true;
        }
    return false;
}

/* A word ends at its NUL, so one with another NUL inside is none. */
static bool ends_at_nul(sla_string text)
{
    return text.length == 0 || memchr(text.data, '\0', text.length) == NULL;
}

static bool set_text(const sla__column *column, void *at, sla_string text)
{
    if (column->member == SLA__MEMBER_STRING) {
        *(sla_string *)at = text.length > 0 ? text : (sla_string){NULL, 0};
        return true;
    }
    if (column->member == SLA__MEMBER_KIND)
        return set_kind(at, text);
    if (column->member == SLA__MEMBER_STATE)
        return set_state(at, text);
    if (column->member == SLA__MEMBER_AGREEMENT)
        return set_agreement(at, text);
    if (!ends_at_nul(text))
        return false;
    if (column->member == SLA__MEMBER_WORD) {
        *(const char **)at = text.length > 0 ? text.data : "";
        return true;
    }
    if (text.length >= sizeof((sla_event *)0)->step)
        return false;
    if (text.length > 0)
        memcpy(at, text.data, text.length);
    ((char *)at)[text.length] = '\0';
    return true;
}

static bool set_number(sla__member member, void *at, int64_t number)
{
    const int64_t most = member == SLA__MEMBER_U32    ? UINT32_MAX
                         : member == SLA__MEMBER_U16  ? UINT16_MAX
                         : member == SLA__MEMBER_U8   ? UINT8_MAX
                         : member == SLA__MEMBER_I32  ? INT32_MAX
                         : member == SLA__MEMBER_BOOL ? 1
                                                      : INT64_MAX;
    const int64_t least = member == SLA__MEMBER_I32   ? INT32_MIN
                          : member == SLA__MEMBER_I64 ? INT64_MIN
                                                      : 0;

    if (number < least || number > most)
        return false;
    if (member == SLA__MEMBER_U64)
        *(uint64_t *)at = (uint64_t)number;
    else if (member == SLA__MEMBER_U32)
        *(uint32_t *)at = (uint32_t)number;
    else if (member == SLA__MEMBER_U16)
        *(uint16_t *)at = (uint16_t)number;
    else if (member == SLA__MEMBER_U8)
        *(uint8_t *)at = (uint8_t)number;
    else if (member == SLA__MEMBER_I32)
        *(int32_t *)at = (int32_t)number;
    else if (member == SLA__MEMBER_I64)
        *(int64_t *)at = number;
    else
        *(bool *)at = number != 0;
    return true;
}

static bool is_number(sla__member member)
{
    return member >= SLA__MEMBER_U64 && member <= SLA__MEMBER_BOOL;
}

bool sla__column_set(const sla__column *column, void *row, const sla__value *value)
{
    void *const at = (char *)row + column->offset;

    if (value->null && column->required)
        return false;
    if (is_number(column->member))
        return set_number(column->member, at, value->null ? INT64_MAX : value->number);
    return set_text(column, at, value->null ? (sla_string){"", 0} : value->text);
}
