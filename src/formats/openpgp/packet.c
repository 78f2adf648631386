#include "formats/openpgp/packet.h"

enum {
    ALWAYS_SET = 0x80, /* bit 7 of every header's first octet */
    NEW_FORMAT = 0x40,
    PARTIAL_FIRST_MIN = 512,
};

static bool may_be_partial(uint8_t tag)
{
    return tag == PACKET_COMPRESSED || tag == PACKET_SYMMETRIC || tag == PACKET_LITERAL ||
           tag == PACKET_SEIPD || tag == PACKET_AEAD;
}

/* Section 4.2.1: one octet below 192, two below 224, a partial length below 255, or five. False:
 * there aren't enough octets; from may then stand anywhere. */
static bool take_new_length(struct bytes *from, uint32_t *len, bool *partial)
{
    uint8_t first;
    uint8_t second;
    if (!bytes_take_u8(from, &first))
        return false;
    *partial = first >= 224 && first < 255;
    if (first == 255)
        return bytes_take_u32_be(from, len);
    if (*partial) {
        *len = (uint32_t)1 << (first & 0x1F);
        return true;
    }
    if (first < 192) {
        *len = first;
        return true;
    }
    if (!bytes_take_u8(from, &second))
        return false;
    *len = ((uint32_t)(first - 192) << 8) + second + 192;
    return true;
}

/* Section 4.2.2: 1, 2, 4 or, for an indeterminate length, 0 octets. As above. */
static bool take_old_length(struct bytes *from, unsigned type, struct packet_header *header)
{
    uint8_t one;
    uint16_t two;
    header->body_len = 0;
    switch (type) {
    case 0:
        if (!bytes_take_u8(from, &one))
            return false;
        header->body_len = one;
        return true;
    case 1:
        if (!bytes_take_u16_be(from, &two))
            return false;
        header->body_len = two;
        return true;
    case 2:
        return bytes_take_u32_be(from, &header->body_len);
    default:
        header->length = PACKET_INDETERMINATE;
        return true;
    }
}

enum packet_parse packet_take_header(struct bytes *from, struct packet_header *header)
{
    struct bytes cursor = *from;
    uint8_t first;
    if (!bytes_take_u8(&cursor, &first))
        return PACKET_SHORT;
    bool is_new = (first & NEW_FORMAT) != 0;
    *header = (struct packet_header){
        .tag = (uint8_t)(is_new ? first & 0x3F : (first & 0x3C) >> 2),
        .old_format = !is_new,
        .length = PACKET_DEFINITE,
    };
    if ((first & ALWAYS_SET) == 0 || header->tag == 0)
        return PACKET_BAD;
    bool partial = false;
    if (is_new ? !take_new_length(&cursor, &header->body_len, &partial)
               : !take_old_length(&cursor, first & 3, header))
        return PACKET_SHORT;
    if (partial) {
        header->length = PACKET_PARTIAL;
        if (header->body_len < PARTIAL_FIRST_MIN || !may_be_partial(header->tag))
            return PACKET_BAD;
    }
    *from = cursor;
    return PACKET_GOOD;
}

enum packet_parse packet_take_part_length(struct bytes *from, uint32_t *len, bool *more)
{
    struct bytes cursor = *from;
    if (!take_new_length(&cursor, len, more))
        return PACKET_SHORT;
    *from = cursor;
    return PACKET_GOOD;
}

bool packet_take(struct bytes *from, uint8_t *tag, struct bytes *body, struct error *err)
{
    struct bytes cursor = *from;
    struct packet_header header;
    enum packet_parse parse = packet_take_header(&cursor, &header);
    if (parse == PACKET_BAD)
        return fail(err, ERROR_DAMAGED, "has no packet where one should begin");
    if (parse == PACKET_SHORT)
        return fail(err, ERROR_DAMAGED, "ends inside a packet's header");
    if (header.length != PACKET_DEFINITE)
        return fail(err, ERROR_DAMAGED, "has a packet without a definite length (type %u)",
                    (unsigned)header.tag);
    if (!bytes_take(&cursor, header.body_len, body))
        return fail(err, ERROR_DAMAGED, "ends inside a packet (type %u)", (unsigned)header.tag);
    *tag = header.tag;
    *from = cursor;
    return true;
}

size_t packet_write_length(unsigned char *out, size_t len)
{
    if (len < 192) {
        out[0] = (unsigned char)len;
        return 1;
    }
    if (len < 8384) {
        out[0] = (unsigned char)(192 + ((len - 192) >> 8));
        out[1] = (unsigned char)(len - 192);
        return 2;
    }
    out[0] = 255;
    for (size_t i = 0; i < 4; i++)
        out[1 + i] = (unsigned char)(len >> (24 - 8 * i));
    return 5;
}

size_t packet_write_header(unsigned char *out, uint8_t tag, size_t body_len)
{
    out[0] = (unsigned char)(ALWAYS_SET | NEW_FORMAT | tag);
    return 1 + packet_write_length(out + 1, body_len);
}
