#define _POSIX_C_SOURCE 200809L
#include "keys/key_directory.h"
#include "keys/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends a copy of name; names has room for KEYRING_MAX. */
static bool add_name(struct key_directory *directory, const char *path, const char *name,
                     struct error *err)
{
    if (directory->count == KEYRING_MAX)
        return fail(err, ERROR_KEY, "%s: holds more than %d files", path, KEYRING_MAX);
    char *copy = strdup(name);
    if (copy == NULL)
        return fail_memory(err);
    directory->names[directory->count++] = copy;
    return true;
}

static bool is_self_or_parent(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool list(DIR *stream, const char *path, struct key_directory *directory, struct error *err)
{
    bool has_hidden = false;
    directory->names = calloc(KEYRING_MAX, sizeof *directory->names);
    if (directory->names == NULL)
        return fail_memory(err);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (entry == NULL && errno != 0)
            return fail_errno(err, ERROR_KEY, errno, "%s", path);
        if (entry == NULL)
            break;
        has_hidden = has_hidden || (entry->d_name[0] == '.' && !is_self_or_parent(entry->d_name));
        if (entry->d_name[0] != '.' && !add_name(directory, path, entry->d_name, err))
            return false;
    }
    if (directory->count == 0 && has_hidden)
        return fail(err, ERROR_KEY,
                    "%s: holds no key: it has no entry that doesn't start with a dot", path);
    qsort(directory->names, directory->count, sizeof *directory->names, compare_names);
    return true;
}

/* A stream over fd's entries that may be closed while fd stays open. */
static DIR *open_stream(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (stream == NULL && copy >= 0)
        close(copy);
    return stream;
}

bool key_directory_read(int fd, const char *path, struct key_directory *directory,
                        struct error *err)
{
    *directory = (struct key_directory){.fd = fd};
    int pinned = openat(fd, "..data", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (pinned >= 0) {
        close(fd);
        directory->fd = pinned;
    }
    DIR *stream = open_stream(directory->fd);
    if (stream == NULL) {
        fail_errno(err, ERROR_KEY, errno, "%s", path);
        key_directory_close(directory);
        return false;
    }
    bool listed = list(stream, path, directory, err);
    closedir(stream);
    if (!listed)
        key_directory_close(directory);
    return listed;
}

void key_directory_close(struct key_directory *directory)
{
    for (size_t i = 0; i < directory->count; i++)
        free(directory->names[i]);
    free(directory->names);
    if (directory->fd >= 0)
        close(directory->fd);
    *directory = (struct key_directory){.fd = -1};
}
