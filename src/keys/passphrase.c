#define _POSIX_C_SOURCE 200809L
#include "keys/passphrase.h"

#include "base/lock.h"
#include "base/secret.h"
#include "base/text.h"
#include "keys/key_file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROMPT_SIZE = 256 };

struct file {
    dev_t device;
    ino_t inode;
};

struct passphrase {
    struct lock *lock;
    passphrase_ask *ask;
    bool is_given;
    struct file files[PASSPHRASES_MAX];
    size_t file_count;
    char *texts[PASSPHRASES_MAX]; /* secret memory */
    size_t lens[PASSPHRASES_MAX];
    size_t count;
};

struct passphrase *passphrase_new(passphrase_ask *ask)
{
    struct passphrase *passphrase = calloc(1, sizeof *passphrase);
    if (passphrase == NULL)
        return NULL;
    passphrase->ask = ask;
    passphrase->lock = lock_new();
    if (passphrase->lock != NULL)
        return passphrase;
    free(passphrase);
    return NULL;
}

static bool is_known(const struct passphrase *passphrase, const char *text, size_t len)
{
    for (size_t i = 0; i < passphrase->count; i++)
        if (passphrase->lens[i] == len && sodium_memcmp(passphrase->texts[i], text, len) == 0)
            return true;
    return false;
}

bool passphrase_add(struct passphrase *passphrase, const char *name, const char *text, size_t len,
                    struct error *err)
{
    if (len > PASSPHRASE_MAX)
        return fail(err, ERROR_KEY, "%s: is longer than %d bytes: no passphrase", name,
                    PASSPHRASE_MAX);
    passphrase->is_given = true;
    if (is_known(passphrase, text, len))
        return true;
    if (passphrase->count == PASSPHRASES_MAX)
        return fail(err, ERROR_KEY, "%s: more than %d passphrases", name, PASSPHRASES_MAX);
    char *copy = secret_new(len > 0 ? len : 1);
    if (copy == NULL)
        return fail_memory(err);
    if (len > 0)
        memcpy(copy, text, len);
    passphrase->lens[passphrase->count] = len;
    passphrase->texts[passphrase->count++] = copy;
    return true;
}

static bool read_file(struct passphrase *passphrase, int fd, const char *path,
                      const struct stat *status, struct error *err)
{
    struct key_file file;
    int errno_value;
    if (S_ISDIR(status->st_mode))
        return fail(err, ERROR_KEY, "%s: is a directory", path);
    if (!key_file_read(fd, path, &file, &errno_value, err))
        return false;
    size_t len = file.len;
    if (len > 0 && file.text[len - 1] == '\n')
        len--;
    bool added = passphrase_add(passphrase, path, file.text, len, err);
    key_file_free(&file);
    if (added && passphrase->file_count < PASSPHRASES_MAX)
        passphrase->files[passphrase->file_count++] =
            (struct file){.device = status->st_dev, .inode = status->st_ino};
    return added;
}

/* What names no file may be the passphrase itself, and this goes to a server's log. */
static bool fail_unnamed(int errno_value, struct error *err)
{
    return fail_errno(err, ERROR_KEY, errno_value,
                      "the file that -p names (not shown: it may be the passphrase itself)");
}

bool passphrase_add_file(struct passphrase *passphrase, const char *path, struct error *err)
{
    struct stat status;
    bool is_there = stat(path, &status) == 0;
    /* before it is opened: a named pipe that was read has no second writer to wait for */
    if (is_there && passphrase_was_read_from(passphrase, &status))
        return true;
    if (!is_there && errno != EACCES && path[0] != '/' && path[0] != '.')
        return fail_unnamed(errno, err);
    int fd = key_file_open(path, err);
    if (fd < 0)
        return false;
    bool good = fstat(fd, &status) == 0
                    ? read_file(passphrase, fd, path, &status, err)
                    : fail_errno(err, ERROR_KEY, errno, "%s: cannot be read", path);
    close(fd);
    return good;
}

bool passphrase_was_read_from(const struct passphrase *passphrase, const struct stat *status)
{
    for (size_t i = 0; i < passphrase->file_count; i++)
        if (passphrase->files[i].device == status->st_dev &&
            passphrase->files[i].inode == status->st_ino)
            return true;
    return false;
}

bool passphrase_is_given(const struct passphrase *passphrase)
{
    return passphrase->is_given;
}

/* The name may be a stranger's, who would have the terminal show something else. */
static void write_prompt(const char *for_what, char prompt[PROMPT_SIZE])
{
    static const char question[] = ": passphrase: ";
    const size_t room = PROMPT_SIZE - sizeof question;
    size_t used = 0;
    size_t left = strlen(for_what);
    while (left > 0) {
        char shown[TEXT_SHOWN_SIZE];
        size_t taken = text_show(for_what, left, shown);
        if (strlen(shown) > room - used)
            break;
        used += (size_t)snprintf(prompt + used, PROMPT_SIZE - used, "%s", shown);
        for_what += taken;
        left -= taken;
    }
    memcpy(prompt + used, question, sizeof question);
}

static bool ask_once(struct passphrase *passphrase, const char *for_what, struct error *err)
{
    char prompt[PROMPT_SIZE];
    write_prompt(for_what, prompt);
    if (passphrase->ask == NULL)
        return fail(err, ERROR_KEY, "%s: needs a passphrase: give it with -p", for_what);
    char *text = secret_new(PASSPHRASE_MAX);
    if (text == NULL)
        return fail_memory(err);
    if (!passphrase->ask(prompt, text, &passphrase->lens[0], err)) {
        secret_free(text);
        return false;
    }
    passphrase->texts[0] = text;
    passphrase->count = 1;
    return true;
}

bool passphrase_need(struct passphrase *passphrase, const char *for_what, size_t *count,
                     struct error *err)
{
    if (passphrase->count == 0 && !ask_once(passphrase, for_what, err))
        return false;
    *count = passphrase->count;
    return true;
}

struct bytes passphrase_text(const struct passphrase *passphrase, size_t index)
{
    return (struct bytes){(const unsigned char *)passphrase->texts[index], passphrase->lens[index]};
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
    if (passphrase == NULL)
        return;
    for (size_t i = 0; i < passphrase->count; i++)
        secret_free(passphrase->texts[i]);
    lock_free(passphrase->lock);
    free(passphrase);
}
