/*
 * fact_json.c - one fact out of one line of JSON; see sla/json.h.
 *
 * A table says which member is what kind of value and where in the fact it goes;
 * a second table says the same of a CloudEvents envelope, whose `data` is read by
 * the first.  Which of the two a line is may show only at its end, so it is read
 * as ours, and again as an envelope when it does not fit and has a `specversion`.
 */
#include <sla/json.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "engine/fact_value.h"

/* What a line says, before it is known to be whole. */
typedef struct parsed {
    sla_fact fact;
    sla_time recorded_at;
    sla_string type, unread, content_type, version;
    sla_attribute *attributes;
    uint32_t seen;      /* members of the form itself, by their place in its table */
    uint32_t seen_ours; /* members of our form: in an envelope those inside `data` */
} parsed;

typedef enum member_kind {
    MEMBER_TEXT,
    MEMBER_NAME,
    MEMBER_INSTANT,
    MEMBER_SPAN,
    MEMBER_BOOL,
    MEMBER_CYCLE,
    MEMBER_ATTRIBUTES,
    MEMBER_DATA
} member_kind;

typedef struct member {
    const char *name;
    uint8_t length;
    uint8_t kind;
    uint16_t limit; /* bytes of a text */
    uint16_t place; /* in `parsed` */
} member;

#define MEMBER(name, kind, limit, place)                                                           \
    {                                                                                              \
        name, sizeof name - 1, kind, limit, offsetof(parsed, place)                                \
    }

/* In the order in which most programs write them: the search goes on from there. */
enum { TENANT, TICKET, ID, FACT, OCCURRED_AT, RECORDED_AT, FOR, UNTIL };
static const member ours[] = {
    [TENANT] = MEMBER("tenant", MEMBER_TEXT, SLA_ID_MAX, fact.tenant),
    [TICKET] = MEMBER("ticket", MEMBER_TEXT, SLA_ID_MAX, fact.ticket),
    [ID] = MEMBER("id", MEMBER_TEXT, SLA_ID_MAX, fact.id),
    [FACT] = MEMBER("fact", MEMBER_NAME, SLA_NAME_MAX, fact.name),
    [OCCURRED_AT] = MEMBER("occurred_at", MEMBER_INSTANT, 0, fact.occurred_at),
    [RECORDED_AT] = MEMBER("recorded_at", MEMBER_INSTANT, 0, recorded_at),
    [FOR] = MEMBER("for", MEMBER_SPAN, 0, fact.span),
    [UNTIL] = MEMBER("until", MEMBER_INSTANT, 0, fact.until),
    MEMBER("attributes", MEMBER_ATTRIBUTES, 0, fact.attributes),
    MEMBER("by", MEMBER_TEXT, SLA_STRING_MAX, fact.by),
    MEMBER("reason", MEMBER_TEXT, SLA_STRING_MAX, fact.reason),
    MEMBER("policy", MEMBER_NAME, SLA_NAME_MAX, fact.policy),
    MEMBER("target", MEMBER_NAME, SLA_NAME_MAX, fact.target),
    MEMBER("cycle", MEMBER_CYCLE, 0, fact.cycle),
    MEMBER("corrects", MEMBER_TEXT, SLA_ID_MAX, fact.corrects),
    MEMBER("withdraws", MEMBER_TEXT, SLA_ID_MAX, fact.withdraws),
    MEMBER("approver", MEMBER_TEXT, SLA_STRING_MAX, fact.approver),
    MEMBER("authorised_by", MEMBER_TEXT, SLA_STRING_MAX, fact.authorised_by),
    MEMBER("excluded", MEMBER_BOOL, 0, fact.excluded),
    MEMBER("silence", MEMBER_BOOL, 0, fact.silence),
};

