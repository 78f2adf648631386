/* PKESKs of RSA and ElGamal (RFC 9580 sections 5.1.3 and 5.1.4). */
#include "formats/openpgp/pkesk_kinds.h"

#include "base/secret.h"
#include "crypto/kdf.h"
#include "formats/openpgp/mpi.h"
#include "formats/openpgp/pkcs1.h"

#include <stdlib.h>
#include <string.h>

static size_t number_count(const struct openpgp_key *key)
{
    return key->numbers.kind == PUBLIC_KEY_RSA ? 1 : 2;
}

static bool take_numbers(struct bytes from, const struct openpgp_key *key, struct bytes number[2])
{
    for (size_t i = 0; i < number_count(key); i++) {
        if (!mpi_take(&from, &number[i]))
            return false;
        number[i] = mpi_trim(number[i]);
    }
    return from.len == 0;
}

static bool hash_numbers(const struct bytes *number, size_t count, unsigned char *hash)
{
    struct digest *digest = digest_new(DIGEST_SHA256);
    bool ok = digest != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        const unsigned char len[2] = {(unsigned char)(number[i].len >> 8),
                                      (unsigned char)number[i].len};
        ok = digest_add(digest, len, sizeof len) &&
             (number[i].len == 0 || digest_add(digest, number[i].at, number[i].len));
    }
    ok = ok && digest_take(digest, hash);
    digest_free(digest);
    return ok;
}

/* The same for the same octets, as an honest wrong key would be, and only to be foretold with the
 * secret key. */
static bool make_substitute(const struct bytes *cipher, size_t count,
                            const struct secret_numbers *secret, unsigned char *substitute)
{
    enum { HASH_LEN = 32 };
    static const char purpose[] = "walseal: session key in place of a malformed one";
    unsigned char info[sizeof purpose + DIGEST_LEN_MAX];
    unsigned char *hash = secret_new(DIGEST_LEN_MAX);
    memcpy(info, purpose, sizeof purpose);
    bool ok = hash != NULL && hash_numbers(secret->number, PUBLIC_KEY_NUMBERS_MAX, hash) &&
              hash_numbers(cipher, count, info + sizeof purpose) &&
              kdf_hkdf(DIGEST_SHA256, (struct bytes){hash, HASH_LEN}, (struct bytes){NULL, 0},
                       (struct bytes){info, sizeof purpose + HASH_LEN}, substitute,
                       OPENPGP_SESSION_KEY_MAX);
    secret_free(hash);
    return ok;
}

static bool open_into(const struct pkesk *pkesk, const struct openpgp_key *key,
                      const struct secret_numbers *secret, unsigned char *substitute,
                      unsigned char *padded, struct session_key *session)
{
    size_t len = key->numbers.number[0].len;
    struct bytes cipher[2] = {{NULL, 0}, {NULL, 0}};
    if (!take_numbers(pkesk->fields, key, cipher) ||
        !make_substitute(cipher, number_count(key), secret, substitute))
        return false;
    if (!public_key_decrypt_raw(&key->numbers, secret, cipher, padded, len))
        memset(padded, 0, len); /* out of range: as malformed as any */
    pkcs1_decode((struct bytes){padded, len}, pkesk->version, substitute, session);
    return true;
}

bool pkesk_padded_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                       const struct secret_numbers *secret, struct session_key *session)
{
    size_t len = key->numbers.number[0].len;
    if (len < PKCS1_LEN_MIN)
        return false;
    unsigned char *padded = secret_new(len);
    unsigned char *substitute = secret_new(OPENPGP_SESSION_KEY_MAX);
    bool ok = padded != NULL && substitute != NULL &&
              open_into(pkesk, key, secret, substitute, padded, session);
    secret_free(substitute);
    secret_free(padded);
    return ok;
}

bool pkesk_padded_write(const struct openpgp_key *key, const struct session_key *session,
                        unsigned char *out, size_t *out_len, struct error *err)
{
    size_t len = key->numbers.number[0].len;
    if (len < PKCS1_LEN_MIN)
        return fail(err, ERROR_KEY, "can't encrypt: it has %zu bits only", 8 * len);
    unsigned char *padded = secret_new(len);
    unsigned char *cipher = malloc(2 * len);
    bool ok = padded != NULL && cipher != NULL;
    *out_len = 0;
    if (ok) {
        unsigned char *const number[2] = {cipher, cipher + len};
        pkcs1_encode(session, padded, len);
        ok = public_key_encrypt_raw(&key->numbers, (struct bytes){padded, len}, number);
        for (size_t i = 0; ok && i < number_count(key); i++)
            *out_len += mpi_write(out + *out_len, (struct bytes){number[i], len});
    }
    free(cipher);
    secret_free(padded);
    return ok || fail(err, ERROR_IO, "the library fails to encrypt with %s",
                      openpgp_public_key_name(key->algorithm));
}
