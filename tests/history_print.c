/* history_print.c - see history.h: an operation as a line for people. */
#include "history.h"

#include <sla/time.h>

static const char *when(sla_time at)
{
    static char texts[4][SLA_TIME_TEXT_MAX];
    static unsigned turn;
    char *text = texts[turn++ % 4];

    if (sla_time_format(at, text, SLA_TIME_TEXT_MAX) == 0)
        snprintf(text, SLA_TIME_TEXT_MAX, "%s", at == SLA_NEVER ? "never" : "?");
    return text;
}

static void print_string(FILE *file, const char *what, sla_string string)
{
    if (string.length > 0)
        fprintf(file, " %s=%.*s", what, (int)string.length, string.data);
}

static void print_attribute(FILE *file, const sla_attribute *attribute)
{
    fprintf(file, " %.*s:", (int)attribute->name.length, attribute->name.data);
    if (attribute->type == SLA_VALUE_NONE)
        fprintf(file, "null");
    else if (attribute->type == SLA_VALUE_STRING)
        fprintf(file, "%.*s", (int)attribute->string.length, attribute->string.data);
    else if (attribute->type == SLA_VALUE_INSTANT)
        fprintf(file, "%s", when(attribute->number));
    else
        fprintf(file, "%lld", (long long)attribute->number);
}

static void print_fact(FILE *file, const sla_fact *fact)
{
    fprintf(file, " %.*s %.*s", (int)fact->ticket.length, fact->ticket.data, (int)fact->name.length,
            fact->name.data);
    print_string(file, "id", fact->id);
    fprintf(file, " occurred %s", when(fact->occurred_at));
    for (size_t i = 0; i < fact->attribute_count; i++)
        print_attribute(file, &fact->attributes[i]);
    print_string(file, "corrects", fact->corrects);
    print_string(file, "withdraws", fact->withdraws);
    print_string(file, "policy", fact->policy);
    print_string(file, "target", fact->target);
    print_string(file, "reason", fact->reason);
    print_string(file, "approver", fact->approver);
    if (fact->cycle > 0)
        fprintf(file, " cycle=%u", (unsigned)fact->cycle);
    if (fact->span > 0)
        fprintf(file, " span=%llds", (long long)(fact->span / SLA_SECOND));
    if (fact->until > 0)
        fprintf(file, " until=%s", when(fact->until));
    fprintf(file, "%s%s", fact->excluded ? " excluded" : "", fact->silence ? " silence" : "");
}

void history_print_op(FILE *file, const history_op *op)
{
    static const char *const words[] = {"adopt", "record", "poll"};

    fprintf(file, "%s  %s", when(op->now), words[op->what]);
    if (op->what == HISTORY_ADOPT) {
        fprintf(file, " set %d calendars", op->set);
        for (int i = 0; i < HISTORY_CALENDARS; i++)
            fprintf(file, " %d", op->versions[i]);
    } else if (op->what == HISTORY_RECORD) {
        print_fact(file, &op->fact);
    }
    fprintf(file, "\n");
}
