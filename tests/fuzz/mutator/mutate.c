#include "mutate.h"

#include "packets.h"

#include <string.h>

/* What a mutation has to do with. */
struct change {
    struct pieces *pieces;
    struct piece *piece; /* one of them, by chance */
    size_t index;
    uint64_t random;
    octets_mutate *octets;
};

/* xorshift64*: below limit, which isn't 0. */
static size_t below(struct change *change, size_t limit)
{
    change->random ^= change->random >> 12;
    change->random ^= change->random << 25;
    change->random ^= change->random >> 27;
    return (size_t)((change->random * 0x2545F4914F6CDD1DU) >> 33) % limit;
}

/* Replaces old_len octets of the body at offset by len others. */
static bool replace(struct change *change, size_t offset, size_t old_len, const uint8_t *octets,
                    size_t len)
{
    struct piece *piece = change->piece;
    size_t new_len = piece->len - old_len + len;
    uint8_t *body = pieces_room(change->pieces, new_len);
    if (body == NULL)
        return false;
    const uint8_t *old = change->pieces->store + piece->at;
    memcpy(body, old, offset);
    memcpy(body + offset, octets, len);
    memcpy(body + offset + len, old + offset + old_len, piece->len - offset - old_len);
    piece->at = change->pieces->used;
    piece->len = new_len;
    change->pieces->used += new_len;
    return true;
}

/* ---- inside a packet ---- */

enum { PART_MAX = 4096, GROWTH = 64 };

/* Has octets change a part of the body, which may grow. */
static bool mutate_part(struct change *change, size_t offset, size_t len, size_t *new_len)
{
    uint8_t part[PART_MAX + GROWTH];
    if (len > PART_MAX)
        len = PART_MAX;
    memcpy(part, change->pieces->store + change->piece->at + offset, len);
    *new_len = change->octets(part, len, len + GROWTH);
    return replace(change, offset, len, part, *new_len);
}

static bool mutate_body(struct change *change)
{
    size_t new_len;
    size_t offset =
        change->piece->len > PART_MAX ? below(change, change->piece->len - PART_MAX) : 0;
    return mutate_part(change, offset, change->piece->len - offset, &new_len);
}

/* The first octets decide what the others are. */
static bool mutate_head(struct change *change)
{
    enum { HEAD = 14 };
    if (change->piece->len == 0)
        return false;
    size_t offset = below(change, change->piece->len < HEAD ? change->piece->len : HEAD);
    uint8_t octet = (uint8_t)below(change, below(change, 2) == 0 ? 32 : 256);
    return replace(change, offset, 1, &octet, 1);
}

/* What can be read as a multiprecision integer may be one. */
static bool mutate_number(struct change *change)
{
    for (int tries = 0; tries < 32 && change->piece->len > 3; tries++) {
        size_t offset = below(change, change->piece->len - 2);
        const uint8_t *at = change->pieces->store + change->piece->at + offset;
        size_t len = (((size_t)at[0] << 8 | at[1]) + 7) / 8;
        size_t new_len;
        if (len == 0 || len > PART_MAX || len > change->piece->len - offset - 2)
            continue;
        if (!mutate_part(change, offset + 2, len, &new_len))
            return false;
        uint8_t *body = change->pieces->store + change->piece->at + offset;
        size_t bits = 8 * new_len;
        for (unsigned mask = 0x80; new_len > 0 && mask > 0 && (body[2] & mask) == 0; mask >>= 1)
            bits--;
        body[0] = (uint8_t)(bits >> 8);
        body[1] = (uint8_t)bits;
        return true;
    }
    return false;
}

static bool cut(struct change *change)
{
    if (change->piece->len == 0)
        return false;
    change->piece->len = below(change, change->piece->len);
    return true;
}

/* ---- a signature's subpackets (RFC 9580 section 5.2.3.7) ---- */

struct area {
    size_t at; /* of its length in the body */
    unsigned length_octets;
    size_t len;
};

static size_t read_length(const uint8_t *at, unsigned octets)
{
    size_t value = 0;
    for (unsigned i = 0; i < octets; i++)
        value = value << 8 | at[i];
    return value;
}

