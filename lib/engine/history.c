/* history.c - see history.h. */
#include "engine/history.h"

#include <assert.h>
#include <string.h>

#include <sla/time.h>

/* Room for a few facts more than the one that comes: each time it grows, all are copied. */
enum { AHEAD = 400 };

/* The head of a packed fact. */
typedef struct head {
    sla_time at;
    uint32_t seq;
    uint32_t length; /* of the whole, head included */
} head;

enum tag {
    TAG_ID = 1,
    TAG_NAME,
    TAG_BY,
    TAG_REASON,
    TAG_POLICY,
    TAG_TARGET,
    TAG_CORRECTS,
    TAG_WITHDRAWS,
    TAG_APPROVER,
    TAG_AUTHORISED,
    TAG_NUMBERS, /* cycle, span, until, flags: only where one is set */
    TAG_RULES,
    TAG_ATTRIBUTE
};

typedef struct numbers {
    int64_t span, until;
    uint32_t cycle, flags;
} numbers;

static sla_string field_of(const sla__history *history, size_t offset, enum tag tag);
static size_t root_of(const sla__history *history, size_t offset);

/* ------------------------------------------------------------------ writing */

/* Each writes at a place and answers the place behind; there is room for all. */
static unsigned char *write_bytes(unsigned char *at, const void *bytes, size_t length)
{
    if (length > 0)
        memcpy(at, bytes, length);
    return at + length;
}

static inline unsigned char *write_head(unsigned char *at, enum tag tag, size_t length)
{
    const uint16_t size = (uint16_t)length;

    at[0] = (unsigned char)tag;
    memcpy(at + 1, &size, sizeof size);
    return at + 3;
}

static unsigned char *write_field(unsigned char *at, enum tag tag, const void *bytes, size_t length)
{
    return write_bytes(write_head(at, tag, length), bytes, length);
}

static inline unsigned char *write_string(unsigned char *at, enum tag tag, sla_string string)
{
    return string.length > 0 ? write_field(at, tag, string.data, string.length) : at;
}

/* With its NUL: events lend it out as it lies here. */
static unsigned char *write_reason(unsigned char *at, sla_string reason)
{
    if (reason.length == 0)
        return at;
    at = write_bytes(write_head(at, TAG_REASON, reason.length + 1), reason.data, reason.length);
    *at = '\0';
    return at + 1;
}

/* An instant is kept as the string that JSON has for it, so that a fact that went
 * through a store is the same fact. */
static unsigned char *write_attribute(unsigned char *at, const sla_attribute *attribute)
{
    const bool instant = attribute->type == SLA_VALUE_INSTANT;
    const bool text = attribute->type == SLA_VALUE_STRING || instant;
    char printed[SLA_TIME_TEXT_MAX];
    const sla_string string =
        instant ? (sla_string){printed, sla_time_format(attribute->number, printed, sizeof printed)}
                : attribute->string;

    at = write_head(at, TAG_ATTRIBUTE, 2 + attribute->name.length + (text ? string.length : 8));
    *at++ = (unsigned char)(text ? SLA_VALUE_STRING : attribute->type);
    *at++ = (unsigned char)attribute->name.length;
    at = write_bytes(at, attribute->name.data, attribute->name.length);
    return text ? write_bytes(at, string.data, string.length)
                : write_bytes(at, &attribute->number, 8);
}

/* What few facts have. */
static unsigned char *write_rare(unsigned char *at, const sla_fact *fact)
{
    const numbers rare = {fact->span, fact->until, fact->cycle,
                          (fact->excluded ? 1u : 0u) | (fact->silence ? 2u : 0u)};

    at = write_string(at, TAG_POLICY, fact->policy);
    at = write_string(at, TAG_TARGET, fact->target);
    at = write_string(at, TAG_CORRECTS, fact->corrects);
    at = write_string(at, TAG_WITHDRAWS, fact->withdraws);
    at = write_string(at, TAG_APPROVER, fact->approver);
    at = write_string(at, TAG_AUTHORISED, fact->authorised_by);
    if (rare.span != 0 || rare.until != 0 || rare.cycle != 0 || rare.flags != 0)
        at = write_field(at, TAG_NUMBERS, &rare, sizeof rare);
    return at;
}

