#include "formats/openpgp/key_write.h"

#include "base/secret.h"
#include "crypto/cfb.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/s2k.h"

#include <sodium.h>
#include <string.h>

enum {
    VERSION = 4,
    NATIVE_LEN = 32,
    NATIVE_POINT_PREFIX = 0x40,
    USAGE_OPEN = 0,
    USAGE_SHA1 = 254, /* section 3.7.2.1: CFB, with a SHA-1 to prove it */
    SHA1_LEN = 20,
    SALT_LEN = 8,
    KEY_LEN = 32, /* AES-256 */
    BLOCK_LEN = 16,
    /* section 3.7.1.3: the most that one octet can say, and what it says */
    COUNT_OCTET = 0xFF,
    COUNT = (16 + 15) << (15 + 6),
};

/* The curve, then 40 and the point. */
static void add_native(struct writer *out, const char *oid, size_t oid_len, struct bytes point)
{
    unsigned char prefixed[1 + NATIVE_LEN] = {NATIVE_POINT_PREFIX};
    memcpy(prefixed + 1, point.at, NATIVE_LEN);
    writer_add_u8(out, (uint8_t)oid_len);
    writer_add(out, oid, oid_len);
    writer_add_mpi(out, (struct bytes){prefixed, sizeof prefixed});
}

void key_write_public(struct writer *out, const struct public_numbers *numbers, uint32_t created)
{
    static const char ed25519[] = "\x2B\x06\x01\x04\x01\xDA\x47\x0F\x01";
    static const char curve25519[] = "\x2B\x06\x01\x04\x01\x97\x55\x01\x05\x01";
    static const unsigned char kdf[] = {3, 1, OPENPGP_SHA256, OPENPGP_AES128};
    writer_add_u8(out, VERSION);
    writer_add_u32(out, created);
    switch (numbers->kind) {
    case PUBLIC_KEY_RSA:
        writer_add_u8(out, OPENPGP_RSA);
        writer_add_mpi(out, numbers->number[0]);
        writer_add_mpi(out, numbers->number[1]);
        break;
    case PUBLIC_KEY_ED25519:
        writer_add_u8(out, OPENPGP_EDDSA_LEGACY);
        add_native(out, ed25519, sizeof ed25519 - 1, numbers->number[0]);
        break;
    case PUBLIC_KEY_X25519:
        writer_add_u8(out, OPENPGP_ECDH);
        add_native(out, curve25519, sizeof curve25519 - 1, numbers->number[0]);
        writer_add(out, kdf, sizeof kdf);
        break;
    default:
        out->is_full = true;
    }
}

/* The legacy form of Curve25519 is big-endian. */
static bool add_reversed(struct writer *out, struct bytes number)
{
    unsigned char *reversed = secret_new(NATIVE_LEN);
    if (reversed == NULL)
        return false;
    for (size_t i = 0; i < NATIVE_LEN; i++)
        reversed[i] = number.at[NATIVE_LEN - 1 - i];
    writer_add_mpi(out, (struct bytes){reversed, NATIVE_LEN});
    secret_free(reversed);
    return true;
}

static bool add_numbers(struct writer *out, const struct public_key_pair *pair)
{
    const struct bytes *number = pair->secret.number;
    if (pair->numbers.kind == PUBLIC_KEY_X25519)
        return add_reversed(out, number[0]);
    size_t count = pair->numbers.kind == PUBLIC_KEY_RSA ? 4 : 1;
    for (size_t i = 0; i < count; i++)
        writer_add_mpi(out, number[i]);
    return true;
}

static bool write_open(struct writer *out, const struct public_key_pair *pair)
{
    writer_add_u8(out, USAGE_OPEN);
    size_t begin = out->len;
    if (!add_numbers(out, pair))
        return false;
    struct bytes numbers = writer_since(out, begin);
    uint16_t sum = 0;
    for (size_t i = 0; i < numbers.len; i++)
        sum = (uint16_t)(sum + numbers.at[i]);
    writer_add_u16(out, sum);
    return true;
}

static bool encrypt(unsigned char *octets, size_t len, const unsigned char *key,
                    const unsigned char *iv)
{
    struct cfb *cfb = cfb_new(openpgp_cipher_gcrypt(OPENPGP_AES256), key, KEY_LEN);
    bool good =
        cfb != NULL && cfb_set_iv(cfb, iv, BLOCK_LEN) && cfb_encrypt(cfb, octets, octets, len);
    cfb_free(cfb);
    return good;
}

/* The numbers and their SHA-1, from begin on, both encrypted where they stand. */
static bool add_encrypted(struct writer *out, const struct public_key_pair *pair,
                          const unsigned char *key, const unsigned char *iv)
{
    unsigned char proof[DIGEST_LEN_MAX];
    size_t begin = out->len;
    if (!add_numbers(out, pair))
        return false;
    struct bytes numbers = writer_since(out, begin);
    if (!digest_of(DIGEST_SHA1, numbers.at, numbers.len, proof))
        return false;
    writer_add(out, proof, SHA1_LEN);
    secret_wipe(proof, sizeof proof);
    return !out->is_full && encrypt(out->at + begin, out->len - begin, key, iv);
}

static bool write_protected(struct writer *out, const struct public_key_pair *pair,
                            struct bytes passphrase, struct error *err)
{
    struct s2k s2k = {.kind = S2K_ITERATED, .hash = OPENPGP_SHA256, .count = COUNT};
    unsigned char iv[BLOCK_LEN];
    randombytes_buf(s2k.salt, SALT_LEN);
    randombytes_buf(iv, sizeof iv);
    writer_add_u8(out, USAGE_SHA1);
    writer_add_u8(out, OPENPGP_AES256);
    writer_add_u8(out, S2K_ITERATED);
    writer_add_u8(out, OPENPGP_SHA256);
    writer_add(out, s2k.salt, SALT_LEN);
    writer_add_u8(out, COUNT_OCTET);
    writer_add(out, iv, sizeof iv);
    unsigned char *key = secret_new(KEY_LEN);
    bool good = key != NULL && s2k_derive(&s2k, passphrase, key, KEY_LEN, err) &&
                add_encrypted(out, pair, key, iv);
    secret_free(key);
    return good;
}

bool key_write_secret(struct writer *out, const struct public_key_pair *pair,
                      const struct bytes *passphrase, struct error *err)
{
    bool written =
        passphrase == NULL ? write_open(out, pair) : write_protected(out, pair, *passphrase, err);
    return (written && !out->is_full) ||
           fail(err, ERROR_IO, "the secret key can't be protected: a library failed");
}
