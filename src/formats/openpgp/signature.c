#include "formats/openpgp/signature.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/mpi.h"
#include "formats/openpgp/signature_subpackets.h"

static bool malformed(struct error *err)
{
    return fail(err, ERROR_DAMAGED, "is malformed: a signature that is cut short or impossible");
}

static bool take_mpis(struct bytes *from, struct signature *signature, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!mpi_take(from, &signature->number[i]))
            return false;
    return from->len == 0;
}

static bool take_native(struct bytes *from, struct signature *signature, size_t len)
{
    return bytes_take(from, len, &signature->number[0]) && from->len == 0;
}

/* Section 5.2.3. What an unknown algorithm wrote is left: it never verifies. */
static bool take_numbers(struct bytes *from, struct signature *signature)
{
    switch (signature->algorithm) {
    case OPENPGP_RSA:
    case OPENPGP_RSA_SIGN_ONLY:
        return take_mpis(from, signature, 1);
    case OPENPGP_DSA:
    case OPENPGP_ECDSA:
    case OPENPGP_EDDSA_LEGACY:
        return take_mpis(from, signature, 2);
    case OPENPGP_ED25519:
        return take_native(from, signature, 64);
    case OPENPGP_ED448:
        return take_native(from, signature, 114);
    default:
        return true;
    }
}

/* Section 5.2.2: no subpackets; type and creation time are all that is hashed. */
static bool parse_version_3(struct bytes from, struct signature *signature)
{
    enum { HASHED_LEN = 5 };
    uint8_t hashed_len;
    struct bytes issuer;
    if (!bytes_take_u8(&from, &hashed_len) || hashed_len != HASHED_LEN)
        return false;
    signature->hashed = (struct bytes){from.at, HASHED_LEN};
    if (!bytes_take_u8(&from, &signature->type) || !bytes_take_u32_be(&from, &signature->created) ||
        !bytes_take(&from, sizeof signature->issuer, &issuer) ||
        !bytes_take_u8(&from, &signature->algorithm) || !bytes_take_u8(&from, &signature->hash) ||
        !bytes_take(&from, 2, &signature->hash_prefix))
        return false;
    signature->has_created = true;
    signature->has_issuer = true;
    for (size_t i = 0; i < sizeof signature->issuer; i++)
        signature->issuer[i] = issuer.at[i];
    return take_numbers(&from, signature);
}

static bool take_area(struct bytes *from, uint8_t version, struct bytes *area)
{
    uint32_t len;
    uint16_t short_len;
    if (version == 6)
        return bytes_take_u32_be(from, &len) && bytes_take(from, len, area);
    return bytes_take_u16_be(from, &short_len) && bytes_take(from, short_len, area);
}

static bool parse_with_subpackets(struct bytes body, struct bytes from, struct signature *signature)
{
    struct bytes hashed;
    struct bytes unhashed;
    uint8_t salt_len;
    if (!bytes_take_u8(&from, &signature->type) || !bytes_take_u8(&from, &signature->algorithm) ||
        !bytes_take_u8(&from, &signature->hash) || !take_area(&from, signature->version, &hashed))
        return false;
    signature->hashed = (struct bytes){body.at, body.len - from.len};
    /* The hashed area comes second: where both speak, it has the last word. */
    if (!take_area(&from, signature->version, &unhashed) ||
        !signature_read_unhashed(unhashed, signature) ||
        !signature_read_hashed(hashed, signature) || !bytes_take(&from, 2, &signature->hash_prefix))
        return false;
    if (signature->version == 6 &&
        (!bytes_take_u8(&from, &salt_len) || !bytes_take(&from, salt_len, &signature->salt)))
        return false;
    return take_numbers(&from, signature);
}

bool signature_parse(struct bytes body, struct signature *signature, struct error *err)
{
    *signature = (struct signature){0};
    struct bytes from = body;
    if (body.len > KEY_PACKET_MAX || !bytes_take_u8(&from, &signature->version))
        return malformed(err);
    switch (signature->version) {
    case 3:
        return parse_version_3(from, signature) || malformed(err);
    case 4:
    case 6:
        return parse_with_subpackets(body, from, signature) || malformed(err);
    default:
        return fail(err, ERROR_UNSUPPORTED, "is a signature of version %u, which isn't known",
                    (unsigned)signature->version);
    }
}

static bool hash_user_id(const struct signature *signature, struct bytes user_id,
                         struct digest *digest)
{
    const unsigned char head[5] = {0xB4, (unsigned char)(user_id.len >> 24),
                                   (unsigned char)(user_id.len >> 16),
                                   (unsigned char)(user_id.len >> 8), (unsigned char)user_id.len};
    if (user_id.len > KEY_PACKET_MAX)
        return false;
    return (signature->version == 3 || digest_add(digest, head, sizeof head)) &&
           digest_add(digest, user_id.at, user_id.len);
}

