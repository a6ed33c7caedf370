/* stage_fact.c - the words of a script's facts; see stage.h. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla/time.h>

sla_string stage_string(const char *text)
{
    return (sla_string){text, strlen(text)};
}

sla_time stage_time(const char *text)
{
    char whole[64];
    sla_time time = 0;

    if (strlen(text) > 2 && text[2] == 'T')
        snprintf(whole, sizeof whole, "2026-03-%s%sZ", text, strlen(text) == 8 ? ":00" : "");
    else
        snprintf(whole, sizeof whole, "%s", text);
    if (sla_time_parse(whole, strlen(whole), &time) != SLA_OK)
        CHECK_FAIL("%s is no instant", text);
    return time;
}

static sla_duration span(const char *text)
{
    sla_duration duration = 0;

    if (sla_duration_parse(text, strlen(text), &duration) != SLA_OK)
        CHECK_FAIL("%s is no span", text);
    return duration;
}

/* A member that is a string; NULL for any other name. */
static sla_string *text_member(sla_fact *fact, const char *name)
{
    const struct {
        const char *name;
        sla_string *string;
    } members[] = {
        {"id", &fact->id},
        {"by", &fact->by},
        {"reason", &fact->reason},
        {"policy", &fact->policy},
        {"target", &fact->target},
        {"corrects", &fact->corrects},
        {"withdraws", &fact->withdraws},
        {"approver", &fact->approver},
        {"authorised_by", &fact->authorised_by},
        {"ticket", &fact->ticket},
        {"tenant", &fact->tenant},
    };

    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (strcmp(members[i].name, name) == 0)
            return members[i].string;
    return NULL;
}

static bool read_member(sla_fact *fact, const char *name, const char *value)
{
    sla_string *text = text_member(fact, name);

    if (text != NULL)
        *text = stage_string(value);
    else if (strcmp(name, "at") == 0)
        fact->occurred_at = stage_time(value);
    else if (strcmp(name, "cycle") == 0)
        fact->cycle = (uint32_t)atoi(value);
    else if (strcmp(name, "for") == 0)
        fact->span = span(value);
    else if (strcmp(name, "until") == 0)
        fact->until = stage_time(value);
    else if (strcmp(name, "excluded") == 0)
        fact->excluded = strcmp(value, "true") == 0;
    else if (strcmp(name, "silence") == 0)
        fact->silence = strcmp(value, "true") == 0;
    else
        return false;
    return true;
}

static void read_attribute(stage_fact *out, const char *name, const char *value)
{
    sla_attribute *attribute = &out->attributes[out->fact.attribute_count++];
    char *end;

    memset(attribute, 0, sizeof *attribute);
    attribute->name = stage_string(name);
    attribute->type = SLA_VALUE_INT;
    attribute->number = strtoll(value, &end, 10);
    if (strcmp(value, "null") == 0) {
        attribute->type = SLA_VALUE_NONE;
    } else if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0) {
        attribute->type = SLA_VALUE_BOOL;
        attribute->number = *value == 't';
    } else if (strlen(value) > 5 && value[2] == 'T') {
        attribute->type = SLA_VALUE_INSTANT;
        attribute->number = stage_time(value);
    } else if (end == value || *end != '\0') {
        attribute->type = SLA_VALUE_STRING;
        attribute->string = stage_string(value);
    }
}

void stage_read_fact(const char *line, stage_fact *out)
{
    char *rest, *arrow, *word;

    memset(out, 0, sizeof *out);
    snprintf(out->text, sizeof out->text, "%s", line);
    arrow = strstr(out->text, "-> ");
    out->answer = arrow != NULL ? arrow + 3 : "";
    if (arrow != NULL)
        *arrow = '\0';
    word = strtok_r(out->text, " ", &rest);
    out->now = out->fact.occurred_at = stage_time(word);
    out->fact.ticket = stage_string("T-1");
    out->fact.name = stage_string(strtok_r(NULL, " ", &rest));
    while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
        char *value = strchr(word, '=');

        if (value == NULL)
            CHECK_FAIL("%s: %s has no value", line, word);
        *value++ = '\0';
        if (!read_member(&out->fact, word, value))
            read_attribute(out, word, value);
    }
    out->fact.attributes = out->attributes;
}
