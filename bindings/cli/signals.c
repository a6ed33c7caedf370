/* signals.c - see signals.h. */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"

int signals_take(void)
{
    struct sigaction old;
    sigset_t set;
    int made;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    if (sigaction(SIGINT, NULL, &old) != 0 || old.sa_handler != SIG_IGN)
        sigaddset(&set, SIGINT);
    signal(SIGCHLD, SIG_DFL); /* who ignores it loses the exits of his children */
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    made = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (made < 0)
        say("signals: %s", strerror(errno));
    return made;
}

int signals_next(int descriptor)
{
    struct signalfd_siginfo one;

    return read(descriptor, &one, sizeof one) == (ssize_t)sizeof one ? (int)one.ssi_signo : 0;
}

void signals_die(int number)
{
    sigset_t only;

    sigemptyset(&only);
    sigaddset(&only, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    _exit(128 + number);
}
