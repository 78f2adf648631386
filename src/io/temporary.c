/*
 * The one temporary name beside a file, and who owns it.
 */
#define _GNU_SOURCE /* O_CLOEXEC and friends */
#include "io/temporary.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_SUFFIX ".walseal"

void temporary_begin(struct temporary *temporary, int dir_fd, const char *file_name,
                     const char *path)
{
    long limit = fpathconf(dir_fd, _PC_NAME_MAX);
    size_t most = limit > 0 && limit < NAME_MAX ? (size_t)limit : NAME_MAX;
    size_t added = sizeof "." TEMPORARY_SUFFIX - 1;
    size_t len = descriptor_cut_len(file_name, most > added ? most - added : 0);
    temporary->dir_fd = dir_fd;
    temporary->path = path;
    snprintf(temporary->name, sizeof temporary->name, ".%.*s" TEMPORARY_SUFFIX, (int)len,
             file_name);
}

bool temporary_is_name(const char *name)
{
    size_t len = strlen(name);
    size_t suffix_len = sizeof TEMPORARY_SUFFIX - 1;
    return name[0] == '.' && len > suffix_len + 1 &&
           strcmp(name + len - suffix_len, TEMPORARY_SUFFIX) == 0;
}

bool temporary_is(const struct temporary *temporary, int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 &&
           descriptor_is_named(temporary->dir_fd, temporary->name, &status);
}

enum io_outcome temporary_lock(int fd)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR)
            return IO_FAILED;
        if (wait_woken())
            return IO_INTERRUPTED;
    }
    return IO_DONE;
}

/* Opens what the temporary name is, to lock it: never through a link, never waiting. Network file
 * systems lock only what is open for writing. */
static int open_temporary(const struct temporary *temporary)
{
    const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(temporary->dir_fd, temporary->name, O_RDWR | flags);
    if (fd < 0 && errno == EACCES)
        fd = openat(temporary->dir_fd, temporary->name, O_RDONLY | flags);
    return fd;
}

static enum temporary_claim fail_claim(const struct temporary *temporary, const char *what,
                                       struct error *err)
{
    fail_errno(err, ERROR_IO, errno, "%s: its temporary name %s %s", temporary->path,
               temporary->name, what);
    return TEMPORARY_FAILED;
}

enum temporary_claim temporary_reclaim(const struct temporary *temporary, struct error *err)
{
    int fd = open_temporary(temporary);
    if (fd < 0)
        return errno == ENOENT ? TEMPORARY_FREED
                               : fail_claim(temporary, "is taken and cannot be opened", err);
    struct stat status;
    enum temporary_claim claim = TEMPORARY_FREED;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        fail(err, ERROR_IO, "%s: its temporary name %s is taken by what is no regular file",
             temporary->path, temporary->name);
        claim = TEMPORARY_FAILED;
    } else if (temporary_lock(fd) != IO_DONE) {
        claim = errno == EWOULDBLOCK || errno == EINTR
                    ? TEMPORARY_OWNED_BY_OTHER
                    : fail_claim(temporary, "cannot be locked", err);
    } else if (temporary_is(temporary, fd) &&
               unlinkat(temporary->dir_fd, temporary->name, 0) != 0) {
        claim = fail_claim(temporary, "was left behind and cannot be removed", err);
    }
    close(fd);
    return claim;
}
