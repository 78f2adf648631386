/*
 * Feeds: the text of a sodium key, for a short stream that is sealed with it.
 * Holds: each reading of the text is the one that libsodium's own decoders give; what a reading
 * sealed opens under that transform and under auto; a stream that was changed opens under none.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats/sodium/sodium.h"
#include "keys/keyring_add.h"
#include "run.h"

#include <sodium.h>

enum { PLAIN_LEN = 100, STREAM_LEN = SECRETSTREAM_HEADER_LEN + PLAIN_LEN + SECRETSTREAM_OVERHEAD };

static const unsigned char plain[PLAIN_LEN];

static bool is_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x7f || (unsigned char)text[i] < ' ')
            return false;
    return true;
}

/* Without white space: that is the text's own business. */
static bool oracle_reads(const char *text, size_t len, enum key_transform transform,
                         unsigned char key[SODIUM_KEY_LEN])
{
    size_t key_len = 0;
    const char *end = NULL;
    if (transform == KEY_TRANSFORM_HEX)
        return len == 2 * SODIUM_KEY_LEN &&
               sodium_hex2bin(key, SODIUM_KEY_LEN, text, len, NULL, &key_len, &end) == 0 &&
               key_len == SODIUM_KEY_LEN;
    return sodium_base642bin(key, SODIUM_KEY_LEN, text, len, NULL, &key_len, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           key_len == SODIUM_KEY_LEN && end == text + len;
}

static void compare_with_oracle(const char *text, size_t len, enum key_transform transform)
{
    unsigned char expected[SODIUM_KEY_LEN];
    unsigned char key[SODIUM_KEY_LEN];
    struct error err = {.kind = ERROR_NONE};
    if (!is_printable(text, len) || !oracle_reads(text, len, transform, expected))
        return;
    must(key_text_read(text, len, transform, key, &err));
    must(memcmp(key, expected, sizeof key) == 0);
}

static void seal(const unsigned char *key, unsigned char stream[STREAM_LEN])
{
    crypto_secretstream_xchacha20poly1305_state state;
    memset(stream, 7, SECRETSTREAM_HEADER_LEN);
    crypto_secretstream_xchacha20poly1305_init_pull(&state, stream, key);
    crypto_secretstream_xchacha20poly1305_push(&state, stream + SECRETSTREAM_HEADER_LEN, NULL,
                                               plain, PLAIN_LEN, NULL, 0, SECRETSTREAM_TAG_FINAL);
}

static bool open_with(const struct keyring *ring, const unsigned char *stream, struct error *err)
{
    static struct notes notes;
    const struct format_run run = {.ring = ring, .notes = &notes};
    struct codec codec;
    uint64_t written = 0;
    notes.count = 0;
    struct source *source = run_source(0, stream, STREAM_LEN);
    struct sink *sink = sink_new_count(err);
    must(sink != NULL && sodium_decrypter(&run, source, &codec, err));
    bool good = run_codec(&codec, source, sink, &notes, 1, &written, err);
    must_tell(good, err);
    must(written == (good ? PLAIN_LEN : 0));
    sink_free(sink);
    source_free(source);
    return good;
}

static struct keyring *read_text(const char *text, size_t len, enum key_transform transform)
{
    static struct notes notes;
    struct error err = {.kind = ERROR_NONE};
    const struct key_source source = {FUZZ_NAME, text, len, false, false};
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    must(ring != NULL);
    notes.count = 0;
    bool added = keyring_add_text(ring, &source, transform, &notes, &err);
    must_tell(added, &err);
    if (added && keyring_count(ring) > 0)
        return ring;
    keyring_free(ring);
    return NULL;
}

static void open_readings(const char *text, size_t len, enum key_transform transform)
{
    unsigned char stream[STREAM_LEN];
    struct error err = {.kind = ERROR_NONE};
    struct keyring *ring = read_text(text, len, transform);
    if (ring == NULL)
        return;
    seal(keyring_get(ring, 0)->bytes, stream);
    must(open_with(ring, stream, &err));
    struct keyring *any = read_text(text, len, KEY_TRANSFORM_AUTO);
    must(any != NULL && open_with(any, stream, &err));
    stream[STREAM_LEN - 1] ^= 1;
    must(!open_with(any, stream, &err) && err.kind == ERROR_NO_KEY_FITS);
    keyring_free(any);
    keyring_free(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    run_start();
    compare_with_oracle(text, size, KEY_TRANSFORM_HEX);
    compare_with_oracle(text, size, KEY_TRANSFORM_BASE64);
    for (int transform = KEY_TRANSFORM_HEX; transform <= KEY_TRANSFORM_NONE; transform++)
        open_readings(text, size, (enum key_transform)transform);
    return 0;
}
