#include "formats/openpgp/recognise.h"

#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/armor.h"
#include "formats/openpgp/inflate.h"
#include "formats/openpgp/key.h"
#include "formats/openpgp/octets.h"
#include "formats/openpgp/packet.h"
#include "formats/openpgp/s2k.h"

#include <string.h>

enum {
    PREFIX_LEN = 1024,
    LIKELY_LEN = 16,
    BINARY_BIT = 0x80,
    ESKS_SURE = 3, /* one after the other, of which the first is likely */
    SIGNATURE_3_HASHED_LEN = 5,
};

static bool is_known_algorithm(uint8_t algorithm)
{
    return (algorithm >= OPENPGP_RSA && algorithm <= OPENPGP_RSA_SIGN_ONLY) ||
           (algorithm >= OPENPGP_ELGAMAL && algorithm <= OPENPGP_ED448);
}

static bool takes_known_algorithm(struct bytes body, size_t skipped)
{
    struct bytes before;
    uint8_t algorithm;
    return bytes_take(&body, skipped, &before) && bytes_take_u8(&body, &algorithm) &&
           is_known_algorithm(algorithm);
}

/* Sections 5.1.1 and 5.1.2; version 2 is what version 3 was called at first. */
static bool is_likely_pkesk(uint8_t version, struct bytes body)
{
    uint8_t len;
    uint8_t key_version;
    if (version != 6)
        return (version == 2 || version == 3) && takes_known_algorithm(body, OPENPGP_KEY_ID_LEN);
    if (!bytes_take_u8(&body, &len))
        return false;
    if (len == 0)
        return takes_known_algorithm(body, 0);
    return bytes_take_u8(&body, &key_version) &&
           ((key_version == 4 && len == 1 + OPENPGP_FINGERPRINT_4_LEN) ||
            (key_version == 6 && len == 1 + OPENPGP_FINGERPRINT_6_LEN)) &&
           takes_known_algorithm(body, len - 1U);
}

/* Sections 5.3.1 and 5.3.2, and LibrePGP's version 5. */
static bool is_likely_skesk(uint8_t version, struct bytes body)
{
    uint8_t count;
    uint8_t cipher;
    uint8_t next; /* the kind of the S2K in version 4, the AEAD mode in the later ones */
    if (version < 4 || version > 6 || (version == 6 && !bytes_take_u8(&body, &count)))
        return false;
    if (!bytes_take_u8(&body, &cipher) || !bytes_take_u8(&body, &next) ||
        openpgp_cipher_name(cipher) == NULL)
        return false;
    return version == 4 ? next <= S2K_ARGON2 : openpgp_aead_name(next) != NULL;
}

/* Version 2 of section 5.13.2, or LibrePGP's packet. Version 1 has nothing but its number. */
static bool is_likely_aead(uint8_t tag, uint8_t version, struct bytes body)
{
    enum { CHUNK_SIZE_MAX = 56 };
    uint8_t cipher;
    uint8_t mode;
    uint8_t chunk_size;
    return version == (tag == PACKET_SEIPD ? 2 : 1) && bytes_take_u8(&body, &cipher) &&
           bytes_take_u8(&body, &mode) && bytes_take_u8(&body, &chunk_size) &&
           openpgp_cipher_name(cipher) != NULL && openpgp_aead_name(mode) != NULL &&
           chunk_size <= CHUNK_SIZE_MAX;
}

/* Section 5.6. Deflate's own beginning says nothing, but who writes it doesn't know its length. */
static bool is_likely_compressed(const struct packet_header *header, uint8_t algorithm,
                                 struct bytes body)
{
    enum { ZLIB_DEFLATE = 8, ZLIB_CHECK = 31 };
    if (algorithm == INFLATE_ZLIB)
        return body.len >= 2 && (body.at[0] & 0x0f) == ZLIB_DEFLATE &&
               (body.at[0] << 8 | body.at[1]) % ZLIB_CHECK == 0;
    if (algorithm == INFLATE_BZIP2)
        return body.len >= 3 && memcmp(body.at, "BZh", 3) == 0;
    return algorithm <= INFLATE_ZIP && header->length != PACKET_DEFINITE;
}

/* Section 5.9: a name that can be read, and a date that is left out or after OpenPGP's beginning.
 */
static bool is_likely_literal(uint8_t format, struct bytes body)
{
    enum { FIRST_DATE = 662688000 }; /* 1991 */
    uint8_t name_len;
    struct bytes name;
    uint32_t date;
    if (format == 0 || strchr("btul1m", format) == NULL || !bytes_take_u8(&body, &name_len) ||
        !bytes_take(&body, name_len, &name) || !bytes_take_u32_be(&body, &date))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] < ' ' || name.at[i] == 0x7f)
            return false;
    return date == 0 || date >= FIRST_DATE;
}

/* Section 5.2.1. */
static bool is_known_signature_type(uint8_t type)
{
    return type <= 0x02 || (type >= 0x10 && type <= 0x13) || type == 0x18 || type == 0x19 ||
           type == 0x1f || type == 0x20 || type == 0x28 || type == 0x30 || type == 0x40 ||
           type == 0x50;
}

/* Sections 5.2.2 and 5.2.3. */
static bool is_likely_signature(uint8_t version, struct bytes body)
{
    uint8_t type;
    if (version == 3)
        return body.len > 0 && body.at[0] == SIGNATURE_3_HASHED_LEN &&
               takes_known_algorithm(body, 1 + SIGNATURE_3_HASHED_LEN + OPENPGP_KEY_ID_LEN);
    return version >= 4 && version <= 6 && bytes_take_u8(&body, &type) &&
           is_known_signature_type(type) && takes_known_algorithm(body, 0);
}

