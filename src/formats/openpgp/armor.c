#include "formats/openpgp/armor.h"

#include <string.h>

#define BEGIN "-----BEGIN PGP "
#define END "-----END PGP "
#define DASHES "-----"
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

enum {
    BEGIN_LEN = sizeof BEGIN - 1,
    END_LEN = sizeof END - 1,
    DASHES_LEN = sizeof DASHES - 1,
    BYTE_ORDER_MARK_LEN = sizeof BYTE_ORDER_MARK - 1,
    END_LINE_MAX = 96,
    /* A line without a colon so far in is no header line, however long it is. */
    HEADER_NAME_MAX = 128,
    IS_DIGIT = 0x80,
    DIGIT_MASK = 0x3F,
};

#define EIGHT(first, value)                                                                        \
    [first] = IS_DIGIT | (value), [(first) + 1] = IS_DIGIT | ((value) + 1),                        \
    [(first) + 2] = IS_DIGIT | ((value) + 2), [(first) + 3] = IS_DIGIT | ((value) + 3),            \
    [(first) + 4] = IS_DIGIT | ((value) + 4), [(first) + 5] = IS_DIGIT | ((value) + 5),            \
    [(first) + 6] = IS_DIGIT | ((value) + 6), [(first) + 7] = IS_DIGIT | ((value) + 7)

/* Of base64; 0 is no digit. */
static const uint8_t digits[256] = {
    EIGHT('A', 0),         EIGHT('I', 8),         EIGHT('Q', 16),        ['Y'] = IS_DIGIT | 24,
    ['Z'] = IS_DIGIT | 25, EIGHT('a', 26),        EIGHT('i', 34),        EIGHT('q', 42),
    ['y'] = IS_DIGIT | 50, ['z'] = IS_DIGIT | 51, EIGHT('0', 52),        ['8'] = IS_DIGIT | 60,
    ['9'] = IS_DIGIT | 61, ['+'] = IS_DIGIT | 62, ['/'] = IS_DIGIT | 63,
};

