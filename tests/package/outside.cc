// An outside C++ program: the headers are C, and C++ takes them as they are.
#include <iostream>
#include <string>

#include <sla/sla.h>

int main()
{
    const std::string desk = R"({"kind": "calendar", "name": "desk", "version": "1",
        "zone": "Asia/Shanghai", "week": {"mon-fri": ["09:00-18:00"]}})";
    const std::string opened = "2026-03-06T16:00:00+08:00";
    char text[SLA_TIME_TEXT_MAX];
    sla_calendar *calendar = nullptr;
    sla_error error = {};
    sla_time at = 0, due = 0;

    if (sla_calendar_parse(desk.data(), desk.size(), "desk", nullptr, &calendar, &error) != SLA_OK)
        return 1;
    sla_time_parse(opened.data(), opened.size(), &at);
    if (sla_calendar_add(calendar, at, 4 * SLA_HOUR, SLA_FIT_CLOSE, &due) == SLA_OK) {
        sla_time_format_offset(due, sla_calendar_offset(calendar, due), text, sizeof text);
        std::cout << "four working hours end at " << text << '\n';
    }
    sla_calendar_unref(calendar);
}
