#include "formats/sodium/sodium.h"

#include "base/secret.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* The longer of 64 digits and 44 characters, a newline, the end. */
enum { TEXT_SIZE = 2 * SODIUM_KEY_LEN + 2 };

static void write_text(const unsigned char *bytes, enum key_transform transform, char *text)
{
    if (transform == KEY_TRANSFORM_BASE64)
        sodium_bin2base64(text, TEXT_SIZE, bytes, SODIUM_KEY_LEN, sodium_base64_VARIANT_ORIGINAL);
    else
        sodium_bin2hex(text, TEXT_SIZE, bytes, SODIUM_KEY_LEN);
    strcat(text, "\n");
}

/* Whether the text gives these bytes to everybody who reads it so. */
static bool reads_back(const unsigned char *bytes, enum key_transform transform, const char *text,
                       struct error *err)
{
    unsigned char *again = secret_new(SODIUM_KEY_LEN);
    bool same = again != NULL && key_text_read(text, strlen(text), transform, again, err) &&
                sodium_memcmp(bytes, again, SODIUM_KEY_LEN) == 0;
    secret_free(again);
    return same || fail(err, ERROR_IO, "the new key doesn't read back: this machine is at fault");
}

bool sodium_make_key(const struct key_wish *wish, struct new_key *key, struct error *err)
{
    char fingerprint[KEY_FINGERPRINT_SIZE];
    unsigned char *bytes = secret_new(SODIUM_KEY_LEN);
    key->secret = secret_new(TEXT_SIZE);
    bool made = bytes != NULL && key->secret != NULL;
    if (made) {
        randombytes_buf(bytes, SODIUM_KEY_LEN);
        write_text(bytes, wish->transform, key->secret);
        made = reads_back(bytes, wish->transform, key->secret, err);
        key_fingerprint(bytes, fingerprint);
        snprintf(key->description, sizeof key->description, "sodium key, %s, fingerprint %s",
                 key_transform_name(wish->transform), fingerprint);
    }
    secret_free(bytes);
    return made || fail_memory(err);
}
