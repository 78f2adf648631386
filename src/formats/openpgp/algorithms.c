#include "formats/openpgp/algorithms.h"

#include <gcrypt.h>
#include <stdio.h>

const char *openpgp_public_key_name(uint8_t algorithm)
{
    static _Thread_local char unknown[sizeof "public-key algorithm 255"];
    switch (algorithm) {
    case OPENPGP_RSA:
        return "RSA";
    case OPENPGP_RSA_ENCRYPT_ONLY:
        return "RSA (encrypt only)";
    case OPENPGP_RSA_SIGN_ONLY:
        return "RSA (sign only)";
    case OPENPGP_ELGAMAL:
        return "ElGamal";
    case OPENPGP_DSA:
        return "DSA";
    case OPENPGP_ECDH:
        return "ECDH";
    case OPENPGP_ECDSA:
        return "ECDSA";
    case OPENPGP_EDDSA_LEGACY:
        return "EdDSA";
    case OPENPGP_X25519:
        return "X25519";
    case OPENPGP_X448:
        return "X448";
    case OPENPGP_ED25519:
        return "Ed25519";
    case OPENPGP_ED448:
        return "Ed448";
    default:
        snprintf(unknown, sizeof unknown, "public-key algorithm %u", (unsigned)algorithm);
        return unknown;
    }
}

static const struct cipher {
    uint8_t number;
    uint8_t key_len;
    uint8_t block_len;
    int gcrypt;
    const char *name;
} ciphers[] = {
    {OPENPGP_IDEA, 16, 8, GCRY_CIPHER_IDEA, "IDEA"},
    {OPENPGP_3DES, 24, 8, GCRY_CIPHER_3DES, "3DES"},
    {OPENPGP_CAST5, 16, 8, GCRY_CIPHER_CAST5, "CAST5"},
    {OPENPGP_BLOWFISH, 16, 8, GCRY_CIPHER_BLOWFISH, "Blowfish"},
    {OPENPGP_AES128, 16, 16, GCRY_CIPHER_AES128, "AES-128"},
    {OPENPGP_AES192, 24, 16, GCRY_CIPHER_AES192, "AES-192"},
    {OPENPGP_AES256, 32, 16, GCRY_CIPHER_AES256, "AES-256"},
    {OPENPGP_TWOFISH, 32, 16, GCRY_CIPHER_TWOFISH, "Twofish"},
    {OPENPGP_CAMELLIA128, 16, 16, GCRY_CIPHER_CAMELLIA128, "Camellia-128"},
    {OPENPGP_CAMELLIA192, 24, 16, GCRY_CIPHER_CAMELLIA192, "Camellia-192"},
    {OPENPGP_CAMELLIA256, 32, 16, GCRY_CIPHER_CAMELLIA256, "Camellia-256"},
};

static const struct cipher *find_cipher(uint8_t number)
{
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++)
        if (ciphers[i].number == number)
            return &ciphers[i];
    return NULL;
}

const char *openpgp_cipher_name(uint8_t cipher)
{
    const struct cipher *found = find_cipher(cipher);
    return found == NULL ? NULL : found->name;
}

size_t openpgp_cipher_key_len(uint8_t cipher)
{
    const struct cipher *found = find_cipher(cipher);
    return found == NULL ? 0 : found->key_len;
}

size_t openpgp_cipher_block_len(uint8_t cipher)
{
    const struct cipher *found = find_cipher(cipher);
    return found == NULL ? 0 : found->block_len;
}

int openpgp_cipher_gcrypt(uint8_t cipher)
{
    const struct cipher *found = find_cipher(cipher);
    return found == NULL ? 0 : found->gcrypt;
}

static const struct aead {
    const char *name;
    size_t nonce_len;
    int gcrypt;
} aeads[] = {
    [OPENPGP_EAX] = {"EAX", 16, GCRY_CIPHER_MODE_EAX},
    [OPENPGP_OCB] = {"OCB", 15, GCRY_CIPHER_MODE_OCB},
    [OPENPGP_GCM] = {"GCM", 12, GCRY_CIPHER_MODE_GCM},
};

