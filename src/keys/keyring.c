#define _POSIX_C_SOURCE 200809L
#include "keys/keyring.h"
#include "base/secret.h"
#include "keys/keyring_add.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Each allocation of secret memory costs four pages, so the bytes of many keys share one. */
enum { BLOCK_KEYS = 64, BLOCKS_MAX = KEYRING_MAX / BLOCK_KEYS };

struct entry {
    struct key key; /* key.origin is origin */
    char origin[];
};

struct keyring {
    enum key_purpose purpose;
    unsigned char *blocks[BLOCKS_MAX];
    size_t stored; /* keys in blocks, which is never less than the entries that point there */
    struct entry *candidates[KEYRING_MAX];
    size_t candidate_count;
    struct entry *hints[KEYRING_MAX];
    size_t hint_count;
    size_t origins;
    char *passed_over; /* the first OpenPGP key's origin, or NULL */
    size_t passed_over_count;
};

struct keyring *keyring_new(enum key_purpose purpose)
{
    struct keyring *ring = calloc(1, sizeof *ring);
    if (ring != NULL)
        ring->purpose = purpose;
    return ring;
}

enum key_purpose keyring_purpose(const struct keyring *ring)
{
    return ring->purpose;
}

/* A copy of bytes in secret memory that lives as long as the ring. */
static const unsigned char *store(struct keyring *ring, const unsigned char *bytes,
                                  struct error *err)
{
    if (ring->stored == KEYRING_MAX) {
        fail(err, ERROR_USAGE, "there are more than %d keys", KEYRING_MAX);
        return NULL;
    }
    unsigned char **block = &ring->blocks[ring->stored / BLOCK_KEYS];
    if (*block == NULL)
        *block = secret_new((size_t)BLOCK_KEYS * SODIUM_KEY_LEN);
    if (*block == NULL) {
        fail_memory(err);
        return NULL;
    }
    unsigned char *copy = *block + ring->stored++ % BLOCK_KEYS * SODIUM_KEY_LEN;
    memcpy(copy, bytes, SODIUM_KEY_LEN);
    return copy;
}

static void set_fingerprint(struct key *key)
{
    static const char context[] = "walseal sodium key fingerprint";
    unsigned char digest[crypto_generichash_BYTES_MIN];
    crypto_generichash(digest, sizeof digest, key->bytes, SODIUM_KEY_LEN,
                       (const unsigned char *)context, sizeof context - 1);
    sodium_bin2hex(key->fingerprint, sizeof key->fingerprint, digest,
                   (KEY_FINGERPRINT_SIZE - 1) / 2);
}

static struct entry *entry_new(const unsigned char *stored, enum key_transform transform,
                               bool hint_only, const char *origin)
{
    size_t origin_size = strlen(origin) + 1;
    struct entry *entry = malloc(sizeof *entry + origin_size);
    if (entry == NULL)
        return NULL;
    memcpy(entry->origin, origin, origin_size);
    entry->key = (struct key){
        .bytes = stored, .transform = transform, .hint_only = hint_only, .origin = entry->origin};
    set_fingerprint(&entry->key);
    return entry;
}

/* The index of the entry with these bytes, or count. */
static size_t find(struct entry *const *entries, size_t count, const unsigned char *bytes)
{
    size_t i = 0;
    while (i < count && sodium_memcmp(entries[i]->key.bytes, bytes, SODIUM_KEY_LEN) != 0)
        i++;
    return i;
}

static void remove_hint(struct keyring *ring, size_t index)
{
    free(ring->hints[index]);
    ring->hint_count--;
    memmove(&ring->hints[index], &ring->hints[index + 1],
            (ring->hint_count - index) * sizeof ring->hints[0]);
}

bool keyring_insert(struct keyring *ring, const unsigned char bytes[SODIUM_KEY_LEN],
                    enum key_transform transform, bool hint_only, const char *origin,
                    struct error *err)
{
    if (find(ring->candidates, ring->candidate_count, bytes) < ring->candidate_count)
        return true;
    size_t hint = find(ring->hints, ring->hint_count, bytes);
    bool known = hint < ring->hint_count;
    if (known && hint_only)
        return true;
    const unsigned char *stored = known ? ring->hints[hint]->key.bytes : store(ring, bytes, err);
    if (stored == NULL)
        return false;
    struct entry *entry = entry_new(stored, transform, hint_only, origin);
    if (entry == NULL)
        return fail_memory(err);
    if (known)
        remove_hint(ring, hint);
    if (hint_only)
        ring->hints[ring->hint_count++] = entry;
    else
        ring->candidates[ring->candidate_count++] = entry;
    return true;
}

bool keyring_add_key(struct keyring *ring, const struct key *key, struct error *err)
{
    return keyring_insert(ring, key->bytes, key->transform, key->hint_only, key->origin, err);
}

size_t keyring_candidates(const struct keyring *ring)
{
    return ring->candidate_count;
}

void keyring_count_origin(struct keyring *ring)
{
    ring->origins++;
}

bool keyring_pass_over(struct keyring *ring, const char *origin, struct error *err)
{
    if (ring->passed_over == NULL)
        ring->passed_over = strdup(origin);
    if (ring->passed_over == NULL)
        return fail_memory(err);
    ring->passed_over_count++;
    return true;
}

bool keyring_complete(const struct keyring *ring, struct notes *notes, struct error *err)
{
    bool has_key = ring->candidate_count > 0;
    if (!has_key && ring->passed_over != NULL)
        return fail(err, ERROR_KEY, "%s: is an OpenPGP key, which this version can't use yet",
                    ring->passed_over);
    if (!has_key)
        return fail(err, ERROR_KEY,
                    "no key is given: name a key file with -k, or set WALG_LIBSODIUM_KEY_PATH");
    if (ring->purpose == KEY_FOR_ENCRYPT && ring->origins > 1)
        return fail(err, ERROR_USAGE, "%zu different keys are given: encrypt takes one",
                    ring->origins);
    if (ring->passed_over != NULL)
        notes_add(notes, NOTE_WARNING,
                  "%s: is an OpenPGP key, which this version can't use yet: passed over",
                  ring->passed_over);
    if (ring->passed_over_count > 1)
        notes_add(notes, NOTE_WARNING, "%zu more OpenPGP keys are passed over",
                  ring->passed_over_count - 1);
    return true;
}

size_t keyring_count(const struct keyring *ring)
{
    return ring->candidate_count + ring->hint_count;
}

const struct key *keyring_get(const struct keyring *ring, size_t index)
{
    if (index < ring->candidate_count)
        return &ring->candidates[index]->key;
    return &ring->hints[index - ring->candidate_count]->key;
}

size_t keyring_origins(const struct keyring *ring)
{
    return ring->origins;
}

void keyring_free(struct keyring *ring)
{
    if (ring == NULL)
        return;
    for (size_t i = 0; i < ring->candidate_count; i++)
        free(ring->candidates[i]);
    for (size_t i = 0; i < ring->hint_count; i++)
        free(ring->hints[i]);
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        secret_free(ring->blocks[i]);
    free(ring->passed_over);
    free(ring);
}
