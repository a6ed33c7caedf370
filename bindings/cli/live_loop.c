/*
 * live_loop.c - the loop of sla run: a service that is fed from standard input, and
 * told to standard output or to programs.
 *
 * The loop is a poll(2) of our own: what a command waits for (signals, children,
 * two pipes, a watchdog) is more than what a timer driver would bring, and the
 * tool needs no event library for it.  Instants of the service come by a timerfd
 * (host_clock.h); poll's timeout is for spans of our own only.
 */
#include "live_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "live_service.h"
#include "log.h"
#include "metrics_file.h"
#include "program.h"
#include "signals.h"
#include "waits.h"

static const sla_duration report_every = 10 * SLA_SECOND;

/* Facts under way: enough for whole units, few enough to take little memory. */
enum { QUEUE_MAX = 1024 };

enum { FD_SIGNALS, FD_TIMER, FD_WAKER, FD_INPUT, FD_OUTPUT, FD_ERRORS, FD_COUNT };

/* ------------------------------------------------------------ what it says of itself */

static void report(live *l)
{
    sla_service_stats stats = {.size = sizeof stats};

    sla_service_get_stats(l->service, &stats);
    notify_say(&l->notify,
               "STATUS=%" PRIu64 " live tickets, %" PRIu64 " clocks; %" PRIu64 " facts, %" PRIu64
               " events, %" PRIu64 " of them not acknowledged",
               stats.live_tickets, stats.live_clocks, stats.facts, stats.events,
               stats.unacknowledged);
    if (l->options->metrics != NULL &&
        !metrics_file_write(l->options->metrics, l->service, &l->feed,
                            l->options->program != NULL ? &l->jobs : NULL) &&
        (!l->ready || l->stopping))
        l->status = exit_with(l->status, EXIT_MACHINE);
    l->next_report = monotonic_now() + report_every;
}

static void be_ready(live *l)
{
    const sla_service_state state = sla_service_get_state(l->service);

    if (l->ready || (state != SLA_SERVICE_LIVE && state != SLA_SERVICE_HELD))
        return;
    report(l);
    l->ready = true;
    notify_say(&l->notify, "READY=1");
    if (l->status != EXIT_FINE)
        live_begin_end(l);
}

/* ------------------------------------------------------------ signals */

static void reload(live *l);

static void end_reload(live *l, bool adopted)
{
    l->reloading = false;
    if (adopted)
        log_line(SLA_LOG_INFO, "reloaded", "all files");
    else
        log_line(SLA_LOG_ERROR, "reload_refused", "the old ones stay in force");
    notify_say(&l->notify, "READY=1");
    if (l->reload_again && !l->ending)
        reload(l);
}

static void on_adopted(void *context, int result, const sla_error *error)
{
    if (result != SLA_OK)
        say_error(error);
    end_reload(context, result == SLA_OK);
}

/* One that comes while another is on its way follows it. */
static void reload(live *l)
{
    l->reload_again = l->reloading;
    if (l->reloading)
        return;
    l->reloading = true;
    notify_say(&l->notify, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, monotonic_now());
    if (!live_service_reload(l->service, l->options->documents.names, l->options->documents.count,
                             on_adopted, l))
        end_reload(l, false);
}

static void on_signal(live *l, int number)
{
    switch (number) {
    case SIGCHLD:
        jobs_reap(&l->jobs);
        return;
    case SIGHUP:
        if (!l->ending)
            reload(l);
        return;
    default:
        if (l->signalled) {
            jobs_kill(&l->jobs);
            signals_die(number);
        }
        l->signalled = true;
        live_begin_end(l);
    }
}

static void read_signals(live *l)
{
    int number;

    while ((number = signals_next(l->signals)) != 0)
        on_signal(l, number);
}

/* ------------------------------------------------------------ the loop */

/* Said again each minute; when to look again. */
static sla_time look_at_store(live *l, sla_time now)
{
    sla_error error = {0};

    if (sla_service_health(l->service, &error) != SLA_ERR_STORE) {
        l->next_lost = 0;
        return SLA_NEVER;
    }
    if (l->next_lost != 0 && l->next_lost <= now)
        log_line(SLA_LOG_WARNING, "store_lost", "still why=\"%s\"", error.text);
    if (l->next_lost <= now)
        l->next_lost = now + SLA_MINUTE;
    return l->next_lost;
}

static sla_time sooner(sla_time one, sla_time other)
{
    return one < other ? one : other;
}

/* What has to be done by a span of ours; when to look again, monotonic. */
static sla_time look_at_spans(live *l)
{
    const sla_time now = monotonic_now();
    sla_time next = sooner(jobs_look(&l->jobs, now), look_at_store(l, now));

    next = sooner(next, sooner(patience_next(&l->patience), left_aside_until(&l->aside)));
    next = sooner(next, store_patience_next(&l->store_patience));
    if (l->ready && l->next_report <= now)
        report(l);
    if (l->ready)
        next = sooner(next, l->next_report);
    if (l->notify.watchdog == 0)
        return next;
    if (l->next_watchdog <= now) {
        notify_say(&l->notify, "WATCHDOG=1");
        l->next_watchdog = now + l->notify.watchdog;
    }
    return sooner(next, l->next_watchdog);
}