static bool is_line_end(unsigned char c)
{
    return c == '\n' || c == '\r';
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool begins_with(struct bytes bytes, const char *prefix, size_t prefix_len)
{
    return bytes.len >= prefix_len && memcmp(bytes.at, prefix, prefix_len) == 0;
}

/* Takes a line with its end (LF, CR LF or CR) off the front of text. False: it has none, and what
 * is left is the line. */
static bool take_line(struct bytes *text, struct bytes *line)
{
    size_t len = 0;
    while (len < text->len && !is_line_end(text->at[len]))
        len++;
    struct bytes end;
    bytes_take(text, len, line);
    if (!bytes_take(text, 1, &end))
        return false;
    if (end.at[0] == '\r' && text->len > 0 && text->at[0] == '\n')
        bytes_take(text, 1, &end);
    return true;
}

static struct bytes without_spaces_before(struct bytes line)
{
    while (line.len > 0 && is_space(line.at[0])) {
        line.at++;
        line.len--;
    }
    return line;
}

static struct bytes without_spaces_behind(struct bytes line)
{
    while (line.len > 0 && is_space(line.at[line.len - 1]))
        line.len--;
    return line;
}

static void skip_byte_order_mark(struct bytes *text)
{
    struct bytes mark;
    if (begins_with(*text, BYTE_ORDER_MARK, BYTE_ORDER_MARK_LEN))
        bytes_take(text, BYTE_ORDER_MARK_LEN, &mark);
}

static bool begins_block(struct bytes line)
{
    return begins_with(without_spaces_before(line), BEGIN, BEGIN_LEN);
}

/* What stands between the dashes behind "BEGIN PGP". False: line begins no block. */
static bool block_name(struct bytes line, struct bytes *name)
{
    if (!begins_block(line))
        return false;
    struct bytes trimmed = without_spaces_behind(without_spaces_before(line));
    if (trimmed.len <= BEGIN_LEN + DASHES_LEN ||
        memcmp(trimmed.at + trimmed.len - DASHES_LEN, DASHES, DASHES_LEN) != 0)
        return false;
    *name = (struct bytes){trimmed.at + BEGIN_LEN, trimmed.len - BEGIN_LEN - DASHES_LEN};
    return true;
}

static enum armor_kind kind_of(struct bytes name)
{
    static const char *const names[] = {
        [ARMOR_MESSAGE] = "MESSAGE",
        [ARMOR_PUBLIC_KEY] = "PUBLIC KEY BLOCK",
        [ARMOR_PRIVATE_KEY] = "PRIVATE KEY BLOCK",
        [ARMOR_SIGNATURE] = "SIGNATURE",
    };
    for (unsigned kind = 0; kind < sizeof names / sizeof names[0]; kind++)
        if (bytes_equal(name, names[kind], strlen(names[kind])))
            return (enum armor_kind)kind;
    return ARMOR_OTHER;
}

bool armor_is_in(const void *text, size_t len)
{
    struct bytes cursor = {text, len};
    struct bytes line;
    skip_byte_order_mark(&cursor);
    bool whole;
    do {
        whole = take_line(&cursor, &line);
        if (begins_block(line))
            return true;
    } while (whole);
    return false;
}

static bool fail_cut_head(struct error *err)
{
    return fail(err, ERROR_TRUNCATED, "ends inside the head of its armor");
}

/* Takes everything up to and with the first begin line. */
static bool take_begin_line(struct bytes *text, struct bytes *name, struct error *err)
{
    struct bytes line;
    while (take_line(text, &line))
        if (block_name(line, name))
            return true;
    if (begins_block(line))
        return fail_cut_head(err);
    return fail(err, ERROR_DAMAGED, "has no line that begins armor");
}

/* Takes the header lines, to the first that is none: the empty line behind them, which to what
 * follows is white space, or data, where a program lost that. */
static bool take_headers(struct bytes *text, struct error *err)
{
    for (;;) {
        struct bytes rest = *text;
        struct bytes line;
        bool whole = take_line(&rest, &line);
        size_t name_len = line.len < HEADER_NAME_MAX ? line.len : HEADER_NAME_MAX;
        bool is_header = name_len > 0 && memchr(line.at, ':', name_len) != NULL;
        bool is_known = whole || (!is_header && name_len == HEADER_NAME_MAX);
        if (!is_known)
            return fail_cut_head(err);
        if (!is_header)
            return true;
        *text = rest;
    }
}

bool armor_begin(struct armor *armor, struct bytes *text, struct error *err)
{
    struct bytes cursor = *text;
    struct bytes name;
    skip_byte_order_mark(&cursor);
    if (!take_begin_line(&cursor, &name, err))
        return false;
    if (bytes_equal(name, "SIGNED MESSAGE", sizeof "SIGNED MESSAGE" - 1))
        return fail(err, ERROR_UNSUPPORTED, "is text that is signed in the clear");
    if (!take_headers(&cursor, err))
        return false;
    *armor = (struct armor){.kind = kind_of(name), .place = ARMOR_IN_DATA, .at_line_start = true};
    *text = cursor;
    return true;
}

/* Decodes the groups of four digits that text begins with, nearly all there is. */
static size_t decode_groups(struct bytes *text, unsigned char *out)
{
    const unsigned char *at = text->at;
    const unsigned char *end = at + (text->len - text->len % 4);
    size_t out_len = 0;
    for (; at < end; at += 4, out_len += 3) {
        unsigned first = digits[at[0]];
        unsigned second = digits[at[1]];
        unsigned third = digits[at[2]];
        unsigned fourth = digits[at[3]];
        if ((first & second & third & fourth & IS_DIGIT) == 0)
            break;
        uint32_t bits = (first & DIGIT_MASK) << 18 | (second & DIGIT_MASK) << 12 |
                        (third & DIGIT_MASK) << 6 | (fourth & DIGIT_MASK);
        out[out_len] = (unsigned char)(bits >> 16);
        out[out_len + 1] = (unsigned char)(bits >> 8);
        out[out_len + 2] = (unsigned char)bits;
    }
    text->len -= (size_t)(at - text->at);
    text->at = at;
    return out_len;
}

static void decode_digit(struct armor *armor, unsigned digit, unsigned char *out, size_t *out_len)
{
    armor->bits = armor->bits << 6 | (digit & DIGIT_MASK);
    armor->bit_count += 6;
    if (armor->bit_count < 8)
        return;
    armor->bit_count -= 8;
    out[(*out_len)++] = (unsigned char)(armor->bits >> armor->bit_count);
}

/* '=' fills up the last group of four digits, or begins the CRC's line. */
static bool take_equals_sign(struct armor *armor, bool at_line_start)
{
    bool has_padding = armor->place == ARMOR_IN_DATA && armor->bit_count > 0;
    if (has_padding && armor->bit_count < 6) {
        armor->place = armor->bit_count == 4 ? ARMOR_IN_PADDING : ARMOR_AFTER_PADDING;
        armor->bit_count = 0;
        return true;
    }
    if (armor->place == ARMOR_IN_PADDING) {
        armor->place = ARMOR_AFTER_PADDING;
        return true;
    }
    bool is_crc = at_line_start && !has_padding &&
                  (armor->place == ARMOR_IN_DATA || armor->place == ARMOR_AFTER_PADDING);
    if (is_crc)
        armor->place = ARMOR_IN_CRC;
    return is_crc;
}

static bool may_end(const struct armor *armor)
{
    return (armor->place == ARMOR_IN_DATA && armor->bit_count == 0) ||
           armor->place == ARMOR_AFTER_PADDING || armor->place == ARMOR_AFTER_CRC;
}

/* Takes one character of the end line, whose last dash ends the block: nothing need follow it. */
static bool take_end_line(struct armor *armor, unsigned char c)
{
    unsigned index = armor->end_line_len++;
    if (index < END_LEN)
        return c == (unsigned char)END[index];
    armor->dash_count = c == '-' ? armor->dash_count + 1 : 0;
    if (armor->dash_count == DASHES_LEN)
        armor->place = ARMOR_ENDED;
    return !is_line_end(c) && armor->end_line_len < END_LINE_MAX;
}

static bool take_character(struct armor *armor, unsigned char c, unsigned char *out,
                           size_t *out_len)
{
    if (armor->place == ARMOR_IN_END_LINE)
        return take_end_line(armor, c);
    if (is_line_end(c)) {
        armor->at_line_start = true;
        if (armor->place == ARMOR_IN_CRC)
            armor->place = ARMOR_AFTER_CRC;
        return true;
    }
    if (is_space(c) || armor->place == ARMOR_IN_CRC)
        return true;
    bool at_line_start = armor->at_line_start;
    armor->at_line_start = false;
    if (c == '=')
        return take_equals_sign(armor, at_line_start);
    if (c == '-' && at_line_start && may_end(armor)) {
        armor->place = ARMOR_IN_END_LINE;
        return take_end_line(armor, c);
    }
    if (digits[c] == 0 || armor->place != ARMOR_IN_DATA)
        return false;
    decode_digit(armor, digits[c], out, out_len);
    return true;
}

bool armor_decode(struct armor *armor, struct bytes *text, unsigned char *out, size_t *out_len,
                  struct error *err)
{
    *out_len = 0;
    while (text->len > 0 && armor->place != ARMOR_ENDED) {
        if (armor->place == ARMOR_IN_DATA && armor->bit_count == 0) {
            size_t group_octets = decode_groups(text, out + *out_len);
            *out_len += group_octets;
            armor->at_line_start = armor->at_line_start && group_octets == 0;
        }
        uint8_t c;
        if (bytes_take_u8(text, &c) && !take_character(armor, c, out, out_len))
            return fail(err, ERROR_DAMAGED,
                        "has a character in its armor that doesn't belong there");
    }
    return true;
}

bool armor_has_ended(const struct armor *armor)
{
    return armor->place == ARMOR_ENDED;
}

bool armor_end(const struct armor *armor, struct error *err)
{
    if (!armor_has_ended(armor))
        return fail(err, ERROR_TRUNCATED, "ends without the end line of its armor");
    return true;
}
