#define _POSIX_C_SOURCE 200809L
#include "keys/key_file.h"
#include "base/secret.h"
#include "keys/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_SIZE = 4096 };

/* The descriptor of one's own that path names, or -1. */
static int named_descriptor(const char *path)
{
    int fd;
    int end = 0;
    if (sscanf(path, "/dev/fd/%9d%n", &fd, &end) != 1 || path[end] != '\0')
        return -1;
    return fd;
}

/* A key itself where its file's name belongs: none of it is to be shown. */
static bool is_key(const char *path)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    static const char base64[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/";
    size_t len = strlen(path);
    return strncmp(path, "-----BEGIN ", 11) == 0 || (len == 64 && strspn(path, hex) == len) ||
           (len == 44 && strspn(path, base64) == len - 1 && path[len - 1] == '=');
}

int key_file_open(const char *path, struct error *err)
{
    int fd;
    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    int reason = errno;
    if (fd < 0 && named_descriptor(path) >= 0)
        fd = fcntl(named_descriptor(path), F_DUPFD_CLOEXEC, 3);
    if (fd < 0 && is_key(path))
        fail(err, ERROR_KEY, "a key is given where the name of its file belongs");
    else if (fd < 0)
        fail_errno(err, ERROR_KEY, reason, "%s", path);
    if (fd < 0 && strcmp(path, "-") == 0)
        error_append(err, ": for a key on standard input say /dev/stdin");
    return fd;
}

/* Doubles what there is room for. */
static bool grow(struct key_file *file, size_t *size)
{
    size_t doubled = *size == 0 ? FIRST_SIZE : *size * 2;
    char *text = secret_new(doubled);
    if (text == NULL)
        return false;
    if (file->len > 0)
        memcpy(text, file->text, file->len);
    secret_free(file->text);
    file->text = text;
    *size = doubled;
    return true;
}

/* The next bytes; 0 at the end, -1 with errno. */
static ssize_t read_some(int fd, char *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(fd, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

bool key_file_read(int fd, const char *name, struct key_file *file, int *errno_value,
                   struct error *err)
{
    *file = (struct key_file){NULL, 0};
    *errno_value = 0;
    size_t size = 0;
    for (;;) {
        if (file->len > KEY_FILE_MAX) {
            fail(err, ERROR_KEY, "%s: is longer than a key file may be (%d bytes)", name,
                 KEY_FILE_MAX);
            break;
        }
        if (file->len == size && !grow(file, &size)) {
            fail_memory(err);
            break;
        }
        ssize_t got = read_some(fd, file->text + file->len, size - file->len);
        if (got == 0)
            return true;
        if (got < 0) {
            *errno_value = errno;
            fail_errno(err, ERROR_KEY, *errno_value, "%s", name);
            break;
        }
        file->len += (size_t)got;
    }
    key_file_free(file);
    return false;
}

void key_file_free(struct key_file *file)
{
    secret_free(file->text);
    *file = (struct key_file){NULL, 0};
}