static unsigned char *write_fact(unsigned char *at, const sla_fact *fact, uint32_t rules)
{
    at = write_string(at, TAG_ID, fact->id);
    at = write_string(at, TAG_NAME, fact->name);
    at = write_string(at, TAG_BY, fact->by);
    at = write_reason(at, fact->reason);
    at = write_rare(at, fact);
    for (size_t i = 0; i < fact->attribute_count; i++)
        at = write_attribute(at, &fact->attributes[i]);
    if (rules != 0)
        at = write_field(at, TAG_RULES, &rules, sizeof rules);
    return at;
}

void sla__history_fini(sla__history *history, const sla_allocator *allocator)
{
    sla__free(allocator, history->bytes);
    memset(history, 0, sizeof *history);
}

/* No fact of these strings takes more. */
static size_t bound(const sla_fact *fact)
{
    size_t most = sizeof(head) + sizeof(numbers) + sizeof(uint32_t) + 13 * 3 + 1 + fact->id.length +
                  fact->name.length + fact->by.length + fact->reason.length + fact->policy.length +
                  fact->target.length + fact->corrects.length + fact->withdraws.length +
                  fact->approver.length + fact->authorised_by.length;

    for (size_t i = 0; i < fact->attribute_count; i++)
        most += 3 + 2 + SLA_TIME_TEXT_MAX + fact->attributes[i].name.length +
                fact->attributes[i].string.length;
    return most;
}

bool sla__history_append(sla__history *history, const sla_allocator *allocator,
                         const sla_fact *fact, uint32_t seq, uint32_t rules)
{
    const size_t wanted = history->used + bound(fact);
    head start = {fact->occurred_at, seq, 0};
    unsigned char *at;

    if (wanted > history->capacity &&
        !sla__grow(allocator, (void **)&history->bytes, &history->capacity, wanted + AHEAD, 1))
        return false;
    at = history->bytes + history->used;
    start.length = (uint32_t)(write_fact(at + sizeof start, fact, rules) - at);
    memcpy(at, &start, sizeof start);
    history->used += start.length;
    history->count++;
    history->amended += fact->corrects.length > 0 || fact->withdraws.length > 0;
    return true;
}

void sla__history_truncate(sla__history *history, size_t offset)
{
    assert(offset < history->used);
    history->amended -= field_of(history, offset, TAG_CORRECTS).length > 0 ||
                        field_of(history, offset, TAG_WITHDRAWS).length > 0;
    history->used = offset;
    history->count--;
}

/* ------------------------------------------------------------------ reading */

static head head_at(const sla__history *history, size_t offset)
{
    head start;

    memcpy(&start, history->bytes + offset, sizeof start);
    return start;
}

static void read_attribute(sla__read *out, const unsigned char *bytes, size_t length)
{
    sla_attribute *attribute = &out->attributes[out->fact.attribute_count++];
    const size_t name = bytes[1];

    attribute->type = (sla_value_type)bytes[0];
    attribute->name.data = (const char *)bytes + 2;
    attribute->name.length = name;
    if (attribute->type == SLA_VALUE_STRING) {
        attribute->string.data = (const char *)bytes + 2 + name;
        attribute->string.length = length - 2 - name;
        attribute->number = 0;
    } else {
        attribute->string.data = NULL;
        attribute->string.length = 0;
        memcpy(&attribute->number, bytes + 2 + name, 8);
    }
}

