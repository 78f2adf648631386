#include "formats/openpgp/key.h"
#include "crypto/digest.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/mpi.h"
#include "formats/openpgp/packet.h"

#include <stdio.h>
#include <string.h>

enum { NATIVE_POINT_PREFIX = 0x40, UNCOMPRESSED_POINT_PREFIX = 0x04 };

static bool malformed(struct error *err)
{
    return fail(err, ERROR_DAMAGED, "is malformed: its public numbers are cut short or impossible");
}

static bool take_mpis(struct bytes *from, struct openpgp_key *key, enum public_key_kind kind,
                      size_t count, struct error *err)
{
    key->numbers.kind = kind;
    for (size_t i = 0; i < count; i++) {
        struct bytes octets;
        if (!mpi_take(from, &octets))
            return malformed(err);
        key->numbers.number[i] = mpi_trim(octets);
        if (key->numbers.number[i].len == 0)
            return malformed(err);
    }
    key->is_known = true;
    return true;
}

static bool take_native(struct bytes *from, struct openpgp_key *key, enum public_key_kind kind,
                        size_t len, struct error *err)
{
    key->numbers.kind = kind;
    if (!bytes_take(from, len, &key->numbers.number[0]))
        return malformed(err);
    key->is_known = true;
    return true;
}

/* Section 11.2: points are 04 X Y, or 40 and native octets; nobody writes compressed ones. */
static bool use_point(struct openpgp_key *key, struct bytes point, struct error *err)
{
    bool native = key->numbers.kind == PUBLIC_KEY_X25519 || key->numbers.kind == PUBLIC_KEY_ED25519;
    size_t len = native ? 1 + 32 : public_key_point_len(&key->numbers);
    if (point.len != len ||
        point.at[0] != (native ? NATIVE_POINT_PREFIX : UNCOMPRESSED_POINT_PREFIX))
        return malformed(err);
    if (native)
        point = (struct bytes){point.at + 1, point.len - 1};
    key->numbers.number[0] = point;
    return true;
}

static bool take_kdf(struct bytes *from, struct openpgp_key *key, struct error *err)
{
    enum { KDF_LEN = 3, KDF_RESERVED = 1 };
    uint8_t len;
    struct bytes kdf;
    if (!bytes_take_u8(from, &len) || !bytes_take(from, len, &kdf) || len < KDF_LEN)
        return malformed(err);
    /* section 5.5.5.6 reserves other forms of parameters: another algorithm to us */
    if (len != KDF_LEN || kdf.at[0] != KDF_RESERVED)
        key->is_known = false;
    key->kdf_hash = kdf.at[1];
    key->kdf_cipher = kdf.at[2];
    return true;
}

static bool take_curve_key(struct bytes *from, struct openpgp_key *key, struct error *err)
{
    uint8_t oid_len;
    struct bytes point;
    /* 0 and 255 are reserved */
    if (!bytes_take_u8(from, &oid_len) || oid_len == 0 || oid_len == UINT8_MAX ||
        !bytes_take(from, oid_len, &key->oid) || !mpi_take(from, &point))
        return malformed(err);
    key->is_known =
        openpgp_curve(key->algorithm, key->oid, &key->numbers.kind, &key->numbers.curve);
    if (key->is_known && !use_point(key, mpi_trim(point), err))
        return false;
    /* section 9.2: version 6 has Curve25519 and Ed25519 as algorithms of their own only */
    if (key->version == 6 && key->numbers.curve == CURVE_NONE)
        key->is_known = false;
    return key->algorithm != OPENPGP_ECDH || take_kdf(from, key, err);
}

/* Takes the public numbers; of an unknown algorithm, whose numbers may be anything, all there is.
 */
static bool take_numbers(struct bytes *from, struct openpgp_key *key, struct error *err)
{
    switch (key->algorithm) {
    case OPENPGP_RSA:
    case OPENPGP_RSA_ENCRYPT_ONLY:
    case OPENPGP_RSA_SIGN_ONLY:
        return take_mpis(from, key, PUBLIC_KEY_RSA, 2, err);
    case OPENPGP_ELGAMAL:
        return take_mpis(from, key, PUBLIC_KEY_ELGAMAL, 3, err);
    case OPENPGP_DSA:
        return take_mpis(from, key, PUBLIC_KEY_DSA, 4, err);
    case OPENPGP_ECDH:
    case OPENPGP_ECDSA:
    case OPENPGP_EDDSA_LEGACY:
        return take_curve_key(from, key, err);
    case OPENPGP_X25519:
        return take_native(from, key, PUBLIC_KEY_X25519, 32, err);
    case OPENPGP_X448:
        return take_native(from, key, PUBLIC_KEY_X448, 56, err);
    case OPENPGP_ED25519:
        return take_native(from, key, PUBLIC_KEY_ED25519, 32, err);
    case OPENPGP_ED448:
        return take_native(from, key, PUBLIC_KEY_ED448, 57, err);
    default:
        bytes_take_rest(from);
        return true;
    }
}

