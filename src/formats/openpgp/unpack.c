/*
 * Each level reads one sequence of packets: level 0 what the container holds, every other one what
 * the compressed packet of the level above unpacks to. A level calls the next one for each piece it
 * decompressed, so the stack is as deep as the levels, of which there are few.
 */
#include "formats/openpgp/unpack.h"
#include "base/secret.h"
#include "formats/openpgp/inflate.h"
#include "formats/openpgp/literal.h"
#include "formats/openpgp/packet.h"

#include <stdlib.h>

enum {
    INFLATED_ROOM = 64 * 1024, /* decompressed octets in one piece */
    PAGE_ALIGNMENT = 4096,
    IDLE_PER_OCTET = 2 * UNPACK_DEPTH_MAX,
};

enum step {
    STEP_HEADER, /* of the next packet */
    STEP_BODY,
    STEP_PART_LENGTH, /* of the next part of a body with partial lengths */
};

struct level {
    enum step step;
    unsigned char carried[PACKET_HEADER_MAX]; /* a header or length that isn't whole yet */
    size_t carried_len;
    struct packet_header header;
    uint32_t part_left;
    bool more_parts;
    bool has_content; /* the one literal or compressed packet of the sequence was begun */
    struct literal_head literal;
    bool has_algorithm; /* the compressed packet's first octet was read */
    enum inflate_algorithm algorithm;
    struct inflate *inflate;
    unsigned char *inflated; /* INFLATED_ROOM octets */
    bool inflate_ended;      /* what comes behind is ignored: Sequoia pads so */
};

struct unpacker {
    const char *name;
    unpack_deliver *deliver;
    void *context;
    bool was_signed;
    uint64_t idle;
    bool has_bzip2; /* at one level */
    struct level levels[UNPACK_DEPTH_MAX + 1];
};

static bool level_add(struct unpacker *unpacker, size_t depth, struct bytes bytes,
                      struct error *err);
static bool level_end(struct unpacker *unpacker, size_t depth, struct error *err);

/* What a packet is to somebody who wants the literal alone. */
enum role {
    ROLE_CONTENT,
    ROLE_SIGNATURE,
    ROLE_IGNORED,
    ROLE_ENCRYPTED,
    ROLE_MISPLACED,
    ROLE_UNKNOWN
};

static enum role role_of(uint8_t tag)
{
    switch (tag) {
    case PACKET_COMPRESSED:
    case PACKET_LITERAL:
        return ROLE_CONTENT;
    case PACKET_SIGNATURE:
    case PACKET_ONE_PASS_SIGNATURE:
        return ROLE_SIGNATURE;
    case PACKET_MARKER:
    case PACKET_PADDING:
        return ROLE_IGNORED;
    case PACKET_PKESK:
    case PACKET_SKESK:
    case PACKET_SYMMETRIC:
    case PACKET_SEIPD:
    case PACKET_AEAD:
        return ROLE_ENCRYPTED;
    case PACKET_SECRET_KEY:
    case PACKET_PUBLIC_KEY:
    case PACKET_SECRET_SUBKEY:
    case PACKET_PUBLIC_SUBKEY:
    case PACKET_TRUST:
    case PACKET_USER_ID:
    case PACKET_USER_ATTRIBUTE:
    case PACKET_MDC:
        return ROLE_MISPLACED;
    default:
        return tag >= PACKET_NOT_CRITICAL ? ROLE_IGNORED : ROLE_UNKNOWN;
    }
}

static bool malformed(const struct unpacker *unpacker, const char *how, struct error *err)
{
    return fail(err, ERROR_DAMAGED, "%s: the message inside is malformed: %s", unpacker->name, how);
}

/* ---- compressed packets ---- */

static void compressed_free(struct level *level)
{
    inflate_free(level->inflate);
    free(level->inflated);
    level->inflate = NULL;
    level->inflated = NULL;
}

static bool compressed_begin(struct unpacker *unpacker, struct level *level, uint8_t algorithm,
                             struct error *err)
{
    if (algorithm > INFLATE_BZIP2)
        return fail(err, ERROR_UNSUPPORTED, "%s: compression algorithm %u is unknown",
                    unpacker->name, (unsigned)algorithm);
    /* each level of it takes 4 MiB */
    if (algorithm == INFLATE_BZIP2 && unpacker->has_bzip2)
        return fail(err, ERROR_UNSUPPORTED, "%s: is compressed with BZip2 more than once",
                    unpacker->name);
    unpacker->has_bzip2 = unpacker->has_bzip2 || algorithm == INFLATE_BZIP2;
    level->has_algorithm = true;
    level->algorithm = (enum inflate_algorithm)algorithm;
    if (algorithm == INFLATE_UNCOMPRESSED)
        return true;
    level->inflate = inflate_new(level->algorithm);
    level->inflated = aligned_alloc(PAGE_ALIGNMENT, INFLATED_ROOM);
    if (!level->inflate || !level->inflated)
        return fail_memory(err); /* unpacker_free frees what there is */
    secret_hide_from_dumps(level->inflated, INFLATED_ROOM);
    return true;
}

