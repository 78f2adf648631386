#include "packets.h"

#include <stdio.h>
#include <string.h>

enum { LINE_DIGITS = 64, PART_EXPONENT = 6 };

/* ---- armor ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const uint8_t *find(const uint8_t *data, size_t size, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= size; i++)
        if (memcmp(data + i, word, len) == 0)
            return data + i;
    return NULL;
}

/* The octets of the first block go to out, which has room for size octets. False: there is none. */
static bool dearmor(const uint8_t *data, size_t size, uint8_t *out, size_t *out_len)
{
    const uint8_t *end = data + size;
    const uint8_t *at = find(data, size, "-----BEGIN PGP ");
    uint32_t bits = 0;
    unsigned count = 0;
    *out_len = 0;
    if (at == NULL)
        return false;
    const uint8_t *body = find(at, (size_t)(end - at), "\n\n");
    for (at = body != NULL ? body : end; at < end && *at != '=' && *at != '-'; at++) {
        const char *digit = *at != '\0' ? strchr(digits, *at) : NULL;
        if (digit == NULL)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if ((count += 6) >= 8)
            out[(*out_len)++] = (uint8_t)(bits >> (count -= 8));
    }
    return *out_len > 0;
}

static uint32_t crc24(const uint8_t *octets, size_t len)
{
    uint32_t crc = 0xB704CE;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint32_t)octets[i] << 16;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ ((crc & 0x800000) != 0 ? 0x1864CFB : 0);
    }
    return crc & 0xFFFFFF;
}

static size_t write_digits(const uint8_t *octets, size_t len, char *text)
{
    size_t at = 0;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = (uint32_t)octets[i] << 16;
        bits |= i + 1 < len ? (uint32_t)octets[i + 1] << 8 : 0;
        bits |= i + 2 < len ? octets[i + 2] : 0;
        for (unsigned j = 0; j < 4; j++)
            text[at++] = i + j > len ? '=' : digits[bits >> (18 - 6 * j) & 63];
        if (at % (LINE_DIGITS + 1) == LINE_DIGITS)
            text[at++] = '\n';
    }
    return at;
}

