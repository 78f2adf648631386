/*
 * Where the symbolic links at the end of a path lead.
 */
#define _GNU_SOURCE /* O_PATH */
#include "io/link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

enum { LINKS_MAX = 40 }; /* as many as Linux follows */

/* The path that target, read from the link at path, stands for. */
static char *link_target(const char *path, const char *target)
{
    const char *slash = strrchr(path, '/');
    size_t dir_len = target[0] == '/' || !slash ? 0 : (size_t)(slash - path) + 1;
    size_t size = dir_len + strlen(target) + 1;
    char *joined = malloc(size);
    if (joined)
        snprintf(joined, size, "%.*s%s", (int)dir_len, path, target);
    return joined;
}

/* Links in /proc lead to what is open, whatever the text in them says: replacing the file of that
 * name would leave whoever holds the descriptor with the old one. */
static bool leads_to_descriptor(const char *path)
{
    bool leads = false;
#ifdef __linux__
    struct statfs system;
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    leads = fd >= 0 && fstatfs(fd, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
    if (fd >= 0)
        close(fd);
#else
    (void)path;
#endif
    return leads;
}

enum step { STEP_MADE, STEP_NONE, STEP_REFUSED, STEP_FAILED /* errno says why */ };

/* One step: *path becomes what it points at. */
static enum step follow(char **path)
{
    char target[PATH_MAX];
    ssize_t len = readlink(*path, target, sizeof target - 1);
    if (len < 0)
        return errno == EINVAL || errno == ENOENT ? STEP_NONE : STEP_FAILED;
    if (leads_to_descriptor(*path))
        return STEP_REFUSED;
    target[len] = '\0';
    char *next = link_target(*path, target);
    if (!next)
        return STEP_FAILED;
    free(*path);
    *path = next;
    return STEP_MADE;
}

char *link_resolve(const char *path, struct error *err)
{
    /* The system follows first: it knows of loops, and of links that others planted in a directory
     * that anyone may write to. */
    struct stat status;
    if (stat(path, &status) != 0 && errno != ENOENT) {
        fail_errno(err, ERROR_IO, errno, "%s: cannot be made", path);
        return NULL;
    }
    char *current = strdup(path);
    enum step step = current ? STEP_MADE : STEP_FAILED;
    for (int i = 0; step == STEP_MADE && i <= LINKS_MAX; i++)
        step = follow(&current);
    if (step == STEP_NONE)
        return current;
    int cause = step == STEP_MADE ? ELOOP : errno;
    free(current);
    if (step == STEP_REFUSED)
        fail(err, ERROR_IO,
             "%s: leads to an open file, which can't be replaced whole: give its name, or use "
             "standard output",
             path);
    else
        fail_errno(err, ERROR_IO, cause, "%s: cannot be made", path);
    return NULL;
}
