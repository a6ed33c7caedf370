/* plan_stop.c - see plan_stop.h. */
#include "plan_stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

/* What is ready may take long to be written: who asks twice does not want it. */
static void on_signal(int number)
{
    asked = number;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

void plan_stop_take(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old;

    asked = 0;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGINT, NULL, &old) != 0 || old.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
}

int plan_stop_asked(void)
{
    return asked;
}
