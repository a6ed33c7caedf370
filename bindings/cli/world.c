/* world.c - see world.h. */
#include "world.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sla/bundled.h>

#include "cli.h"
#include "input.h"

void world_init(world *w)
{
    memset(w, 0, sizeof *w);
    if (sla_policies_new(NULL, &w->policies) != SLA_OK)
        give_up("out of memory");
}

void world_fini(world *w)
{
    sla_policies_unref(w->policies);
    for (size_t i = 0; i < w->calendar_count; i++)
        sla_calendar_unref(w->calendars[i]);
    for (size_t i = 0; i < w->text_count; i++)
        free(w->texts[i].whole);
    free(w->calendars);
    free(w->items);
    free(w->texts);
}

/* ------------------------------------------------------------ reading */

/* Whether the document is a calendar: it says so, or has a week of hours.  What
 * is no JSON at all is left to the reader of policies, for its complaint. */
static bool is_calendar(const char *text, size_t length)
{
    json_t *root = json_loadb(text, length, 0, NULL);
    const char *kind = json_string_value(json_object_get(root, "kind"));
    const bool found = kind != NULL ? strcmp(kind, "calendar") == 0
                                    : json_object_get(root, "week") != NULL &&
                                          json_object_get(root, "policy") == NULL;

    json_decref(root);
    return found;
}

static int add_calendar(world *w, const char *text, size_t length, const char *source,
                        sla_error *error)
{
    sla_calendar *calendar;
    const int result = sla_calendar_parse(text, length, source, NULL, &calendar, error);

    if (result != SLA_OK)
        return result;
    for (size_t i = 0; i < w->calendar_count; i++)
        if (strcmp(sla_calendar_name(w->calendars[i]), sla_calendar_name(calendar)) == 0) {
            error->code = SLA_ERR_EXISTS;
            snprintf(error->source, sizeof error->source, "%s", source);
            snprintf(error->text, sizeof error->text,
                     "there is a calendar of the name \"%s\" already; give one of them",
                     sla_calendar_name(calendar));
            sla_calendar_unref(calendar);
            return SLA_ERR_EXISTS;
        }
    w->calendars =
        need_room(w->calendars, &w->calendar_capacity, w->calendar_count + 1, sizeof *w->calendars);
    w->calendars[w->calendar_count++] = calendar;
    return SLA_OK;
}

static world_item *add_item(world *w, const char *source)
{
    world_item *item;

    w->items = need_room(w->items, &w->item_capacity, w->item_count + 1, sizeof *w->items);
    item = &w->items[w->item_count++];
    memset(item, 0, sizeof *item);
    item->source = source;
    return item;
}

static void keep_text(world *w, world_text text)
{
    w->texts = need_room(w->texts, &w->text_capacity, w->text_count + 1, sizeof *w->texts);
    w->texts[w->text_count++] = text;
}

static void add_text(world *w, const char *text, size_t length, const char *source, char *whole)
{
    world_item *item = add_item(w, source);

    keep_text(w, (world_text){source, text, length, whole});
    item->is_calendar = is_calendar(text, length);
    item->result = item->is_calendar
                       ? add_calendar(w, text, length, source, &item->error)
                       : sla_policies_add(w->policies, text, length, source, &item->error);
}

static void add_unread(world *w, const char *name, const char *why)
{
    world_item *item = add_item(w, name);

    item->unread = true;
    item->result = item->error.code = SLA_ERR_NOT_FOUND;
    snprintf(item->error.source, sizeof item->error.source, "%s", name);
    snprintf(item->error.text, sizeof item->error.text, "%s", why);
}

/* The bundled text of this name, of a policy or of a calendar. */
static const char *bundled(const char *name, size_t *length)
{
    const char *text = sla_bundled_policy(name, length);

    return text != NULL ? text : sla_bundled_calendar(name, length);
}

static const char not_there[] = "there is no such file, and nothing of this name is bundled";

void world_add(world *w, const char *name)
{
    const bool is_file = access(name, F_OK) == 0;
    size_t length;
    const char *text = is_file ? NULL : bundled(name, &length);
    char *whole;
    int trouble;

    if (text != NULL) {
        add_text(w, text, length, name, NULL);
    } else if (!is_file) {
        add_unread(w, name, not_there);
    } else if (!input_whole(name, &whole, &length, &trouble)) {
        add_unread(w, name, strerror(trouble));
    } else {
        add_text(w, whole, length, name, whole);
    }
}