static bool count_idle(struct unpacker *unpacker, size_t len, struct error *err)
{
    unpacker->idle += len;
    if (unpacker->idle > UNPACK_IDLE_MAX)
        return malformed(unpacker, "it unpacks to a great deal that is no data", err);
    return true;
}

/* Undoes bytes and hands them to the next level. */
static bool inflate_add(struct unpacker *unpacker, size_t depth, struct bytes bytes,
                        struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    enum inflate_status status;
    size_t len;
    do {
        status = inflate_run(level->inflate, &bytes, level->inflated, INFLATED_ROOM, &len);
        /* First what comes before the damage: how the pieces were cut must not change the outcome.
         */
        struct bytes inflated = {level->inflated, len};
        if (!count_idle(unpacker, len, err) || !level_add(unpacker, depth + 1, inflated, err))
            return false;
        if (status == INFLATE_NO_MEMORY)
            return fail_memory(err);
        if (status == INFLATE_DAMAGED)
            return malformed(unpacker, "its compressed data are damaged", err);
    } while (status == INFLATE_GOES_ON && (bytes.len > 0 || len == INFLATED_ROOM));
    level->inflate_ended = status == INFLATE_ENDED;
    return !level->inflate_ended || level_end(unpacker, depth + 1, err);
}

static bool compressed_add(struct unpacker *unpacker, size_t depth, struct bytes body,
                           struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    uint8_t algorithm;
    if (!level->has_algorithm &&
        (!bytes_take_u8(&body, &algorithm) || !compressed_begin(unpacker, level, algorithm, err)))
        return false;
    if (level->algorithm == INFLATE_UNCOMPRESSED)
        return level_add(unpacker, depth + 1, body, err);
    return level->inflate_ended || inflate_add(unpacker, depth, body, err);
}

static bool compressed_end(struct unpacker *unpacker, size_t depth, struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    if (!level->has_algorithm)
        return malformed(unpacker, "a compressed packet is empty", err);
    if (level->algorithm == INFLATE_UNCOMPRESSED)
        return level_end(unpacker, depth + 1, err);
    if (!level->inflate_ended)
        return malformed(unpacker, "its compressed data end too early", err);
    compressed_free(level);
    return true;
}

/* ---- the literal ---- */

static bool literal_add(struct unpacker *unpacker, struct level *level, struct bytes body,
                        struct error *err)
{
    literal_skip_head(&level->literal, &body);
    if (body.len == 0)
        return true;
    uint64_t earned = (uint64_t)body.len * IDLE_PER_OCTET;
    unpacker->idle -= earned < unpacker->idle ? earned : unpacker->idle;
    return unpacker->deliver(unpacker->context, body.at, body.len, err);
}

/* ---- any packet ---- */

static bool packet_end(struct unpacker *unpacker, size_t depth, struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    level->step = STEP_HEADER;
    if (level->header.tag == PACKET_COMPRESSED)
        return compressed_end(unpacker, depth, err);
    if (level->header.tag == PACKET_LITERAL && !literal_head_is_whole(&level->literal))
        return malformed(unpacker, "the literal packet is too short", err);
    return true;
}

static bool part_end(struct unpacker *unpacker, size_t depth, struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    if (!level->more_parts)
        return packet_end(unpacker, depth, err);
    level->step = STEP_PART_LENGTH;
    return true;
}

static bool part_begin(struct unpacker *unpacker, size_t depth, uint32_t len, bool more,
                       struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    level->step = STEP_BODY;
    level->part_left = len;
    level->more_parts = more;
    /* An empty body ends here and now: the octets that end the others may never come. */
    return len > 0 || level->header.length == PACKET_INDETERMINATE ||
           part_end(unpacker, depth, err);
}

static bool content_begin(struct unpacker *unpacker, size_t depth, struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    if (level->has_content)
        return malformed(unpacker, "it holds two messages", err);
    if (level->header.tag == PACKET_COMPRESSED && depth == UNPACK_DEPTH_MAX)
        return fail(err, ERROR_UNSUPPORTED, "%s: is compressed more than %d times over",
                    unpacker->name, UNPACK_DEPTH_MAX);
    level->has_content = true;
    return true;
}

static bool packet_begin(struct unpacker *unpacker, size_t depth, struct error *err)
{
    const struct packet_header *header = &unpacker->levels[depth].header;
    enum role role = role_of(header->tag);
    if (role == ROLE_ENCRYPTED)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: what is encrypted in it is encrypted once more; gpg can open that",
                    unpacker->name);
    if (role == ROLE_UNKNOWN)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: holds a packet of type %u, which is unknown and may not be skipped",
                    unpacker->name, (unsigned)header->tag);
    if (role == ROLE_MISPLACED)
        return malformed(unpacker, "it holds a packet that has no place there", err);
    if (role == ROLE_SIGNATURE)
        unpacker->was_signed = true;
    if (role == ROLE_CONTENT && !content_begin(unpacker, depth, err))
        return false;
    /* It would hide all that comes behind it. */
    if (role != ROLE_CONTENT && header->length == PACKET_INDETERMINATE)
        return malformed(unpacker, "a packet that is no data has no length", err);
    return part_begin(unpacker, depth, header->body_len, header->length == PACKET_PARTIAL, err);
}

