/* fuzz_store.c - any text to the readers of what a database hands back: a fact's content and
 * the names in a document.  What was read is written and read again, and is the same. */
#include <stdlib.h>
#include <string.h>

#include "store/content.h"
#include "store/document.h"

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static int again(sla_string content, sla__text *text)
{
    sla_fact fact = {.cycle = 0};
    sla__content_room room;
    int result;

    sla__text_clear(text);
    sla__content_room_init(&room, NULL);
    result = sla__content_read(content, &room, &fact);
    demand(result == SLA_OK || result == SLA_ERR_SYNTAX);
    if (result == SLA_OK)
        sla__content_put(&text->out, &fact);
    sla__content_room_fini(&room);
    return result;
}

static void check_content(sla_string content)
{
    sla__text first, second;

    sla__text_init(&first, NULL);
    sla__text_init(&second, NULL);
    if (again(content, &first) == SLA_OK) {
        demand(again((sla_string){first.data, first.length}, &second) == SLA_OK);
        demand(first.length == second.length);
        demand(first.length == 0 || memcmp(first.data, second.data, first.length) == 0);
    }
    sla__text_fini(&first);
    sla__text_fini(&second);
}

static void check_document(sla_string text)
{
    sla__document_names names;

    sla__document_look(text, &names);
    demand(strlen(names.kind) < sizeof "calendar");
    demand(memchr(names.name, '\0', sizeof names.name) != NULL);
    demand(memchr(names.version, '\0', sizeof names.version) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sla_string text = {(const char *)data, size};

    check_content(text);
    check_document(text);
    return 0;
}
