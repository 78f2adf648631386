#define _POSIX_C_SOURCE 200809L
#include "commands/commands.h"

#include "base/date.h"
#include "base/text.h"
#include "formats.h"
#include "io/descriptor.h"
#include "io/new_file.h"
#include "signals.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY_SECONDS = 24 * 3600 };

static const char default_user_id[] = "walseal backup key";

/* Where a key's text goes. */
struct place {
    bool is_used;
    struct new_file *file; /* NULL: standard output */
};

struct keygen {
    const struct options *options;
    struct key_wish wish;
    struct passphrase *passphrase;
    struct bytes passphrase_text;
    struct place secret;
    struct place public_part;
    struct new_key key;
};

/* Why text can't be typed, shown or given to every program alike; NULL: it can. */
static const char *text_fault(const char *text, size_t len)
{
    char shown[TEXT_SHOWN_SIZE];
    for (size_t at = 0, taken; at < len; at += taken) {
        taken = text_show(text + at, len - at, shown);
        if (memcmp(text + at, shown, taken) == 0)
            continue;
        return text_utf8_len((const unsigned char *)text + at, len - at) > 0
                   ? "holds a line end or another control character"
                   : "is not UTF-8 text";
    }
    return NULL;
}

static bool read_user_id(struct keygen *keygen, struct error *err)
{
    const char *user_id = keygen->options->user_id;
    keygen->wish.user_id = user_id != NULL ? user_id : default_user_id;
    size_t len = strlen(keygen->wish.user_id);
    const char *fault = text_fault(keygen->wish.user_id, len);
    if (fault != NULL)
        return fail(err, ERROR_USAGE, "--user-id: %s", fault);
    return len <= KEY_USER_ID_MAX ||
           fail(err, ERROR_USAGE, "--user-id: is longer than %d bytes", KEY_USER_ID_MAX);
}

/* gpg takes one line of a passphrase file, WAL-G all of a variable: what one of them can't be given
 * would be a key that it can't open. */
static bool read_passphrase(struct keygen *keygen, struct error *err)
{
    const char *path = keygen->options->passphrase_paths[0];
    struct bytes *text = &keygen->passphrase_text;
    size_t count;
    if (path == NULL)
        return true;
    keygen->passphrase = passphrase_new(NULL);
    if (keygen->passphrase == NULL)
        return fail_memory(err);
    if (!passphrase_add_file(keygen->passphrase, path, err) ||
        !passphrase_need(keygen->passphrase, path, &count, err))
        return false;
    *text = passphrase_text(keygen->passphrase, 0);
    if (text->len == 0)
        return fail(err, ERROR_KEY, "%s: is empty: no passphrase", path);
    const char *fault = text_fault((const char *)text->at, text->len);
    keygen->wish.passphrase = text;
    return fault == NULL ||
           fail(err, ERROR_KEY, "%s: %s: not every program could be given that passphrase", path,
                fault);
}

/* *expiry: seconds since 1970; more than there can be stands for more. */
static bool parse_expiry(const char *text, int64_t created, int64_t *expiry, struct error *err)
{
    enum { DIGITS_MAX = 9 };
    size_t digits = strspn(text, "0123456789");
    if (digits > 0 && text[digits] == '\0') {
        int64_t days = 0;
        for (size_t i = 0; i < digits && i < DIGITS_MAX; i++)
            days = 10 * days + (text[i] - '0');
        *expiry = created + days * DAY_SECONDS;
        return true;
    }
    return date_parse(text, expiry) ||
           fail(err, ERROR_USAGE,
                "--expires: \"%s\" is neither a day as YYYY-MM-DD nor a number of days", text);
}

static bool read_dates(struct keygen *keygen, struct error *err)
{
    const char *text = keygen->options->expires;
    int64_t now = time(NULL), expiry;
    if (now <= 0 || now > UINT32_MAX)
        return fail(err, ERROR_IO, "the clock is wrong: OpenPGP can't say such a day");
    keygen->wish.created = (uint32_t)now;
    if (text == NULL)
        return true;
    if (!parse_expiry(text, now, &expiry, err))
        return false;
    if (expiry <= now)
        return fail(err, ERROR_USAGE, "--expires: \"%s\" is past already", text);
    if (expiry > UINT32_MAX)
        return fail(err, ERROR_USAGE,
                    "--expires: \"%s\" is beyond what OpenPGP can say: 2106-02-07", text);
    keygen->wish.lifetime = (uint32_t)(expiry - now);
    return true;
}

