/* documents.c - see documents.h. */
#include "documents.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

void documents_fini(documents *d)
{
    free(d->names);
}

static const struct argp_option options[] = {
    {"policy", 'p', "POLICY", 0, "a policy: a file or the name of a bundled one; may be repeated",
     0},
    {"calendar", 'c', "CALENDAR", 0,
     "a calendar, likewise; bundled ones that the policies ask for are found by themselves", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    documents *d = state->input;

    switch (key) {
    case 'p':
    case 'c':
        d->names = need_room(d->names, &d->capacity, d->count + 1, sizeof *d->names);
        d->names[d->count++] = text;
        return 0;
    case ARGP_KEY_END:
        if (d->count == 0 && !d->unneeded)
            argp_error(state, "no policy: -p POLICY");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp documents_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

bool documents_take_files(const documents *d, const char *path, const store_uri *store, taken *t)
{
    for (size_t i = 0; i < d->count; i++)
        taken_read(t, d->names[i]);
    taken_read(t, path);
    return (store == NULL || store_uri_take_files(store, t)) && taken_says(t) &&
           taken_write(t, STDOUT_FILENO, "standard output");
}

int documents_load(const documents *d, documents_work *work, void *context)
{
    world w;
    int status;

    world_init(&w);
    status = world_load(&w, d->names, d->count);
    if (status == EXIT_FINE)
        status = work(context, &w);
    world_fini(&w);
    return status;
}