static void read_field(sla__read *out, unsigned char tag, const unsigned char *bytes, size_t length)
{
    const sla_string string = {(const char *)bytes, length};
    numbers rare;

    switch ((enum tag)tag) {
    case TAG_ID:
        out->fact.id = string;
        break;
    case TAG_NAME:
        out->fact.name = string;
        break;
    case TAG_BY:
        out->fact.by = string;
        break;
    case TAG_REASON:
        out->fact.reason = string;
        out->fact.reason.length--;
        break;
    case TAG_POLICY:
        out->fact.policy = string;
        break;
    case TAG_TARGET:
        out->fact.target = string;
        break;
    case TAG_CORRECTS:
        out->fact.corrects = string;
        break;
    case TAG_WITHDRAWS:
        out->fact.withdraws = string;
        break;
    case TAG_APPROVER:
        out->fact.approver = string;
        break;
    case TAG_AUTHORISED:
        out->fact.authorised_by = string;
        break;
    case TAG_NUMBERS:
        memcpy(&rare, bytes, sizeof rare);
        out->fact.span = rare.span;
        out->fact.until = rare.until;
        out->fact.cycle = rare.cycle;
        out->fact.excluded = (rare.flags & 1) != 0;
        out->fact.silence = (rare.flags & 2) != 0;
        break;
    case TAG_RULES:
        memcpy(&out->rules, bytes, sizeof out->rules);
        break;
    case TAG_ATTRIBUTE:
        read_attribute(out, bytes, length);
        break;
    }
}

size_t sla__history_read(const sla__history *history, size_t offset, sla__read *out)
{
    const head start = head_at(history, offset);
    const size_t end = offset + start.length;
    size_t at = offset + sizeof start;

    memset(&out->fact, 0, sizeof out->fact);
    out->seq = start.seq;
    out->rules = 0;
    out->fact.occurred_at = start.at;
    out->fact.attributes = out->attributes;
    while (at < end) {
        uint16_t length;

        memcpy(&length, history->bytes + at + 1, sizeof length);
        read_field(out, history->bytes[at], history->bytes + at + 3, length);
        at += 3u + length;
    }
    return end;
}

/* How many bytes say what the fact says.  The number of the policies in force lies
 * last and is no part of it: a fact that comes again comes under later ones. */
static size_t content_length(const sla__history *history, size_t offset)
{
    const sla_string rules = field_of(history, offset, TAG_RULES);

    return head_at(history, offset).length - sizeof(head) -
           (rules.length > 0 ? 3u + rules.length : 0u);
}

bool sla__history_same(const sla__history *history, size_t one, size_t other)
{
    const size_t length = content_length(history, one);

    return head_at(history, one).at == head_at(history, other).at &&
           length == content_length(history, other) &&
           memcmp(history->bytes + one + sizeof(head), history->bytes + other + sizeof(head),
                  length) == 0;
}

/* The field with a tag, or an empty string. */
static sla_string field_of(const sla__history *history, size_t offset, enum tag tag)
{
    const head start = head_at(history, offset);
    const size_t end = offset + start.length;
    size_t at = offset + sizeof start;
    sla_string found = {NULL, 0};

    while (at < end) {
        uint16_t length;

        memcpy(&length, history->bytes + at + 1, sizeof length);
        if (history->bytes[at] == tag) {
            found.data = (const char *)history->bytes + at + 3;
            found.length = length;
            break;
        }
        at += 3u + length;
    }
    return found;
}

/* The id is written first, where a fact has one. */
static inline bool has_id(const unsigned char *field, sla_string id)
{
    uint16_t length;

    memcpy(&length, field + 1, sizeof length);
    return length == id.length && field[0] == TAG_ID && memcmp(field + 3, id.data, length) == 0;
}

size_t sla__history_find(const sla__history *history, sla_string id, size_t end)
{
    for (size_t at = 0; at < end && id.length > 0; at += head_at(history, at).length) {
        if (has_id(history->bytes + at + sizeof(head), id))
            return at;
    }
    return SIZE_MAX;
}

bool sla__history_is_whole(const sla__history *history)
{
    return history->used > 0 && head_at(history, 0).seq == 1;
}

sla_string sla__history_id(const sla__history *history, size_t offset)
{
    return field_of(history, offset, TAG_ID);
}

/* Of several corrections the last one counts. */
size_t sla__history_content(const sla__history *history, size_t offset)
{
    size_t content = offset;

    if (history->amended == 0 || field_of(history, offset, TAG_WITHDRAWS).length > 0)
        return offset;
    offset = root_of(history, offset);
    for (size_t at = offset; at < history->used; at += head_at(history, at).length) {
        if (field_of(history, at, TAG_CORRECTS).length > 0 && root_of(history, at) == offset)
            content = at;
    }
    return content;
}

