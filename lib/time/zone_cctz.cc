/*
 * zone_cctz.cc - cctz behind a C interface that lets no exception pass; see
 * zone.h.  The only C++ of the library, and the only file that knows cctz.
 */
#include "time/zone.h"

#include <cerrno>
#include <chrono>
#include <new>
#include <string>

#include <cctz/time_zone.h>
#include <sla/error.h>

namespace
{
using instant = cctz::time_point<cctz::seconds>;

instant from_sla(sla_time at)
{
    return instant(cctz::seconds(at / SLA_SECOND));
}

sla_time to_sla(instant at)
{
    return at.time_since_epoch().count() * SLA_SECOND;
}

/*
 * cctz remembers for the life of the process that a zone could not be loaded,
 * even when the reason was one moment without memory.  "./" before the name is
 * the same file under another name, with a memory of its own.
 */
bool load(const char *name, cctz::time_zone *zone)
{
    std::string path(name);

    for (int attempt = 0; attempt < 8; attempt++) {
        errno = 0;
        if (cctz::load_time_zone(path, zone))
            return true;
        if (errno == ENOMEM)
            throw std::bad_alloc();
        path.insert(0, "./");
    }
    return false;
}

class writer
{
  public:
    writer(sla__shift *shifts, size_t capacity) : shifts_(shifts), capacity_(capacity)
    {
    }

    /* An instant at which only the name changes, not the offset, is no shift. */
    void put(sla_time at, int offset)
    {
        if (count_ > 0 && offset == last_)
            return;
        if (count_ < capacity_)
            shifts_[count_] = sla__shift{at, offset};
        count_++;
        last_ = offset;
    }

    size_t count() const
    {
        return count_;
    }

  private:
    sla__shift *shifts_;
    size_t capacity_;
    size_t count_ = 0;
    int last_ = 0;
};

void write_all(const cctz::time_zone &zone, writer *out)
{
    const instant last = from_sla(SLA_TIME_MAX);
    instant at = from_sla(SLA_TIME_MIN);
    cctz::time_zone::civil_transition change;

    out->put(SLA_TIME_MIN, zone.lookup(at).offset);
    while (zone.next_transition(at, &change)) {
        at = zone.lookup(change.to).trans;
        if (at > last)
            break;
        out->put(to_sla(at), zone.lookup(at).offset);
    }
}

bool is_utc(const std::string &name)
{
    return name == "UTC" || name == "Etc/UTC";
}
} // namespace

extern "C" int sla__zone_read(const char *name, sla__shift *shifts, size_t capacity,
                              size_t *count_out)
{
    try {
        writer out(shifts, capacity);

        if (is_utc(name)) {
            out.put(SLA_TIME_MIN, 0);
        } else {
            cctz::time_zone zone;

            if (!load(name, &zone))
                return SLA_ERR_ZONE;
            write_all(zone, &out);
        }
        *count_out = out.count();
        return SLA_OK;
    } catch (...) {
        /* cctz throws nothing else: it answers false for what it cannot read. */
        return SLA_ERR_NOMEM;
    }
}
