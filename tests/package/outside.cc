// An outside C++ program: the headers are C, and C++ takes them as they are.
#include <iostream>
#include <string>

#include <sla/sla.h>
#include <sla/time.h>

int main()
{
    const std::string text = "2026-03-02T09:00:00+08:00";
    sla_time at = SLA_NEVER;

    std::cout << "libsla " << sla_version_text() << '\n';
    if (sla_time_parse(text.data(), text.size(), &at) != SLA_OK)
        return 1;
    return at == INT64_C(1772413200000000) ? 0 : 1;
}
