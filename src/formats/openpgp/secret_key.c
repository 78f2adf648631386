#include "formats/openpgp/secret_key.h"

#include "base/secret.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/mpi.h"
#include "formats/openpgp/secret_protection.h"

#include <stdalign.h>
#include <stddef.h>

enum { NATIVE_25519_LEN = 32, X448_LEN = 56, ED448_LEN = 57 };

/* One allocation of secret memory: numbers point into native or octets. */
struct secret_key {
    struct secret_numbers numbers;
    unsigned char native[NATIVE_25519_LEN]; /* what had to be padded or turned round */
    unsigned char octets[];
};

static enum secret_key_state state_of(const struct openpgp_key *key,
                                      struct secret_protection *protection, struct error *why)
{
    if (!key->is_known) {
        fail(why, ERROR_KEY, "is of an algorithm or curve that isn't known");
        return SECRET_KEY_UNKNOWN;
    }
    struct error cause = {.kind = ERROR_NONE};
    if (!secret_protection_parse(key, protection, &cause)) {
        fail(why, ERROR_KEY, "%s", cause.text);
        return SECRET_KEY_UNKNOWN;
    }
    if (!protection->is_encrypted)
        return SECRET_KEY_OPEN;
    if (protection->s2k.kind == S2K_GNU_DUMMY)
        return SECRET_KEY_ABSENT;
    return protection->s2k.kind == S2K_GNU_CARD ? SECRET_KEY_ON_CARD : SECRET_KEY_PROTECTED;
}

enum secret_key_state secret_key_state(const struct openpgp_key *key, struct error *why)
{
    struct secret_protection protection;
    return state_of(key, &protection, why);
}

uint64_t secret_key_work(const struct openpgp_key *key)
{
    struct secret_protection protection;
    struct error ignored = {.kind = ERROR_NONE};
    return state_of(key, &protection, &ignored) == SECRET_KEY_PROTECTED ? s2k_work(&protection.s2k)
                                                                        : 0;
}

static bool take_mpis(struct bytes *from, size_t count, struct secret_numbers *numbers)
{
    for (size_t i = 0; i < count; i++)
        if (!mpi_take(from, &numbers->number[i]))
            return false;
    return true;
}

/* The native octets of the legacy forms travel as an MPI, which loses zeros at its front. */
static bool take_native_mpi(struct bytes *from, bool reversed, struct secret_key *secret)
{
    struct bytes number;
    if (!mpi_take(from, &number) || !mpi_pad(number, secret->native, NATIVE_25519_LEN))
        return false;
    for (size_t i = 0; reversed && i < NATIVE_25519_LEN / 2; i++) {
        unsigned char octet = secret->native[i];
        secret->native[i] = secret->native[NATIVE_25519_LEN - 1 - i];
        secret->native[NATIVE_25519_LEN - 1 - i] = octet;
    }
    secret->numbers.number[0] = (struct bytes){secret->native, NATIVE_25519_LEN};
    return true;
}

/* Section 5.5.5, the secret part of each algorithm. */
static bool take_numbers(const struct openpgp_key *key, struct bytes *from,
                         struct secret_key *secret)
{
    struct bytes *number = &secret->numbers.number[0];
    switch (key->numbers.kind) {
    case PUBLIC_KEY_RSA:
        return take_mpis(from, 4, &secret->numbers);
    case PUBLIC_KEY_DSA:
    case PUBLIC_KEY_ELGAMAL:
    case PUBLIC_KEY_ECDSA:
    case PUBLIC_KEY_ECDH:
        return take_mpis(from, 1, &secret->numbers);
    case PUBLIC_KEY_ED25519:
        return key->algorithm == OPENPGP_ED25519 ? bytes_take(from, NATIVE_25519_LEN, number)
                                                 : take_native_mpi(from, false, secret);
    case PUBLIC_KEY_X25519:
        return key->algorithm == OPENPGP_X25519 ? bytes_take(from, NATIVE_25519_LEN, number)
                                                : take_native_mpi(from, true, secret);
    case PUBLIC_KEY_ED448:
        return bytes_take(from, ED448_LEN, number);
    case PUBLIC_KEY_X448:
        return bytes_take(from, X448_LEN, number);
    }
    return false;
}

static bool numbers_fit(const struct openpgp_key *key, bool was_protected, struct bytes octets,
                        struct secret_key *secret)
{
    return take_numbers(key, &octets, secret) && octets.len == 0 &&
           public_key_fits(&key->numbers, &secret->numbers) &&
           (!was_protected || public_key_is_safe(&key->numbers));
}

static enum secret_key_unlock open_numbers(const struct openpgp_key *key,
                                           const struct secret_protection *protection,
                                           struct bytes passphrase, struct secret_key *secret,
                                           struct error *err)
{
    size_t len = 0;
    enum secret_key_unlock outcome =
        secret_protection_open(key, protection, passphrase, secret->octets, &len, err);
    if (outcome != SECRET_KEY_UNLOCKED ||
        numbers_fit(key, protection->is_encrypted, (struct bytes){secret->octets, len}, secret))
        return outcome;
    /* once in 65536, a wrong passphrase passes a 16-bit sum */
    if (protection->is_encrypted && protection->proof == SECRET_PROOF_SUM)
        return SECRET_KEY_WRONG_PASSPHRASE;
    fail(err, ERROR_KEY,
         "has secret numbers that don't belong to its public ones: it is damaged or was tampered "
         "with, don't use it");
    return SECRET_KEY_FAILED;
}

/* secret_new's memory ends at a page's end, so a length that is no multiple of the alignment would
 * begin misaligned. */
static size_t allocation_len(size_t octets_len)
{
    size_t len = sizeof(struct secret_key) + octets_len;
    return len + (alignof(max_align_t) - len % alignof(max_align_t)) % alignof(max_align_t);
}

static enum secret_key_unlock unlock(const struct openpgp_key *key,
                                     const struct secret_protection *protection,
                                     struct bytes passphrase, struct secret_key **secret,
                                     struct error *err)
{
    struct error cause = {.kind = ERROR_NONE};
    *secret = secret_new(allocation_len(protection->text.len));
    enum secret_key_unlock outcome = SECRET_KEY_FAILED;
    if (*secret != NULL)
        outcome = open_numbers(key, protection, passphrase, *secret, &cause);
    else
        fail_memory(&cause);
    if (outcome == SECRET_KEY_UNLOCKED)
        return outcome;
    secret_key_free(*secret);
    *secret = NULL;
    if (outcome == SECRET_KEY_FAILED)
        fail(err, ERROR_KEY, "%s", cause.text);
    return outcome;
}

enum secret_key_unlock secret_key_unlock(const struct openpgp_key *key, struct bytes passphrase,
                                         struct secret_key **secret, struct error *err)
{
    struct secret_protection protection;
    *secret = NULL;
    switch (state_of(key, &protection, err)) {
    case SECRET_KEY_OPEN:
    case SECRET_KEY_PROTECTED:
        return unlock(key, &protection, passphrase, secret, err);
    case SECRET_KEY_ABSENT:
        fail(err, ERROR_KEY, "is a stub: its secret part isn't here");
        break;
    case SECRET_KEY_ON_CARD:
        fail(err, ERROR_KEY, "is a stub: its secret part is on a smart card");
        break;
    case SECRET_KEY_UNKNOWN:
        break;
    }
    return SECRET_KEY_FAILED;
}

const struct secret_numbers *secret_key_numbers(const struct secret_key *secret)
{
    return &secret->numbers;
}

void secret_key_free(struct secret_key *secret)
{
    secret_free(secret);
}
