/* bench_timers_tree.c - a plain twin: the red-black tree of sys/tree.h, nodes linked in
 * the timers themselves, the earliest remembered. */
#include "bench_timers.h"

#include <stdlib.h>

#ifdef SLA_BENCH_TREE

#include <bsd/sys/tree.h>

typedef struct node {
    RB_ENTRY(node) links;
    int64_t at;
    uint32_t id;
} node;

static int compare(const node *one, const node *other)
{
    if (one->at != other->at)
        return one->at < other->at ? -1 : 1;
    return (one->id > other->id) - (one->id < other->id);
}

RB_HEAD(nodes, node);
RB_GENERATE_INTERNAL(nodes, node, links, compare, __attribute__((unused)) static)

typedef struct tree {
    struct nodes root;
    node *first;
    timers_table table;
} tree;

static void *open_tree(size_t live)
{
    tree *const all = timers_grow(NULL, 1, sizeof *all);

    (void)live;
    *all = (tree){.table.size = sizeof(node)};
    return all;
}

static void insert(tree *all, node *what, int64_t at)
{
    what->at = at;
    RB_INSERT(nodes, &all->root, what);
    if (all->first == NULL || compare(what, all->first) < 0)
        all->first = what;
}

static void arm(void *timers, uint32_t id, int64_t at)
{
    tree *const all = timers;
    node *what;

    timers_table_reach(&all->table, id);
    what = timers_table_at(&all->table, id);
    what->id = id;
    insert(all, what, at);
}

static void take_out(tree *all, node *what)
{
    if (all->first == what)
        all->first = RB_NEXT(nodes, &all->root, what);
    RB_REMOVE(nodes, &all->root, what);
}

static void cancel(void *timers, uint32_t id)
{
    tree *const all = timers;

    take_out(all, timers_table_at(&all->table, id));
}

static void move(void *timers, uint32_t id, int64_t at)
{
    tree *const all = timers;
    node *const what = timers_table_at(&all->table, id);

    take_out(all, what);
    insert(all, what, at);
}

static void fire(void *timers, int64_t now, timers_fired *fired)
{
    tree *const all = timers;

    while (all->first != NULL && all->first->at <= now) {
        timers_note(fired, all->first->id);
        take_out(all, all->first);
    }
}

static void close_tree(void *timers)
{
    tree *const all = timers;

    timers_table_free(&all->table);
    free(all);
}

const timers_contender timers_tree = {.name = "red-black tree",
                                      .open = open_tree,
                                      .arm = arm,
                                      .cancel = cancel,
                                      .move = move,
                                      .fire = fire,
                                      .close = close_tree,
                                      .cost = 6};

#else

const timers_contender timers_tree = {.name = "red-black tree",
                                      .skipped = "no bsd/sys/tree.h (libbsd-dev)"};

#endif
