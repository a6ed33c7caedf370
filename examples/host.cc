/*
 * host.cc - a C++ host: one class around the service that frees what it owns, takes a
 * callable for the events, and lets no exception through the library.
 *
 * Its clock is a variable that jumps to the instant at which the service next wants
 * to run, so that a day is over at once; a host with a real clock would return
 * system_clock::now() and wait.
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sla/sla.h>

namespace
{

constexpr std::string_view desk = R"({"kind": "calendar", "name": "desk", "version": "1",
    "zone": "UTC", "week": {"mon-fri": ["09:00-18:00"]}})";

constexpr std::string_view policy = R"({"policy": "fault", "version": "1", "calendar": "desk",
    "targets": [{"target": "repair", "stop": "repaired", "goals": [{"business": "PT4H"}],
      "steps": [{"step": "warn_80", "percent": 80, "to": "engineer"},
                {"step": "level_1", "after": "PT0S", "level": 1, "to": "shift_lead"}]}]})";

sla_string string(std::string_view text)
{
    return {text.data(), text.size()};
}

using instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

sla_time raw(instant at)
{
    return at.time_since_epoch().count();
}

instant parse(std::string_view text)
{
    sla_time at;

    if (sla_time_parse(text.data(), text.size(), &at) != SLA_OK)
        throw std::invalid_argument(std::string(text));
    return instant(std::chrono::microseconds(at));
}

class Escalations
{
  public:
    using Handler = std::function<void(const sla_event &, instant now)>;

    Escalations(instant begin, Handler handler) : now_(begin), handler_(std::move(handler))
    {
        const sla_document documents[] = {{string("desk"), string(desk)},
                                          {string("policy"), string(policy)}};
        sla_service_options options = SLA_SERVICE_OPTIONS_INIT;
        sla_consumer consumer = SLA_CONSUMER_INIT;
        sla_service *service = nullptr;
        sla_error error = {};

        check(sla_store_memory_new(nullptr, &options.store), error);
        options.incarnation[0] = 1; /* its store is its own, and ends with it */
        options.clock.context = this;
        options.clock.now = [](void *self) { return raw(static_cast<Escalations *>(self)->now_); };
        options.documents = documents;
        options.document_count = std::size(documents);
        check(sla_service_new(&options, &service, &error), error);
        service_.reset(service);
        consumer.name = "host";
        consumer.handler = on_event;
        consumer.context = this;
        check(sla_service_subscribe(service, &consumer), error);
    }

    Escalations(const Escalations &) = delete; /* the service knows where we are */
    Escalations &operator=(const Escalations &) = delete;

    void record(std::string_view ticket, std::string_view name)
    {
        sla_fact fact = {};

        fact.ticket = string(ticket);
        fact.name = string(name);
        fact.occurred_at = raw(now_);
        check(sla_service_record(service_.get(), &fact, on_recorded, this), {});
        run();
    }

    /* Let time pass. */
    void pass_until(instant end)
    {
        while (run() < end)
            now_ = std::min(end,
                            instant(std::chrono::microseconds(sla_service_until(service_.get()))));
        run();
    }

  private:
    struct Free {
        void operator()(sla_service *service) const
        {
            sla_service_free(service);
        }
    };

    static void check(int result, const sla_error &error)
    {
        if (result < 0)
            throw std::runtime_error(error.text[0] != '\0' ? error.text : sla_result_text(result));
    }

    /* Until there is nothing more to do at this instant. */
    instant run()
    {
        while (sla_service_run(service_.get()) != 0)
            ;
        return now_;
    }

    /* C has called these: what is thrown stays here, and the event comes again. */
    static int on_event(void *context, const sla_event *event, uint64_t, uint32_t)
    try {
        const auto *self = static_cast<const Escalations *>(context);

        self->handler_(*event, self->now_);
        return SLA_OK;
    } catch (const std::exception &) {
        return SLA_ERR_BUSY;
    }

    static void on_recorded(void *, int result, const sla_answer *, const sla_error *error)
    {
        if (result < 0)
            std::fprintf(stderr, "refused: %s\n", error->text);
    }

    instant now_;
    Handler handler_;
    std::unique_ptr<sla_service, Free> service_;
};

void print(const sla_event &event, instant now)
{
    char at[SLA_TIME_TEXT_MAX];

    sla_time_format(raw(now), at, sizeof at);
    std::printf("%s  %.*s  %s%s%s\n", at, static_cast<int>(event.ticket.length), event.ticket.data,
                sla_event_kind_name(event.kind), event.to[0] != '\0' ? " to " : "", event.to);
}

} // namespace

int main()
try {
    const auto begin = parse("2026-03-02T09:00:00Z");
    bool pager_works = false;
    Escalations escalations(begin, [&](const sla_event &event, instant now) {
        /* What fails comes again a minute later, and what follows on its ticket waits. */
        if (event.level > 0 && !std::exchange(pager_works, true))
            throw std::runtime_error("the pager is out of reach");
        print(event, now);
    });

    escalations.record("F-1", "opened");
    escalations.pass_until(parse("2026-03-02T10:00:00Z"));
    escalations.record("F-2", "opened");
    escalations.pass_until(parse("2026-03-02T12:30:00Z"));
    escalations.record("F-2", "repaired");
    escalations.pass_until(parse("2026-03-02T15:00:00Z"));
    escalations.record("F-1", "repaired");
    return 0;
} catch (const std::exception &trouble) {
    std::fprintf(stderr, "%s\n", trouble.what());
    return 1;
}
