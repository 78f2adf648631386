/*
 * Feeds: the text of a key file.
 * Holds: each reading says the same whether it is asked for the key, for a fit or for a likeness,
 * and tells why it refuses; so does the keyring, which tries them all.
 */
#include "fuzz.h"

#include "base/secret.h"
#include "keys/keyring_add.h"

static void read_as(const char *text, size_t len, enum key_transform transform)
{
    unsigned char key[SODIUM_KEY_LEN];
    struct error err = {.kind = ERROR_NONE};
    bool read = key_text_read(text, len, transform, key, &err);
    must_tell(read, &err);
    must(read == key_text_fits(text, len, transform));
    if (transform == KEY_TRANSFORM_NONE)
        must(read == (len >= SODIUM_KEY_NONE_MIN));
    else
        must(!read || key_text_resembles(text, len, transform));
}

static void add_to_ring(const char *text, size_t len, enum key_purpose purpose,
                        enum key_transform transform)
{
    static struct notes notes;
    struct error err = {.kind = ERROR_NONE};
    const struct key_source source = {FUZZ_NAME, text, len, false, false};
    struct keyring *ring = keyring_new(purpose);
    must(ring != NULL);
    notes.count = 0;
    bool added = keyring_add_text(ring, &source, transform, &notes, &err);
    must_tell(added, &err);
    must(!added || keyring_count(ring) + keyring_block_count(ring) > 0);
    keyring_free(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    const char *text = (const char *)data;
    struct error err = {.kind = ERROR_NONE};
    size_t start;
    size_t trimmed_len;
    must(started || secret_begin(&err));
    started = true;
    key_text_trim(text, size, &start, &trimmed_len);
    must(start <= size && trimmed_len <= size - start);
    for (int transform = KEY_TRANSFORM_HEX; transform <= KEY_TRANSFORM_NONE; transform++) {
        read_as(text, size, (enum key_transform)transform);
        add_to_ring(text, size, KEY_FOR_ENCRYPT, (enum key_transform)transform);
    }
    add_to_ring(text, size, KEY_FOR_DECRYPT, KEY_TRANSFORM_AUTO);
    const char *misplaced = key_text_misplaced(text, size);
    must(misplaced == NULL || misplaced[0] != '\0');
    (void)key_text_is_message(text, size);
    (void)key_text_is_openpgp(text, size);
    return 0;
}
