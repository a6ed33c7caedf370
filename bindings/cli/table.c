/* table.c - see table.h. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "csv.h"
#include "output.h"
#include "table_instant.h"

typedef enum column_kind {
    COLUMN_UNUSED,
    COLUMN_TEXT,      /* a member that is a string */
    COLUMN_BARE,      /* a number, true, false */
    COLUMN_INSTANT,   /* a member that is an instant */
    COLUMN_ATTRIBUTE, /* attributes.NAME, with a guess of its type; or :text, :int, :bool */
    COLUMN_FACT       /* fact:NAME, when it happened */
} column_kind;

typedef struct column {
    column_kind kind;
    const char *name; /* of the member, attribute or fact */
    size_t length;
    char type; /* of an attribute: t, i, b; 0: a guess */
} column;

typedef struct table {
    const table_options *options;
    csv csv;
    column *columns;
    size_t count;
    bool has_instant; /* a column is occurred_at: each row is a fact itself */
    bool has_fact;    /* ... and a column says which one */
    living *living;
} table;

static const struct {
    const char *name;
    column_kind kind;
} members[] = {
    {"ticket", COLUMN_TEXT},    {"tenant", COLUMN_TEXT},         {"id", COLUMN_TEXT},
    {"fact", COLUMN_TEXT},      {"occurred_at", COLUMN_INSTANT}, {"recorded_at", COLUMN_INSTANT},
    {"by", COLUMN_TEXT},        {"reason", COLUMN_TEXT},         {"policy", COLUMN_TEXT},
    {"target", COLUMN_TEXT},    {"cycle", COLUMN_BARE},          {"corrects", COLUMN_TEXT},
    {"withdraws", COLUMN_TEXT}, {"approver", COLUMN_TEXT},       {"authorised_by", COLUMN_TEXT},
    {"for", COLUMN_TEXT},       {"until", COLUMN_INSTANT},       {"excluded", COLUMN_BARE},
    {"silence", COLUMN_BARE},
};

/* ------------------------------------------------------------ columns */

static bool begins(const char *text, size_t length, const char *with)
{
    return length > strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

static bool take_attribute(const char *text, size_t length, column *out)
{
    static const char *const types[] = {"text", "int", "bool"};
    const char *colon = memchr(text, ':', length);
    const size_t name = colon != NULL ? (size_t)(colon - text) : length;

    *out = (column){COLUMN_ATTRIBUTE, text, name, 0};
    for (size_t i = 0; colon != NULL && i < 3; i++)
        if (length - name - 1 == strlen(types[i]) &&
            memcmp(colon + 1, types[i], strlen(types[i])) == 0)
            out->type = types[i][0];
    return is_attribute_name(text, name) && (colon == NULL || out->type != 0);
}

/* What a column is; false for what no fact has. */
static bool take_member(const char *text, size_t length, column *out)
{
    if (begins(text, length, "attributes."))
        return take_attribute(text + 11, length - 11, out);
    if (begins(text, length, "fact:")) {
        *out = (column){COLUMN_FACT, text + 5, length - 5, 0};
        return is_attribute_name(out->name, out->length); /* facts have names alike */
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strlen(members[i].name) == length && memcmp(members[i].name, text, length) == 0) {
            *out = (column){members[i].kind, members[i].name, length, 0};
            return true;
        }
    return false;
}

bool table_map_is_one(const char *text)
{
    const char *equals = strrchr(text, '=');
    column unused;

    return equals != NULL && equals > text && take_member(equals + 1, strlen(equals + 1), &unused);
}

/* The last of several maps of a column counts. */
static const char *map_of(const table_options *o, csv_field field)
{
    for (size_t i = o->map_count; i-- > 0;) {
        const char *equals = strrchr(o->maps[i], '=');

        if ((size_t)(equals - o->maps[i]) == field.length &&
            memcmp(o->maps[i], field.text, field.length) == 0)
            return equals + 1;
    }
    return NULL;
}

static bool maps_are_there(const table *t)
{
    for (size_t i = 0; i < t->options->map_count; i++) {
        const char *map = t->options->maps[i];
        const size_t length = (size_t)(strrchr(map, '=') - map);
        size_t at = 0;

        while (at < t->csv.count && (t->csv.fields[at].length != length ||
                                     memcmp(t->csv.fields[at].text, map, length) != 0))
            at++;
        if (at == t->csv.count) {
            say("%s:%zu: no column is called \"%.*s\", which --map names", t->living->source,
                t->csv.row, (int)length, map);
            return false;
        }
    }
    return true;
}

static bool is_mapped(const table *t, column_kind kind, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->columns[i].kind == kind &&
            (name == NULL || (t->columns[i].length == strlen(name) &&
                              memcmp(t->columns[i].name, name, strlen(name)) == 0)))
            return true;
    return false;
}