/* The hashed area, or the other one. */
static bool find_area(const struct piece *piece, const uint8_t *body, bool hashed,
                      struct area *area)
{
    if (piece->tag != 2 || piece->len < 6 || body[0] < 4)
        return false;
    area->length_octets = body[0] == 6 ? 4 : 2;
    area->at = 4;
    for (int i = 0; i < (hashed ? 1 : 2); i++) {
        if (i > 0)
            area->at += area->length_octets + area->len;
        if (area->at > piece->len || area->length_octets > piece->len - area->at)
            return false;
        area->len = read_length(body + area->at, area->length_octets);
        if (area->len > piece->len - area->at - area->length_octets)
            return false;
    }
    return true;
}

/* Lengths above 191 are rare in signatures; such a subpacket is the last one that is found. */
static bool find_subpacket(struct change *change, const uint8_t *octets, size_t area_len,
                           size_t *offset, size_t *len)
{
    size_t at = 0;
    size_t found = 0;
    while (at < area_len && octets[at] < 192 && octets[at] < area_len - at) {
        size_t whole = 1 + (size_t)octets[at];
        if (below(change, ++found) == 0) {
            *offset = at;
            *len = whole;
        }
        at += whole;
    }
    return found > 0;
}

/* Drops, doubles, mutates or adds one. */
static bool mutate_subpacket(struct change *change)
{
    static const uint8_t types[] = {2,  3,  4,  5,  7,  9,  11, 12, 16, 20, 21,
                                    22, 23, 25, 27, 29, 30, 31, 32, 33, 34, 39};
    uint8_t made[256];
    size_t made_len = 0;
    size_t offset = 0;
    size_t len = 0;
    struct area area;
    const uint8_t *body = change->pieces->store + change->piece->at;
    if (!find_area(change->piece, body, below(change, 2) == 0, &area))
        return false;
    const uint8_t *octets = body + area.at + area.length_octets;
    size_t kind = below(change, 4);
    if (!find_subpacket(change, octets, area.len, &offset, &len))
        kind = 3;
    if (kind == 3 || len == 0) { /* a new one in front */
        made[1] =
            (uint8_t)(types[below(change, sizeof types)] | (below(change, 4) == 0 ? 0x80 : 0));
        made_len = 2 + change->octets(made + 2, 0, 24);
        len = 0;
    } else if (kind > 0) {
        memcpy(made, octets + offset, len);
        made_len = kind == 1 ? len : 1 + change->octets(made + 1, len - 1, len + 8);
    }
    if (made_len > 0)
        made[0] = (uint8_t)(made_len - 1);
    size_t new_len = area.len + made_len - (kind == 1 ? 0 : len);
    if (made_len > 192 || !replace(change, area.at + area.length_octets + offset,
                                   kind == 1 ? 0 : len, made, made_len))
        return false;
    uint8_t *length = change->pieces->store + change->piece->at + area.at;
    for (unsigned i = 0; i < area.length_octets; i++)
        length[i] = (uint8_t)(new_len >> (8 * (area.length_octets - 1 - i)));
    return true;
}

/* ---- packets as they are ---- */

static bool drop(struct change *change)
{
    struct pieces *pieces = change->pieces;
    if (pieces->count < 2)
        return false;
    pieces->count--;
    memmove(change->piece, change->piece + 1,
            (pieces->count - change->index) * sizeof *change->piece);
    return true;
}

static bool insert(struct change *change, struct piece piece, size_t index)
{
    struct pieces *pieces = change->pieces;
    if (pieces->count == PIECES_MAX)
        return false;
    memmove(&pieces->piece[index + 1], &pieces->piece[index],
            (pieces->count - index) * sizeof piece);
    pieces->piece[index] = piece;
    pieces->count++;
    return true;
}

static bool repeat(struct change *change)
{
    size_t times = below(change, 8) == 0 ? 16 : 1;
    size_t index = below(change, 2) == 0 ? change->index : below(change, change->pieces->count + 1);
    struct piece piece = *change->piece;
    while (times > 1 && insert(change, piece, index))
        times--;
    return insert(change, piece, index);
}

static bool swap(struct change *change)
{
    struct piece *other = &change->pieces->piece[below(change, change->pieces->count)];
    struct piece piece = *change->piece;
    *change->piece = *other;
    *other = piece;
    return other != change->piece;
}

static bool change_form(struct change *change)
{
    change->piece->form = (enum piece_form)below(change, FORM_COUNT);
    return true;
}

static bool change_tag(struct change *change)
{
    static const uint8_t tags[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                   13, 14, 17, 18, 19, 20, 21, 39, 40, 60, 63};
    change->piece->tag = tags[below(change, sizeof tags)];
    return true;
}

