/*
 * Feeds: packets of several copies of a key, such as key servers mix from what anybody sends them.
 * Holds: no order of the copies hides a revocation or a subkey; a copy that is merged with itself
 * says nothing new; a key that is chosen for encrypting is one that no copy revoked.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats/openpgp/certificate_merge.h"
#include "run.h"

enum { COPIES_MAX = 4 };

/* 2024-06-01: between the dates of the keys that the corpus began with. */
static const time_t now = 1717200000;

static struct certificate copies[COPIES_MAX];
static struct notes notes;

static size_t take_copies(struct bytes from)
{
    size_t count = 0;
    while (from.len > 0 && count < COPIES_MAX) {
        struct error err = {.kind = ERROR_NONE};
        bool good = certificate_take(&from, now, &copies[count], &notes, FUZZ_NAME, &err);
        must_tell(good, &err);
        if (!good && err.kind != ERROR_UNSUPPORTED)
            break;
        count += good;
    }
    return count;
}

static const struct certificate_key *find(const struct certificate *in,
                                          const struct certificate_key *key)
{
    for (size_t i = 0; i < in->key_count; i++)
        if (in->keys[i].key.fingerprint_len == key->key.fingerprint_len &&
            memcmp(in->keys[i].key.fingerprint, key->key.fingerprint, key->key.fingerprint_len) ==
                0)
            return &in->keys[i];
    return NULL;
}

static bool is_same_certificate(const struct certificate *one, const struct certificate *other)
{
    return find(other, &one->keys[0]) == &other->keys[0];
}

/* What is known of part's keys is known in whole. */
static void must_hold(const struct certificate *whole, const struct certificate *part)
{
    for (size_t i = 0; i < part->key_count; i++) {
        const struct certificate_key *key = find(whole, &part->keys[i]);
        must(key != NULL);
        must(key->is_revoked || !part->keys[i].is_revoked);
        must(key->key.has_secret || !part->keys[i].key.has_secret);
    }
    must(whole->names_revoker || !part->names_revoker);
}

static void must_be_alike(const struct certificate *one, const struct certificate *other)
{
    must(one->key_count == other->key_count);
    for (size_t i = 0; i < one->key_count; i++) {
        const struct certificate_key *key = find(other, &one->keys[i]);
        must(key != NULL);
        must(key->is_revoked == one->keys[i].is_revoked);
        must(key->is_bound == one->keys[i].is_bound);
        must(key->bound_at == one->keys[i].bound_at);
    }
}

static void choose(const struct certificate *certificate)
{
    struct error err = {.kind = ERROR_NONE};
    const struct openpgp_key *chosen =
        certificate_encryption_key(certificate, FUZZ_NAME, now, false, &notes, &err);
    must_tell(chosen != NULL, &err);
    for (size_t i = 0; i < certificate->key_count; i++)
        if (&certificate->keys[i].key == chosen)
            must(certificate->keys[i].is_bound && !certificate->keys[i].is_revoked);
}

static void merge(const struct certificate *one, const struct certificate *other)
{
    static struct certificate both;
    static struct certificate reversed;
    both = *one;
    must(certificate_merge(&both, one));
    must_be_alike(&both, one);
    bool merged = certificate_merge(&both, other);
    reversed = *other;
    must(certificate_merge(&reversed, one) == merged);
    if (!merged)
        return;
    must_hold(&both, one);
    must_hold(&both, other);
    must_be_alike(&both, &reversed);
    choose(&both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_start();
    notes.count = 0;
    size_t count = take_copies((struct bytes){data, size});
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            if (i != j && is_same_certificate(&copies[i], &copies[j]))
                merge(&copies[i], &copies[j]);
    return 0;
}