static void say_what_is_unused(const table *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->columns[i].kind == COLUMN_UNUSED)
            say("%s:%zu: column \"%.*s\" is passed over: --map COLUMN=MEMBER says what it is",
                t->living->source, t->csv.row, (int)t->csv.fields[i].length, t->csv.fields[i].text);
}

/* A column that is called like a member is that member. */
static bool read_header(table *t)
{
    if (!csv_next(&t->csv) || !maps_are_there(t))
        return false;
    t->count = t->csv.count;
    t->columns = need_memory(t->count, sizeof *t->columns);
    for (size_t i = 0; i < t->count; i++) {
        const csv_field field = t->csv.fields[i];
        const char *map = map_of(t->options, field);

        if (!take_member(map != NULL ? map : field.text, map != NULL ? strlen(map) : field.length,
                         &t->columns[i]))
            t->columns[i].kind = COLUMN_UNUSED;
    }
    t->has_instant = is_mapped(t, COLUMN_INSTANT, "occurred_at");
    t->has_fact = is_mapped(t, COLUMN_TEXT, "fact");
    say_what_is_unused(t);
    if (is_mapped(t, COLUMN_TEXT, "ticket") && (t->has_instant || is_mapped(t, COLUMN_FACT, NULL)))
        return true;
    say("%s:%zu: a table needs a column \"ticket\", and one \"occurred_at\" or \"fact:NAME\" (or "
        "--map says which these are)",
        t->living->source, t->csv.row);
    return false;
}

/* ------------------------------------------------------------ rows */

static bool is_number(csv_field field)
{
    const size_t sign = field.length > 0 && field.text[0] == '-';

    if (field.length == sign || field.length > 19)
        return false;
    for (size_t i = sign; i < field.length; i++)
        if (field.text[i] < '0' || field.text[i] > '9')
            return false;
    return field.text[sign] != '0' || field.length == sign + 1;
}

static bool is_word(csv_field field, const char *word)
{
    return field.length == strlen(word) && memcmp(field.text, word, field.length) == 0;
}

static bool is_bare(csv_field field, char type)
{
    if (type == 't')
        return false;
    return is_number(field) || is_word(field, "true") || is_word(field, "false");
}

static void put_value(FILE *out, csv_field field, char type)
{
    if (is_bare(field, type))
        fwrite(field.text, 1, field.length, out);
    else
        put_json_string(out, field.text, field.length);
}

static void put_member(FILE *out, const table *t, const column *c, csv_field field)
{
    fprintf(out, ",\"%.*s\":", (int)c->length, c->name);
    if (c->kind == COLUMN_INSTANT)
        table_instant_put(out, t->options, field);
    else
        put_value(out, field, c->kind == COLUMN_BARE ? c->type : 't');
}

static bool is_member(const column *c)
{
    return c->kind >= COLUMN_TEXT && c->kind <= COLUMN_INSTANT;
}