/* A packet as peers write it, in front of another. */
static bool add(struct change *change)
{
    static const struct {
        uint8_t tag;
        uint8_t len;
        uint8_t body[24];
    } made[] = {
        {1, 13, {3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1}},         /* PKESK 3, hidden */
        {1, 6, {6, 0, 25, 1, 2, 3}},                              /* PKESK 6, hidden */
        {3, 13, {4, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0}},         /* SKESK 4, iterated, bare */
        {3, 4, {4, 7, 0, 2}},                                     /* .. simple */
        {3, 24, {6, 20, 9, 2, 20, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, /* SKESK 6, Argon2 */
        {10, 3, {'P', 'G', 'P'}},
        {21, 4, {1, 2, 3, 4}},
        {11, 7, {'b', 0, 0, 0, 0, 0, 'x'}},
        {8, 2, {0, 0xCB}},
        {18, 1, {1}},
        {18, 20, {2, 9, 2, 6}},
        {20, 20, {1, 9, 2, 6}},
        {60, 1, {0}},
    };
    size_t kind = below(change, sizeof made / sizeof made[0]);
    uint8_t *body = pieces_room(change->pieces, made[kind].len);
    if (body == NULL)
        return false;
    memcpy(body, made[kind].body, made[kind].len);
    struct piece piece = {.tag = made[kind].tag, .at = change->pieces->used, .len = made[kind].len};
    change->pieces->used += made[kind].len;
    return insert(change, piece, change->index);
}

/* From this packet on, everything goes into one that is compressed, but isn't. */
static bool wrap(struct change *change)
{
    static uint8_t joined[PIECES_ROOM];
    static struct pieces inner;
    struct pieces *pieces = change->pieces;
    inner = *pieces;
    inner.is_armored = false;
    inner.count -= change->index;
    memmove(inner.piece, inner.piece + change->index, inner.count * sizeof inner.piece[0]);
    size_t len = pieces_join(&inner, joined + 1, PIECES_ROOM / 4);
    uint8_t *body = pieces_room(pieces, len + 1);
    if (len == 0 || body == NULL)
        return false;
    joined[0] = 0;
    memcpy(body, joined, len + 1);
    *change->piece = (struct piece){.tag = 8, .at = pieces->used, .len = len + 1};
    pieces->used += len + 1;
    pieces->count = change->index + 1;
    return true;
}

static bool change_armor(struct change *change)
{
    change->pieces->is_armored = !change->pieces->is_armored;
    return true;
}

size_t packets_mutate(uint8_t *data, size_t size, size_t room, unsigned seed, octets_mutate *octets)
{
    static bool (*const changes[])(struct change *) = {
        mutate_body,
        mutate_head,
        mutate_head,
        mutate_number,
        mutate_number,
        cut,
        drop,
        repeat,
        mutate_subpacket,
        mutate_subpacket,
        swap,
        change_form,
        change_tag,
        add,
        wrap,
    };
    static struct pieces pieces;
    struct change change = {.pieces = &pieces, .random = seed + 1U, .octets = octets};
    if (!pieces_split(&pieces, data, size))
        return 0;
    size_t wanted = 1 + below(&change, 3);
    for (int tries = 0; tries < 20 && wanted > 0; tries++) {
        change.index = below(&change, pieces.count);
        change.piece = &pieces.piece[change.index];
        bool done = below(&change, 100) == 0
                        ? change_armor(&change)
                        : changes[below(&change, sizeof changes / sizeof changes[0])](&change);
        wanted -= done;
    }
    return pieces_join(&pieces, data, room);
}

size_t packets_cross(const uint8_t *one, size_t one_len, const uint8_t *other, size_t other_len,
                     uint8_t *out, size_t room, unsigned seed)
{
    static struct pieces pieces;
    static struct pieces others;
    struct change change = {.pieces = &pieces, .random = seed + 1U};
    if (!pieces_split(&pieces, one, one_len) || !pieces_split(&others, other, other_len))
        return 0;
    for (size_t i = below(&change, others.count); i < others.count; i++) {
        struct piece piece = others.piece[i];
        uint8_t *body = pieces_room(&pieces, piece.len);
        if (body == NULL || below(&change, 3) == 0)
            continue;
        memcpy(body, others.store + piece.at, piece.len);
        piece.at = pieces.used;
        pieces.used += piece.len;
        if (!insert(&change, piece, below(&change, pieces.count + 1)))
            break;
    }
    return pieces_join(&pieces, out, room);
}
