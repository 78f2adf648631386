/*
 * Where bytes go: everything that is a descriptor (standard output, pipes, devices, the files of
 * atomic_file.h). Commands are sink_command.c's.
 */
#define _GNU_SOURCE /* O_CLOEXEC and friends */
#include "io/sink_kind.h"
#include "io/descriptor.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READER_RETRY_MS = 10, /* how often a named pipe is asked whether it has a reader */
};

struct sink *sink_new(const struct sink_ops *ops, char *name, struct error *err)
{
    struct sink *sink = name ? calloc(1, sizeof *sink) : NULL;
    if (!sink) {
        free(name);
        fail_memory(err);
        return NULL;
    }
    sink->ops = ops;
    sink->name = name;
    sink->fd = -1;
    return sink;
}

static bool fail_interrupted(struct error *err)
{
    return fail(err, ERROR_INTERRUPTED, "%s", "");
}

static bool fail_write(const struct sink *sink, struct error *err)
{
    return fail_errno(err, ERROR_IO, errno, "%s: cannot be written", sink->name);
}

static bool write_descriptor(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    size_t written;
    enum io_outcome outcome = descriptor_write(sink->fd, bytes, len, sink->piece_len, &written);
    sink->bytes += written;
    if (outcome == IO_DONE)
        return true;
    if (outcome == IO_INTERRUPTED)
        return fail_interrupted(err);
    return fail_write(sink, err);
}

/* Standard output and what was opened as it is: pipes, sockets, devices. */

static void abandon_stream(struct sink *sink, struct error *reason)
{
    (void)reason;
    if (sink->owns_fd)
        close(sink->fd);
    sink->owns_fd = false;
}

static bool finish_stream(struct sink *sink, struct error *err)
{
    /* A device that takes nothing (/dev/full) is to fail also where there is nothing to write. */
    bool may_refuse = S_ISCHR(sink->type) || S_ISREG(sink->type);
    if (sink->bytes == 0 && may_refuse && write(sink->fd, "", 0) < 0)
        return fail_write(sink, err);
    enum io_outcome synced = S_ISBLK(sink->type) ? descriptor_sync(sink->fd) : IO_DONE;
    if (synced == IO_INTERRUPTED)
        return fail_interrupted(err);
    if (synced == IO_FAILED)
        return fail_write(sink, err);
    bool owned = sink->owns_fd;
    sink->owns_fd = false;
    if (owned && !descriptor_close(sink->fd))
        return fail_write(sink, err);
    return true;
}

static bool finish_stdout(struct sink *sink, struct error *err)
{
    if (!finish_stream(sink, err))
        return false;
    return descriptor_close(STDOUT_FILENO) ? true : fail_write(sink, err);
}

static const struct sink_ops stdout_ops = {write_descriptor, finish_stdout, abandon_stream};
static const struct sink_ops special_ops = {write_descriptor, finish_stream, abandon_stream};

static bool refuse_terminal(const struct sink *sink, struct error *err)
{
    if (!isatty(sink->fd))
        return true;
    return fail(err, ERROR_USAGE, "%s: is a terminal, and the output may be binary: give -o FILE",
                sink->name);
}

/* Non-blocking without touching the flag of the open file, which the processes around share: a
 * pipe can be opened anew. Where that fails, standard output is written to in small pieces. */
static void reopen_pipe(struct sink *sink)
{
#ifdef __linux__
    int fd = S_ISFIFO(sink->type) ? descriptor_open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK) : -1;
    if (fd >= 0) {
        sink->fd = fd;
        sink->owns_fd = true;
    }
#else
    (void)sink;
#endif
}

static bool open_stdout(struct sink *sink, struct error *err)
{
    sink->fd = STDOUT_FILENO;
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    struct stat status;
    if (flags < 0 || fstat(STDOUT_FILENO, &status) != 0)
        return fail_errno(err, ERROR_IO, errno, "%s: is closed", sink->name);
    if ((flags & O_ACCMODE) == O_RDONLY)
        return fail(err, ERROR_IO, "%s: is not open for writing", sink->name);
    if (!refuse_terminal(sink, err))
        return false;
    sink->type = status.st_mode & S_IFMT;
    reopen_pipe(sink);
    descriptor_grow_pipe(sink->fd, &status);
    sink->piece_len = descriptor_piece_len(sink->fd, &status);
    return true;
}

struct sink *sink_new_stdout(struct error *err)
{
    struct sink *sink = sink_new(&stdout_ops, strdup("standard output"), err);
    if (sink && !open_stdout(sink, err)) {
        sink_free(sink);
        return NULL;
    }
    return sink;
}

