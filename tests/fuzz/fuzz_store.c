/* fuzz_store.c - any text to the readers of what a database hands back: a fact's content and
 * the names in a document.  What was read is written and read again, and is the same. */
#include <stdlib.h>
#include <string.h>

#include "store/content.h"
#include "store/document.h"
#include "store/text.h"

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

/* What is no UTF-8 is replaced when it is first written: from then on it is the same. */
static void check_content(sla_string content)
{
    sla__text texts[3];
    sla_string once, again_and_again;

    for (int i = 0; i < 3; i++)
        sla__text_init(&texts[i], NULL);
    if (again(content, &texts[0]) == SLA_OK) {
        demand(again(sla__text_since(&texts[0], 0), &texts[1]) == SLA_OK);
        demand(again(sla__text_since(&texts[1], 0), &texts[2]) == SLA_OK);
        once = sla__text_since(&texts[1], 0);
        again_and_again = sla__text_since(&texts[2], 0);
        demand(once.length == again_and_again.length);
        demand(once.length == 0 || memcmp(once.data, again_and_again.data, once.length) == 0);
    }
    for (int i = 0; i < 3; i++)
        sla__text_fini(&texts[i]);
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
