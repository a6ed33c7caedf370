/* failnew.cc - operator new over the program's own malloc (failmalloc.c), in
 * every build alike: AddressSanitizer would bring one that goes past it. */
#include "failmalloc.h"

#include <cstdlib>
#include <new>

#if !CHECK_UNDER_TSAN /* it has its own, and wants no other */
void *operator new(std::size_t size)
{
    void *block = std::malloc(size == 0 ? 1 : size);

    if (block == nullptr)
        throw std::bad_alloc();
    return block;
}

void *operator new[](std::size_t size)
{
    return operator new(size);
}

void operator delete(void *block) noexcept
{
    std::free(block);
}

void operator delete[](void *block) noexcept
{
    std::free(block);
}

void operator delete(void *block, std::size_t) noexcept
{
    std::free(block);
}

void operator delete[](void *block, std::size_t) noexcept
{
    std::free(block);
}

#endif

/* Names this file, so that the linker takes it out of the archive. */
extern "C" {
extern const bool sla_tests_own_new;
const bool sla_tests_own_new = true;
}
