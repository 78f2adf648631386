#define _POSIX_C_SOURCE 200809L
#include "io/new_file.h"

#include "io/atomic_file.h"
#include "io/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct new_file {
    struct atomic_file *file;
    char *path;
    bool is_named; /* by us, and to be removed */
    struct stat status;
};

static bool fail_exists(const char *path, struct error *err)
{
    return fail(err, ERROR_IO, "%s: exists already and is not replaced: choose another name", path);
}

/* A link is something that exists, wherever it leads: atomic_file.h would make what it leads to. */
static bool is_free(const char *path, struct error *err)
{
    struct stat status;
    if (lstat(path, &status) == 0)
        return fail_exists(path, err);
    return errno == ENOENT || fail_errno(err, ERROR_IO, errno, "%s: cannot be made", path);
}

/* The umask for the moment in which there is a file without the right mode, the mode where a
 * directory's default list of rights overrides the umask. */
static bool open_file(struct new_file *file, bool is_private, struct error *err)
{
    mode_t before = umask(077);
    if (!is_private)
        umask(before);
    file->file = atomic_file_new(file->path, true, err);
    umask(before);
    if (file->file == NULL)
        return false;
    return !is_private || fchmod(atomic_file_fd(file->file), S_IRUSR | S_IWUSR) == 0 ||
           fail_errno(err, ERROR_IO, errno, "%s: cannot be kept private", file->path);
}

struct new_file *new_file_new(const char *path, bool is_private, struct error *err)
{
    if (!is_free(path, err))
        return NULL;
    struct new_file *file = calloc(1, sizeof *file);
    if (file != NULL)
        file->path = strdup(path);
    if (file == NULL || file->path == NULL)
        fail_memory(err);
    else if (open_file(file, is_private, err))
        return file;
    new_file_free(file);
    return NULL;
}

bool new_file_write(struct new_file *file, const void *bytes, size_t len, struct error *err)
{
    size_t written;
    switch (descriptor_write(atomic_file_fd(file->file), bytes, len, 0, &written)) {
    case IO_DONE:
        return true;
    case IO_INTERRUPTED:
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    case IO_FAILED:
        break;
    }
    return fail_errno(err, ERROR_IO, errno, "%s: cannot be written", file->path);
}

bool new_file_commit(struct new_file *file, struct error *err)
{
    if (fstat(atomic_file_fd(file->file), &file->status) != 0)
        return fail_errno(err, ERROR_IO, errno, "%s: cannot be written", file->path);
    file->is_named = atomic_file_commit(file->file, err);
    return file->is_named;
}

void new_file_keep(struct new_file *file)
{
    file->is_named = false;
}

void new_file_free(struct new_file *file)
{
    if (file == NULL)
        return;
    struct stat status;
    if (file->is_named && lstat(file->path, &status) == 0 && status.st_dev == file->status.st_dev &&
        status.st_ino == file->status.st_ino)
        unlink(file->path);
    atomic_file_free(file->file);
    free(file->path);
    free(file);
}
