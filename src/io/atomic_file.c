/*
 * A file that appears under its name whole and durable, or not at all.
 *
 * All names are relative to one descriptor of the directory, opened once.
 */
#define _GNU_SOURCE /* O_TMPFILE, renameat2 */
#include "io/atomic_file.h"
#include "io/descriptor.h"
#include "io/link.h"
#include "io/temporary.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CLAIMS_MAX = 100,   /* times that a temporary name may be snatched away before giving up */
    OWNER_RETRY_MS = 5, /* another process renames its temporary name quickly .. */
    OWNER_PATIENCE_MS = 5000, /* .. or it is stuck */
};

struct atomic_file {
    char *path; /* as the caller said it, for messages */
    int dir_fd;
    int fd; /* locked */
    bool no_clobber;
    bool owns_temporary; /* the temporary name is fd's, to be renamed or removed */
    bool made_name;      /* commit made the name, where none was */
    char name[NAME_MAX + 1];
    struct temporary temporary;
};

static bool fail_file(const struct atomic_file *file, const char *what, struct error *err)
{
    return fail_errno(err, ERROR_IO, errno, "%s: %s", file->path, what);
}

static bool fail_exists(const struct atomic_file *file, struct error *err)
{
    return fail(err, ERROR_IO, "%s: file exists", file->path);
}

/* The name in resolved, and in *directory, to be freed, where it is. NULL: ERROR_IO. */
static const char *split(const struct atomic_file *file, const char *resolved, char **directory,
                         struct error *err)
{
    const char *slash = strrchr(resolved, '/');
    const char *name = slash ? slash + 1 : resolved;
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        fail(err, ERROR_IO, "%s: is no name of a file", file->path);
        return NULL;
    }
    if (strlen(name) > NAME_MAX) {
        errno = ENAMETOOLONG;
        fail_file(file, "cannot be made", err);
        return NULL;
    }
    *directory = slash ? strndup(resolved, (size_t)(slash - resolved) + 1) : strdup(".");
    if (!*directory)
        fail_memory(err);
    return *directory ? name : NULL;
}

static bool open_directory(struct atomic_file *file, const char *resolved, struct error *err)
{
    char *directory;
    const char *name = split(file, resolved, &directory, err);
    if (!name)
        return false;
    memcpy(file->name, name, strlen(name) + 1);
    file->dir_fd = descriptor_open(directory, O_RDONLY | O_DIRECTORY);
    int errno_value = errno;
    free(directory);
    if (file->dir_fd >= 0)
        return true;
    if (errno_value == EINTR)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    return fail_errno(err, ERROR_IO, errno_value, "%s: its directory cannot be opened", file->path);
}

/* Whether the path still leads to the name in the directory that was opened. Not to the file: one
 * that another process put there meanwhile is as good. */
static bool leads_here(const struct atomic_file *file, struct error *err)
{
    char *directory = NULL;
    char *resolved = link_resolve(file->path, err);
    const char *name = resolved ? split(file, resolved, &directory, err) : NULL;
    struct stat opened;
    struct stat now;
    bool leads = name && strcmp(name, file->name) == 0 && fstat(file->dir_fd, &opened) == 0 &&
                 stat(directory, &now) == 0 && opened.st_dev == now.st_dev &&
                 opened.st_ino == now.st_ino;
    free(directory);
    free(resolved);
    return leads ? true
                 : fail(err, ERROR_IO,
                        "%s: its directory, or a link on the way to it, was moved or replaced "
                        "meanwhile",
                        file->path);
}

