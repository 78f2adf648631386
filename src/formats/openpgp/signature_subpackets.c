#include "formats/openpgp/signature_subpackets.h"

#include <string.h>

enum { CRITICAL = 0x80, TYPE = 0x7F };

/* Those that may be marked critical without making the signature mean something that walseal would
 * get wrong. */
static bool is_understood(uint8_t type)
{
    static const uint8_t understood[] = {
        SUBPACKET_CREATED,
        SUBPACKET_LIFETIME,
        SUBPACKET_EXPORTABLE,
        SUBPACKET_REVOCABLE,
        SUBPACKET_KEY_LIFETIME,
        SUBPACKET_CIPHERS,
        SUBPACKET_REVOKER,
        SUBPACKET_ISSUER,
        SUBPACKET_HASHES,
        SUBPACKET_COMPRESSIONS,
        SUBPACKET_KEY_SERVER_PREFERENCES,
        SUBPACKET_KEY_SERVER,
        SUBPACKET_PRIMARY_USER_ID,
        SUBPACKET_POLICY,
        SUBPACKET_KEY_FLAGS,
        SUBPACKET_SIGNER_USER_ID,
        SUBPACKET_REVOCATION_REASON,
        SUBPACKET_FEATURES,
        SUBPACKET_TARGET,
        SUBPACKET_EMBEDDED,
        SUBPACKET_ISSUER_FINGERPRINT,
        SUBPACKET_LIBREPGP_AEADS,
        SUBPACKET_RECIPIENT,
        SUBPACKET_AEADS,
    };
    return memchr(understood, type, sizeof understood) != NULL;
}

/* Takes one: its type octet and its value. Lengths are not as those of packets: none is partial. */
static bool take_subpacket(struct bytes *from, uint8_t *type, struct bytes *value)
{
    uint8_t first;
    uint8_t second;
    uint32_t len;
    if (!bytes_take_u8(from, &first))
        return false;
    if (first < 192) {
        len = first;
    } else if (first < 255) {
        if (!bytes_take_u8(from, &second))
            return false;
        len = ((uint32_t)(first - 192) << 8) + second + 192;
    } else if (!bytes_take_u32_be(from, &len)) {
        return false;
    }
    return bytes_take(from, len, value) && bytes_take_u8(value, type);
}

static bool read_u32(struct bytes value, bool *has, uint32_t *into)
{
    *has = true;
    return bytes_take_u32_be(&value, into) && value.len == 0;
}

static bool read_u8(struct bytes value, uint8_t *into)
{
    return bytes_take_u8(&value, into);
}

/* Any number of octets, of which the later ones may be missing (section 5.2.3.29). */
static void read_flags(struct bytes value, struct signature *signature)
{
    signature->has_flags = true;
    signature->flags = 0;
    for (size_t i = 0; i < value.len && i < sizeof signature->flags; i++)
        signature->flags |= (uint32_t)value.at[i] << (8 * i);
}

static void set_issuer(const unsigned char *id, struct signature *signature)
{
    signature->has_issuer = true;
    memcpy(signature->issuer, id, sizeof signature->issuer);
}

/* The issuer and what is signed by another key: read from either area. */
static bool read_self_proving(uint8_t type, struct bytes value, struct signature *signature)
{
    enum { V4_LEN = 1 + OPENPGP_FINGERPRINT_4_LEN, V6_LEN = 1 + OPENPGP_FINGERPRINT_6_LEN };
    switch (type) {
    case SUBPACKET_ISSUER:
        if (value.len != sizeof signature->issuer)
            return false;
        set_issuer(value.at, signature);
        return true;
    case SUBPACKET_ISSUER_FINGERPRINT:
        if (value.len == V4_LEN && value.at[0] == 4)
            set_issuer(value.at + V4_LEN - sizeof signature->issuer, signature);
        if (value.len == V6_LEN && value.at[0] == 6)
            set_issuer(value.at + 1, signature);
        return true;
    case SUBPACKET_EMBEDDED:
        signature->embedded = value;
        return true;
    default:
        return true;
    }
}

static bool read_protected(uint8_t type, struct bytes value, struct signature *signature)
{
    uint8_t octet;
    switch (type) {
    case SUBPACKET_CREATED:
        return read_u32(value, &signature->has_created, &signature->created);
    case SUBPACKET_LIFETIME:
        return read_u32(value, &signature->has_lifetime, &signature->lifetime);
    case SUBPACKET_KEY_LIFETIME:
        return read_u32(value, &signature->has_key_lifetime, &signature->key_lifetime);
    case SUBPACKET_CIPHERS:
        signature->has_ciphers = true;
        signature->ciphers = value;
        if (value.len > SIGNATURE_PREFERENCES_MAX)
            signature->ciphers.len = SIGNATURE_PREFERENCES_MAX;
        return true;
    case SUBPACKET_PRIMARY_USER_ID:
        if (!read_u8(value, &octet))
            return false;
        signature->is_primary_user_id = octet != 0;
        return true;
    case SUBPACKET_KEY_FLAGS:
        read_flags(value, signature);
        return true;
    case SUBPACKET_REVOKER:
        signature->names_revoker = true;
        return true;
    case SUBPACKET_REVOCATION_REASON:
        return read_u8(value, &signature->revocation_reason);
    case SUBPACKET_FEATURES:
        signature->has_features = true;
        signature->features = value.len > 0 ? value.at[0] : 0;
        return true;
    default:
        return read_self_proving(type, value, signature);
    }
}

bool signature_read_hashed(struct bytes area, struct signature *signature)
{
    while (area.len > 0) {
        uint8_t type;
        struct bytes value;
        if (!take_subpacket(&area, &type, &value))
            return false;
        if ((type & CRITICAL) != 0 && !is_understood(type & TYPE))
            signature->is_void = true;
        if (!read_protected(type & TYPE, value, signature))
            return false;
    }
    return true;
}

bool signature_read_unhashed(struct bytes area, struct signature *signature)
{
    while (area.len > 0) {
        uint8_t type;
        struct bytes value;
        if (!take_subpacket(&area, &type, &value) ||
            !read_self_proving(type & TYPE, value, signature))
            return false;
    }
    return true;
}
