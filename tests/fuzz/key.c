/*
 * Feeds: the packets of keys, not armored.
 * Holds: each certificate takes something off the front and points into the input; a key that is
 * chosen for encrypting is one of its own that could; a secret part that is unlocked has numbers.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/secret_protection.h"
#include "run.h"

/* A passphrase isn't hashed longer than this: one input must not take seconds. */
enum { CHEAP_COUNT = 64 * 1024 };

/* 2024-06-01: between the dates of the keys that the corpus began with. */
static const time_t now = 1717200000;

static void unlock(const struct openpgp_key *key)
{
    const struct bytes passphrase = {(const unsigned char *)"x", 1};
    struct error err = {.kind = ERROR_NONE};
    struct secret_protection protection;
    struct secret_key *secret = NULL;
    enum secret_key_state state = secret_key_state(key, &err);
    must((state == SECRET_KEY_UNKNOWN) == (err.kind != ERROR_NONE));
    if (state != SECRET_KEY_OPEN && state != SECRET_KEY_PROTECTED)
        return;
    must(secret_protection_parse(key, &protection, &err));
    if (protection.s2k.kind == S2K_ARGON2 || protection.s2k.count > CHEAP_COUNT)
        return;
    enum secret_key_unlock outcome = secret_key_unlock(key, passphrase, &secret, &err);
    must((outcome == SECRET_KEY_UNLOCKED) == (secret != NULL));
    must((outcome == SECRET_KEY_FAILED) == (err.kind != ERROR_NONE));
    must(secret == NULL || secret_key_numbers(secret) != NULL);
    secret_key_free(secret);
}

static void examine_key(const struct openpgp_key *key, const uint8_t *data, size_t size)
{
    must_be_within(key->public_part, data, size);
    must(key->fingerprint_len == (key->version == 6 ? 32 : 20));
    must(strlen(key->id_text) == OPENPGP_KEY_ID_SIZE - 1);
    if (!key->has_secret)
        return;
    must_be_within(key->secret_part, data, size);
    unlock(key);
}

static void choose_key(const struct certificate *certificate, bool allow_expired,
                       struct notes *notes)
{
    struct error err = {.kind = ERROR_NONE};
    const struct openpgp_key *chosen =
        certificate_encryption_key(certificate, FUZZ_NAME, now, allow_expired, notes, &err);
    must_tell(chosen != NULL, &err);
    if (chosen == NULL)
        return;
    size_t i = 0;
    while (i < certificate->key_count && &certificate->keys[i].key != chosen)
        i++;
    must(i < certificate->key_count);
    const struct certificate_key *key = &certificate->keys[i];
    must(key->is_bound && !key->is_revoked && !certificate->keys[0].is_revoked);
    must(openpgp_key_encrypts(chosen) && chosen->is_known);
    must(allow_expired || !key->has_expiry || key->expiry > (uint64_t)now);
    must((key->flags & (KEY_FLAG_ENCRYPT_TRANSPORT | KEY_FLAG_ENCRYPT_STORAGE)) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct certificate certificate;
    static struct notes notes;
    struct bytes from = {data, size};
    run_start();
    while (from.len > 0) {
        struct error err = {.kind = ERROR_NONE};
        size_t len = from.len;
        notes.count = 0;
        bool good = certificate_take(&from, now, &certificate, &notes, FUZZ_NAME, &err);
        must_tell(good, &err);
        must_be_within(from, data, size);
        if (!good && err.kind != ERROR_UNSUPPORTED)
            return 0;
        must(from.len < len);
        if (!good)
            continue;
        must(certificate.key_count > 0 && certificate.key_count <= CERTIFICATE_KEYS_MAX);
        must_be_within(certificate.user_id, data, size);
        must_be_within(certificate.ciphers, data, size);
        for (size_t i = 0; i < certificate.key_count; i++)
            examine_key(&certificate.keys[i].key, data, size);
        choose_key(&certificate, false, &notes);
        choose_key(&certificate, true, &notes);
    }
    return 0;
}
