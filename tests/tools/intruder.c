/*
 * Stands for somebody who has taken over the program by the bytes that it reads. A library to be put
 * in front of the C library (LD_PRELOAD): at the INTRUDER_AT'th read (1) of standard input, by
 * whichever thread does it, it tries the deed that INTRUDER names (deeds.h). What becomes of it, if
 * there is anybody left to tell, it says on standard error, "intruder: " and "done" or errno's text;
 * then all goes on.
 */
#define _GNU_SOURCE
#include "deeds.h"

#include <stdatomic.h>
#include <stdlib.h>

static void intrude(const char *name)
{
    for (size_t i = 0; i < DEEDS; i++) {
        if (strcmp(deeds[i].name, name) != 0)
            continue;
        int result = deeds[i].act();
        dprintf(STDERR_FILENO, "intruder: %s\n", result == 0 ? "done" : strerror(result));
        return;
    }
    dprintf(STDERR_FILENO, "intruder: no such deed: %s\n", name);
}

static const char *deed_name;
static int deed_at = 1;

/* In the program alone, not in the commands that it runs. */
__attribute__((constructor)) static void lie_in_wait(void)
{
    const char *at = getenv("INTRUDER_AT");
    deed_victim = getppid();
    deed_name = getenv("INTRUDER");
    if (at != NULL)
        deed_at = atoi(at);
    unsetenv("INTRUDER");
    unsetenv("LD_PRELOAD");
}

ssize_t read(int fd, void *bytes, size_t len)
{
    static atomic_int count;
    if (fd == STDIN_FILENO && deed_name != NULL && ++count == deed_at)
        intrude(deed_name);
    return syscall(SYS_read, fd, bytes, len);
}