/* Section 5.4: type, hash, and then the algorithm. */
static bool is_likely_one_pass(uint8_t version, struct bytes body)
{
    return (version == 3 || version == 6) && takes_known_algorithm(body, 2);
}

/* Sections 5.5.2.1 to 5.5.2.3: the time of creation, in version 3 also days, and the algorithm. */
static bool is_likely_key(const struct packet_header *header, uint8_t version, struct bytes body)
{
    if (header->length != PACKET_DEFINITE || header->body_len > UINT16_MAX)
        return false;
    if (version == 2 || version == 3)
        return takes_known_algorithm(body, 4 + 2);
    return version >= 4 && version <= 6 && takes_known_algorithm(body, 4);
}

/* Whether body, behind this header, begins as such a packet does, and random octets hardly ever do.
 */
static bool is_likely_body(const struct packet_header *header, struct bytes body)
{
    uint8_t first;
    if (!bytes_take_u8(&body, &first))
        return false;
    switch (header->tag) {
    case PACKET_PKESK:
        return is_likely_pkesk(first, body);
    case PACKET_SKESK:
        return is_likely_skesk(first, body);
    case PACKET_SEIPD:
    case PACKET_AEAD:
        return is_likely_aead(header->tag, first, body);
    case PACKET_COMPRESSED:
        return is_likely_compressed(header, first, body);
    case PACKET_LITERAL:
        return is_likely_literal(first, body);
    case PACKET_SIGNATURE:
        return is_likely_signature(first, body);
    case PACKET_ONE_PASS_SIGNATURE:
        return is_likely_one_pass(first, body);
    case PACKET_SECRET_KEY:
    case PACKET_PUBLIC_KEY:
        return is_likely_key(header, first, body);
    case PACKET_MARKER:
        return first == 'P' && body.len >= 2 && memcmp(body.at, "GP", 2) == 0;
    default:
        return false;
    }
}

/* A container of a known version. Without a packet before it, its length has to fit, too. */
static bool is_container(const struct packet_header *header, struct bytes body, bool has_esk,
                         bool is_whole)
{
    bool known = body.len > 0 && (body.at[0] == 1 || body.at[0] == 2);
    bool ends_there = is_whole && header->length == PACKET_DEFINITE && header->body_len == body.len;
    return known && (has_esk || ends_there);
}

bool openpgp_is_message(struct bytes prefix, bool is_whole)
{
    if (prefix.len > 0 && (prefix.at[0] & BINARY_BIT) == 0)
        return armor_is_in(prefix.at, prefix.len);
    bool likely = false;
    size_t esk_count = 0;
    size_t count = 0;
    while (prefix.len > 0) {
        struct packet_header header;
        struct bytes body;
        enum packet_parse parse = packet_take_header(&prefix, &header);
        if (parse == PACKET_SHORT && is_whole)
            return likely && esk_count > 0;
        if (parse != PACKET_GOOD)
            return likely && esk_count >= ESKS_SURE;
        likely = likely || (count == 0 && is_likely_body(&header, prefix));
        if (header.tag == PACKET_SEIPD || header.tag == PACKET_AEAD)
            return (likely && esk_count > 0) ||
                   is_container(&header, prefix, esk_count > 0, is_whole);
        if (header.length != PACKET_DEFINITE || !bytes_take(&prefix, header.body_len, &body))
            return likely && esk_count >= ESKS_SURE;
        esk_count += header.tag == PACKET_PKESK || header.tag == PACKET_SKESK;
        count++;
    }
    return (is_whole && (likely || count > 1)) || (likely && esk_count >= ESKS_SURE);
}

enum format_claim openpgp_claim(struct bytes prefix, bool is_whole)
{
    struct packet_header header;
    struct bytes body = prefix;
    if (prefix.len == 0 || (prefix.at[0] & BINARY_BIT) == 0)
        return armor_is_in(prefix.at, prefix.len) ? FORMAT_SURE : FORMAT_NO;
    if (prefix.len < LIKELY_LEN)
        return FORMAT_PERHAPS;
    if (packet_take_header(&body, &header) == PACKET_GOOD && is_likely_body(&header, body))
        return FORMAT_LIKELY;
    return openpgp_is_message(prefix, is_whole) ? FORMAT_PERHAPS : FORMAT_NO;
}

/* Of a damaged sodium stream the random octets are taken for OpenPGP where this is the only claim
 * above "perhaps": seldom enough that nobody meets it. What a sodium key opens is sure, and the
 * stronger claim. */
bool openpgp_claims(const struct format_run *run, struct source *source, enum format_claim *claim,
                    struct error *err)
{
    (void)run;
    const unsigned char *prefix;
    size_t len;
    if (!source_peek(source, PREFIX_LEN, &prefix, &len, err))
        return false;
    /* what isn't binary may be a text with the armor behind it */
    if (len == PREFIX_LEN && (prefix[0] & BINARY_BIT) == 0 &&
        !source_peek(source, OCTETS_PEEK_MAX, &prefix, &len, err))
        return false;
    *claim = openpgp_claim((struct bytes){prefix, len}, len < PREFIX_LEN);
    if (*claim != FORMAT_NO || len < PREFIX_LEN)
        return true;
    /* what comes first may be of a kind that isn't known, and keys behind it fill kilobytes */
    if (!source_peek(source, SOURCE_PEEK_MAX, &prefix, &len, err))
        return false;
    *claim = openpgp_claim((struct bytes){prefix, len}, len < SOURCE_PEEK_MAX);
    return true;
}