/* Section 5.2.4: which type hashes what. */
static bool hash_subject(const struct signature *signature, const struct signature_subject *subject,
                         struct digest *digest)
{
    if (!openpgp_key_hash(subject->primary, digest))
        return false;
    switch (signature->type) {
    case SIGNATURE_SUBKEY_BINDING:
    case SIGNATURE_PRIMARY_BINDING:
    case SIGNATURE_SUBKEY_REVOCATION:
        return subject->subkey != NULL && openpgp_key_hash(subject->subkey, digest);
    case SIGNATURE_DIRECT_KEY:
    case SIGNATURE_KEY_REVOCATION:
        return true;
    case SIGNATURE_CERTIFICATION_REVOCATION:
        return subject->has_user_id && hash_user_id(signature, subject->user_id, digest);
    default:
        return signature_is_certification(signature) && subject->has_user_id &&
               hash_user_id(signature, subject->user_id, digest);
    }
}

static bool hash_trailer(const struct signature *signature, struct digest *digest)
{
    size_t len = signature->hashed.len;
    const unsigned char trailer[6] = {signature->version,         0xFF,
                                      (unsigned char)(len >> 24), (unsigned char)(len >> 16),
                                      (unsigned char)(len >> 8),  (unsigned char)len};
    return digest_add(digest, signature->hashed.at, len) &&
           (signature->version == 3 || digest_add(digest, trailer, sizeof trailer));
}

bool signature_hash(const struct signature *signature, enum digest_kind kind,
                    const struct signature_subject *subject, unsigned char *hash)
{
    struct digest *digest = digest_new(kind);
    bool done =
        digest != NULL &&
        (signature->salt.len == 0 || digest_add(digest, signature->salt.at, signature->salt.len)) &&
        hash_subject(signature, subject, digest) && hash_trailer(signature, digest) &&
        digest_take(digest, hash);
    digest_free(digest);
    return done;
}

/* Whether a key of its algorithm and version may have made a signature of its. */
static bool goes_with(const struct signature *signature, const struct openpgp_key *signer)
{
    uint8_t algorithm = signature->algorithm;
    bool rsa = signer->algorithm == OPENPGP_RSA || signer->algorithm == OPENPGP_RSA_SIGN_ONLY;
    return signer->is_known && (signature->version == 6) == (signer->version == 6) &&
           (rsa ? algorithm == OPENPGP_RSA || algorithm == OPENPGP_RSA_SIGN_ONLY
                : algorithm == signer->algorithm);
}

/* Section 9.5: the length that is right for the hash, 0 for one that version 6 doesn't allow. */
static size_t salt_len_of(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_SHA224:
    case DIGEST_SHA256:
    case DIGEST_SHA3_256:
        return 16;
    case DIGEST_SHA384:
        return 24;
    case DIGEST_SHA512:
    case DIGEST_SHA3_512:
        return 32;
    default:
        return 0;
    }
}

static bool verify_numbers(const struct signature *signature, const struct openpgp_key *signer,
                           enum digest_kind kind, const unsigned char *hash)
{
    enum { HALF = 32 };
    unsigned char joined[2 * HALF];
    if (signature->algorithm != OPENPGP_EDDSA_LEGACY)
        return public_key_verify(&signer->numbers, kind, hash, signature->number);
    /* section 5.2.3.3: as MPIs, both halves have lost their leading zero octets */
    if (!mpi_pad(signature->number[0], joined, HALF) ||
        !mpi_pad(signature->number[1], joined + HALF, HALF))
        return false;
    const struct bytes native[2] = {{joined, sizeof joined}, {NULL, 0}};
    return public_key_verify(&signer->numbers, kind, hash, native);
}

bool signature_verify(const struct signature *signature, const struct openpgp_key *signer,
                      const struct signature_subject *subject)
{
    unsigned char hash[DIGEST_LEN_MAX];
    enum digest_kind kind;
    if (!goes_with(signature, signer) || !openpgp_hash_digest(signature->hash, &kind) ||
        (signature->version == 6 &&
         (signature->salt.len == 0 || signature->salt.len != salt_len_of(kind))) ||
        !signature_hash(signature, kind, subject, hash))
        return false;
    /* cheap, and it turns nearly every wrong one away */
    return bytes_equal(signature->hash_prefix, hash, signature->hash_prefix.len) &&
           verify_numbers(signature, signer, kind, hash);
}

bool signature_is_certification(const struct signature *signature)
{
    return signature->type >= SIGNATURE_GENERIC_CERTIFICATION &&
           signature->type <= SIGNATURE_POSITIVE_CERTIFICATION;
}
