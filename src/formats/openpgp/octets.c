/*
 * Large reads go straight into place. Small ones (of what is cut into small parts, as gpg does) are
 * served from a buffer, since a system call or a turn of the decoder for each would cost more than
 * copying; what was peeked at stands there, too.
 */
#include "formats/openpgp/octets.h"
#include "base/magic.h"
#include "formats/openpgp/armor.h"

#include <stdlib.h>
#include <string.h>

enum {
    TEXT_LEN = 64 * 1024,
    BUFFER_LEN = 64 * 1024,
    DIRECT_MIN = 32 * 1024,
    REFILL_LEN = 4096,
    BINARY_BIT = 0x80, /* set in the first octet of every packet, in none of ASCII */
    BYTE_ORDER_MARK_LEN = 3,
};

_Static_assert((int)OCTETS_PEEK_MAX <= (int)TEXT_LEN, "the head of armor fits");
_Static_assert((int)OCTETS_PEEK_MAX <= (int)BUFFER_LEN, "what is peeked at fits");
_Static_assert((int)OCTETS_PEEK_MAX <= (int)SOURCE_PEEK_MAX, "the source can look as far");

struct octets {
    struct source *source; /* not owned */
    uint64_t offset;
    bool is_armored;
    bool has_ended; /* the armor was whole, and only white space stood behind it */
    struct armor armor;
    unsigned char *text;    /* TEXT_LEN; NULL for binary octets */
    struct bytes text_left; /* what of it isn't decoded yet */
    unsigned char *buffer;  /* BUFFER_LEN */
    size_t buffer_start;
    size_t buffer_len;
};

/* For what armor.h says, which names no object. */
static bool fail_named(const struct octets *octets, const struct error *own, struct error *err)
{
    const char *what = own->kind == ERROR_TRUNCATED ? "truncated: "
                       : own->kind == ERROR_DAMAGED ? "damaged: "
                                                    : "";
    return fail(err, own->kind, "%s: %s%s", octets_name(octets), what, own->text);
}

/* *got 0: the end of the source. */
static bool read_text(struct octets *octets, size_t *got, struct error *err)
{
    if (!source_read(octets->source, octets->text, TEXT_LEN, got, err))
        return false;
    octets->text_left = (struct bytes){octets->text, *got};
    return true;
}

/* Reads what follows the armor, to the end of the source. */
static bool read_white_space(struct octets *octets, struct error *err)
{
    size_t got;
    do {
        struct bytes *left = &octets->text_left;
        uint8_t c;
        while (bytes_take_u8(left, &c))
            if (c != ' ' && (c < '\t' || c > '\r'))
                return fail(err, ERROR_DAMAGED,
                            "%s: damaged: has something behind its armor's end line",
                            octets_name(octets));
        if (!read_text(octets, &got, err))
            return false;
    } while (got > 0);
    return true;
}

static bool decode_some(struct octets *octets, unsigned char *into, size_t len, size_t *got,
                        struct error *err)
{
    struct bytes *left = &octets->text_left;
    struct error own = {.kind = ERROR_NONE};
    size_t text_len;
    *got = 0;
    if (left->len == 0) {
        if (!read_text(octets, &text_len, err))
            return false;
        if (text_len == 0)
            return armor_end(&octets->armor, &own) || fail_named(octets, &own, err);
    }
    struct bytes part = {left->at, left->len < len ? left->len : len};
    size_t part_len = part.len;
    if (!armor_decode(&octets->armor, &part, into, got, &own))
        return fail_named(octets, &own, err);
    struct bytes decoded;
    bytes_take(left, part_len - part.len, &decoded);
    if (!armor_has_ended(&octets->armor))
        return true;
    octets->has_ended = true;
    return read_white_space(octets, err);
}

/* Reads past the buffer. */
static bool read_directly(struct octets *octets, unsigned char *into, size_t len, size_t *got,
                          struct error *err)
{
    if (!octets->is_armored)
        return source_read(octets->source, into, len, got, err);
    *got = 0;
    while (*got < len && !octets->has_ended) {
        size_t count;
        if (!decode_some(octets, into + *got, len - *got, &count, err))
            return false;
        *got += count;
    }
    return true;
}

/* Reads until the buffer holds len, or to the end of the message. */
static bool fill_buffer(struct octets *octets, size_t len, struct error *err)
{
    size_t got;
    if (octets->buffer_len >= len)
        return true;
    memmove(octets->buffer, octets->buffer + octets->buffer_start, octets->buffer_len);
    octets->buffer_start = 0;
    if (!read_directly(octets, octets->buffer + octets->buffer_len, len - octets->buffer_len, &got,
                       err))
        return false;
    octets->buffer_len += got;
    return true;
}

static size_t take_buffered(struct octets *octets, unsigned char *into, size_t len)
{
    size_t count = octets->buffer_len < len ? octets->buffer_len : len;
    if (count > 0)
        memcpy(into, octets->buffer + octets->buffer_start, count);
    octets->buffer_start += count;
    octets->buffer_len -= count;
    return count;
}

