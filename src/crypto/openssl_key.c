#include "crypto/openssl_key.h"

#include "crypto/number.h"

#include <openssl/dsa.h>
#include <sodium.h>
#include <string.h>

void openssl_key_begin(struct openssl_key *key)
{
    memset(key, 0, sizeof *key);
    key->builder = OSSL_PARAM_BLD_new();
    key->failed = key->builder == NULL;
}

static void note(struct openssl_key *key, int status)
{
    if (status != 1)
        key->failed = true;
}

void openssl_key_add_number(struct openssl_key *key, const char *name, BIGNUM *number)
{
    if (key->failed || number == NULL || key->count == OPENSSL_KEY_NUMBERS_MAX) {
        key->failed = true;
        BN_clear_free(number);
        return;
    }
    key->number[key->count++] = number;
    note(key, OSSL_PARAM_BLD_push_BN(key->builder, name, number));
}

void openssl_key_add_text(struct openssl_key *key, const char *name, const char *text)
{
    if (!key->failed)
        note(key, OSSL_PARAM_BLD_push_utf8_string(key->builder, name, text, 0));
}

void openssl_key_add_octets(struct openssl_key *key, const char *name, struct bytes octets)
{
    if (!key->failed)
        note(key, OSSL_PARAM_BLD_push_octet_string(key->builder, name, octets.at, octets.len));
}

EVP_PKEY *openssl_key_end(struct openssl_key *key, const char *type, int selection)
{
    EVP_PKEY *made = NULL;
    OSSL_PARAM *params = key->failed ? NULL : OSSL_PARAM_BLD_to_param(key->builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &made, selection, params) != 1)
        made = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params); /* wipes the secret ones */
    OSSL_PARAM_BLD_free(key->builder);
    for (size_t i = 0; i < key->count; i++)
        BN_clear_free(key->number[i]);
    memset(key, 0, sizeof *key);
    return made;
}

bool openssl_key_agree(EVP_PKEY *key, EVP_PKEY *theirs, unsigned char *shared, size_t len)
{
    size_t shared_len = len;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
              EVP_PKEY_derive_set_peer(context, theirs) == 1 &&
              EVP_PKEY_derive(context, shared, &shared_len) == 1 && shared_len == len &&
              sodium_is_zero(shared, len) == 0;
    EVP_PKEY_CTX_free(context);
    return ok;
}

/* What OpenSSL wants for DSA and ECDSA alike, the sequence of two integers (RFC 3279 sections 2.2.2
 * and 2.2.3); freed with OPENSSL_free. Returns its length, or 0. */
static size_t signature_der(const struct bytes signature[2], unsigned char **der)
{
    int len = 0;
    DSA_SIG *pair = DSA_SIG_new();
    BIGNUM *r = number_public(signature[0]), *s = number_public(signature[1]);
    *der = NULL;
    if (pair != NULL && r != NULL && s != NULL && DSA_SIG_set0(pair, r, s) == 1) {
        len = i2d_DSA_SIG(pair, der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    DSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

bool openssl_key_verify(EVP_PKEY *key, struct bytes hash, const struct bytes signature[2])
{
    unsigned char *der;
    size_t der_len = signature_der(signature, &der);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = der_len > 0 && context != NULL && EVP_PKEY_verify_init(context) == 1 &&
              EVP_PKEY_verify(context, der, der_len, hash.at, hash.len) == 1;
    EVP_PKEY_CTX_free(context);
    OPENSSL_free(der);
    return ok;
}
