/* version.c - see sla/version.h. */
#include <sla/version.h>

const char *sla_version_text(void)
{
    return SLA_VERSION_TEXT;
}
