#define _POSIX_C_SOURCE 200809L
#include "keys/keyring.h"
#include "base/secret.h"
#include "keys/keyring_add.h"

#include <sodium.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Each allocation of secret memory costs four pages, so the bytes of many keys share one. */
enum { BLOCK_KEYS = 64, BLOCKS_MAX = KEYRING_MAX / BLOCK_KEYS };

struct entry {
    struct key key; /* key.origin is origin */
    char origin[];
};

struct block {
    struct key_block block; /* block.origin is origin */
    char *text;
    char origin[];
};

struct file_identity {
    dev_t device;
    ino_t inode;
};

struct keyring {
    enum key_purpose purpose;
    enum key_method method; /* once complete */
    unsigned char *blocks[BLOCKS_MAX];
    size_t stored; /* keys in blocks, which is never less than the entries that point there */
    size_t candidate_count;
    size_t hint_count;
    size_t origins;
    size_t openpgp_count;
    struct file_identity *files;
    size_t file_count;
    /* What the counts don't reach isn't even zeroed: 16 pages, for a key or two. */
    struct entry *candidates[KEYRING_MAX];
    struct entry *hints[KEYRING_MAX];
    struct block *openpgp[KEYRING_BLOCKS_MAX];
};

struct keyring *keyring_new(enum key_purpose purpose)
{
    struct keyring *ring = malloc(sizeof *ring);
    if (ring == NULL)
        return NULL;
    memset(ring, 0, offsetof(struct keyring, candidates));
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

void key_fingerprint(const unsigned char *bytes, char fingerprint[KEY_FINGERPRINT_SIZE])
{
    static const char context[] = "walseal sodium key fingerprint";
    unsigned char digest[crypto_generichash_BYTES_MIN];
    crypto_generichash(digest, sizeof digest, bytes, SODIUM_KEY_LEN, (const unsigned char *)context,
                       sizeof context - 1);
    sodium_bin2hex(fingerprint, KEY_FINGERPRINT_SIZE, digest, (KEY_FINGERPRINT_SIZE - 1) / 2);
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
    key_fingerprint(stored, entry->key.fingerprint);
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

size_t keyring_candidates(const struct keyring *ring)
{
    return ring->candidate_count;
}

void keyring_count_origin(struct keyring *ring)
{
    ring->origins++;
}

bool keyring_note_file(struct keyring *ring, const struct stat *status, struct error *err)
{
    size_t size = (ring->file_count + 1) * sizeof *ring->files;
    struct file_identity *files = realloc(ring->files, size);
    if (files == NULL)
        return fail_memory(err);
    files[ring->file_count++] = (struct file_identity){status->st_dev, status->st_ino};
    ring->files = files;
    return true;
}

bool keyring_was_read_from(const struct keyring *ring, const struct stat *status)
{
    for (size_t i = 0; i < ring->file_count; i++)
        if (ring->files[i].device == status->st_dev && ring->files[i].inode == status->st_ino)
            return true;
    return false;
}

static void block_free(struct block *block)
{
    if (block != NULL)
        secret_free(block->text);
    free(block);
}

static struct block *block_new(const struct key_source *source)
{
    size_t origin_size = strlen(source->origin) + 1;
    struct block *block = malloc(sizeof *block + origin_size);
    if (block == NULL)
        return NULL;
    memcpy(block->origin, source->origin, origin_size);
    block->text = secret_new(source->len);
    if (block->text == NULL) {
        free(block);
        return NULL;
    }
    memcpy(block->text, source->text, source->len);
    block->block =
        (struct key_block){block->origin, block->text, source->len, source->from_directory};
    return block;
}

bool keyring_insert_block(struct keyring *ring, const struct key_source *source, struct error *err)
{
    for (size_t i = 0; i < ring->openpgp_count; i++)
        if (ring->openpgp[i]->block.len == source->len &&
            sodium_memcmp(ring->openpgp[i]->text, source->text, source->len) == 0)
            return true;
    if (ring->openpgp_count == KEYRING_BLOCKS_MAX)
        return fail(err, ERROR_USAGE, "there are more than %d OpenPGP keys", KEYRING_BLOCKS_MAX);
    struct block *block = block_new(source);
    if (block == NULL)
        return fail_memory(err);
    ring->openpgp[ring->openpgp_count++] = block;
    return true;
}

static bool add_entries(struct keyring *ring, struct entry *const *entries, size_t count,
                        struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct key *key = &entries[i]->key;
        if (!keyring_insert(ring, key->bytes, key->transform, key->hint_only, key->origin, err))
            return false;
    }
    return true;
}

bool keyring_add_ring(struct keyring *ring, const struct keyring *other, struct error *err)
{
    for (size_t i = 0; i < other->openpgp_count; i++) {
        const struct key_block *block = &other->openpgp[i]->block;
        struct key_source source = {block->origin, block->text, block->len, false,
                                    block->from_directory};
        if (!keyring_insert_block(ring, &source, err))
            return false;
    }
    return add_entries(ring, other->candidates, other->candidate_count, err) &&
           add_entries(ring, other->hints, other->hint_count, err);
}

static bool choose_method(struct keyring *ring, enum key_method method, struct error *err)
{
    bool sodium = ring->candidate_count > 0;
    bool openpgp = ring->openpgp_count > 0;
    if (method == KEY_METHOD_ANY && sodium && openpgp)
        return fail(err, ERROR_USAGE,
                    "%s is a sodium key and %s an OpenPGP key: choose with -m sodium or -m openpgp",
                    ring->candidates[0]->origin, ring->openpgp[0]->origin);
    if (method == KEY_METHOD_SODIUM && !sodium)
        return fail(err, ERROR_USAGE, "-m sodium, but %s is an OpenPGP key",
                    ring->openpgp[0]->origin);
    if (method == KEY_METHOD_OPENPGP && !openpgp)
        return fail(err, ERROR_USAGE, "-m openpgp, but %s is no OpenPGP key",
                    ring->candidates[0]->origin);
    ring->method = method != KEY_METHOD_ANY ? method
                   : sodium                 ? KEY_METHOD_SODIUM
                                            : KEY_METHOD_OPENPGP;
    if (ring->method == KEY_METHOD_SODIUM && ring->origins > 1)
        return fail(err, ERROR_USAGE,
                    "%zu different sodium keys are given to encrypt with: there can be one; older "
                    "ones go to encrypt's --compare-key, or rekey's -k",
                    ring->origins);
    return true;
}

bool keyring_complete(struct keyring *ring, enum key_method method, bool passphrase,
                      struct error *err)
{
    bool encrypting = ring->purpose == KEY_FOR_ENCRYPT;
    if (keyring_is_empty(ring) && (encrypting || !passphrase))
        return fail(err, ERROR_KEY,
                    "no key is given: name a key file with -k, or set WALG_LIBSODIUM_KEY_PATH or "
                    "WALG_PGP_KEY_PATH%s",
                    encrypting ? "" : "; a passphrase alone goes to -p");
    return !encrypting || choose_method(ring, method, err);
}

enum key_method keyring_method(const struct keyring *ring)
{
    return ring->method;
}

size_t keyring_block_count(const struct keyring *ring)
{
    return ring->openpgp_count;
}

const struct key_block *keyring_block(const struct keyring *ring, size_t index)
{
    return &ring->openpgp[index]->block;
}

bool keyring_is_empty(const struct keyring *ring)
{
    return ring->candidate_count == 0 && ring->openpgp_count == 0;
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
    for (size_t i = 0; i < ring->openpgp_count; i++)
        block_free(ring->openpgp[i]);
    free(ring->files);
    free(ring);
}