enum { E_VERSION, E_ID, E_SOURCE, E_TYPE, E_SUBJECT, E_TIME, E_DATA, E_RECORDED };
static const member envelope[] = {
    [E_VERSION] = MEMBER("specversion", MEMBER_TEXT, SLA_STRING_MAX, version),
    [E_ID] = MEMBER("id", MEMBER_TEXT, SLA_ID_MAX, fact.id),
    [E_SOURCE] = MEMBER("source", MEMBER_TEXT, UINT16_MAX, unread),
    [E_TYPE] = MEMBER("type", MEMBER_TEXT, SLA_STRING_MAX, type),
    [E_SUBJECT] = MEMBER("subject", MEMBER_TEXT, SLA_ID_MAX, fact.ticket),
    [E_TIME] = MEMBER("time", MEMBER_INSTANT, 0, fact.occurred_at),
    [E_DATA] = MEMBER("data", MEMBER_DATA, 0, fact),
    [E_RECORDED] = MEMBER("recordedtime", MEMBER_INSTANT, 0, recorded_at),
    MEMBER("datacontenttype", MEMBER_TEXT, SLA_STRING_MAX, content_type),
};

enum {
    OURS_COUNT = sizeof ours / sizeof ours[0],
    ENVELOPE_COUNT = sizeof envelope / sizeof envelope[0]
};

