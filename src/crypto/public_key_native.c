/*
 * X25519, X448, Ed25519 and Ed448 are OpenSSL's, whose keys for them are strings of octets as well.
 */
#include "crypto/public_key_family.h"

#include "base/secret.h"
#include "crypto/number.h"
#include "crypto/openssl_key.h"

enum { NATIVE_LEN_MAX = 57 };

static const struct {
    const char *name;
    size_t len; /* of a point and of a secret */
} natives[] = {
    [PUBLIC_KEY_ED25519] = {"ED25519", 32},
    [PUBLIC_KEY_ED448] = {"ED448", 57},
    [PUBLIC_KEY_X25519] = {"X25519", 32},
    [PUBLIC_KEY_X448] = {"X448", 56},
};

size_t public_key_native_point_len(enum public_key_kind kind)
{
    return natives[kind].len;
}

static EVP_PKEY *public_key(enum public_key_kind kind, struct bytes point)
{
    return EVP_PKEY_new_raw_public_key_ex(NULL, natives[kind].name, NULL, point.at, point.len);
}

static EVP_PKEY *secret_key(enum public_key_kind kind, struct bytes secret)
{
    size_t len = natives[kind].len;
    EVP_PKEY *key = NULL;
    unsigned char *padded = secret_new(NATIVE_LEN_MAX);
    if (padded != NULL && number_pad(secret, padded, len))
        key = EVP_PKEY_new_raw_private_key_ex(NULL, natives[kind].name, NULL, padded, len);
    secret_free(padded);
    return key;
}

static bool write_point(EVP_PKEY *key, unsigned char *point, size_t len)
{
    size_t written = len;
    return EVP_PKEY_get_raw_public_key(key, point, &written) == 1 && written == len;
}

/* The pair's octets: the point, then the secret. */
bool public_key_native_generate(struct public_key_pair *pair)
{
    enum public_key_kind kind = pair->numbers.kind;
    if (kind != PUBLIC_KEY_ED25519 && kind != PUBLIC_KEY_X25519)
        return false;
    size_t len = natives[kind].len, written = len;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, natives[kind].name);
    unsigned char *secret = pair->octets + len;
    bool made = key != NULL && write_point(key, pair->octets, len) &&
                EVP_PKEY_get_raw_private_key(key, secret, &written) == 1 && written == len;
    EVP_PKEY_free(key);
    if (kind == PUBLIC_KEY_X25519) {
        secret[0] &= 0xF8;
        secret[len - 1] = (secret[len - 1] & 0x7F) | 0x40;
    }
    pair->numbers.number[0] = (struct bytes){pair->octets, len};
    pair->secret.number[0] = (struct bytes){secret, len};
    return made;
}

bool public_key_native_sign(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, enum digest_kind digest,
                            const unsigned char *hash, unsigned char *signature, size_t *len)
{
    EVP_PKEY *key = secret_key(numbers->kind, secret->number[0]);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *len = PUBLIC_KEY_NUMBER_LEN_MAX;
    bool ok = key != NULL && context != NULL &&
              EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
              EVP_DigestSign(context, signature, len, hash, digest_len(digest)) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

bool public_key_native_verify(const struct public_numbers *numbers, enum digest_kind digest,
                              const unsigned char *hash, struct bytes signature)
{
    EVP_PKEY *key = public_key(numbers->kind, numbers->number[0]);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = key != NULL && context != NULL &&
              EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
              EVP_DigestVerify(context, signature.at, signature.len, hash, digest_len(digest)) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

bool public_key_native_fits(const struct public_numbers *numbers,
                            const struct secret_numbers *secret)
{
    unsigned char point[NATIVE_LEN_MAX];
    size_t len = natives[numbers->kind].len;
    EVP_PKEY *key = secret_key(numbers->kind, secret->number[0]);
    bool fits =
        key != NULL && write_point(key, point, len) && bytes_equal(numbers->number[0], point, len);
    EVP_PKEY_free(key);
    return fits;
}

bool public_key_native_agree(const struct public_numbers *numbers,
                             const struct secret_numbers *secret, struct bytes point,
                             unsigned char *shared)
{
    EVP_PKEY *key = secret_key(numbers->kind, secret->number[0]);
    EVP_PKEY *theirs = public_key(numbers->kind, point);
    bool ok = key != NULL && theirs != NULL &&
              openssl_key_agree(key, theirs, shared, natives[numbers->kind].len);
    EVP_PKEY_free(key);
    EVP_PKEY_free(theirs);
    return ok;
}

bool public_key_native_agree_ephemeral(const struct public_numbers *numbers, unsigned char *point,
                                       unsigned char *shared)
{
    size_t len = natives[numbers->kind].len;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, natives[numbers->kind].name);
    EVP_PKEY *theirs = public_key(numbers->kind, numbers->number[0]);
    bool ok = key != NULL && theirs != NULL && write_point(key, point, len) &&
              openssl_key_agree(key, theirs, shared, len);
    EVP_PKEY_free(key);
    EVP_PKEY_free(theirs);
    return ok;
}