static bool refuse_version(uint8_t version, struct error *err)
{
    if (version == 2 || version == 3)
        return fail(err, ERROR_UNSUPPORTED,
                    "is a version %u key, of the kind made before 1998, which nothing protects "
                    "from forgery: make a new key",
                    (unsigned)version);
    if (version == 5)
        return fail(err, ERROR_UNSUPPORTED,
                    "is a LibrePGP version 5 key, which only GnuPG 2.4 and later read: make a "
                    "version 4 key");
    return fail(err, ERROR_UNSUPPORTED, "is a key of version %u, which isn't known",
                (unsigned)version);
}

/* Section 5.5.4. */
static bool set_fingerprint(struct openpgp_key *key, struct error *err)
{
    bool v6 = key->version == 6;
    unsigned char result[DIGEST_LEN_MAX];
    enum digest_kind kind = v6 ? DIGEST_SHA256 : DIGEST_SHA1;
    struct digest *digest = digest_new(kind);
    bool done = digest != NULL && openpgp_key_hash(key, digest) && digest_take(digest, result);
    digest_free(digest);
    if (!done)
        return fail(err, ERROR_UNSUPPORTED,
                    "needs %s for its fingerprint, which the cryptographic library refuses",
                    v6 ? "SHA-256" : "SHA-1");
    key->fingerprint_len = digest_len(kind);
    memcpy(key->fingerprint, result, key->fingerprint_len);
    memcpy(key->id, v6 ? result : result + key->fingerprint_len - sizeof key->id, sizeof key->id);
    for (size_t i = 0; i < sizeof key->id; i++)
        snprintf(key->id_text + 2 * i, 3, "%02X", key->id[i]);
    return true;
}

/* From behind the algorithm on: public numbers, in version 6 with their length before them, and the
 * rest, which is secret. */
static bool take_parts(struct bytes body, struct bytes rest, struct openpgp_key *key,
                       struct error *err)
{
    struct bytes material = rest;
    uint32_t material_len;
    if (key->version == 6 &&
        (!bytes_take_u32_be(&rest, &material_len) || !bytes_take(&rest, material_len, &material)))
        return malformed(err);
    if (!take_numbers(&material, key, err))
        return false;
    if (key->version == 6 && material.len > 0)
        return malformed(err);
    if (key->version == 4)
        rest = material;
    key->public_part = (struct bytes){body.at, body.len - rest.len};
    key->secret_part = rest;
    key->has_secret = rest.len > 0;
    return true;
}

bool openpgp_key_parse(uint8_t tag, struct bytes body, struct openpgp_key *key, struct error *err)
{
    *key = (struct openpgp_key){.is_subkey =
                                    tag == PACKET_PUBLIC_SUBKEY || tag == PACKET_SECRET_SUBKEY};
    bool secret = tag == PACKET_SECRET_KEY || tag == PACKET_SECRET_SUBKEY;
    struct bytes rest = body;
    if (!bytes_take_u8(&rest, &key->version))
        return fail(err, ERROR_DAMAGED, "is malformed: an empty key");
    if (key->version != 4 && key->version != 6)
        return refuse_version(key->version, err);
    if (body.len > KEY_PACKET_MAX)
        return fail(err, ERROR_DAMAGED, "is malformed: a key of more than %d bytes",
                    KEY_PACKET_MAX);
    if (!bytes_take_u32_be(&rest, &key->created) || !bytes_take_u8(&rest, &key->algorithm))
        return fail(err, ERROR_DAMAGED, "is malformed: a key that is cut short");
    if (!take_parts(body, rest, key, err))
        return false;
    if (!secret && key->has_secret)
        return fail(err, ERROR_DAMAGED, "is malformed: %zu bytes follow a public key",
                    key->secret_part.len);
    if (secret && !key->has_secret && key->is_known)
        return fail(err, ERROR_DAMAGED, "is malformed: a secret key without its secret part");
    return set_fingerprint(key, err);
}

bool openpgp_key_hash(const struct openpgp_key *key, struct digest *digest)
{
    size_t len = key->public_part.len;
    unsigned char head[5] = {0x99, (unsigned char)(len >> 8), (unsigned char)len};
    size_t head_len = 3;
    if (key->version == 6) {
        head[0] = 0x9B;
        for (size_t i = 1; i <= 4; i++)
            head[i] = (unsigned char)(len >> (32 - 8 * i));
        head_len = sizeof head;
    } else if (len > UINT16_MAX) {
        return false;
    }
    return digest_add(digest, head, head_len) && digest_add(digest, key->public_part.at, len);
}

bool openpgp_key_is_same(const struct openpgp_key *one, const struct openpgp_key *other)
{
    return one->fingerprint_len == other->fingerprint_len &&
           memcmp(one->fingerprint, other->fingerprint, one->fingerprint_len) == 0;
}

bool openpgp_key_encrypts(const struct openpgp_key *key)
{
    return key->is_known &&
           (key->algorithm == OPENPGP_RSA || key->algorithm == OPENPGP_RSA_ENCRYPT_ONLY ||
            key->algorithm == OPENPGP_ELGAMAL || key->algorithm == OPENPGP_ECDH ||
            key->algorithm == OPENPGP_X25519 || key->algorithm == OPENPGP_X448);
}