/* What stands under the name now. */
static bool judge_name(const struct atomic_file *file, struct error *err)
{
    struct stat status;
    if (fstatat(file->dir_fd, file->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? true : fail_file(file, "cannot be made", err);
    if (file->no_clobber)
        return fail_exists(file, err);
    if (S_ISDIR(status.st_mode))
        return fail(err, ERROR_IO, "%s: is a directory", file->path);
    return S_ISREG(status.st_mode) ? true
                                   : fail(err, ERROR_IO, "%s: is no regular file", file->path);
}

static bool fail_busy(const struct atomic_file *file, struct error *err)
{
    return fail(err, ERROR_IO, "%s: another process is writing it", file->path);
}

/* Makes an unnamed file. False without a reason in err: the file system can't. */
static bool make_unnamed(struct atomic_file *file, struct error *err)
{
#if defined __linux__ && defined O_TMPFILE
    file->fd = openat(file->dir_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        bool cannot = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT;
        return cannot ? false : fail_file(file, "cannot be made", err);
    }
    char proc[64];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", file->fd);
    if (access(proc, F_OK) == 0 && temporary_lock(file->fd) == IO_DONE)
        return true;
    close(file->fd);
    file->fd = -1;
#else
    (void)file;
    (void)err;
#endif
    return false;
}

/* One try at creating the temporary name. True: done, or err says why not; false: try again. */
static bool try_named(struct atomic_file *file, struct error *err)
{
    file->fd =
        openat(file->dir_fd, file->temporary.name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (file->fd < 0 && errno != EEXIST) {
        fail_file(file, "cannot be made", err);
        return true;
    }
    if (file->fd < 0) {
        enum temporary_claim claim = temporary_reclaim(&file->temporary, err);
        if (claim == TEMPORARY_OWNED_BY_OTHER)
            fail_busy(file, err);
        return claim != TEMPORARY_FREED;
    }
    enum io_outcome locked = temporary_lock(file->fd);
    if (locked == IO_DONE && temporary_is(&file->temporary, file->fd)) {
        file->owns_temporary = true;
        return true;
    }
    /* Between creation and lock the name looks left behind: another process may be removing it. */
    if (locked == IO_FAILED && errno != EWOULDBLOCK) {
        fail_file(file, "cannot be locked", err);
        unlinkat(file->dir_fd, file->temporary.name, 0);
    }
    close(file->fd);
    file->fd = -1;
    return err->kind != ERROR_NONE;
}

static bool make_named(struct atomic_file *file, struct error *err)
{
    for (int i = 0; i < CLAIMS_MAX; i++)
        if (try_named(file, err))
            return file->owns_temporary;
    return fail_busy(file, err);
}

static struct atomic_file *file_begin(const char *path, bool no_clobber, struct error *err)
{
    struct atomic_file *file = calloc(1, sizeof *file);
    if (!file) {
        fail_memory(err);
        return NULL;
    }
    file->fd = -1;
    file->dir_fd = -1;
    file->no_clobber = no_clobber;
    file->path = strdup(path);
    char *resolved = file->path ? link_resolve(path, err) : NULL;
    bool ok = resolved && open_directory(file, resolved, err) && judge_name(file, err);
    free(resolved);
    if (!file->path)
        fail_memory(err);
    if (ok) {
        temporary_begin(&file->temporary, file->dir_fd, file->name, file->path);
        return file;
    }
    atomic_file_free(file);
    return NULL;
}

struct atomic_file *atomic_file_new(const char *path, bool no_clobber, struct error *err)
{
    struct atomic_file *file = file_begin(path, no_clobber, err);
    if (!file)
        return NULL;
    bool ok = make_unnamed(file, err);
    if (ok) {
        /* What a killed process left is in nobody's way here, and goes. */
        struct error ignored = {.kind = ERROR_NONE};
        (void)temporary_reclaim(&file->temporary, &ignored);
        return file;
    }
    if (err->kind == ERROR_NONE && make_named(file, err))
        return file;
    atomic_file_free(file);
    return NULL;
}

struct atomic_file *atomic_file_new_named(const char *path, bool no_clobber, struct error *err)
{
    struct atomic_file *file = file_begin(path, no_clobber, err);
    if (file && !make_named(file, err)) {
        atomic_file_free(file);
        return NULL;
    }
    return file;
}

int atomic_file_fd(const struct atomic_file *file)
{
    return file->fd;
}

int atomic_file_directory_fd(const struct atomic_file *file)
{
    return file->dir_fd;
}

/* Links the unnamed file to name. 0 or -1 and errno. */
static int link_unnamed(const struct atomic_file *file, const char *name)
{
    char proc[64];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", file->fd);
    return linkat(AT_FDCWD, proc, file->dir_fd, name, AT_SYMLINK_FOLLOW);
}

/* Gives an unnamed file the temporary name, waiting a while for another owner to be done. */
static bool take_temporary(struct atomic_file *file, struct error *err)
{
    for (int waited = 0; waited < OWNER_PATIENCE_MS;) {
        if (link_unnamed(file, file->temporary.name) == 0) {
            file->owns_temporary = true;
            return true;
        }
        if (errno != EEXIST)
            return fail_file(file, "cannot be replaced", err);
        enum temporary_claim claim = temporary_reclaim(&file->temporary, err);
        if (claim == TEMPORARY_FAILED)
            return false;
        if (claim == TEMPORARY_FREED)
            continue;
        if (wait_ready(-1, 0, OWNER_RETRY_MS) < 0)
            return fail(err, ERROR_INTERRUPTED, "%s", "");
        waited += OWNER_RETRY_MS;
    }
    return fail_busy(file, err);
}

static bool replace(struct atomic_file *file, struct error *err)
{
    struct stat status;
    bool taken = fstatat(file->dir_fd, file->name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (renameat(file->dir_fd, file->temporary.name, file->dir_fd, file->name) != 0)
        return fail_file(file, "cannot be given its name", err);
    file->owns_temporary = false;
    file->made_name = !taken;
    return true;
}

/* Renames where there is no file; file systems without hard links can do no other way. */
static int rename_to_free(const struct atomic_file *file)
{
#if defined __linux__ && defined RENAME_NOREPLACE
    return renameat2(file->dir_fd, file->temporary.name, file->dir_fd, file->name,
                     RENAME_NOREPLACE);
#else
    (void)file;
    errno = ENOSYS;
    return -1;
#endif
}

static bool move_to_free(struct atomic_file *file, struct error *err)
{
    bool linked = linkat(file->dir_fd, file->temporary.name, file->dir_fd, file->name, 0) == 0;
    bool moved = false;
    if (!linked && (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK))
        moved = rename_to_free(file) == 0;
    if (!linked && !moved)
        return errno == EEXIST ? fail_exists(file, err)
                               : fail_file(file, "cannot be given its name", err);
    file->made_name = true;
    file->owns_temporary = !moved;
    if (linked && unlinkat(file->dir_fd, file->temporary.name, 0) != 0)
        return fail_file(file, "its temporary name cannot be removed", err);
    file->owns_temporary = false;
    return true;
}

static bool give_name(struct atomic_file *file, struct error *err)
{
    if (!file->owns_temporary) {
        file->made_name = link_unnamed(file, file->name) == 0;
        if (file->made_name)
            return true;
        if (errno != EEXIST)
            return fail_file(file, "cannot be given its name", err);
        if (file->no_clobber)
            return fail_exists(file, err);
        if (!judge_name(file, err) || !take_temporary(file, err))
            return false;
    }
    return file->no_clobber ? move_to_free(file, err) : replace(file, err);
}

static bool sync_or_fail(int fd, const char *path, struct error *err)
{
    enum io_outcome outcome = descriptor_sync(fd);
    if (outcome == IO_INTERRUPTED)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    return outcome == IO_DONE ? true
                              : fail_errno(err, ERROR_IO, errno, "%s: cannot be synced", path);
}

/* Some file systems can't sync a directory, and say so. */
static bool sync_directory(int dir_fd, const char *path, struct error *err)
{
    enum io_outcome outcome = descriptor_sync(dir_fd);
    if (outcome == IO_INTERRUPTED)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    if (outcome == IO_DONE || errno == EINVAL)
        return true;
    return fail_errno(err, ERROR_IO, errno, "%s: its directory cannot be synced", path);
}

static bool close_data(struct atomic_file *file, struct error *err)
{
    int fd = file->fd;
    file->fd = -1;
    return descriptor_close(fd) ? true : fail_file(file, "cannot be written", err);
}

bool atomic_file_commit(struct atomic_file *file, struct error *err)
{
    struct stat status;
    if (fstat(file->fd, &status) != 0)
        return fail_file(file, "cannot be written", err);
    /* Asked before, since what was replaced can't be brought back, and after, to be sure. */
    if (sync_or_fail(file->fd, file->path, err) && leads_here(file, err) && give_name(file, err) &&
        sync_directory(file->dir_fd, file->path, err) && leads_here(file, err) &&
        close_data(file, err))
        return true;
    /* A name that isn't known to last is not to be found by whoever looks for the file. */
    if (file->made_name && descriptor_is_named(file->dir_fd, file->name, &status))
        unlinkat(file->dir_fd, file->name, 0);
    return false;
}

void atomic_file_free(struct atomic_file *file)
{
    if (!file)
        return;
    /* Before the lock goes with the descriptor. */
    if (file->owns_temporary)
        unlinkat(file->dir_fd, file->temporary.name, 0);
    if (file->fd >= 0)
        close(file->fd);
    if (file->dir_fd >= 0)
        close(file->dir_fd);
    free(file->path);
    free(file);
}

bool atomic_file_sync_existing(const char *path, struct error *err)
{
    int fd = descriptor_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno == EINTR ? fail(err, ERROR_INTERRUPTED, "%s", "")
                              : fail_errno(err, ERROR_IO, errno, "%s: cannot be opened", path);
    bool ok = sync_or_fail(fd, path, err);
    close(fd);
    struct atomic_file *file = ok ? file_begin(path, false, err) : NULL;
    ok = file && sync_directory(file->dir_fd, path, err);
    atomic_file_free(file);
    return ok;
}
