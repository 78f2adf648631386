#define _GNU_SOURCE /* O_PATH, realpath */
#include "sandbox.h"

#include "sandbox_calls.h"
#include "sandbox_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { GROUPS_MAX = 32, ARENAS_MAX = 64 };

struct sandbox {
    struct sandbox_landlock landlock;
    bool makes;
    bool reads;
    char *directory; /* the last one that was allowed to be read, as it was named */
    pid_t groups[GROUPS_MAX];
    size_t group_count;
};

struct sandbox *sandbox_new(struct error *err)
{
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (sandbox == NULL) {
        fail_memory(err);
        return NULL;
    }
    sandbox_landlock_begin(&sandbox->landlock);
    return sandbox;
}

void sandbox_free(struct sandbox *sandbox)
{
    if (sandbox == NULL)
        return;
    sandbox_landlock_end(&sandbox->landlock);
    free(sandbox->directory);
    free(sandbox);
}

void sandbox_let_make(struct sandbox *sandbox, int directory_fd)
{
    if (directory_fd < 0)
        return;
    sandbox->makes = true;
    sandbox_landlock_allow(&sandbox->landlock, directory_fd, SANDBOX_MAKE);
}

void sandbox_let_kill(struct sandbox *sandbox, pid_t group)
{
    if (group > 0 && sandbox->group_count < GROUPS_MAX)
        sandbox->groups[sandbox->group_count++] = group;
}

#ifdef __linux__

static void let_open(struct sandbox *sandbox, const char *path, enum sandbox_access access)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return;
    sandbox_landlock_allow(&sandbox->landlock, fd, access);
    close(fd);
}

/* The files of a list mostly are of the same directory as the one before. */
static void let_read_beside(struct sandbox *sandbox, const char *path)
{
    char *copy = strdup(path);
    const char *directory = copy != NULL ? dirname(copy) : NULL;
    if (directory != NULL &&
        (sandbox->directory == NULL || strcmp(directory, sandbox->directory) != 0)) {
        let_open(sandbox, directory, SANDBOX_READ);
        free(sandbox->directory);
        sandbox->directory = strdup(directory);
    }
    free(copy);
}

void sandbox_let_read(struct sandbox *sandbox, const char *path)
{
    struct stat status;
    struct stat link;
    sandbox->reads = true;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        let_open(sandbox, path, SANDBOX_READ);
        return;
    }
    let_read_beside(sandbox, path);
    if (lstat(path, &link) != 0 || !S_ISLNK(link.st_mode))
        return;
    char *resolved = realpath(path, NULL);
    if (resolved != NULL)
        let_read_beside(sandbox, resolved);
    free(resolved);
}

/* Whether the process, and what it runs, can't gain privileges any more: without, the rest is
 * refused. */
static bool keep_from_gaining(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

#else

void sandbox_let_read(struct sandbox *sandbox, const char *path)
{
    (void)path;
    sandbox->reads = true;
}

static bool keep_from_gaining(void)
{
    errno = ENOSYS;
    return false;
}

#endif

/* What the C library would read from files later, if it wasn't asked now: the time zone, how many
 * processors there are (by which it limits the heaps of threads), and whether the system
 * overcommits memory (before it gives some of such a heap back). */
static void settle_library(void)
{
    tzset();
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, ARENAS_MAX);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

static void describe(const struct sandbox *sandbox, int calls_errno, struct sandbox_state *state)
{
    char calls[80] = "system calls limited (seccomp";
    char files[80];
#ifdef WALSEAL_INSTRUMENTED
    strcat(calls, ", by the wider list of a build with instruments");
#endif
    if (calls_errno != 0)
        snprintf(calls, sizeof calls, "system calls not limited (seccomp: %s",
                 strerror(calls_errno));
    if (state->limits_files)
        snprintf(files, sizeof files, "files limited (Landlock, version %d",
                 sandbox->landlock.version);
    else
        snprintf(files, sizeof files, "files not limited (Landlock: %s",
                 strerror(sandbox->landlock.errno_value));
    snprintf(state->text, sizeof state->text, "%s), %s)", calls, files);
}

void sandbox_close(struct sandbox *sandbox, struct sandbox_state *state)
{
    const struct sandbox_calls calls = {.makes = sandbox->makes,
                                        .reads = sandbox->reads,
                                        .groups = sandbox->groups,
                                        .group_count = sandbox->group_count};
    *state = (struct sandbox_state){.limits_calls = false};
    settle_library();
#ifdef WALSEAL_INSTRUMENTED
    let_open(sandbox, "/", SANDBOX_ALL);
#endif
    int calls_errno = 0;
    if (!keep_from_gaining()) {
        calls_errno = errno;
        sandbox->landlock.errno_value = errno;
    } else {
        state->limits_files = sandbox_landlock_close(&sandbox->landlock);
        sandbox_landlock_end(&sandbox->landlock);
        calls_errno = sandbox_calls_limit(&calls);
    }
    state->limits_calls = calls_errno == 0;
    describe(sandbox, calls_errno, state);
}