int sink_output_fd(const struct sink *sink)
{
    if (sink->ops == &stdout_ops)
        return STDOUT_FILENO; /* as it was inherited, not as it was opened anew */
    int flags = fcntl(sink->fd, F_GETFL);
    if (flags >= 0)
        (void)fcntl(sink->fd, F_SETFL, flags & ~O_NONBLOCK);
    return sink->fd;
}

static bool count_bytes(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    (void)bytes;
    (void)err;
    sink->bytes += len;
    return true;
}

static bool finish_count(struct sink *sink, struct error *err)
{
    (void)sink;
    (void)err;
    return true;
}

static void abandon_count(struct sink *sink, struct error *reason)
{
    (void)sink;
    (void)reason;
}

static const struct sink_ops count_ops = {count_bytes, finish_count, abandon_count};

struct sink *sink_new_count(struct error *err)
{
    return sink_new(&count_ops, strdup("nothing"), err);
}

/* Opens a pipe or device to write to, once it has a reader. -1 and errno. */
static int open_special(const char *path, bool is_pipe)
{
    for (;;) {
        int fd = descriptor_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0 || errno != ENXIO || !is_pipe)
            return fd;
        if (wait_ready(-1, 0, READER_RETRY_MS) < 0) {
            errno = EINTR;
            return -1;
        }
    }
}

static bool begin_special(struct sink *sink, const struct stat *seen, struct error *err)
{
    sink->type = seen->st_mode & S_IFMT;
    sink->fd = open_special(sink->name, S_ISFIFO(sink->type));
    if (sink->fd < 0 && errno == EINTR)
        return fail_interrupted(err);
    struct stat status;
    if (sink->fd < 0 || fstat(sink->fd, &status) != 0)
        return fail_errno(err, ERROR_IO, errno, "%s: cannot be opened for writing", sink->name);
    sink->owns_fd = true;
    /* What is written to as it is must not have become a file meanwhile. */
    if (status.st_dev != seen->st_dev || status.st_ino != seen->st_ino)
        return fail(err, ERROR_IO, "%s: was replaced while it was opened", sink->name);
    descriptor_grow_pipe(sink->fd, &status);
    return refuse_terminal(sink, err);
}

/* A file that appears whole. */

static bool finish_file(struct sink *sink, struct error *err)
{
    return atomic_file_commit(sink->file, err);
}

static void abandon_file(struct sink *sink, struct error *reason)
{
    (void)reason;
    atomic_file_free(sink->file);
    sink->file = NULL;
}

static const struct sink_ops file_ops = {write_descriptor, finish_file, abandon_file};

int sink_directory_fd(const struct sink *sink)
{
    return sink->ops == &file_ops ? atomic_file_directory_fd(sink->file) : -1;
}

static bool begin_file(struct sink *sink, bool no_clobber, struct error *err)
{
    sink->file = atomic_file_new(sink->name, no_clobber, err);
    if (!sink->file)
        return false;
    sink->ops = &file_ops;
    sink->fd = atomic_file_fd(sink->file);
    return true;
}

struct sink *sink_new_file(const char *path, bool no_clobber, const struct source *input,
                           struct error *err)
{
    struct sink *sink = sink_new(&special_ops, strdup(path), err);
    if (!sink)
        return NULL;
    struct stat seen;
    bool exists = stat(path, &seen) == 0;
    bool ok = false;
    /* /dev/null may well be both. */
    if (exists && input && !S_ISCHR(seen.st_mode) && source_is_file(input, path))
        fail(err, ERROR_USAGE, "%s: is the input too: write to another file, then rename it", path);
    else if (exists && S_ISDIR(seen.st_mode))
        fail(err, ERROR_IO, "%s: is a directory", path);
    else if (exists && !S_ISREG(seen.st_mode))
        ok = begin_special(sink, &seen, err);
    else
        ok = begin_file(sink, no_clobber, err);
    if (!ok) {
        sink_free(sink);
        return NULL;
    }
    return sink;
}

bool sink_write(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    return sink->ops->write(sink, bytes, len, err);
}

bool sink_finish(struct sink *sink, struct error *err)
{
    if (!sink->ops->finish(sink, err))
        return false;
    sink->ended = true;
    return true;
}

void sink_abandon(struct sink *sink, struct error *reason)
{
    if (sink->ended)
        return;
    sink->ended = true;
    sink->ops->abandon(sink, reason);
}

uint64_t sink_bytes(const struct sink *sink)
{
    return sink->bytes;
}

const char *sink_name(const struct sink *sink)
{
    return sink->name;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    sink_abandon(sink, NULL);
    sink_free(sink->inner);
    atomic_file_free(sink->file);
    free(sink->wal);
    free(sink->buffer);
    free(sink->memory);
    free(sink->name);
    free(sink);
}