static size_t armor(const uint8_t *octets, size_t len, uint8_t tag, uint8_t *out, size_t room)
{
    static char text[2 * PIECES_ROOM];
    const char *kind = tag == 5 ? "PRIVATE KEY BLOCK" : tag == 6 ? "PUBLIC KEY BLOCK" : "MESSAGE";
    uint32_t crc = crc24(octets, len);
    const uint8_t sum[] = {(uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc};
    size_t at = (size_t)snprintf(text, sizeof text, "-----BEGIN PGP %s-----\n\n", kind);
    at += write_digits(octets, len, text + at);
    at += (size_t)snprintf(text + at, sizeof text - at, "\n=");
    at += write_digits(sum, sizeof sum, text + at);
    at += (size_t)snprintf(text + at, sizeof text - at, "\n-----END PGP %s-----\n", kind);
    if (at > room)
        return 0;
    memcpy(out, text, at);
    return at;
}

/* ---- taking apart ---- */

static size_t be(const uint8_t *at, unsigned octets)
{
    size_t value = 0;
    while (octets-- > 0)
        value = value << 8 | *at++;
    return value;
}

/* Lengths of RFC 9580 section 4.2.1. Returns how many octets they take, 0: they are cut off. */
static size_t read_new_length(const uint8_t *at, size_t left, size_t *len, bool *more)
{
    *more = false;
    if (left >= 1 && at[0] < 192)
        return *len = at[0], 1;
    if (left >= 2 && at[0] < 224)
        return *len = ((size_t)(at[0] - 192) << 8) + at[1] + 192, 2;
    if (left >= 5 && at[0] == 255)
        return *len = be(at + 1, 4), 5;
    *more = left >= 1 && at[0] >= 224 && at[0] < 255;
    if (!*more)
        return 0;
    *len = (size_t)1 << (at[0] & 31);
    return 1;
}

static size_t read_old_length(const uint8_t *at, size_t left, unsigned type, size_t *len)
{
    unsigned octets = 1U << type;
    if (type == 3 || left < octets)
        return 0;
    *len = be(at, octets);
    return octets;
}

/* Gathers the parts of a body. Returns what was taken of at, 0: none begins here. */
static size_t take_new(struct pieces *pieces, struct piece *piece, const uint8_t *at, size_t left)
{
    size_t taken = 0;
    bool more = true;
    piece->form = FORM_NEW;
    while (more) {
        size_t len = 0;
        size_t head = read_new_length(at + taken, left - taken, &len, &more);
        if (head == 0)
            return 0;
        if (more)
            piece->form = FORM_PARTIAL;
        else if (taken == 0 && head == 5)
            piece->form = FORM_NEW_LONG;
        taken += head;
        len = len < left - taken ? len : left - taken;
        memcpy(pieces->store + pieces->used, at + taken, len);
        pieces->used += len;
        piece->len += len;
        taken += len;
    }
    return taken;
}

static size_t take_piece(struct pieces *pieces, struct piece *piece, const uint8_t *at, size_t left)
{
    size_t len = 0;
    *piece = (struct piece){.at = pieces->used};
    if (left < 2 || (at[0] & 0x80) == 0)
        return 0;
    if ((at[0] & 0x40) != 0) {
        piece->tag = at[0] & 63;
        size_t taken = take_new(pieces, piece, at + 1, left - 1);
        return taken == 0 ? 0 : 1 + taken;
    }
    piece->tag = at[0] >> 2 & 15;
    piece->form = FORM_OLD;
    size_t head = 1 + read_old_length(at + 1, left - 1, at[0] & 3, &len);
    if (head == 1) {
        piece->form = FORM_INDETERMINATE;
        len = left - head;
    }
    piece->len = len < left - head ? len : left - head;
    memcpy(pieces->store + pieces->used, at + head, piece->len);
    pieces->used += piece->len;
    return head + piece->len;
}

bool pieces_split(struct pieces *pieces, const uint8_t *data, size_t size)
{
    static uint8_t octets[PIECES_ROOM];
    *pieces = (struct pieces){.count = 0};
    if (size == 0 || size > PIECES_ROOM / 4)
        return false;
    size_t dearmored_len;
    pieces->is_armored = dearmor(data, size, octets, &dearmored_len);
    if (pieces->is_armored) {
        data = octets;
        size = dearmored_len;
    }
    while (size > 0 && pieces->count < PIECES_MAX - 1) {
        struct piece *piece = &pieces->piece[pieces->count];
        size_t before = pieces->used;
        size_t taken = take_piece(pieces, piece, data, size);
        if (taken == 0) {
            pieces->used = before;
            break;
        }
        pieces->count++;
        data += taken;
        size -= taken;
    }
    if (size > 0) {
        struct piece rest = {.is_raw = true, .at = pieces->used, .len = size};
        memcpy(pieces->store + pieces->used, data, size);
        pieces->used += size;
        pieces->piece[pieces->count++] = rest;
    }
    return pieces->count > 0;
}

uint8_t *pieces_room(struct pieces *pieces, size_t len)
{
    return len <= PIECES_ROOM - pieces->used ? pieces->store + pieces->used : NULL;
}

/* ---- putting together ---- */

static size_t write_new_length(uint8_t *out, size_t len, bool is_long)
{
    if (len < 192 && !is_long)
        return out[0] = (uint8_t)len, 1;
    if (len < 8384 && !is_long) {
        out[0] = (uint8_t)(192 + ((len - 192) >> 8));
        out[1] = (uint8_t)(len - 192);
        return 2;
    }
    out[0] = 255;
    for (int i = 0; i < 4; i++)
        out[1 + i] = (uint8_t)(len >> (24 - 8 * i));
    return 5;
}

static size_t write_parts(uint8_t *out, const uint8_t *body, size_t len)
{
    size_t at = 0;
    while (len >= (size_t)1 << PART_EXPONENT) {
        size_t part = (size_t)1 << PART_EXPONENT;
        out[at++] = 224 + PART_EXPONENT;
        memcpy(out + at, body, part);
        at += part;
        body += part;
        len -= part;
    }
    at += write_new_length(out + at, len, false);
    memcpy(out + at, body, len);
    return at + len;
}

static size_t write_piece(uint8_t *out, const struct piece *piece, const uint8_t *body)
{
    size_t at = 0;
    bool is_old = (piece->form == FORM_OLD || piece->form == FORM_INDETERMINATE) && piece->tag < 16;
    if (!piece->is_raw)
        out[at++] = (uint8_t)(is_old ? 0x80 | piece->tag << 2 : 0xC0 | piece->tag);
    if (!piece->is_raw && piece->form == FORM_PARTIAL)
        return at + write_parts(out + at, body, piece->len);
    if (!piece->is_raw && !is_old)
        at += write_new_length(out + at, piece->len, piece->form == FORM_NEW_LONG);
    if (!piece->is_raw && is_old) {
        bool ends = piece->form == FORM_OLD;
        out[0] |= ends ? 1 : 3;
        for (int i = 0; i < 2 && ends; i++)
            out[at++] = (uint8_t)(piece->len >> (8 - 8 * i));
    }
    memcpy(out + at, body, piece->len);
    return at + piece->len;
}

size_t pieces_join(const struct pieces *pieces, uint8_t *out, size_t room)
{
    static uint8_t octets[2 * PIECES_ROOM];
    size_t len = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->piece[i];
        if (piece->len + piece->len / 32 + 16 > sizeof octets - len)
            return 0;
        len += write_piece(octets + len, piece, pieces->store + piece->at);
    }
    if (pieces->is_armored && len < PIECES_ROOM)
        return armor(octets, len, pieces->piece[0].tag, out, room);
    if (len > room)
        return 0;
    memcpy(out, octets, len);
    return len;
}