static csv_field field_of(const table *t, const char *name)
{
    for (size_t i = 0; i < t->count && i < t->csv.count; i++)
        if (is_member(&t->columns[i]) && strcmp(t->columns[i].name, name) == 0)
            return t->csv.fields[i];
    return (csv_field){"", 0};
}

static void refuse_row(table *t, const char *pointer, const char *why)
{
    const csv_field ticket = field_of(t, "ticket"), tenant = field_of(t, "tenant");

    living_refuse_of(t->living, (sla_string){tenant.text, tenant.length},
                     (sla_string){ticket.text, ticket.length}, t->csv.row, pointer, why);
}

static void put_attributes(FILE *out, const table *t)
{
    const char *before = ",\"attributes\":{";

    for (size_t i = 0; i < t->count && i < t->csv.count; i++) {
        if (t->columns[i].kind != COLUMN_ATTRIBUTE || t->csv.fields[i].length == 0)
            continue;
        fprintf(out, "%s\"%.*s\":", before, (int)t->columns[i].length, t->columns[i].name);
        put_value(out, t->csv.fields[i], t->columns[i].type);
        before = ",";
    }
    if (before[1] == '\0')
        fputc('}', out);
}

/* The fact of the row itself: `opened` where no column says otherwise. */
static void put_row(FILE *out, const table *t)
{
    const csv_field name = field_of(t, "fact");

    fputs("{\"fact\":", out);
    put_json_string(out, name.length > 0 ? name.text : "opened", name.length > 0 ? name.length : 6);
    for (size_t i = 0; i < t->count && i < t->csv.count; i++)
        if (t->csv.fields[i].length > 0 && is_member(&t->columns[i]) &&
            strcmp(t->columns[i].name, "fact") != 0)
            put_member(out, t, &t->columns[i], t->csv.fields[i]);
    put_attributes(out, t);
    fputc('}', out);
}

/* What happened to its ticket at the instant in a column of its own: nobody knew of it before
 * the row was recorded. */
static void put_happened(FILE *out, const table *t, size_t at, bool with_attributes)
{
    const csv_field ticket = field_of(t, "ticket"), tenant = field_of(t, "tenant"),
                    recorded = field_of(t, "recorded_at");

    fprintf(out, "{\"fact\":\"%.*s\",\"ticket\":", (int)t->columns[at].length, t->columns[at].name);
    put_json_string(out, ticket.text, ticket.length);
    fputs(",\"tenant\":", out);
    put_json_string(out, tenant.text, tenant.length);
    fputs(",\"occurred_at\":", out);
    table_instant_put(out, t->options, t->csv.fields[at]);
    if (table_instant_of(t->options, recorded) > table_instant_of(t->options, t->csv.fields[at])) {
        fputs(",\"recorded_at\":", out);
        table_instant_put(out, t->options, recorded);
    }
    if (with_attributes)
        put_attributes(out, t);
    fputc('}', out);
}

/* The instants of a row are looked at before its facts are made: what is wrong with one is
 * said in words of the table. */
static bool instants_are_fine(table *t)
{
    char why[200], pointer[80];

    for (size_t i = 0; i < t->count && i < t->csv.count; i++) {
        const column *c = &t->columns[i];

        if ((c->kind != COLUMN_INSTANT && c->kind != COLUMN_FACT) || t->csv.fields[i].length == 0 ||
            !table_instant_is_wrong(t->options, t->csv.fields[i], why, sizeof why))
            continue;
        snprintf(pointer, sizeof pointer, "/%.*s",
                 c->kind == COLUMN_FACT ? (int)strlen("occurred_at") : (int)c->length,
                 c->kind == COLUMN_FACT ? "occurred_at" : c->name);
        refuse_row(t, pointer, why);
        return false;
    }
    return true;
}

/* An empty field opens nothing. */
static bool says_what_happened(table *t)
{
    if (!t->has_instant || !t->has_fact || field_of(t, "fact").length > 0)
        return true;
    refuse_row(t, "/fact",
               "the row does not say what happened: a column \"fact\" has the name of one, such as "
               "opened");
    return false;
}

