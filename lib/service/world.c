/*
 * world.c - documents come into force: read and checked together, written as one
 * fact of the world, then adopted by the engine; or nothing is.
 *
 * While the world is on its way facts and events wait, so that what is decided
 * under it stands behind it on the record.
 */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "service/parts.h"

/* ------------------------------------------------------------------- documents */

static void in_force_fini(const sla_allocator *allocator, sla__in_force *document)
{
    sla__free(allocator, document->text);
    sla__free(allocator, document->source);
}

void sla__documents_fini(const sla_allocator *allocator, sla__documents *documents)
{
    for (size_t i = 0; i < documents->count; i++)
        in_force_fini(allocator, &documents->items[i]);
    sla__free(allocator, documents->items);
    memset(documents, 0, sizeof *documents);
}

static char *copy_text(const sla_allocator *allocator, const char *text, size_t length)
{
    char *const copy = sla__new(allocator, length + 1, 1);

    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

static bool in_force_make(const sla_allocator *allocator, sla__in_force *document, sla_string text,
                          sla_string source)
{
    document->text = copy_text(allocator, text.data, text.length);
    document->length = text.length;
    document->source = copy_text(allocator, source.data, source.length);
    if (document->text != NULL && document->source != NULL)
        return true;
    in_force_fini(allocator, document);
    return false;
}

static bool copy_documents(const sla_allocator *allocator, const sla__documents *from,
                           sla__documents *to)
{
    if (!sla__grow(allocator, (void **)&to->items, &to->capacity, from->count, sizeof *to->items))
        return false;
    for (size_t i = 0; i < from->count; i++) {
        const sla__in_force *const item = &from->items[i];
        sla__in_force copy = *item;

        if (!in_force_make(allocator, &copy, (sla_string){item->text, item->length},
                           (sla_string){item->source, strlen(item->source)}))
            return false;
        to->items[to->count++] = copy;
    }
    return true;
}

int sla__documents_check(const sla_document *documents, size_t count, sla_error *error)
{
    if (count > 0 && documents == NULL)
        return sla__error_set(error, SLA_ERR_ARGUMENT, "", "documents is NULL and their count %zu",
                              count);
    for (size_t i = 0; i < count; i++) {
        if (documents[i].text.data == NULL)
            return sla__error_set(error, SLA_ERR_ARGUMENT, "", "documents[%zu].text is NULL", i);
    }
    return SLA_OK;
}

/* What kind of document it is and what it is called.  A value that is wrong is left
 * to the reader of its kind, for its complaint. */
static int read_name(const char *text, size_t length, const char *source, sla__in_force *out,
                     sla_error *error)
{
    sla__json json;
    const char *kind, *name;
    const int result = sla__json_init(&json, text, length, NULL, source, SLA_ERR_POLICY, error);

    if (result != SLA_OK)
        return result;
    kind = json_string_value(json_object_get(json.root, "kind"));
    out->is_calendar = kind != NULL ? strcmp(kind, "calendar") == 0
                                    : json_object_get(json.root, "week") != NULL &&
                                          json_object_get(json.root, "policy") == NULL;
    name = json_string_value(json_object_get(json.root, out->is_calendar ? "name" : "policy"));
    if (name != NULL && strlen(name) <= SLA_NAME_MAX)
        memcpy(out->name, name, strlen(name));
    sla__json_fini(&json);
    return SLA_OK;
}

int sla__document_is_calendar(const sla_document *document, bool *is_calendar_out, sla_error *error)
{
    sla__in_force read = {0};
    char source[128] = "";
    const size_t length =
        document->source.length < sizeof source ? document->source.length : sizeof source - 1;
    int result;

    if (length > 0)
        memcpy(source, document->source.data, length);
    result = read_name(document->text.data, document->text.length, source, &read, error);
    *is_calendar_out = read.is_calendar;
    return result;
}

static sla__in_force *find(const sla__documents *documents, const sla__in_force *document)
{
    for (size_t i = 0; i < documents->count; i++) {
        sla__in_force *const other = &documents->items[i];

        if (other->is_calendar == document->is_calendar && strcmp(other->name, document->name) == 0)
            return other;
    }
    return NULL;
}

/* ------------------------------------------------------------------- preparing */

/* An adoption in the making. */
typedef struct preparing {
    const sla_allocator *allocator;
    sla__adoption *adoption;
    sla_document *changed; /* borrowed from what was given */
    size_t *places;        /* of these in adoption->documents */
    size_t changed_count;
    bool policies_changed;
    sla_error *error;
} preparing;

static int add_calendar(preparing *work, const sla__in_force *document)
{
    sla__adoption *const adoption = work->adoption;
    sla_calendar *calendar;
    const int result = sla_calendar_parse(document->text, document->length, document->source,
                                          work->allocator, &calendar, work->error);

    if (result != SLA_OK)
        return result;
    for (size_t i = 0; i < adoption->calendar_count; i++) {
        if (strcmp(sla_calendar_name(adoption->calendars[i]), document->name) != 0)
            continue;
        sla_calendar_unref(adoption->calendars[i]);
        adoption->calendars[i] = calendar;
        return SLA_OK;
    }
    adoption->calendars[adoption->calendar_count++] = calendar;
    return SLA_OK;
}

/* Given twice, the later one counts and the other is not on the record. */
static void note_change(preparing *work, const sla_document *given, size_t place)
{
    for (size_t i = 0; i < work->changed_count; i++) {
        if (work->places[i] == place) {
            work->changed[i] = *given;
            return;
        }
    }
    work->places[work->changed_count] = place;
    work->changed[work->changed_count++] = *given;
}

/* Takes one document into those in force. */
static int work_in(preparing *work, const sla_document *given)
{
    const sla_allocator *allocator = work->allocator;
    sla__documents *const documents = &work->adoption->documents;
    sla__in_force document = {0}, *old;
    int result;

    if (!in_force_make(allocator, &document, given->text, given->source))
        return SLA_ERR_NOMEM;
    result = read_name(document.text, document.length, document.source, &document, work->error);
    old = find(documents, &document);
    if (result == SLA_OK && old != NULL && old->length == document.length &&
        memcmp(old->text, document.text, document.length) == 0) {
        in_force_fini(allocator, &document);
        return SLA_OK;
    }
    if (result == SLA_OK && document.is_calendar)
        result = add_calendar(work, &document);
    if (result == SLA_OK && old == NULL &&
        !sla__grow(allocator, (void **)&documents->items, &documents->capacity,
                   documents->count + 1, sizeof document))
        result = SLA_ERR_NOMEM;
    if (result != SLA_OK) {
        in_force_fini(allocator, &document);
        return result;
    }
    if (old != NULL)
        in_force_fini(allocator, old);
    else
        old = &documents->items[documents->count++];
    *old = document;
    work->policies_changed |= !document.is_calendar;
    note_change(work, given, (size_t)(old - documents->items));
    return SLA_OK;
}

/* Every calendar that the policies ask for is in force. */
static int check_calendars(const preparing *work)
{
    const sla_policies *const policies = work->adoption->policies;
    const char *name;

    for (size_t i = 0; (name = sla_policies_calendar(policies, i)) != NULL; i++) {
        sla__in_force wanted = {.is_calendar = true};

        memcpy(wanted.name, name, strlen(name));
        if (find(&work->adoption->documents, &wanted) == NULL)
            return sla_policies_calendar_missing(policies, i, work->error);
    }
    return SLA_OK;
}

static int make_policies(preparing *work)
{
    const sla__documents *const documents = &work->adoption->documents;
    int result = sla_policies_new(work->allocator, &work->adoption->policies);

    for (size_t i = 0; i < documents->count && result == SLA_OK; i++) {
        const sla__in_force *const document = &documents->items[i];

        if (!document->is_calendar)
            result = sla_policies_add(work->adoption->policies, document->text, document->length,
                                      document->source, work->error);
    }
    if (result == SLA_OK)
        result = sla_policies_finish(work->adoption->policies, work->error);
    return result == SLA_OK ? check_calendars(work) : result;
}

/* The name of a file need not be text, and a store keeps nothing else. */
static void make_text(sla_string name)
{
    char *at = (char *)(uintptr_t)name.data; /* of a copy that is ours */

    for (const char *const end = at + name.length; at < end;) {
        const size_t length = sla__utf8_length(at, end);

        if (length == 0 || *at == '\0')
            *at = '?';
        at += length > 0 ? length : 1;
    }
}

static int keep_changed(preparing *work, const sla_stored_world *world)
{
    sla__kept_world *const kept = sla__keep_world(work->allocator, world);

    if (kept == NULL)
        return SLA_ERR_NOMEM;
    for (size_t i = 0; i < kept->stored.count; i++)
        if (kept->stored.documents[i].source.length > 0)
            make_text(kept->stored.documents[i].source);
    work->adoption->world = kept;
    return SLA_OK;
}

static int prepare(preparing *work, const sla__kept_world *wished, const sla_document *documents,
                   size_t count)
{
    sla_stored_world world = {0, 0, work->changed, 0};
    int result = SLA_OK;

    for (size_t i = 0; wished != NULL && i < wished->stored.count && result == SLA_OK; i++)
        result = work_in(work, &wished->stored.documents[i]);
    for (size_t i = 0; i < count && result == SLA_OK; i++)
        result = work_in(work, &documents[i]);
    if (result == SLA_OK && work->policies_changed)
        result = make_policies(work);
    if (result != SLA_OK)
        return result;
    world.count = work->changed_count;
    return keep_changed(work, &world);
}

void sla__adoption_free(const sla_allocator *allocator, sla__adoption *adoption)
{
    if (adoption == NULL)
        return;
    for (size_t i = 0; i < adoption->calendar_count; i++)
        sla_calendar_unref(adoption->calendars[i]);
    if (adoption->policies != NULL)
        sla_policies_unref(adoption->policies);
    sla__documents_fini(allocator, &adoption->documents);
    sla__free(allocator, adoption->calendars);
    sla__free(allocator, adoption->world);
    sla__free(allocator, adoption);
}

int sla__adoption_prepare(const sla_allocator *allocator, const sla__documents *in_force,
                          const sla__kept_world *wished, const sla_document *documents,
                          size_t count, sla__adoption **adoption_out, sla_error *error)
{
    const size_t most = count + (wished != NULL ? wished->stored.count : 0);
    preparing work = {.allocator = allocator,
                      .adoption = sla__new(allocator, 1, sizeof *work.adoption),
                      .changed = sla__new(allocator, most, sizeof *work.changed),
                      .places = sla__new(allocator, most, sizeof *work.places),
                      .error = error};
    int result = SLA_ERR_NOMEM;

    *adoption_out = NULL;
    sla__error_clear(error);
    if (work.adoption != NULL)
        work.adoption->calendars = sla__new(allocator, most, sizeof(sla_calendar *));
    if (work.adoption != NULL && work.adoption->calendars != NULL && work.changed != NULL &&
        work.places != NULL && copy_documents(allocator, in_force, &work.adoption->documents))
        result = prepare(&work, wished, documents, count);
    if (result == SLA_OK && work.changed_count > 0)
        *adoption_out = work.adoption;
    else
        sla__adoption_free(allocator, work.adoption);
    sla__free(allocator, work.changed);
    sla__free(allocator, work.places);
    return result;
}

int sla__world_prepare(sla_service *service, const sla_document *documents, size_t count,
                       sla__adoption **adoption_out, sla_error *error)
{
    return sla__adoption_prepare(&service->allocator, &service->documents,
                                 service->wishing ? service->wished : NULL, documents, count,
                                 adoption_out, error);
}

/* -------------------------------------------------------------------- adopting */

int sla__world_enter(sla_service *service, sla__adoption *adoption, sla_time at, sla_error *error)
{
    const int result = sla_engine_adopt(service->engine, adoption->policies, adoption->calendars,
                                        adoption->calendar_count, at, error);
    const sla__documents old = service->documents;

    if (result != SLA_OK)
        return result;
    pthread_mutex_lock(&service->lock);
    service->documents = adoption->documents;
    adoption->documents = old;
    pthread_mutex_unlock(&service->lock);
    service->worlds++;
    service->rules += adoption->policies != NULL;
    return SLA_OK;
}
