/*
 * document.h - what a policy, an overlay or a calendar is called, out of its text.
 */
#ifndef SLA_STORE_DOCUMENT_H
#define SLA_STORE_DOCUMENT_H

#include <sla/store.h>

/* Words that are not there are "".  Nothing is complained about: whoever adopted the
 * document has read it. */
typedef struct sla__document_names {
    const char *kind; /* "policy", "overlay", "calendar" or "" */
    char name[SLA_NAME_MAX + 1];
    char version[SLA_ID_MAX + 1];
} sla__document_names;

void sla__document_look(sla_string text, sla__document_names *names_out);

#endif
