#define _POSIX_C_SOURCE 200809L
#include "keys/passphrase.h"

#include "base/lock.h"
#include "base/secret.h"
#include "keys/key_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct passphrase {
    struct lock *lock;
    passphrase_ask *ask;
    bool is_known;
    bool is_given;
    bool has_file;
    dev_t device;
    ino_t inode;
    size_t len;
    char text[PASSPHRASE_MAX];
};

struct passphrase *passphrase_new(passphrase_ask *ask)
{
    struct passphrase *passphrase = secret_new(sizeof *passphrase);
    if (passphrase == NULL)
        return NULL;
    passphrase->ask = ask;
    passphrase->lock = lock_new();
    if (passphrase->lock != NULL)
        return passphrase;
    secret_free(passphrase);
    return NULL;
}

bool passphrase_set(struct passphrase *passphrase, const char *name, const char *text, size_t len,
                    struct error *err)
{
    if (len > sizeof passphrase->text)
        return fail(err, ERROR_KEY, "%s: is longer than %d bytes: no passphrase", name,
                    PASSPHRASE_MAX);
    memcpy(passphrase->text, text, len);
    passphrase->len = len;
    passphrase->is_known = true;
    passphrase->is_given = true;
    return true;
}

bool passphrase_read_file(struct passphrase *passphrase, const char *path, struct error *err)
{
    int fd = key_file_open(path, err);
    if (fd < 0)
        return false;
    struct key_file file;
    struct stat status;
    int errno_value;
    bool read = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)
                    ? fail(err, ERROR_KEY, "%s: is a directory", path)
                    : key_file_read(fd, path, &file, &errno_value, err);
    close(fd);
    if (!read)
        return false;
    size_t len = file.len;
    if (len > 0 && file.text[len - 1] == '\n')
        len--;
    bool set = passphrase_set(passphrase, path, file.text, len, err);
    key_file_free(&file);
    passphrase->has_file = true;
    passphrase->device = status.st_dev;
    passphrase->inode = status.st_ino;
    return set;
}

bool passphrase_was_read_from(const struct passphrase *passphrase, const struct stat *status)
{
    return passphrase->has_file && passphrase->device == status->st_dev &&
           passphrase->inode == status->st_ino;
}

bool passphrase_is_given(const struct passphrase *passphrase)
{
    return passphrase->is_given;
}

bool passphrase_get(struct passphrase *passphrase, const char *for_what, struct bytes *text,
                    struct error *err)
{
    if (!passphrase->is_known) {
        char prompt[256];
        snprintf(prompt, sizeof prompt, "%s: passphrase: ", for_what);
        if (passphrase->ask == NULL)
            return fail(err, ERROR_KEY, "%s: needs a passphrase: give it with -p", for_what);
        if (!passphrase->ask(prompt, passphrase->text, &passphrase->len, err))
            return false;
        passphrase->is_known = true;
    }
    *text = (struct bytes){(const unsigned char *)passphrase->text, passphrase->len};
    return true;
}

void passphrase_hold(struct passphrase *passphrase)
{
    lock_take(passphrase->lock);
}

void passphrase_release(struct passphrase *passphrase)
{
    lock_give(passphrase->lock);
}

void passphrase_free(struct passphrase *passphrase)
{
    if (passphrase != NULL)
        lock_free(passphrase->lock);
    secret_free(passphrase);
}