/* Numbers that are none have an empty entry, 0 among them. */
static struct aead find_aead(uint8_t number)
{
    return number < sizeof aeads / sizeof aeads[0] ? aeads[number] : aeads[0];
}

const char *openpgp_aead_name(uint8_t aead)
{
    return find_aead(aead).name;
}

size_t openpgp_aead_nonce_len(uint8_t aead)
{
    return find_aead(aead).nonce_len;
}

int openpgp_aead_gcrypt(uint8_t aead)
{
    return find_aead(aead).gcrypt;
}

static const struct hash {
    uint8_t number;
    enum digest_kind digest;
    const char *name;
} hashes[] = {
    {OPENPGP_MD5, DIGEST_MD5, "MD5"},
    {OPENPGP_SHA1, DIGEST_SHA1, "SHA-1"},
    {OPENPGP_RIPEMD160, DIGEST_RIPEMD160, "RIPEMD-160"},
    {OPENPGP_SHA256, DIGEST_SHA256, "SHA-256"},
    {OPENPGP_SHA384, DIGEST_SHA384, "SHA-384"},
    {OPENPGP_SHA512, DIGEST_SHA512, "SHA-512"},
    {OPENPGP_SHA224, DIGEST_SHA224, "SHA-224"},
    {OPENPGP_SHA3_256, DIGEST_SHA3_256, "SHA3-256"},
    {OPENPGP_SHA3_512, DIGEST_SHA3_512, "SHA3-512"},
};

static const struct hash *find_hash(uint8_t number)
{
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
        if (hashes[i].number == number)
            return &hashes[i];
    return NULL;
}

const char *openpgp_hash_name(uint8_t hash)
{
    const struct hash *found = find_hash(hash);
    return found == NULL ? NULL : found->name;
}

bool openpgp_hash_digest(uint8_t hash, enum digest_kind *digest)
{
    const struct hash *found = find_hash(hash);
    if (found != NULL)
        *digest = found->digest;
    return found != NULL;
}

/* Section 9.2: each curve by its identifier, and what it is for ECDSA, ECDH and EdDSA legacy. */
static const struct curve {
    const char *oid;
    size_t oid_len;
    enum public_key_curve curve;
    bool weierstrass;
    uint8_t algorithm; /* the only one that goes with a curve which isn't Weierstrass */
    enum public_key_kind kind;
} curves[] = {
#define OID(octets) octets, sizeof octets - 1
    {OID("\x2A\x86\x48\xCE\x3D\x03\x01\x07"), CURVE_P256, true, 0, 0},
    {OID("\x2B\x81\x04\x00\x22"), CURVE_P384, true, 0, 0},
    {OID("\x2B\x81\x04\x00\x23"), CURVE_P521, true, 0, 0},
    {OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x07"), CURVE_BRAINPOOL_P256, true, 0, 0},
    {OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0B"), CURVE_BRAINPOOL_P384, true, 0, 0},
    {OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0D"), CURVE_BRAINPOOL_P512, true, 0, 0},
    {OID("\x2B\x06\x01\x04\x01\xDA\x47\x0F\x01"), CURVE_NONE, false, OPENPGP_EDDSA_LEGACY,
     PUBLIC_KEY_ED25519},
    {OID("\x2B\x06\x01\x04\x01\x97\x55\x01\x05\x01"), CURVE_NONE, false, OPENPGP_ECDH,
     PUBLIC_KEY_X25519},
#undef OID
};

static bool goes_with(const struct curve *curve, uint8_t algorithm, enum public_key_kind *kind)
{
    if (!curve->weierstrass) {
        *kind = curve->kind;
        return curve->algorithm == algorithm;
    }
    *kind = algorithm == OPENPGP_ECDH ? PUBLIC_KEY_ECDH : PUBLIC_KEY_ECDSA;
    return algorithm == OPENPGP_ECDH || algorithm == OPENPGP_ECDSA;
}

bool openpgp_curve(uint8_t algorithm, struct bytes oid, enum public_key_kind *kind,
                   enum public_key_curve *curve)
{
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++)
        if (bytes_equal(oid, curves[i].oid, curves[i].oid_len) &&
            goes_with(&curves[i], algorithm, kind)) {
            *curve = curves[i].curve;
            return true;
        }
    return false;
}
