#include "crypto/openssl_key.h"

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
