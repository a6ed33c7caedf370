/* outside_sqlite.c - a store in a file, made by a program that knows only what was
 * installed. */
#include <stdio.h>

#include <sla/sqlite.h>

int main(int count, char **arguments)
{
    sla_sqlite_options options = SLA_SQLITE_OPTIONS_INIT;
    sla_store *store;
    sla_error error;

    options.path = count > 1 ? arguments[1] : NULL;
    if (sla_store_sqlite_new(&options, &store, &error) != SLA_OK)
        return fprintf(stderr, "%s\n", error.text), 1;
    printf("a store in %s\n", store->ops->name);
    store->ops->close(store);
    return 0;
}
