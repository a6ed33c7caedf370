/*
 * Goal: a fact printed is read back as it was, whatever a program may record, and
 * what could not be read back is refused when it is recorded.  Method: facts at
 * random with every member; a table of what is refused.
 */
#include <stdio.h>
#include <string.h>

#include <sla/engine.h>
#include <sla/json.h>
#include <sla/time.h>

#include "check.h"

enum { LINE = 64 * 1024, TEXTS = 32 };

static const char *const pieces[] = {
    "a", "Z",  "7",  "\"", "\\", "/", "\xc3\xa9", "\xe6\x8a\x95", "\xf0\x9f\x98\x80",
    " ", "\t", "\n", "\r"};

/* A fact at random; its texts lie here. */
typedef struct sample {
    prng random;
    sla_fact fact;
    sla_attribute attributes[SLA_ATTRIBUTES_MAX];
    char texts[TEXTS + 2 * SLA_ATTRIBUTES_MAX][SLA_STRING_MAX + 1];
    size_t used;
} sample;

static sla_string text_of(sample *self, size_t longest, bool layout)
{
    const size_t count = COUNT_OF(pieces) - (layout ? 0 : 3);
    const size_t wanted = prng_below(&self->random, longest + 1);
    char *const text = self->texts[self->used++];
    size_t length = 0;

    for (;;) {
        const char *const piece = pieces[prng_below(&self->random, count)];

        if (length + strlen(piece) > wanted)
            return (sla_string){text, length};
        memcpy(text + length, piece, strlen(piece));
        length += strlen(piece);
    }
}

static sla_string some(sample *self, size_t longest)
{
    const sla_string none = {NULL, 0};

    return prng_percent(&self->random, 40) ? text_of(self, longest, false) : none;
}

static sla_string name_of(sample *self, size_t number)
{
    char *const text = self->texts[self->used++];

    return (sla_string){text, (size_t)snprintf(text, SLA_NAME_MAX + 1, "n%zu_%u", number,
                                               (unsigned)prng_below(&self->random, 1000))};
}

static sla_time instant_of(sample *self)
{
    const sla_time at = prng_between(&self->random, SLA_TIME_MIN, SLA_TIME_MAX);

    return prng_percent(&self->random, 50) ? at - at % SLA_SECOND : at;
}

static void add_attribute(sample *self)
{
    const size_t number = self->fact.attribute_count++;
    sla_attribute *const attribute = &self->attributes[number];

    memset(attribute, 0, sizeof *attribute);
    attribute->name = name_of(self, number);
    attribute->type = (sla_value_type)prng_below(&self->random, SLA_VALUE_INSTANT + 1);
    if (attribute->type == SLA_VALUE_STRING)
        attribute->string = text_of(self, SLA_STRING_MAX, true);
    if (attribute->type == SLA_VALUE_INT)
        attribute->number = (int64_t)prng_next(&self->random);
    if (attribute->type == SLA_VALUE_BOOL)
        attribute->number = (int64_t)prng_below(&self->random, 2);
    if (attribute->type == SLA_VALUE_INSTANT)
        attribute->number = instant_of(self);
}

static void fill_rest(sample *self)
{
    sla_fact *const fact = &self->fact;
    prng *const random = &self->random;
    const unsigned how = (unsigned)prng_below(random, 4);

    fact->by = some(self, SLA_STRING_MAX);
    fact->reason = some(self, SLA_STRING_MAX);
    fact->approver = some(self, SLA_STRING_MAX);
    fact->authorised_by = some(self, SLA_STRING_MAX);
    fact->corrects = some(self, SLA_ID_MAX);
    if (fact->corrects.length == 0)
        fact->withdraws = some(self, SLA_ID_MAX);
    if (prng_percent(random, 30)) {
        fact->policy = name_of(self, 0);
        fact->target = name_of(self, 1);
        fact->cycle = (uint32_t)prng_next(random);
    }
    if (how == 0)
        fact->span = 1 + (int64_t)prng_below(random, 300ull * 366 * SLA_DAY);
    if (how == 1)
        fact->span = SLA_MINUTE * (1 + (int64_t)prng_below(random, 100000));
    if (how == 2)
        fact->until = instant_of(self);
    fact->excluded = prng_percent(random, 20);
    fact->silence = prng_percent(random, 20);
}