static bool read_wish(struct keygen *keygen, struct error *err)
{
    keygen->wish.transform = keygen->options->transform;
    keygen->wish.rsa_bits = keygen->options->rsa_bits;
    return read_user_id(keygen, err) && read_dates(keygen, err) && read_passphrase(keygen, err);
}

static bool open_place(struct place *place, const char *path, bool is_private, struct error *err)
{
    place->is_used = true;
    if (path != NULL)
        place->file = new_file_new(path, is_private, err);
    return path == NULL || place->file != NULL;
}

/* Before a key is made, which may take seconds. */
static bool open_places(struct keygen *keygen, struct error *err)
{
    const struct options *options = keygen->options;
    const char *public_path = options->public_path;
    if (!open_place(&keygen->secret, options->output, true, err))
        return false;
    if (public_path == NULL)
        return true;
    bool printed = strcmp(public_path, "-") == 0;
    return open_place(&keygen->public_part, printed ? NULL : public_path, false, err);
}

static bool fail_print(enum io_outcome outcome, struct error *err)
{
    if (outcome == IO_INTERRUPTED)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    return fail_errno(err, ERROR_IO, errno, "standard output: cannot be written");
}

/* Also to a terminal: it is text, and asked for. */
static bool print(const char *text, bool is_secret, struct error *err)
{
    struct stat status;
    size_t written;
    if (fstat(STDOUT_FILENO, &status) != 0)
        return fail_print(IO_FAILED, err);
    enum io_outcome outcome = descriptor_write(
        STDOUT_FILENO, text, strlen(text), descriptor_piece_len(STDOUT_FILENO, &status), &written);
    if (outcome != IO_DONE)
        return fail_print(outcome, err);
    if (!descriptor_close(STDOUT_FILENO))
        return fail_print(IO_FAILED, err);
    if (is_secret && S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        message_note(NOTE_WARNING, "standard output: is a file that others can read: make it 0600, "
                                   "and give -o FILE the next time");
    return true;
}

static bool fill(struct place *place, const char *text, struct error *err)
{
    return place->file == NULL || new_file_write(place->file, text, strlen(text), err);
}

static bool deliver(struct place *place, const char *text, bool is_secret, struct error *err)
{
    if (!place->is_used)
        return true;
    return place->file != NULL ? new_file_commit(place->file, err) : print(text, is_secret, err);
}

/* The secret key first: nobody is to encrypt to a public key whose secret one never was. */
static bool write_key(struct keygen *keygen, struct error *err)
{
    const struct new_key *key = &keygen->key;
    signals_begin();
    if (!fill(&keygen->secret, key->secret, err) ||
        !fill(&keygen->public_part, key->public_text, err) ||
        !deliver(&keygen->secret, key->secret, true, err) ||
        !deliver(&keygen->public_part, key->public_text, false, err))
        return false;
    if (keygen->secret.file != NULL)
        new_file_keep(keygen->secret.file);
    if (keygen->public_part.file != NULL)
        new_file_keep(keygen->public_part.file);
    message_note(NOTE_VERBOSE, "new %s", key->description);
    return true;
}

bool command_keygen(const struct options *options, struct error *err)
{
    struct keygen keygen = {.options = options};
    enum key_method method = options->keygen_openpgp ? KEY_METHOD_OPENPGP : KEY_METHOD_SODIUM;
    bool good = read_wish(&keygen, err) && open_places(&keygen, err) &&
                formats_make_key(method, &keygen.wish, &keygen.key, err) && write_key(&keygen, err);
    new_file_free(keygen.public_part.file);
    new_file_free(keygen.secret.file);
    formats_free_key(&keygen.key);
    passphrase_free(keygen.passphrase);
    return good;
}
