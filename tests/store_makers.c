/* store_makers.c - see store_makers.h. */
#include "store_makers.h"

/* --------------------------------------------------------------------- memory */

/* One handle is held while others come and go, so that the content stays. */
static sla_store *held;
static fakealloc counted;

static sla_store *memory_again(void *context)
{
    sla_store *store = NULL;

    (void)context;
    CHECK_OK(sla_store_memory_share(held, &store));
    return store;
}

static sla_store *memory_fresh(void *context)
{
    fakealloc_init(&counted);
    CHECK_OK(sla_store_memory_new(&counted.allocator, &held));
    return memory_again(context);
}

static void memory_forget(void *context)
{
    (void)context;
    held->ops->close(held);
    CHECK_NO_LEAK(&counted);
}

const store_maker memory_maker = {"memory", NULL, memory_fresh, memory_again, memory_forget, false};

/* --------------------------------------------------------------------- faulty */

static sla_store *wrap(faulty_maker *own, sla_store *store)
{
    own->rates.seed++;
    return faulty_store_new(store, &own->rates);
}

sla_store *faulty_maker_fresh(void *context)
{
    faulty_maker *const own = context;

    own->rates.seed = check_seed();
    return wrap(own, own->inner->fresh(own->inner->context));
}

sla_store *faulty_maker_again(void *context)
{
    faulty_maker *const own = context;

    return wrap(own, own->inner->again(own->inner->context));
}

void faulty_maker_forget(void *context)
{
    const faulty_maker *const own = context;

    own->inner->forget(own->inner->context);
}