/* Looks from `*index` on, round the table; `*index` is then where it found the name. */
static bool is_one_of(const member *members, size_t count, sla_string key, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = *index + i < count ? *index + i : *index + i - count;

        if (sla__fact_same(key, members[at].name, members[at].length)) {
            *index = at;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------ members */

static bool read_fields(sla__scan *scan, parsed *p);

/* What to write instead of an empty text; NULL where it may be empty. */
static const char *if_empty(const member *m)
{
    if (m == &ours[TENANT])
        return NULL;
    if (m->place == offsetof(parsed, fact.ticket))
        return "the text is empty; every fact says which ticket it is of, in 1 to 64 bytes";
    return "the text is empty; leave the member out where there is nothing to say";
}

static bool read_member(sla__scan *scan, parsed *p, const member *m)
{
    void *place = (char *)p + m->place;

    switch ((member_kind)m->kind) {
    case MEMBER_TEXT:
        return sla__fact_text(scan, if_empty(m), m->limit, place);
    case MEMBER_NAME:
        return sla__fact_name(scan, place);
    case MEMBER_INSTANT:
        return sla__fact_instant(scan, place);
    case MEMBER_SPAN:
        return sla__fact_span(scan, place);
    case MEMBER_BOOL:
        return sla__scan_bool(scan, place);
    case MEMBER_CYCLE:
        return sla__fact_cycle(scan, place);
    case MEMBER_ATTRIBUTES:
        p->fact.attributes = p->attributes;
        return sla__fact_attributes(scan, p->attributes, &p->fact.attribute_count);
    case MEMBER_DATA:
        break;
    }
    return read_fields(scan, p);
}

/* One member whose name has been read, or a complaint about a second one. */
static bool take_member(sla__scan *scan, parsed *p, const member *m, uint32_t bit, uint32_t *seen)
{
    if ((*seen & bit) != 0)
        return sla__scan_complain(scan, SLA_ERR_SYNTAX, NULL,
                                  "this member is there twice; keep one");
    *seen |= bit;
    return read_member(scan, p, m);
}

/* A name that the table does not have: free to all, or a complaint. */
static bool take_unknown(sla__scan *scan, sla_string key)
{
    if (sla__fact_is_free(key))
        return sla__scan_skip(scan);
    return sla__fact_wrong(
        scan, NULL,
        "unknown member; what the ticket is like belongs into \"attributes\", a remark "
        "into \"comment\" or a member that begins with \"x-\"");
}

/* The members of our form, up to the end of the object. */
static bool read_fields(sla__scan *scan, parsed *p)
{
    sla_string key;
    size_t index = 0;

    if (!sla__scan_object(scan))
        return false;
    while (sla__scan_member(scan, &key)) {
        bool fine;

        scan->path[scan->depth++] = key;
        if (!is_one_of(ours, OURS_COUNT, key, &index))
            fine = take_unknown(scan, key);
        else {
            fine = take_member(scan, p, &ours[index], 1u << index, &p->seen_ours);
            index++;
        }
        if (!fine)
            return false;
        scan->depth--;
    }
    return scan->result == SLA_OK;
}

/* ------------------------------------------------------------ the envelope */

/* A name of an extension that we do not read: lower case letters and digits. */
static bool take_extension(sla__scan *scan, sla_string key)
{
    const char *at = scan->at;

    if (sla__fact_same(key, "data_base64", 11))
        return sla__fact_wrong(scan, at,
                               "data in base64 is not read; write it as an object under \"data\"");
    for (size_t i = 0; i < key.length; i++)
        if (!(key.data[i] >= 'a' && key.data[i] <= 'z') &&
            !(key.data[i] >= '0' && key.data[i] <= '9'))
            return sla__fact_wrong(scan, at,
                                   "the name of a CloudEvents attribute has only a-z and 0-9; the "
                                   "members of a fact belong into \"data\"");
    return sla__scan_skip(scan);
}

static bool read_envelope(sla__scan *scan, parsed *p)
{
    sla_string key;
    size_t index = 0;

    if (!sla__scan_object(scan))
        return false;
    while (sla__scan_member(scan, &key)) {
        bool fine;

        scan->path[scan->depth++] = key;
        if (is_one_of(envelope, ENVELOPE_COUNT, key, &index)) {
            fine = take_member(scan, p, &envelope[index], 1u << index, &p->seen);
            index++;
        } else
            fine = take_extension(scan, key);
        if (!fine)
            return false;
        scan->depth--;
    }
    return scan->result == SLA_OK;
}

/* The name of the fact in a type `org.libsla.fact.NAME.v1`; absent in another. */
static sla_string name_in_type(sla_string type)
{
    static const char before[] = "org.libsla.fact.", after[] = ".v1";
    const size_t around = sizeof before - 1 + sizeof after - 1;
    sla_string name = {NULL, 0};

    if (type.length > around && memcmp(type.data, before, sizeof before - 1) == 0 &&
        memcmp(type.data + type.length - (sizeof after - 1), after, sizeof after - 1) == 0) {
        name.data = type.data + sizeof before - 1;
        name.length = type.length - around;
    }
    return name;
}

static bool is_json(sla_string content_type)
{
    static const char json[] = "application/json";
    const size_t length = sizeof json - 1;

    return content_type.length >= length && memcmp(content_type.data, json, length) == 0 &&
           (content_type.length == length || content_type.data[length] == ';' ||
            content_type.data[length] == ' ');
}

/* What may stand in the envelope or in its data stands in one of them. */
static bool check_said_once(sla__scan *scan, const parsed *p)
{
    static const struct {
        uint32_t outside, inside;
        const char *what;
    } pairs[] = {
        {1u << E_ID, 1u << ID, "the id of the envelope is the fact's id; leave data.id out"},
        {1u << E_SUBJECT, 1u << TICKET, "subject and data.ticket both name the ticket; keep one"},
        {1u << E_TIME, 1u << OCCURRED_AT, "time and data.occurred_at both say when; keep one"},
        {1u << E_RECORDED, 1u << RECORDED_AT,
         "recordedtime and data.recorded_at say the same; keep one"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if ((p->seen & pairs[i].outside) != 0 && (p->seen_ours & pairs[i].inside) != 0)
            return sla__fact_wrong(scan, scan->text, pairs[i].what);
    return true;
}

/* The type may name the fact; it does not have to. */
static bool take_name_of_type(sla__scan *scan, parsed *p)
{
    const sla_string name = name_in_type(p->type);

    if (name.length == 0)
        return true;
    if (!sla__is_name(name.data, name.length))
        return sla__fact_wrong(scan, scan->text,
                               "the type org.libsla.fact.NAME.v1 has no valid name in it");
    if (p->fact.name.length > 0 && !sla__fact_same(name, p->fact.name.data, p->fact.name.length))
        return sla__fact_wrong(scan, scan->text,
                               "type and data.fact name two different facts; keep one");
    p->fact.name = name;
    return true;
}

static bool check_envelope(sla__scan *scan, parsed *p)
{
    const uint32_t needed = 1u << E_ID | 1u << E_SOURCE | 1u << E_TYPE;

    if (!sla__fact_same(p->version, "1.0", 3))
        return sla__fact_wrong(scan, scan->text, "the specversion is not \"1.0\"");
    if ((p->seen & needed) != needed)
        return sla__fact_wrong(scan, scan->text,
                               "a CloudEvent needs id, source, specversion and type");
    if (p->content_type.length > 0 && !is_json(p->content_type))
        return sla__fact_wrong(scan, scan->text, "the datacontenttype is not application/json");
    return check_said_once(scan, p) && take_name_of_type(scan, p);
}

/* ------------------------------------------------------------ the whole */

static bool check_whole(sla__scan *scan, parsed *p, bool is_envelope)
{
    const uint32_t seen = p->seen_ours;

    if (p->fact.ticket.length == 0)
        return sla__fact_wrong(scan, scan->text,
                               is_envelope ? "the ticket is missing: write it as \"subject\""
                                           : "the member \"ticket\" is missing");
    if (p->fact.name.length == 0)
        return sla__fact_wrong(
            scan, scan->text,
            is_envelope ? "the name of the fact is missing: write data.fact, or the type "
                          "org.libsla.fact.NAME.v1"
                        : "the member \"fact\" is missing");
    if ((seen & 1u << OCCURRED_AT) == 0 && (p->seen & 1u << E_TIME) == 0)
        return sla__fact_wrong(scan, scan->text,
                               is_envelope ? "when it happened is missing: write it as \"time\""
                                           : "the member \"occurred_at\" is missing");
    if ((seen & 1u << FOR) != 0 && (seen & 1u << UNTIL) != 0)
        return sla__fact_wrong(scan, scan->text,
                               "\"for\" says how much longer and \"until\" until when; keep one");
    if (p->recorded_at == SLA_NEVER)
        p->recorded_at = p->fact.occurred_at;
    return true;
}

/* Whether the text is an object with a member `specversion`, well formed so far. */
static bool has_specversion(const char *text, size_t length, sla_fact_buffer *buffer)
{
    sla__scan scan;
    sla_string key;

    sla__scan_init(&scan, text, length, buffer->text, sizeof buffer->text, NULL);
    if (!sla__scan_object(&scan))
        return false;
    while (sla__scan_member(&scan, &key)) {
        if (sla__fact_same(key, "specversion", 11))
            return true;
        if (!sla__scan_skip(&scan))
            return false;
    }
    return false;
}

/* Read the text as the one or the other form. */
static int parse_as(bool is_envelope, const char *text, size_t length, sla_fact_buffer *buffer,
                    parsed *p, sla_error *error)
{
    sla__scan scan;

    memset(p, 0, sizeof *p);
    p->recorded_at = SLA_NEVER;
    p->attributes = buffer->attributes;
    sla__scan_init(&scan, text, length, buffer->text, sizeof buffer->text, error);
    if ((is_envelope ? read_envelope(&scan, p) : read_fields(&scan, p)) && sla__scan_end(&scan) &&
        (!is_envelope || check_envelope(&scan, p)))
        check_whole(&scan, p, is_envelope);
    return scan.result;
}

int sla_fact_parse(const char *text, size_t length, sla_fact_buffer *buffer, sla_fact *fact_out,
                   sla_time *recorded_at_out, sla_error *error)
{
    sla_error ours_error = {0};
    parsed p;
    int result;

    assert(text != NULL && buffer != NULL && fact_out != NULL);
    result = parse_as(false, text, length, buffer, &p, &ours_error);
    if (result != SLA_OK && has_specversion(text, length, buffer))
        result = parse_as(true, text, length, buffer, &p, error);
    else if (result != SLA_OK && error != NULL && error->code == SLA_OK)
        *error = ours_error;
    if (result != SLA_OK)
        return result;
    *fact_out = p.fact;
    if (recorded_at_out != NULL)
        *recorded_at_out = p.recorded_at;
    return SLA_OK;
}
