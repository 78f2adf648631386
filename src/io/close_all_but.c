#define _GNU_SOURCE /* syscall */
#include "io/close_all_but.h"

#include <limits.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

/* Closes first to last, both included. */
static void close_between(unsigned first, unsigned last)
{
    if (first > last)
        return;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, last, 0) == 0)
        return;
#endif
    /* Bounded: some containers allow a thousand million descriptors. */
    enum { CLOSE_MAX = 65536 };
    for (unsigned fd = first; fd <= last && fd < CLOSE_MAX; fd++)
        close((int)fd);
}

void close_all_but(const int *kept, size_t kept_count)
{
    unsigned first = 3;
    for (;;) {
        unsigned next = UINT_MAX;
        for (size_t i = 0; i < kept_count; i++)
            if (kept[i] >= (int)first && (unsigned)kept[i] < next)
                next = (unsigned)kept[i];
        if (next == UINT_MAX)
            break;
        close_between(first, next - 1);
        first = next + 1;
    }
    close_between(first, UINT_MAX);
}