uint32_t sla__history_corrections(const sla__history *history, uint32_t seq)
{
    const size_t place = history->amended > 0 ? sla__history_find_seq(history, seq) : SIZE_MAX;
    uint32_t count = 0;

    for (size_t at = place; at < history->used; at += head_at(history, at).length)
        count += field_of(history, at, TAG_CORRECTS).length > 0 && root_of(history, at) == place;
    return count;
}

const char *sla__history_reason(const sla__history *history, size_t offset)
{
    const sla_string reason = field_of(history, offset, TAG_REASON);

    return reason.length > 0 ? reason.data : "";
}

sla_string sla__history_approver(const sla__history *history, size_t offset)
{
    return field_of(history, offset, TAG_APPROVER);
}

size_t sla__history_find_seq(const sla__history *history, uint32_t seq)
{
    for (size_t at = 0; at < history->used; at += head_at(history, at).length) {
        if (head_at(history, at).seq == seq)
            return at;
    }
    return SIZE_MAX;
}

/* ----------------------------------------------------------------- ordering */

bool sla__order_reserve(sla__order *order, const sla_allocator *allocator, size_t count)
{
    return sla__grow(allocator, (void **)&order->entries, &order->capacity, count,
                     sizeof(sla__entry));
}

/* The fact that a correction or withdrawal is about in the end. */
static size_t root_of(const sla__history *history, size_t offset)
{
    for (;;) {
        const sla_string corrects = field_of(history, offset, TAG_CORRECTS);
        const sla_string withdraws = field_of(history, offset, TAG_WITHDRAWS);
        const size_t earlier =
            sla__history_find(history, corrects.length > 0 ? corrects : withdraws, offset);

        if (earlier == SIZE_MAX)
            return offset;
        offset = earlier;
    }
}

uint32_t sla__history_place(const sla__history *history, sla_string id)
{
    const size_t found = sla__history_find(history, id, history->used);

    return found == SIZE_MAX ? 0 : head_at(history, root_of(history, found)).seq;
}

static sla__entry *entry_at(sla__order *order, size_t first)
{
    for (size_t i = 0; i < order->count; i++) {
        if (order->entries[i].first == first)
            return &order->entries[i];
    }
    return NULL;
}

/* Facts mostly come in order: an insertion sort walks few steps. */
static void sort(sla__order *order)
{
    for (size_t i = 1; i < order->count; i++) {
        const sla__entry entry = order->entries[i];
        size_t place = i;

        while (place > 0 && (order->entries[place - 1].at > entry.at ||
                             (order->entries[place - 1].at == entry.at &&
                              order->entries[place - 1].seq > entry.seq))) {
            order->entries[place] = order->entries[place - 1];
            place--;
        }
        order->entries[place] = entry;
    }
}

void sla__history_order(const sla__history *history, sla__order *order)
{
    sla__history_order_until(history, history->used, order);
}

void sla__history_order_until(const sla__history *history, size_t end, sla__order *order)
{
    size_t kept = 0;

    order->count = 0;
    for (size_t at = 0; at < end; at += head_at(history, at).length) {
        const head start = head_at(history, at);
        const sla_string corrects = field_of(history, at, TAG_CORRECTS);
        const sla_string withdraws = field_of(history, at, TAG_WITHDRAWS);
        sla__entry *entry = NULL;

        if (corrects.length == 0 && withdraws.length == 0) {
            assert(order->count < order->capacity);
            order->entries[order->count++] =
                (sla__entry){start.at, start.seq, (uint32_t)at, (uint32_t)at, false};
            continue;
        }
        entry = entry_at(order, root_of(history, at));
        if (entry == NULL)
            continue;
        entry->gone = withdraws.length > 0;
        if (!entry->gone) {
            entry->at = start.at;
            entry->offset = (uint32_t)at;
        }
    }
    for (size_t i = 0; i < order->count; i++) {
        if (!order->entries[i].gone)
            order->entries[kept++] = order->entries[i];
    }
    order->count = kept;
    sort(order);
}