static void fill(sample *self)
{
    const size_t attributes =
        prng_percent(&self->random, 5) ? SLA_ATTRIBUTES_MAX : prng_below(&self->random, 6);

    memset(&self->fact, 0, sizeof self->fact);
    self->used = 0;
    self->fact.tenant = some(self, SLA_ID_MAX);
    do {
        self->fact.ticket = text_of(self, SLA_ID_MAX, false);
    } while (self->fact.ticket.length == 0);
    self->fact.id = some(self, SLA_ID_MAX);
    self->fact.name = name_of(self, 9);
    self->fact.occurred_at = instant_of(self);
    self->fact.attributes = self->attributes;
    for (size_t i = 0; i < attributes; i++)
        add_attribute(self);
    fill_rest(self);
}

static void check_text(const char *why, sla_string want, sla_string got)
{
    CHECK_EQ(why, want.length, got.length);
    if (want.length > 0)
        CHECK_MEM(why, want.data, got.data, want.length);
}

static void check_value(const sla_attribute *want, const sla_attribute *got)
{
    char text[SLA_TIME_TEXT_MAX];
    sla_string printed = {text, 0};

    check_text("name", want->name, got->name);
    if (want->type == SLA_VALUE_INSTANT) {
        printed.length = sla_time_format(want->number, text, sizeof text);
        CHECK_EQ("an instant is a string", SLA_VALUE_STRING, got->type);
        check_text("instant", printed, got->string);
        return;
    }
    CHECK_EQ("type", want->type, got->type);
    check_text("string", want->string, got->string);
    CHECK_EQ("number", want->number, got->number);
}

static void check_same(const sla_fact *want, const sla_fact *got)
{
    check_text("tenant", want->tenant, got->tenant);
    check_text("ticket", want->ticket, got->ticket);
    check_text("id", want->id, got->id);
    check_text("fact", want->name, got->name);
    CHECK_EQ("occurred_at", want->occurred_at, got->occurred_at);
    check_text("by", want->by, got->by);
    check_text("reason", want->reason, got->reason);
    check_text("policy", want->policy, got->policy);
    check_text("target", want->target, got->target);
    CHECK_EQ("cycle", want->cycle, got->cycle);
    check_text("corrects", want->corrects, got->corrects);
    check_text("withdraws", want->withdraws, got->withdraws);
    check_text("approver", want->approver, got->approver);
    check_text("authorised_by", want->authorised_by, got->authorised_by);
    CHECK_EQ("for", want->span, got->span);
    CHECK_EQ("until", want->until, got->until);
    CHECK_EQ("excluded", want->excluded, got->excluded);
    CHECK_EQ("silence", want->silence, got->silence);
    CHECK_EQ("attributes", want->attribute_count, got->attribute_count);
    for (size_t i = 0; i < want->attribute_count; i++)
        check_value(&want->attributes[i], &got->attributes[i]);
}

TEST(what_is_printed_is_read_back)
{
    static sample self;
    static sla_fact_buffer buffer;
    static char line[LINE];

    self.random = check_prng();
    for (size_t round = 0; round < check_count(2000, 100000); round++) {
        sla_error error = {0};
        sla_time recorded_at;
        sla_fact got;
        size_t length;

        fill(&self);
        length = sla_fact_format(&self.fact, SLA_TIME_MAX, line, sizeof line);
        CHECK_TRUE("it fits", length < sizeof line);
        CHECK_OK_OR_SAY(sla_fact_parse(line, length, &buffer, &got, &recorded_at, &error), &error);
        check_same(&self.fact, &got);
        CHECK_EQ("recorded_at", SLA_TIME_MAX, recorded_at);
        CHECK_EQ("asked for its length", length,
                 sla_fact_format(&self.fact, SLA_TIME_MAX, NULL, 0));
    }
}

