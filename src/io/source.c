/*
 * Where bytes come from, and what their end means.
 *
 * Bytes pass from the descriptor straight into the caller's buffer; only what was peeked at is
 * kept in the source first. `arrived` counts what the descriptor gave and is judged at the end,
 * `handed_out` is what the caller got and may be asked for from other threads.
 */
#define _GNU_SOURCE /* O_CLOEXEC and friends, posix_fadvise */
#include "io/source_kind.h"
#include "base/secret.h"
#include "io/descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_ALIGNMENT = 4096 };

enum error_kind source_broken(const struct source_policy *policy)
{
    return policy->standby ? ERROR_ABSENT : ERROR_IO;
}

struct source *source_new(char *name, const struct source_policy *policy, struct error *err)
{
    struct source *source = name ? calloc(1, sizeof *source) : NULL;
    if (!source) {
        free(name);
        fail_memory(err);
        return NULL;
    }
    source->fd = -1;
    source->name = name;
    source->policy = *policy;
    return source;
}

/* Looks at what was opened. */
static bool examine(struct source *source, struct error *err)
{
    if (fstat(source->fd, &source->status) != 0)
        return fail_errno(err, source_broken(&source->policy), errno, "%s: cannot be examined",
                          source->name);
    mode_t mode = source->status.st_mode;
    if (S_ISDIR(mode))
        return fail(err, source_broken(&source->policy), "%s: is a directory", source->name);
    descriptor_grow_pipe(source->fd, &source->status);
    if (S_ISREG(mode)) {
        off_t start = lseek(source->fd, 0, SEEK_CUR);
        source->start = start > 0 ? (uint64_t)start : 0;
        (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return true;
}

/* Tells whether directory holds anything; fails where that can't be known. */
static bool judge_directory(const char *path, const char *directory, enum error_kind kind,
                            struct error *err)
{
    DIR *entries = opendir(directory);
    if (!entries) {
        fail_errno(err, kind, errno, "%s: no such file, and its directory cannot be read", path);
        error_append(err, ": is the archive mounted?");
        return false;
    }
    const struct dirent *entry;
    do {
        errno = 0;
        entry = readdir(entries);
    } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    int errno_value = errno;
    bool holds_something = entry != NULL;
    closedir(entries);
    if (holds_something)
        return true;
    if (errno_value != 0)
        return fail_errno(err, kind, errno_value,
                          "%s: no such file, and its directory cannot be "
                          "read",
                          path);
    return fail(err, kind, "%s: no such file, and its directory is empty: is the archive mounted?",
                path);
}

/* Says why path, which open didn't find, isn't there: absent, or something is broken. */
static bool fail_not_found(const char *path, const struct source_policy *policy, struct error *err)
{
    enum error_kind kind = source_broken(policy);
    struct stat link;
    if (lstat(path, &link) == 0)
        return fail(err, kind, "%s: is a link to something that doesn't exist", path);
    if (!policy->absent_file || errno != ENOENT || path[0] == '\0')
        return fail_errno(err, kind, errno, "%s: cannot be opened", path);
    char *copy = strdup(path);
    if (!copy)
        return fail_memory(err);
    bool judged = judge_directory(path, dirname(copy), kind, err);
    free(copy);
    return judged ? fail(err, ERROR_ABSENT, "%s: no such file", path) : false;
}

struct source *source_new_file(const char *path, const struct source_policy *policy,
                               struct error *err)
{
    struct source *source = source_new(strdup(path), policy, err);
    if (!source)
        return NULL;
    /* Non-blocking, so that a named pipe without a writer is waited for in the first read, where a
     * signal can end that. */
    source->fd = descriptor_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    source->owns_fd = true;
    bool ok = false;
    if (source->fd >= 0)
        ok = examine(source, err);
    else if (errno == ENOENT)
        fail_not_found(path, policy, err);
    else if (errno == EINTR)
        fail(err, ERROR_INTERRUPTED, "%s", "");
    else
        fail_errno(err, source_broken(policy), errno, "%s: cannot be opened", path);
    if (!ok) {
        source_free(source);
        return NULL;
    }
    return source;
}

struct source *source_new_stdin(const struct source_policy *policy, struct error *err)
{
    struct source *source = source_new(strdup("standard input"), policy, err);
    if (!source)
        return NULL;
    source->fd = STDIN_FILENO;
    int flags = fcntl(STDIN_FILENO, F_GETFL);
    bool ok = false;
    if (flags < 0)
        fail_errno(err, source_broken(policy), errno, "%s: is closed", source->name);
    else if ((flags & O_ACCMODE) == O_WRONLY)
        fail(err, source_broken(policy), "%s: is not open for reading", source->name);
    else
        ok = examine(source, err);
    if (!ok) {
        source_free(source);
        return NULL;
    }
    return source;
}

int source_input_fd(const struct source *source)
{
    /* Opened for this process alone: the flag is nobody else's. */
    int flags = source->owns_fd ? fcntl(source->fd, F_GETFL) : -1;
    if (flags >= 0)
        (void)fcntl(source->fd, F_SETFL, flags & ~O_NONBLOCK);
    return source->fd;
}

struct source *source_new_memory(const char *name, struct bytes bytes, struct error *err)
{
    const struct source_policy strict = {.standby = false};
    struct source *source = source_new(strdup(name), &strict, err);
    if (source)
        source->memory = bytes;
    return source;
}

struct source *source_new_conduit(struct conduit *conduit, struct error *err)
{
    const struct source_policy strict = {.absent_file = false};
    struct source *source = source_new(strdup("what was decrypted"), &strict, err);
    if (source)
        source->conduit = conduit;
    return source;
}

/* Bytes that a regular file should give; 0 where that isn't known (files of /proc say 0). */
static uint64_t expected_len(const struct source *source)
{
    uint64_t size = (uint64_t)source->status.st_size;
    bool counts = !source->children && S_ISREG(source->status.st_mode) && size > source->start;
    return counts ? size - source->start : 0;
}

static bool fail_changed_size(const struct source *source, struct error *err)
{
    return fail(err, source_broken(&source->policy), "%s: changed size while it was read",
                source->name);
}

bool source_judge_kept(const struct source *source, struct error *err)
{
    const struct source_policy *policy = &source->policy;
    const struct stat *then = &source->status;
    struct stat now;
    if (!S_ISREG(then->st_mode))
        return true;
    if (fstat(source->fd, &now) != 0)
        return fail_errno(err, source_broken(policy), errno, "%s: cannot be examined",
                          source->name);
    if (now.st_size != then->st_size)
        return fail_changed_size(source, err);
    bool written =
        now.st_mtim.tv_sec != then->st_mtim.tv_sec || now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
    return !policy->unchanged || !written ||
           fail(err, source_broken(policy), "%s: was written to while it was read", source->name);
}

static bool judge_file_end(const struct source *source, struct error *err)
{
    const struct source_policy *policy = &source->policy;
    mode_t mode = source->status.st_mode;
    /* Only what a fetch can be at the other end of: a device that is empty, like /dev/null, says
     * nothing about the archive. */
    bool is_piped = source->fd == STDIN_FILENO && (S_ISFIFO(mode) || S_ISSOCK(mode));
    if (source->arrived == 0 && is_piped && policy->missing_empty)
        return fail(err, ERROR_ABSENT, "%s: is empty, which --missing names", source->name);
    uint64_t expected = expected_len(source);
    return source_judge_kept(source, err) &&
           (expected == 0 || source->arrived == expected || fail_changed_size(source, err));
}

static enum io_outcome read_some(struct source *source, unsigned char *bytes, size_t len,
                                 size_t *got)
{
    struct bytes taken;
    if (source->conduit)
        return conduit_read(source->conduit, bytes, len, got);
    if (!source->memory.at)
        return descriptor_read(source->fd, bytes, len, got);
    *got = source->memory.len < len ? source->memory.len : len;
    bytes_take(&source->memory, *got, &taken);
    if (*got > 0)
        memcpy(bytes, taken.at, *got);
    return IO_DONE;
}

/* Reads until bytes are full or the end has been judged good. */
static bool fill(struct source *source, unsigned char *bytes, size_t len, size_t *got,
                 struct error *err)
{
    *got = 0;
    while (*got < len && !source->ended) {
        size_t count;
        enum io_outcome outcome = read_some(source, bytes + *got, len - *got, &count);
        if (outcome == IO_INTERRUPTED)
            return fail(err, ERROR_INTERRUPTED, "%s", "");
        if (outcome == IO_FAILED)
            return fail_errno(err, source_broken(&source->policy), errno, "%s: cannot be read",
                              source->name);
        *got += count;
        source->arrived += count;
        /* Now, since what grows as it is read (by being the output too) would never end. */
        if (expected_len(source) > 0 && source->arrived > expected_len(source))
            return fail_changed_size(source, err);
        if (count > 0)
            continue;
        if (!(source->children ? source_judge_commands(source, err) : judge_file_end(source, err)))
            return false;
        source->ended = true;
    }
    return true;
}

/* Moves up to len peeked bytes to the caller. */
static size_t take_peeked(struct source *source, unsigned char *bytes, size_t len)
{
    size_t count = source->peek_len < len ? source->peek_len : len;
    if (count > 0)
        memcpy(bytes, source->peeked + source->peek_start, count);
    source->peek_start += count;
    source->peek_len -= count;
    return count;
}

bool source_read(struct source *source, void *bytes, size_t len, size_t *got, struct error *err)
{
    unsigned char *to = bytes;
    size_t taken = take_peeked(source, to, len);
    size_t filled;
    bool ok = fill(source, to + taken, len - taken, &filled, err);
    *got = ok ? taken + filled : 0;
    atomic_fetch_add_explicit(&source->handed_out, *got, memory_order_relaxed);
    if (source->sum)
        atomic_fetch_add_explicit(source->sum, *got, memory_order_relaxed);
    return ok;
}

bool source_peek(struct source *source, size_t want, const unsigned char **bytes, size_t *got,
                 struct error *err)
{
    *bytes = NULL;
    *got = 0;
    if (want > SOURCE_PEEK_MAX)
        want = SOURCE_PEEK_MAX;
    if (!source->peeked) {
        source->peeked = aligned_alloc(PAGE_ALIGNMENT, SOURCE_PEEK_MAX);
        if (!source->peeked)
            return fail_memory(err);
        secret_hide_from_dumps(source->peeked, SOURCE_PEEK_MAX);
    }
    if (source->peek_len < want) {
        memmove(source->peeked, source->peeked + source->peek_start, source->peek_len);
        source->peek_start = 0;
        size_t filled;
        if (!fill(source, source->peeked + source->peek_len, want - source->peek_len, &filled, err))
            return false;
        source->peek_len += filled;
    }
    *bytes = source->peeked + source->peek_start;
    *got = source->peek_len < want ? source->peek_len : want;
    return true;
}

uint64_t source_bytes(const struct source *source)
{
    return atomic_load_explicit(&source->handed_out, memory_order_relaxed);
}

void source_add_to(struct source *source, _Atomic uint64_t *sum)
{
    source->sum = sum;
}

bool source_size(const struct source *source, uint64_t *size)
{
    *size = expected_len(source);
    return *size > 0;
}

const char *source_name(const struct source *source)
{
    return source->name;
}

bool source_fail_empty(const struct source *source, struct error *err)
{
    if (source->children != NULL)
        return fail(err, ERROR_TRUNCATED,
                    "%s wrote nothing, as for an absent object or after a fetch that broke: see "
                    "--missing",
                    source->name);
    if (source->fd == STDIN_FILENO)
        return fail(err, ERROR_TRUNCATED,
                    "%s: is empty, as for an absent object or after a fetch that broke: see --from "
                    "and --missing",
                    source->name);
    return fail(err, ERROR_TRUNCATED, "%s: is empty, as after a copy or an upload that broke",
                source->name);
}

bool source_is_file(const struct source *source, const char *path)
{
    struct stat other;
    return !source->children && stat(path, &other) == 0 && other.st_dev == source->status.st_dev &&
           other.st_ino == source->status.st_ino;
}

bool source_can_rewind(const struct source *source)
{
    return !source->children && S_ISREG(source->status.st_mode);
}

bool source_rewind(struct source *source, struct error *err)
{
    if (lseek(source->fd, (off_t)source->start, SEEK_SET) < 0)
        return fail_errno(err, source_broken(&source->policy), errno, "%s", source->name);
    source->arrived = 0;
    source->handed_out = 0;
    source->ended = false;
    source->peek_start = 0;
    source->peek_len = 0;
    return true;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    if (source->owns_fd && source->fd >= 0)
        close(source->fd);
    source_free(source->input);
    free(source->peeked);
    free(source->name);
    free(source);
}