bool octets_read(struct octets *octets, void *into, size_t len, size_t *got, struct error *err)
{
    unsigned char *to = into;
    size_t taken = take_buffered(octets, to, len);
    size_t more = 0;
    *got = 0;
    if (len - taken >= DIRECT_MIN) {
        if (!read_directly(octets, to + taken, len - taken, &more, err))
            return false;
    } else if (len > taken) {
        if (!fill_buffer(octets, BUFFER_LEN, err))
            return false;
        more = take_buffered(octets, to + taken, len - taken);
    }
    *got = taken + more;
    octets->offset += *got;
    return true;
}

bool octets_peek(struct octets *octets, size_t want, struct bytes *peeked, struct error *err)
{
    if (want > OCTETS_PEEK_MAX)
        want = OCTETS_PEEK_MAX;
    *peeked = (struct bytes){NULL, 0};
    /* Little further than wanted, so that what follows can go straight into place, and yet not a
     * system call for each length of a message in tiny parts. */
    size_t fill = !octets->is_armored && want < REFILL_LEN ? REFILL_LEN : want;
    if (octets->buffer_len < want && !fill_buffer(octets, fill, err))
        return false;
    *peeked = (struct bytes){octets->buffer + octets->buffer_start,
                             octets->buffer_len < want ? octets->buffer_len : want};
    return true;
}

static bool require_message(const struct octets *octets, struct error *err)
{
    static const char *const others[] = {
        [ARMOR_PUBLIC_KEY] = "is a public key, not an encrypted message: keys are given with -k",
        [ARMOR_PRIVATE_KEY] = "is a secret key, not an encrypted message: keys are given with -k",
        [ARMOR_SIGNATURE] = "is a signature, not an encrypted message",
        [ARMOR_OTHER] = "is armored, but not as an encrypted message",
    };
    if (octets->armor.kind == ARMOR_MESSAGE)
        return true;
    return fail(err, ERROR_UNSUPPORTED, "%s: %s", octets_name(octets), others[octets->armor.kind]);
}

static bool fail_not_openpgp(const struct octets *octets, struct bytes text, struct error *err)
{
    bool certain;
    const char *name = magic_name(text.at, text.len, &certain);
    if (name)
        return fail(err, ERROR_UNSUPPORTED, "%s: is %s, not an OpenPGP message",
                    octets_name(octets), name);
    return fail(err, ERROR_UNSUPPORTED, "%s: is no OpenPGP message", octets_name(octets));
}

/* Reads the head of the armor, which must come within the first OCTETS_PEEK_MAX. */
static bool begin_armor(struct octets *octets, struct error *err)
{
    struct bytes text;
    struct error own = {.kind = ERROR_NONE};
    if (!source_peek(octets->source, OCTETS_PEEK_MAX, &text.at, &text.len, err))
        return false;
    if (!armor_is_in(text.at, text.len))
        return fail_not_openpgp(octets, text, err);
    size_t text_len = text.len;
    if (!armor_begin(&octets->armor, &text, &own)) {
        if (own.kind == ERROR_TRUNCATED && text_len == OCTETS_PEEK_MAX)
            return fail(err, ERROR_DAMAGED, "%s: damaged: its armor's head is longer than %d KiB",
                        octets_name(octets), OCTETS_PEEK_MAX / 1024);
        return fail_named(octets, &own, err);
    }
    if (!require_message(octets, err))
        return false;
    octets->text = malloc(TEXT_LEN);
    if (!octets->text)
        return fail_memory(err);
    size_t head_len;
    return source_read(octets->source, octets->text, text_len - text.len, &head_len, err);
}

static bool begin(struct octets *octets, struct error *err)
{
    const unsigned char *first;
    size_t got;
    octets->buffer = malloc(BUFFER_LEN);
    if (!octets->buffer)
        return fail_memory(err);
    if (!source_peek(octets->source, BYTE_ORDER_MARK_LEN, &first, &got, err))
        return false;
    bool has_mark = got == BYTE_ORDER_MARK_LEN && memcmp(first, "\xEF\xBB\xBF", got) == 0;
    octets->is_armored = got > 0 && ((first[0] & BINARY_BIT) == 0 || has_mark);
    return !octets->is_armored || begin_armor(octets, err);
}

struct octets *octets_new(struct source *source, struct error *err)
{
    struct octets *octets = calloc(1, sizeof *octets);
    if (!octets) {
        fail_memory(err);
        return NULL;
    }
    octets->source = source;
    if (!begin(octets, err)) {
        octets_free(octets);
        return NULL;
    }
    return octets;
}

uint64_t octets_offset(const struct octets *octets)
{
    return octets->offset;
}

bool octets_are_armored(const struct octets *octets)
{
    return octets->is_armored;
}

const char *octets_name(const struct octets *octets)
{
    return source_name(octets->source);
}

void octets_free(struct octets *octets)
{
    if (!octets)
        return;
    free(octets->text);
    free(octets->buffer);
    free(octets);
}
