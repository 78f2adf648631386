#include "formats/openpgp/signature_write.h"

#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/signature_subpackets.h"

enum {
    VERSION = 4,
    AREA_ROOM = 128,
};

/* Its length counts the type, and stays below 192, so that it is one octet. */
static void begin_subpacket(struct writer *area, uint8_t type, size_t len)
{
    writer_add_u8(area, (uint8_t)(1 + len));
    writer_add_u8(area, type);
}

static void add_subpacket(struct writer *area, uint8_t type, const void *value, size_t len)
{
    begin_subpacket(area, type, len);
    writer_add(area, value, len);
}

static void add_number(struct writer *area, uint8_t type, uint32_t value)
{
    begin_subpacket(area, type, sizeof value);
    writer_add_u32(area, value);
}

/* Section 5.2.3.14 and on. No compression: what is backed up was compressed before, or is to be;
 * gpg would be ten times as slow. SEIPD version 1 is what all readers of these keys have. */
static void add_preferences(struct writer *area)
{
    static const uint8_t ciphers[] = {OPENPGP_AES256, OPENPGP_AES192, OPENPGP_AES128};
    static const uint8_t hashes[] = {OPENPGP_SHA512, OPENPGP_SHA256};
    static const uint8_t compressions[] = {0};
    static const uint8_t features[] = {1};
    add_subpacket(area, SUBPACKET_CIPHERS, ciphers, sizeof ciphers);
    add_subpacket(area, SUBPACKET_HASHES, hashes, sizeof hashes);
    add_subpacket(area, SUBPACKET_COMPRESSIONS, compressions, sizeof compressions);
    add_subpacket(area, SUBPACKET_FEATURES, features, sizeof features);
}

static void add_hashed_area(struct writer *area, const struct new_signature *wanted,
                            const struct openpgp_key *primary)
{
    begin_subpacket(area, SUBPACKET_ISSUER_FINGERPRINT, 1 + primary->fingerprint_len);
    writer_add_u8(area, primary->version);
    writer_add(area, primary->fingerprint, primary->fingerprint_len);
    add_number(area, SUBPACKET_CREATED, wanted->created);
    add_subpacket(area, SUBPACKET_KEY_FLAGS, &wanted->flags, sizeof wanted->flags);
    if (wanted->key_lifetime > 0)
        add_number(area, SUBPACKET_KEY_LIFETIME, wanted->key_lifetime);
    if (wanted->type == SIGNATURE_POSITIVE_CERTIFICATION)
        add_preferences(area);
}

/* Section 5.2.3.3: what is a string of octets for Ed25519 are two MPIs in the legacy form. */
static void add_numbers(struct writer *out, uint8_t algorithm, struct bytes made)
{
    size_t half = made.len / 2;
    if (algorithm == OPENPGP_EDDSA_LEGACY) {
        writer_add_mpi(out, (struct bytes){made.at, half});
        writer_add_mpi(out, (struct bytes){made.at + half, half});
    } else {
        writer_add_mpi(out, made);
    }
}

bool signature_write(struct writer *out, const struct new_signature *wanted,
                     const struct signature_subject *subject, const struct public_key_pair *signer)
{
    unsigned char octets[AREA_ROOM], hash[DIGEST_LEN_MAX], made[PUBLIC_KEY_NUMBER_LEN_MAX];
    struct writer area = {.at = octets, .room = sizeof octets};
    const struct openpgp_key *primary = subject->primary;
    size_t begin = out->len, made_len;
    add_hashed_area(&area, wanted, primary);
    writer_add_u8(out, VERSION);
    writer_add_u8(out, (uint8_t)wanted->type);
    writer_add_u8(out, primary->algorithm);
    writer_add_u8(out, OPENPGP_SHA512);
    writer_add_u16(out, (uint16_t)area.len);
    writer_add(out, area.at, area.len);
    const struct signature signature = {
        .version = VERSION, .type = (uint8_t)wanted->type, .hashed = writer_since(out, begin)};
    if (area.is_full || out->is_full || !signature_hash(&signature, DIGEST_SHA512, subject, hash) ||
        !public_key_sign(&signer->numbers, &signer->secret, DIGEST_SHA512, hash, made, &made_len))
        return false;
    area.len = 0;
    add_subpacket(&area, SUBPACKET_ISSUER, primary->id, sizeof primary->id);
    writer_add_u16(out, (uint16_t)area.len);
    writer_add(out, area.at, area.len);
    writer_add(out, hash, 2);
    add_numbers(out, primary->algorithm, (struct bytes){made, made_len});
    return !out->is_full;
}
