/*
 * The NIST and Brainpool curves are OpenSSL's, which checks that a point is on its curve as it
 * reads it.
 */
#include "crypto/public_key_family.h"

#include "crypto/number.h"
#include "crypto/openssl_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

static const struct {
    const char *name;
    unsigned bits;
} curves[] = {
    [CURVE_P256] = {"P-256", 256},
    [CURVE_P384] = {"P-384", 384},
    [CURVE_P521] = {"P-521", 521},
    [CURVE_BRAINPOOL_P256] = {"brainpoolP256r1", 256},
    [CURVE_BRAINPOOL_P384] = {"brainpoolP384r1", 384},
    [CURVE_BRAINPOOL_P512] = {"brainpoolP512r1", 512},
};

enum { UNCOMPRESSED = 4 };

unsigned public_key_weierstrass_bits(enum public_key_curve curve)
{
    return curves[curve].bits;
}

/* The other forms of a point, infinity among them, aren't OpenPGP's (RFC 9580 section 11.2.1). */
static bool is_well_formed(const struct public_numbers *numbers, struct bytes point)
{
    return point.len == public_key_point_len(numbers) && point.at[0] == UNCOMPRESSED;
}

static EVP_PKEY *public_key(const struct public_numbers *numbers, struct bytes point)
{
    struct openssl_key key;
    if (!is_well_formed(numbers, point))
        return NULL;
    openssl_key_begin(&key);
    openssl_key_add_text(&key, OSSL_PKEY_PARAM_GROUP_NAME, curves[numbers->curve].name);
    openssl_key_add_octets(&key, OSSL_PKEY_PARAM_PUB_KEY, point);
    return openssl_key_end(&key, "EC", EVP_PKEY_PUBLIC_KEY);
}

static EVP_PKEY *secret_key(const struct public_numbers *numbers,
                            const struct secret_numbers *secret)
{
    struct openssl_key key;
    if (!is_well_formed(numbers, numbers->number[0]))
        return NULL;
    openssl_key_begin(&key);
    openssl_key_add_text(&key, OSSL_PKEY_PARAM_GROUP_NAME, curves[numbers->curve].name);
    openssl_key_add_octets(&key, OSSL_PKEY_PARAM_PUB_KEY, numbers->number[0]);
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_PRIV_KEY, number_secret(secret->number[0]));
    return openssl_key_end(&key, "EC", EVP_PKEY_KEYPAIR);
}

bool public_key_ecdsa_verify(const struct public_numbers *numbers, enum digest_kind digest,
                             const unsigned char *hash, const struct bytes signature[2])
{
    EVP_PKEY *key = public_key(numbers, numbers->number[0]);
    bool ok = openssl_key_verify(key, (struct bytes){hash, digest_len(digest)}, signature);
    EVP_PKEY_free(key);
    return ok;
}

bool public_key_weierstrass_fits(const struct public_numbers *numbers,
                                 const struct secret_numbers *secret)
{
    EVP_PKEY *key = secret_key(numbers, secret);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool fits = context != NULL && EVP_PKEY_pairwise_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return fits;
}

bool public_key_weierstrass_agree(const struct public_numbers *numbers,
                                  const struct secret_numbers *secret, struct bytes point,
                                  unsigned char *shared)
{
    EVP_PKEY *key = secret_key(numbers, secret);
    EVP_PKEY *theirs = public_key(numbers, point);
    bool ok = key != NULL && theirs != NULL &&
              openssl_key_agree(key, theirs, shared, public_key_shared_len(numbers));
    EVP_PKEY_free(key);
    EVP_PKEY_free(theirs);
    return ok;
}

static bool write_point(EVP_PKEY *key, unsigned char *point, size_t len)
{
    size_t written;
    return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, len, &written) ==
               1 &&
           written == len && point[0] == UNCOMPRESSED;
}

bool public_key_weierstrass_agree_ephemeral(const struct public_numbers *numbers,
                                            unsigned char *point, unsigned char *shared)
{
    EVP_PKEY *key = EVP_EC_gen(curves[numbers->curve].name);
    EVP_PKEY *theirs = public_key(numbers, numbers->number[0]);
    bool ok = key != NULL && theirs != NULL &&
              write_point(key, point, public_key_point_len(numbers)) &&
              openssl_key_agree(key, theirs, shared, public_key_shared_len(numbers));
    EVP_PKEY_free(key);
    EVP_PKEY_free(theirs);
    return ok;
}