void world_say_bundled(const world *w)
{
    char names[2048] = "";
    size_t used = 0, missing = 0;
    const char *next;

    for (size_t i = 0; i < w->item_count; i++)
        missing += w->items[i].unread && strcmp(w->items[i].error.text, not_there) == 0;
    if (missing == 0)
        return;
    for (size_t i = 0; (next = sla_bundled_calendar_name(i)) != NULL && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, " %s", next);
    for (size_t i = 0; (next = sla_bundled_policy_name(i)) != NULL && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, " %s", next);
    say("bundled are:%s", names);
}

/* ------------------------------------------------------------ finishing */

static bool has_calendar(const world *w, const char *name)
{
    for (size_t i = 0; i < w->calendar_count; i++)
        if (strcmp(sla_calendar_name(w->calendars[i]), name) == 0)
            return true;
    return false;
}

/* Bundled calendars go by their names. */
static void take_bundled_calendar(world *w, const char *name)
{
    size_t length;
    const char *text = sla_bundled_calendar(name, &length);
    sla_calendar *calendar;

    /* What does not parse here is in a zone that this machine does not have. */
    if (text == NULL ||
        sla_calendar_parse(text, length, name, NULL, &calendar, &w->error) != SLA_OK)
        return;
    keep_text(w, (world_text){name, text, length, NULL});
    w->calendars =
        need_room(w->calendars, &w->calendar_capacity, w->calendar_count + 1, sizeof *w->calendars);
    w->calendars[w->calendar_count++] = calendar;
}

int world_finish(world *w)
{
    int result = sla_policies_finish(w->policies, &w->error);
    const char *name;

    for (size_t i = 0; result == SLA_OK && (name = sla_policies_calendar(w->policies, i)) != NULL;
         i++) {
        if (!has_calendar(w, name))
            take_bundled_calendar(w, name);
        if (has_calendar(w, name))
            continue;
        if (w->error.code != SLA_OK)
            return w->error.code;
        result = sla_policies_calendar_missing(w->policies, i, &w->error);
    }
    return result;
}

/* What is wrong with each one by itself. */
static int say_items(const world *w)
{
    int status = EXIT_FINE;

    for (size_t i = 0; i < w->item_count; i++) {
        const world_item *item = &w->items[i];

        if (item->result == SLA_OK)
            continue;
        if (item->result == SLA_ERR_NOMEM)
            give_up("out of memory");
        say_error(&item->error);
        if (status != EXIT_MACHINE)
            status = item->unread ? EXIT_MACHINE : EXIT_INVALID;
    }
    world_say_bundled(w);
    return status;
}

int world_load(world *w, char *const *names, size_t count)
{
    size_t calendars = 0;
    int status;

    for (size_t i = 0; i < count; i++) {
        world_add(w, names[i]);
        calendars += w->items[i].is_calendar;
    }
    status = say_items(w);
    if (status != EXIT_FINE)
        return status;
    if (calendars == count) {
        say("no policy is among what was given: -p POLICY");
        return EXIT_USAGE;
    }
    if (world_finish(w) == SLA_OK)
        return EXIT_FINE;
    say_error(&w->error);
    return EXIT_INVALID;
}

sla_document *world_documents(const world *w)
{
    sla_document *documents = need_memory(w->text_count, sizeof *documents);

    for (size_t i = 0; i < w->text_count; i++) {
        const world_text *t = &w->texts[i];

        documents[i].source = (sla_string){t->source, strlen(t->source)};
        documents[i].text = (sla_string){t->text, t->length};
    }
    return documents;
}

sla_calendar *world_calendar(const char *name, int *exit_out)
{
    world w;
    sla_calendar *calendar = NULL;

    world_init(&w);
    world_add(&w, name);
    *exit_out = say_items(&w);
    if (w.calendar_count > 0) {
        calendar = sla_calendar_ref(w.calendars[0]);
    } else if (*exit_out == EXIT_FINE) {
        say("%s: is a policy, and a calendar is wanted here", name);
        *exit_out = EXIT_INVALID;
    }
    world_fini(&w);
    return calendar;
}
