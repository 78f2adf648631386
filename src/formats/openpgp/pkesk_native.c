/* PKESKs of X25519 and X448 (RFC 9580 sections 5.1.6 and 5.1.7). */
#include "formats/openpgp/pkesk_kinds.h"

#include "base/secret.h"
#include "crypto/kdf.h"

#include <string.h>

enum { POINT_LEN_MAX = 56, WRAP_OVERHEAD = 8 };

/* One allocation of secret memory: what HKDF takes, and what it makes. */
struct between {
    unsigned char points_and_shared[3 * POINT_LEN_MAX];
    unsigned char kek[OPENPGP_SESSION_KEY_MAX];
};

static unsigned char *shared_in(const struct openpgp_key *key, struct between *between)
{
    return between->points_and_shared + 2 * public_key_point_len(&key->numbers);
}

/* The shared secret lies in between already. */
static bool derive_kek(const struct openpgp_key *key, const unsigned char *ephemeral,
                       struct between *between, struct bytes *kek)
{
    bool x25519 = key->algorithm == OPENPGP_X25519;
    const char *purpose = x25519 ? "OpenPGP X25519" : "OpenPGP X448";
    size_t point_len = public_key_point_len(&key->numbers);
    size_t kek_len = x25519 ? 16 : 32;
    memcpy(between->points_and_shared, ephemeral, point_len);
    memcpy(between->points_and_shared + point_len, key->numbers.number[0].at, point_len);
    *kek = (struct bytes){between->kek, kek_len};
    return kdf_hkdf(
        x25519 ? DIGEST_SHA256 : DIGEST_SHA512,
        (struct bytes){between->points_and_shared, 3 * point_len}, (struct bytes){NULL, 0},
        (struct bytes){(const unsigned char *)purpose, strlen(purpose)}, between->kek, kek_len);
}

static bool is_aes(uint8_t cipher)
{
    return cipher == OPENPGP_AES128 || cipher == OPENPGP_AES192 || cipher == OPENPGP_AES256;
}

/* Takes the ephemeral point, the cipher octet of version 3, and the wrapped key. */
static bool take_fields(struct bytes from, uint8_t version, size_t point_len, struct bytes *point,
                        uint8_t *cipher, struct bytes *wrapped)
{
    uint8_t len;
    *cipher = 0;
    if (!bytes_take(&from, point_len, point) || !bytes_take_u8(&from, &len) || from.len != len)
        return false;
    /* Nothing protects the octet: any other cipher there is an attack on a known session key */
    if (version == 3 && (!bytes_take_u8(&from, cipher) || !is_aes(*cipher)))
        return false;
    *wrapped = bytes_take_rest(&from);
    if (wrapped->len < WRAP_OVERHEAD)
        return false;
    size_t key_len = wrapped->len - WRAP_OVERHEAD;
    return version == 3 ? key_len == openpgp_cipher_key_len(*cipher)
                        : key_len == 16 || key_len == 24 || key_len == 32;
}

bool pkesk_native_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                       const struct secret_numbers *secret, struct session_key *session)
{
    struct bytes point;
    struct bytes wrapped;
    struct bytes kek;
    uint8_t cipher;
    if (!take_fields(pkesk->fields, pkesk->version, public_key_point_len(&key->numbers), &point,
                     &cipher, &wrapped))
        return false;
    struct between *between = secret_new(sizeof *between);
    bool ok = between != NULL &&
              public_key_agree(&key->numbers, secret, point, shared_in(key, between)) &&
              derive_kek(key, point.at, between, &kek) && kdf_unwrap(kek, wrapped, session->bytes);
    secret_free(between);
    session->cipher = cipher;
    session->len = wrapped.len - WRAP_OVERHEAD;
    return ok;
}

bool pkesk_native_write(const struct openpgp_key *key, const struct session_key *session,
                        unsigned char *out, size_t *out_len, struct error *err)
{
    size_t point_len = public_key_point_len(&key->numbers);
    struct bytes kek;
    if (!is_aes(session->cipher))
        return fail(err, ERROR_KEY, "can't encrypt but with AES");
    struct between *between = secret_new(sizeof *between);
    bool ok = between != NULL &&
              public_key_agree_ephemeral(&key->numbers, out, shared_in(key, between)) &&
              derive_kek(key, out, between, &kek) &&
              kdf_wrap(kek, (struct bytes){session->bytes, session->len}, out + point_len + 2);
    secret_free(between);
    out[point_len] = (unsigned char)(1 + session->len + WRAP_OVERHEAD);
    out[point_len + 1] = session->cipher;
    *out_len = point_len + 2 + session->len + WRAP_OVERHEAD;
    return ok || fail(err, ERROR_IO, "the library fails to encrypt with %s",
                      openpgp_public_key_name(key->algorithm));
}
