/* An outside C program: what a user writes first, against what was installed. */
#include <stdio.h>
#include <string.h>

#include <sla/sla.h>
#include <sla/time.h>

int main(void)
{
    sla_time at = SLA_NEVER;

    printf("libsla %s\n", sla_version_text());
    if (strcmp(sla_version_text(), SLA_VERSION_TEXT) != 0)
        return 1;
    if (sla_time_parse("2026-03-02T09:00:00+08:00", 25, &at) != SLA_OK)
        return 1;
    return at == INT64_C(1772413200000000) ? 0 : 1;
}