/* Takes one octet of a header or of a part's length; a piece may end inside it anywhere. */
static bool head_take(struct unpacker *unpacker, size_t depth, struct bytes *bytes,
                      struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    if (!bytes_take_u8(bytes, &level->carried[level->carried_len]))
        return true;
    level->carried_len++;
    bool is_header = level->step == STEP_HEADER;
    struct bytes carried = {level->carried, level->carried_len};
    uint32_t len;
    bool more;
    enum packet_parse parse = is_header ? packet_take_header(&carried, &level->header)
                                        : packet_take_part_length(&carried, &len, &more);
    if (parse == PACKET_SHORT)
        return true;
    if (parse == PACKET_BAD)
        return malformed(unpacker, "it has octets that are no packet", err);
    level->carried_len = 0;
    return is_header ? packet_begin(unpacker, depth, err)
                     : part_begin(unpacker, depth, len, more, err);
}

static bool body_add(struct unpacker *unpacker, size_t depth, struct bytes body, struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    switch (level->header.tag) {
    case PACKET_LITERAL:
        return literal_add(unpacker, level, body, err);
    case PACKET_COMPRESSED:
        return compressed_add(unpacker, depth, body, err);
    default:
        return true;
    }
}

static bool body_take(struct unpacker *unpacker, size_t depth, struct bytes *bytes,
                      struct error *err)
{
    struct level *level = &unpacker->levels[depth];
    if (level->header.length == PACKET_INDETERMINATE)
        return body_add(unpacker, depth, bytes_take_rest(bytes), err);
    struct bytes body;
    size_t len = level->part_left < bytes->len ? level->part_left : bytes->len;
    if (!bytes_take(bytes, len, &body) || !body_add(unpacker, depth, body, err))
        return false;
    level->part_left -= (uint32_t)len;
    return level->part_left > 0 || part_end(unpacker, depth, err);
}

/* ---- levels ---- */

static bool level_add(struct unpacker *unpacker, size_t depth, struct bytes bytes,
                      struct error *err)
{
    const struct level *level = &unpacker->levels[depth];
    while (bytes.len > 0) {
        bool ok = level->step == STEP_BODY ? body_take(unpacker, depth, &bytes, err)
                                           : head_take(unpacker, depth, &bytes, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool level_end(struct unpacker *unpacker, size_t depth, struct error *err)
{
    const struct level *level = &unpacker->levels[depth];
    if (level->step == STEP_BODY && level->header.length == PACKET_INDETERMINATE &&
        !packet_end(unpacker, depth, err))
        return false;
    if (level->step != STEP_HEADER || level->carried_len > 0)
        return malformed(unpacker, "it ends inside a packet", err);
    if (!level->has_content)
        return malformed(unpacker, "it holds no data", err);
    return true;
}

struct unpacker *unpacker_new(const char *name, unpack_deliver *deliver, void *context)
{
    struct unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (!unpacker)
        return NULL;
    unpacker->name = name;
    unpacker->deliver = deliver;
    unpacker->context = context;
    return unpacker;
}

bool unpacker_add(struct unpacker *unpacker, const unsigned char *bytes, size_t len,
                  struct error *err)
{
    return level_add(unpacker, 0, (struct bytes){bytes, len}, err);
}

bool unpacker_end(struct unpacker *unpacker, struct error *err)
{
    return level_end(unpacker, 0, err);
}

bool unpacker_was_signed(const struct unpacker *unpacker)
{
    return unpacker->was_signed;
}

bool unpacker_may_begin(struct bytes bytes)
{
    struct packet_header header;
    enum packet_parse parse = packet_take_header(&bytes, &header);
    if (parse != PACKET_GOOD)
        return parse == PACKET_SHORT;
    bool is_definite = header.length == PACKET_DEFINITE;
    switch (role_of(header.tag)) {
    case ROLE_CONTENT:
        if (header.tag == PACKET_LITERAL)
            return !is_definite || header.body_len >= LITERAL_HEAD_MIN;
        return bytes.len == 0 || bytes.at[0] <= INFLATE_BZIP2;
    case ROLE_SIGNATURE:
    case ROLE_IGNORED:
        return is_definite;
    default:
        return false;
    }
}

void unpacker_free(struct unpacker *unpacker)
{
    if (!unpacker)
        return;
    for (size_t depth = 0; depth <= UNPACK_DEPTH_MAX; depth++)
        compressed_free(&unpacker->levels[depth]);
    free(unpacker);
}
