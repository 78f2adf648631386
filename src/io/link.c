/*
 * Where the symbolic links at the end of a path lead.
 */
#define _GNU_SOURCE /* readlink, strdup */
#include "io/link.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* One step: *path becomes what it points at. 1: a step was made; 0: there is none to make; -1:
 * errno says why not. */
static int follow(char **path)
{
    char target[PATH_MAX];
    ssize_t len = readlink(*path, target, sizeof target - 1);
    if (len < 0)
        return errno == EINVAL || errno == ENOENT ? 0 : -1;
    target[len] = '\0';
    char *next = link_target(*path, target);
    if (!next)
        return -1;
    free(*path);
    *path = next;
    return 1;
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
    int step = current ? 1 : -1;
    for (int i = 0; step > 0 && i <= LINKS_MAX; i++)
        step = follow(&current);
    if (step == 0)
        return current;
    fail_errno(err, ERROR_IO, step > 0 ? ELOOP : errno, "%s: cannot be made", path);
    free(current);
    return NULL;
}
