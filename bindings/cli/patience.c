/* patience.c - see patience.h. */
#include "patience.h"

#include "log.h"

/* Who is slow for so long is not worth a word. */
static const sla_duration moment = SLA_SECOND;

static void say_it(patience *p)
{
    static const char *const names[] = {"", "the store", "the reader of standard output"};

    p->said = true;
    log_line(SLA_LOG_WARNING, "waits_to_end",
             "for %s, %lld s at most; a second signal ends it at once", names[p->what],
             (long long)(p->most / SLA_SECOND));
}

bool patience_is_over(patience *p, patience_for what, uint64_t progress, bool away, sla_time now)
{
    if (what != p->what)
        p->said = false;
    if (what != p->what || progress != p->progress)
        p->since = now;
    p->what = what;
    p->progress = progress;
    if (what == FOR_NOTHING)
        return false;
    if (!p->said && (away || now - p->since >= moment))
        say_it(p);
    return now - p->since >= p->most;
}

sla_time patience_next(const patience *p)
{
    if (p->what == FOR_NOTHING)
        return SLA_NEVER;
    return p->since + (p->said ? p->most : moment);
}
