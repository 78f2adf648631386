#include "formats/openpgp/recognise.h"

#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/armor.h"
#include "formats/openpgp/octets.h"
#include "formats/openpgp/packet.h"

enum {
    PREFIX_LEN = 1024,
    LIKELY_LEN = 16,
    PKESK_3_ALGORITHM = 9,
    BINARY_BIT = 0x80,
    ESKS_SURE = 3, /* one after the other, of which the first is likely */
};

static bool is_known_algorithm(uint8_t algorithm)
{
    return (algorithm >= OPENPGP_RSA && algorithm <= OPENPGP_RSA_SIGN_ONLY) ||
           (algorithm >= OPENPGP_ELGAMAL && algorithm <= OPENPGP_ED448);
}

/* Whether body, behind the header of a packet with this tag, begins as such a packet does. */
static bool is_likely_body(uint8_t tag, struct bytes body)
{
    uint8_t first;
    if (!bytes_take_u8(&body, &first))
        return false;
    switch (tag) {
    case PACKET_PKESK:
        if (first == 3)
            return body.len >= PKESK_3_ALGORITHM &&
                   is_known_algorithm(body.at[PKESK_3_ALGORITHM - 1]);
        return first == 2 || first == 6;
    case PACKET_SKESK:
        return first >= 4 && first <= 6;
    case PACKET_SEIPD:
    case PACKET_AEAD:
        return first == 1 || first == 2;
    case PACKET_COMPRESSED:
        return first <= 3;
    case PACKET_LITERAL:
        return first == 'b' || first == 't' || first == 'u' || first == 'l' || first == '1' ||
               first == 'm';
    case PACKET_SIGNATURE:
    case PACKET_ONE_PASS_SIGNATURE:
    case PACKET_SECRET_KEY:
    case PACKET_PUBLIC_KEY:
        return first >= 3 && first <= 6;
    case PACKET_MARKER:
        return first == 'P';
    default:
        return false;
    }
}

/* The random octets of a sodium stream look like this once in some ten thousand times: then its own
 * claim, which a key's proof makes sure, is the stronger one. Fewer octets than LIKELY_LEN prove
 * too little. */
bool openpgp_claims(const struct format_run *run, struct source *source, enum format_claim *claim,
                    struct error *err)
{
    (void)run;
    const unsigned char *prefix;
    size_t len;
    if (!source_peek(source, PREFIX_LEN, &prefix, &len, err))
        return false;
    /* what isn't binary may be a text with the armor behind it */
    if (len == PREFIX_LEN && (prefix[0] & 0x80) == 0 &&
        !source_peek(source, OCTETS_PEEK_MAX, &prefix, &len, err))
        return false;
    struct bytes bytes = {prefix, len};
    struct packet_header header;
    *claim = FORMAT_NO;
    if (len > 0 && (prefix[0] & 0x80) != 0) {
        bool good = packet_take_header(&bytes, &header) == PACKET_GOOD;
        bool likely = good && len >= LIKELY_LEN && is_likely_body(header.tag, bytes);
        *claim = likely ? FORMAT_LIKELY : FORMAT_PERHAPS;
    } else if (armor_is_in(prefix, len)) {
        *claim = FORMAT_SURE;
    }
    return true;
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
        likely = likely || (count == 0 && is_likely_body(header.tag, prefix));
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