TEST(a_line_is_as_docs_say)
{
    const sla_attribute attributes[] = {
        {.name = {"grade", 5}, .type = SLA_VALUE_INT, .number = 2},
        {.name = {"kind", 4}, .type = SLA_VALUE_STRING, .string = {"a \"b\"\n", 6}},
        {.name = {"vip", 3}, .type = SLA_VALUE_BOOL, .number = 1},
        {.name = {"old", 3}, .type = SLA_VALUE_NONE},
        {.name = {"visit", 5}, .type = SLA_VALUE_INSTANT, .number = 1500000},
    };
    const sla_fact fact = {.ticket = {"T-1", 3},
                           .name = {"opened", 6},
                           .occurred_at = SLA_SECOND,
                           .attributes = attributes,
                           .attribute_count = COUNT_OF(attributes),
                           .span = SLA_HOUR + 250 * SLA_SECOND / 1000};
    char line[512], part[20];
    const char want[] = "{\"ticket\":\"T-1\",\"fact\":\"opened\",\"occurred_at\":"
                        "\"1970-01-01T00:00:01Z\",\"attributes\":{\"grade\":2,\"kind\":"
                        "\"a \\\"b\\\"\\n\",\"vip\":true,\"old\":null,\"visit\":"
                        "\"1970-01-01T00:00:01.5Z\"},\"for\":\"PT1H0.25S\"}";

    CHECK_EQ("length", strlen(want), sla_fact_format(&fact, SLA_NEVER, line, sizeof line));
    CHECK_STR("line", want, line);
    CHECK_EQ("cut", strlen(want), sla_fact_format(&fact, SLA_NEVER, part, sizeof part));
    CHECK_STR("its beginning", "{\"ticket\":\"T-1\",\"fa", part);
}

/* ------------------------------------------------------------ what is refused */

static const sla_attribute twice[] = {{.name = {"a", 1}, .type = SLA_VALUE_INT},
                                      {.name = {"b", 1}, .type = SLA_VALUE_INT},
                                      {.name = {"a", 1}, .type = SLA_VALUE_NONE}};
static const sla_attribute odd_bool[] = {{.name = {"a", 1}, .type = SLA_VALUE_BOOL, .number = 2}};
static const sla_attribute no_type[] = {{.name = {"a", 1}, .type = (sla_value_type)7}};

static const struct refused {
    const char *why;
    sla_fact fact; /* what it says beside its names */
    int code;
    const char *pointer;
} refused[] = {
    {"an attribute twice",
     {.attributes = twice, .attribute_count = 3},
     SLA_ERR_FACT,
     "/attributes/a"},
    {"neither true nor false",
     {.attributes = odd_bool, .attribute_count = 1},
     SLA_ERR_FACT,
     "/attributes/a"},
    {"a type that there is not",
     {.attributes = no_type, .attribute_count = 1},
     SLA_ERR_FACT,
     "/attributes/a"},
    {"a policy that cannot be",
     {.policy = {"A b", 3}, .target = {"t", 1}},
     SLA_ERR_FACT,
     "/policy"},
    {"a target that cannot be",
     {.policy = {"p", 1}, .target = {"t/1", 3}},
     SLA_ERR_FACT,
     "/target"},
    {"a negative span", {.span = -1}, SLA_ERR_FACT, "/for"},
    {"a span without end", {.span = INT64_MAX}, SLA_ERR_RANGE, "/for"},
    {"a span and an instant", {.span = 1, .until = 1}, SLA_ERR_FACT, "/for"},
    {"an instant out of time", {.until = SLA_NEVER}, SLA_ERR_RANGE, "/until"},
};

TEST(what_could_not_be_read_back_is_refused)
{
    const char policy[] =
        "{\"policy\":\"p\",\"version\":\"1\",\"targets\":[{\"target\":\"t\",\"stop\":"
        "\"resolved\",\"goals\":[{\"elapsed\":\"PT4H\"}]}]}";
    sla_policies *policies;
    sla_engine *engine;
    sla_error error = {0};

    CHECK_OK(sla_policies_new(NULL, &policies));
    CHECK_OK_OR_SAY(sla_policies_add(policies, policy, strlen(policy), "p.json", &error), &error);
    CHECK_OK_OR_SAY(sla_policies_finish(policies, &error), &error);
    CHECK_OK(sla_engine_new(NULL, &engine));
    CHECK_OK(sla_engine_adopt(engine, policies, NULL, 0, 0, NULL));
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        sla_fact fact = refused[i].fact;

        fact.ticket = (sla_string){"T", 1};
        fact.name = (sla_string){"opened", 6};
        CHECK_EQ(refused[i].why, refused[i].code,
                 sla_engine_record(engine, &fact, 0, NULL, &error));
        CHECK_STR(refused[i].why, refused[i].pointer, error.pointer);
    }
    sla_engine_free(engine);
    sla_policies_unref(policies);
}
