#define _POSIX_C_SOURCE 200809L
#include "keys/key_directory.h"
#include "keys/key_file.h"
#include "keys/keyring_add.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A rotation that removes the version under one's hands is over in an instant. */
enum { DIRECTORY_TRIES = 4 };

/* Where the keys of a directory go, and what became of its entries so far. */
struct gathering {
    struct keyring *ring;
    const char *path;
    enum key_transform transform;
    struct notes *notes;
    size_t usable;
    size_t vanished;
    size_t passed_over;
    char first_reason[NOTE_TEXT_SIZE];
};

static void pass_over(struct gathering *gathering, enum note_level level, const char *reason)
{
    if (gathering->passed_over++ == 0)
        snprintf(gathering->first_reason, sizeof gathering->first_reason, "%.*s",
                 (int)sizeof gathering->first_reason - 1, reason);
    notes_add(gathering->notes, level, "%s: passed over", reason);
}

/* Reads the file behind fd and adds its key. False: a failure of the whole; what is no key is
 * passed over. */
static bool gather_file(struct gathering *gathering, int fd, const char *origin, struct error *err)
{
    struct error reason = {.kind = ERROR_NONE};
    struct key_file file;
    int errno_value;
    if (!key_file_read(fd, origin, &file, &errno_value, &reason)) {
        if (reason.kind != ERROR_KEY)
            return fail(err, reason.kind, "%s", reason.text);
        pass_over(gathering, errno_value != 0 ? NOTE_WARNING : NOTE_VERBOSE, reason.text);
        return true;
    }
    struct key_source source = {origin, file.text, file.len, false, true};
    const char *misplaced =
        key_text_is_openpgp(file.text, file.len) ? NULL : key_text_misplaced(file.text, file.len);
    if (misplaced != NULL)
        fail(&reason, ERROR_KEY, "%s: looks like %s", origin, misplaced);
    else
        keyring_add_text(gathering->ring, &source, gathering->transform, gathering->notes, &reason);
    key_file_free(&file);
    if (reason.kind == ERROR_NONE)
        gathering->usable++;
    else if (reason.kind == ERROR_KEY)
        pass_over(gathering, NOTE_VERBOSE, reason.text);
    else
        return fail(err, reason.kind, "%s", reason.text);
    return true;
}

static bool gather_entry(struct gathering *gathering, int directory_fd, const char *name,
                         const char *origin, struct error *err)
{
    struct error reason = {.kind = ERROR_NONE};
    struct stat status;
    /* without O_NONBLOCK a named pipe among the files would be waited for */
    int fd = openat(directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0) {
        int errno_value = errno;
        gathering->vanished += errno_value == ENOENT;
        fail_errno(&reason, ERROR_KEY, errno_value, "%s", origin);
        pass_over(gathering, errno_value == ENOENT ? NOTE_VERBOSE : NOTE_WARNING, reason.text);
        if (fd >= 0)
            close(fd);
        return true;
    }
    bool gathered = true;
    if (S_ISREG(status.st_mode)) {
        gathered = keyring_note_file(gathering->ring, &status, err) &&
                   gather_file(gathering, fd, origin, err);
    } else {
        fail(&reason, ERROR_KEY, "%s: is no regular file", origin);
        pass_over(gathering, NOTE_VERBOSE, reason.text);
    }
    close(fd);
    return gathered;
}

/* Takes fd over. */
static bool gather_all(struct gathering *gathering, int fd, struct error *err)
{
    struct key_directory directory;
    if (!key_directory_read(fd, gathering->path, &directory, err))
        return false;
    size_t path_len = strlen(gathering->path);
    const char *slash = path_len > 0 && gathering->path[path_len - 1] == '/' ? "" : "/";
    bool gathered = true;
    for (size_t i = 0; gathered && i < directory.count; i++) {
        size_t size = path_len + strlen(directory.names[i]) + 2;
        char *origin = malloc(size);
        if (origin != NULL)
            snprintf(origin, size, "%s%s%s", gathering->path, slash, directory.names[i]);
        gathered = origin == NULL
                       ? fail_memory(err)
                       : gather_entry(gathering, directory.fd, directory.names[i], origin, err);
        free(origin);
    }
    key_directory_close(&directory);
    return gathered;
}

/* Takes fd over. */
static bool add_directory(struct keyring *ring, int fd, const char *path,
                          enum key_transform transform, struct notes *notes, struct error *err)
{
    size_t note_count = notes->count;
    size_t notes_lost = notes->lost;
    struct gathering gathering;
    for (int try = 1;; try++) {
        gathering =
            (struct gathering){.ring = ring, .path = path, .transform = transform, .notes = notes};
        if (!gather_all(&gathering, fd, err))
            return false;
        bool gone = gathering.usable == 0 && gathering.vanished == gathering.passed_over;
        if (!gone || try == DIRECTORY_TRIES)
            break;
        /* what was said of this try will be said of the next */
        notes->count = note_count;
        notes->lost = notes_lost;
        fd = key_file_open(path, err);
        if (fd < 0)
            return false;
    }
    if (gathering.usable > 0)
        return true;
    if (gathering.passed_over == 0)
        return fail(err, ERROR_KEY, "%s: holds no key: the directory is empty", path);
    return fail(err, ERROR_KEY, "%s: holds no usable key among its %zu entries; the first: %s",
                path, gathering.passed_over, gathering.first_reason);
}

static bool add_file(struct keyring *ring, int fd, const char *path, enum key_transform transform,
                     struct notes *notes, struct error *err)
{
    struct key_file file;
    int errno_value;
    bool read = key_file_read(fd, path, &file, &errno_value, err);
    close(fd);
    if (!read)
        return false;
    struct key_source source = {path, file.text, file.len, false, false};
    bool added = keyring_add_text(ring, &source, transform, notes, err);
    key_file_free(&file);
    return added;
}

bool keyring_add_path(struct keyring *ring, const char *path, enum key_transform transform,
                      struct notes *notes, struct error *err)
{
    int fd = key_file_open(path, err);
    if (fd < 0)
        return false;
    struct stat status;
    if (fstat(fd, &status) != 0) {
        fail_errno(err, ERROR_KEY, errno, "%s", path);
        close(fd);
        return false;
    }
    if (!S_ISDIR(status.st_mode)) {
        if (keyring_note_file(ring, &status, err))
            return add_file(ring, fd, path, transform, notes, err);
        close(fd);
        return false;
    }
    if (keyring_purpose(ring) == KEY_FOR_DECRYPT)
        return add_directory(ring, fd, path, transform, notes, err);
    close(fd);
    return fail(err, ERROR_KEY,
                "%s: is a directory, which only decrypting takes: name a key's file", path);
}