typedef struct row_fact {
    char *text;
    size_t length;
    sla_time at;
    bool is_opened;
} row_fact;

/* At one instant a ticket is opened first, whatever the order of columns. */
static bool comes_before(const row_fact *one, const row_fact *other)
{
    return one->at < other->at || (one->at == other->at && one->is_opened && !other->is_opened);
}

/* In the order in which they happened, those of one instant by columns; what cannot be read
 * comes last. */
static void insert(row_fact *facts, size_t *count, row_fact one)
{
    size_t at = (*count)++;

    for (; at > 0 && comes_before(&one, &facts[at - 1]); at--)
        facts[at] = facts[at - 1];
    facts[at] = one;
}

static row_fact make_fact(const table *t, size_t at, bool with_attributes)
{
    row_fact one = {.at = SLA_NEVER};
    FILE *out = open_memstream(&one.text, &one.length);
    sla_fact fact;

    if (out == NULL)
        give_up("out of memory");
    if (at == t->count)
        put_row(out, t);
    else
        put_happened(out, t, at, with_attributes);
    fclose(out);
    if (sla_fact_parse(one.text, one.length, &t->living->buffer, &fact, NULL, NULL) == SLA_OK)
        one.at = fact.occurred_at;
    one.is_opened = one.at != SLA_NEVER && fact.name.length == strlen("opened") &&
                    memcmp(fact.name.data, "opened", fact.name.length) == 0;
    return one;
}

/* They are in order: of a row that opens its ticket, what lies before that is a mistake, and
 * would be without effect, so that the ticket stayed open for ever. */
static bool opens_too_late(table *t, const row_fact *facts, size_t count)
{
    size_t at = 0;

    while (at < count && !facts[at].is_opened)
        at++;
    if (at == count || facts[0].at == facts[at].at)
        return false;
    refuse_row(t, "/occurred_at",
               "what happened to the ticket lies before its \"opened\": a ticket is opened first; "
               "mend the instants of this row");
    return true;
}

/* Attributes go with the fact of the row, or with `opened` where that is a column. */
static void take_row(table *t)
{
    row_fact *facts = need_memory(t->count + 1, sizeof *facts);
    size_t count = 0;
    bool refused;

    if (t->has_instant)
        insert(facts, &count, make_fact(t, t->count, true));
    for (size_t i = 0; i < t->count && i < t->csv.count; i++)
        if (t->columns[i].kind == COLUMN_FACT && t->csv.fields[i].length > 0)
            insert(facts, &count,
                   make_fact(t, i,
                             !t->has_instant && t->columns[i].length == 6 &&
                                 memcmp(t->columns[i].name, "opened", 6) == 0));
    refused = opens_too_late(t, facts, count);
    for (size_t i = 0; i < count; i++) {
        if (!refused)
            living_add(t->living, facts[i].text, facts[i].length, t->csv.row);
        free(facts[i].text);
    }
    free(facts);
}

int table_read(char *text, size_t length, const table_options *options, living *l)
{
    table t = {.options = options, .living = l};
    int status = EXIT_FINE;

    csv_init(&t.csv, text, length, options->separator);
    if (!read_header(&t)) {
        status = EXIT_USAGE;
        if (t.csv.count == 0)
            say("%s: a table begins with a row of names", l->source);
    } else {
        while (csv_next(&t.csv)) {
            if (t.csv.count != t.count)
                living_refuse(l, t.csv.row, "the row has not as many fields as the first one");
            else if (instants_are_fine(&t) && says_what_happened(&t))
                take_row(&t);
        }
        if (t.csv.trouble != NULL)
            living_refuse(l, t.csv.row, t.csv.trouble);
    }
    free(t.columns);
    csv_fini(&t.csv);
    return status;
}