static struct pollfd want(int descriptor, short events)
{
    return (struct pollfd){.fd = descriptor, .events = events};
}

/* Everything that is waited for; how many they are. */
static size_t gather(live *l)
{
    size_t count = sla_service_waits(l->service, NULL, 0);

    l->waits = need_room(l->waits, &l->wait_capacity, count + 1, sizeof *l->waits);
    l->polled = need_room(l->polled, &l->polled_capacity, FD_COUNT + count, sizeof *l->polled);
    l->polled[FD_SIGNALS] = want(l->signals, POLLIN);
    l->polled[FD_TIMER] = want(l->clock.timer, POLLIN);
    l->polled[FD_WAKER] = want(l->clock.waker, POLLIN);
    l->polled[FD_INPUT] = want(feed_wants_input(&l->feed) ? STDIN_FILENO : -1, POLLIN);
    /* Also when nothing is to be written: whoever reads may go away. */
    l->polled[FD_OUTPUT] =
        want(l->options->program == NULL && !l->out.broken && !l->out.left ? STDOUT_FILENO : -1,
             line_out_is_empty(&l->out) ? 0 : POLLOUT);
    l->polled[FD_ERRORS] = want(log_waits(), POLLOUT);
    count = sla_service_waits(l->service, l->waits, count);
    return FD_COUNT + waits_fill(l->polled + FD_COUNT, count, l->waits, count);
}

static void on_output(live *l, short events)
{
    if ((events & POLLOUT) != 0)
        line_out_write(&l->out);
    else if (events != 0)
        line_out_break(&l->out, (events & POLLNVAL) != 0 ? EBADF : EPIPE);
}

static void wait_and_handle(live *l, int timeout)
{
    const size_t count = gather(l);

    if (poll(l->polled, count, timeout) <= 0)
        return;
    host_clock_clear(&l->clock);
    if (l->polled[FD_SIGNALS].revents != 0)
        read_signals(l);
    if (l->polled[FD_INPUT].revents != 0 && !l->ending)
        feed_read(&l->feed);
    on_output(l, l->polled[FD_OUTPUT].revents);
    if (l->polled[FD_ERRORS].revents != 0)
        log_go_on();
}

static void run_until_over(live *l)
{
    sla_time next;
    bool again;

    for (;;) {
        feed_push(&l->feed);
        again = sla_service_run(l->service) != 0;
        if (l->feed.full) /* there may be room now */
            again = feed_push(&l->feed) || again;
        be_ready(l);
        live_come_to_an_end(l, again);
        if (live_is_over(l))
            return;
        next = look_at_spans(l);
        wait_and_handle(l, again ? 0 : monotonic_left(next));
    }
}

/* ------------------------------------------------------------ from begin to end */

static int subscribe(live *l)
{
    const int result = l->options->program != NULL ? jobs_subscribe(&l->jobs, l->service)
                                                   : line_out_subscribe(&l->out, l->service);

    if (result != SLA_OK)
        give_up("%s", sla_result_text(result));
    return EXIT_FINE;
}

static int begin(live *l, const world *w)
{
    const live_options *o = l->options;
    sla_store *store;
    int status;

    line_out_init(&l->out);
    jobs_init(&l->jobs, o->program, o->jobs_max, o->exec_timeout);
    l->signals = signals_take();
    if (l->signals < 0 || (o->program != NULL && !program_can_run(o->program)) ||
        !host_clock_init(&l->clock) || !notify_init(&l->notify))
        return EXIT_MACHINE;
    status = store_uri_open(&o->store, false, &store);
    if (status == EXIT_FINE)
        status = live_service_new(w, store, QUEUE_MAX, &l->clock, live_service_say, &l->service);
    if (status == EXIT_FINE && !o->store.given)
        log_told("store", "the record is in sqlite:%s; --store names another",
                 store_uri_name(&o->store));
    return status == EXIT_FINE ? subscribe(l) : status;
}

static void run_live_service(live *l)
{
    feed_init(&l->feed, l->service);
    run_until_over(l);
    report(l);
    l->status = exit_with(l->status, left_say(l->service, l->jobs.given_up));
    if (l->feed.unrecorded > 0)
        left_say_unrecorded(l->feed.unrecorded + feed_left(&l->feed));
    if (l->lost != EXIT_FINE) {
        jobs_kill(&l->jobs);
        l->status = exit_with(l->status, l->lost);
    }
    if (l->feed.refused > 0)
        l->status = exit_with(l->status, EXIT_PARTIAL);
}

int live_loop(const live_options *options, const world *w)
{
    live l = {.options = options,
              .signals = -1,
              .clock = {-1, -1},
              .notify = {.socket = -1},
              .patience = {.most = options->end_timeout},
              .store_patience = {.most = options->store_timeout},
              .status = EXIT_FINE};

    l.status = begin(&l, w);
    if (l.status == EXIT_FINE)
        run_live_service(&l);
    sla_service_free(l.service);
    feed_fini(&l.feed);
    line_out_fini(&l.out);
    jobs_fini(&l.jobs);
    notify_fini(&l.notify);
    host_clock_fini(&l.clock);
    if (l.signals >= 0)
        close(l.signals);
    free(l.waits);
    free(l.polled);
    return l.status;
}
