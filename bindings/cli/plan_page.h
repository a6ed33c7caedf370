/*
 * plan_page.h - the file of --report.  It is made under a name of its own beside the one that
 * was asked for and takes that when it is whole, so nobody ever finds half a page.
 */
#ifndef SLA_CLI_PLAN_PAGE_H
#define SLA_CLI_PLAN_PAGE_H

#include "plan_result.h"
#include "taken.h"

/* Whether it can be made there, before there is anything to say.  An exit code, and a
 * complaint. */
int plan_page_look(const char *path, taken *t);

int plan_page_write(const char *path, const plan_result *result);

#endif
