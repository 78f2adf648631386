#include "keys/key_text.h"
#include "base/secret.h"

#include <sodium.h>
#include <string.h>

enum { HEX_LEN = 64, BASE64_LEN = 44 };

static const char *const transform_names[] = {
    [KEY_TRANSFORM_HEX] = "hex",
    [KEY_TRANSFORM_BASE64] = "base64",
    [KEY_TRANSFORM_NONE] = "none",
    [KEY_TRANSFORM_AUTO] = "auto",
};

const char *key_transform_name(enum key_transform transform)
{
    return transform_names[transform];
}

bool key_transform_parse(const char *name, enum key_transform *transform)
{
    for (size_t i = 0; i < sizeof transform_names / sizeof transform_names[0]; i++)
        if (strcmp(name, transform_names[i]) == 0) {
            *transform = (enum key_transform)i;
            return true;
        }
    return false;
}

/* What Unicode calls White_Space, in UTF-8. No other encoding of these is white space: Go takes an
 * invalid byte for U+FFFD. */
static const char *const spaces[] = {
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
    "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
    "\xE3\x80\x80",
};

/* How long the white space character is with which text starts (or ends), 0 for none. */
static size_t space_len(const char *text, size_t len, bool at_end)
{
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        size_t n = strlen(spaces[i]);
        if (n <= len && memcmp(at_end ? text + len - n : text, spaces[i], n) == 0)
            return n;
    }
    return 0;
}

void key_text_trim(const char *text, size_t len, size_t *start, size_t *trimmed_len)
{
    size_t from = 0;
    size_t n;
    while ((n = space_len(text + from, len - from, false)) > 0)
        from += n;
    while ((n = space_len(text + from, len - from, true)) > 0)
        len -= n;
    *start = from;
    *trimmed_len = len - from;
}

/* libsodium decodes without tables and branches that depend on the secret; these two only choose
 * what is given to it. */
static bool read_hex(const char *text, size_t len, unsigned char *key)
{
    size_t start;
    size_t key_len;
    key_text_trim(text, len, &start, &len);
    return len == HEX_LEN &&
           sodium_hex2bin(key, SODIUM_KEY_LEN, text + start, len, NULL, &key_len, NULL) == 0 &&
           key_len == SODIUM_KEY_LEN;
}

/* Takes the line breaks out of text. False when more than BASE64_LEN characters are left, or one of
 * them isn't ASCII: libsodium 1.0.18 takes those for digits. */
static bool join_lines(const char *text, size_t len, char joined[BASE64_LEN], size_t *joined_len)
{
    unsigned char all = 0; /* bits; no branch on a single character, as above */
    *joined_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r')
            continue;
        if (*joined_len == BASE64_LEN)
            return false;
        all |= (unsigned char)text[i];
        joined[(*joined_len)++] = text[i];
    }
    return (all & 0x80) == 0;
}

static bool read_base64(const char *text, size_t len, unsigned char *key)
{
    char joined[BASE64_LEN];
    unsigned char decoded[SODIUM_KEY_LEN + 1];
    size_t start;
    size_t joined_len;
    size_t decoded_len;
    key_text_trim(text, len, &start, &len);
    bool read = join_lines(text + start, len, joined, &joined_len) && joined_len == BASE64_LEN &&
                joined[BASE64_LEN - 1] == '=';
    if (read) {
        /* libsodium refuses unused bits that aren't zero; with the padding taken for a digit they
         * become part of a 33rd byte, which is dropped */
        joined[BASE64_LEN - 1] = 'A';
        read = sodium_base642bin(decoded, sizeof decoded, joined, BASE64_LEN, NULL, &decoded_len,
                                 NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
               decoded_len == sizeof decoded;
    }
    if (read)
        memcpy(key, decoded, SODIUM_KEY_LEN);
    secret_wipe(joined, sizeof joined);
    secret_wipe(decoded, sizeof decoded);
    return read;
}

static bool read_none(const char *text, size_t len, unsigned char *key)
{
    if (len < SODIUM_KEY_NONE_MIN)
        return false;
    size_t used = len < SODIUM_KEY_LEN ? len : SODIUM_KEY_LEN;
    memset(key, 0, SODIUM_KEY_LEN);
    memcpy(key, text, used);
    return true;
}

static bool read_key(const char *text, size_t len, enum key_transform transform, unsigned char *key)
{
    switch (transform) {
    case KEY_TRANSFORM_HEX:
        return read_hex(text, len, key);
    case KEY_TRANSFORM_BASE64:
        return read_base64(text, len, key);
    case KEY_TRANSFORM_NONE:
        return read_none(text, len, key);
    case KEY_TRANSFORM_AUTO:
        break;
    }
    return false;
}

bool key_text_fits(const char *text, size_t len, enum key_transform transform)
{
    unsigned char key[SODIUM_KEY_LEN];
    bool fits = read_key(text, len, transform, key);
    secret_wipe(key, sizeof key);
    return fits;
}

static bool is_digit_of(char c, enum key_transform transform)
{
    bool digit = c >= '0' && c <= '9';
    if (transform == KEY_TRANSFORM_HEX)
        return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' ||
           c == '\n' || c == '\r';
}

/* The position, from 1, of the first character that is no digit; 0: all are. Padding at the end of
 * base64 is not bad. */
static size_t first_bad(const char *text, size_t len, enum key_transform transform)
{
    for (size_t i = 0; i < len; i++) {
        bool padding = transform == KEY_TRANSFORM_BASE64 && text[i] == '=' && i + 1 == len;
        if (!padding && !is_digit_of(text[i], transform))
            return i + 1;
    }
    return 0;
}

/* The characters of text other than line breaks. */
static size_t count_joined(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += text[i] != '\n' && text[i] != '\r';
    return count;
}

bool key_text_resembles(const char *text, size_t len, enum key_transform transform)
{
    enum { TYPOS_MAX = 4 };
    bool hex = transform == KEY_TRANSFORM_HEX;
    size_t wanted = hex ? HEX_LEN : BASE64_LEN - 1; /* without the padding */
    size_t digits = 0;
    size_t others = 0;
    size_t start;
    key_text_trim(text, len, &start, &len);
    for (size_t i = start; others <= TYPOS_MAX && i < start + len; i++) {
        bool line_break = text[i] == '\n' || text[i] == '\r';
        /* hexadecimal digits are often written in groups */
        bool between = line_break || (hex ? text[i] == ' ' || text[i] == ':' : text[i] == '=');
        if (!between && is_digit_of(text[i], transform))
            digits++;
        else if (!between)
            others++;
    }
    return others <= TYPOS_MAX && digits + TYPOS_MAX >= wanted && digits <= wanted + TYPOS_MAX;
}

static void append_what_fits(const char *text, size_t len, struct error *err)
{
    const char *misplaced = key_text_misplaced(text, len);
    if (misplaced != NULL)
        error_append(err, "; it looks like %s", misplaced);
    else if (key_text_fits(text, len, KEY_TRANSFORM_HEX))
        error_append(err, "; it fits hex: try -t hex");
    else if (key_text_fits(text, len, KEY_TRANSFORM_BASE64))
        error_append(err, "; it fits base64: try -t base64");
    else if (key_text_resembles(text, len, KEY_TRANSFORM_HEX))
        error_append(err, "; it looks like hex with a mistake: compare it with the original");
    else if (key_text_resembles(text, len, KEY_TRANSFORM_BASE64))
        error_append(err, "; it looks like base64 with a mistake: compare it with the original");
    else if (len > SODIUM_KEY_LEN)
        error_append(err,
                     "; is it a key's file? -t none, for keys of WAL-G's, would take the first "
                     "%d bytes of it and no more",
                     SODIUM_KEY_LEN);
    else if (key_text_fits(text, len, KEY_TRANSFORM_NONE))
        error_append(err,
                     "; as the bytes that they are, which is what WAL-G takes by default, they "
                     "fit none: -t none");
}

/* How many bytes text, without its line breaks, is the base64 of; 0: it is none. */
static size_t base64_decoded_len(const char *text, size_t len)
{
    size_t padding = 0;
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        bool is_break = text[i] == '\n' || text[i] == '\r';
        padding += text[i] == '=';
        if (text[i] != '=' && (padding > 0 || !is_digit_of(text[i], KEY_TRANSFORM_BASE64)))
            return 0;
        digits += text[i] != '=' && !is_break;
    }
    bool whole = padding <= 2 && (digits + padding) % 4 == 0;
    return whole ? digits * 3 / 4 : 0;
}

/* Why text, which isn't empty, isn't what transform (hex or base64) needs. */
static void explain_digits(const char *text, size_t len, enum key_transform transform,
                           struct error *err)
{
    bool hex = transform == KEY_TRANSFORM_HEX;
    size_t start;
    size_t trimmed_len;
    key_text_trim(text, len, &start, &trimmed_len);
    size_t bad = first_bad(text + start, trimmed_len, transform);
    size_t decoded_len = hex ? 0 : base64_decoded_len(text + start, trimmed_len);
    size_t count = hex ? trimmed_len : count_joined(text + start, trimmed_len);
    if (decoded_len > 0)
        fail(err, ERROR_KEY, "has %zu characters, which decode to %zu bytes, not %d", count,
             decoded_len, SODIUM_KEY_LEN);
    else
        fail(err, ERROR_KEY, "has %zu characters where %s", count,
             hex ? "hex needs 64 digits" : "base64 of 32 bytes has 44, the last a =");
    if (bad > 0 && decoded_len == 0)
        error_append(err, ", and character %zu is no %s digit", start + bad,
                     hex ? "hexadecimal" : "base64");
    append_what_fits(text, len, err);
}

bool key_text_read(const char *text, size_t len, enum key_transform transform,
                   unsigned char key[SODIUM_KEY_LEN], struct error *err)
{
    if (read_key(text, len, transform, key))
        return true;
    size_t start;
    size_t trimmed_len;
    key_text_trim(text, len, &start, &trimmed_len);
    if (len == 0)
        return fail(err, ERROR_KEY, "is empty");
    if (trimmed_len == 0)
        return fail(err, ERROR_KEY, "holds nothing but white space");
    if (transform == KEY_TRANSFORM_NONE)
        return fail(err, ERROR_KEY, "has %zu bytes where none needs at least %d", len,
                    SODIUM_KEY_NONE_MIN);
    explain_digits(text, len, transform, err);
    return false;
}

static bool starts_with(const char *text, size_t len, const char *prefix)
{
    size_t n = strlen(prefix);
    return n <= len && memcmp(text, prefix, n) == 0;
}

const char *key_text_misplaced(const char *text, size_t len)
{
    /* each of these decides all, or nearly all, of the first 32 bytes */
    static const struct {
        const char *prefix;
        const char *name;
    } kinds[] = {
        {"-----BEGIN", "a PEM block"},         {"AGE-SECRET-KEY", "an age identity"},
        {"# created: ", "an age identity"},    {"untrusted comment", "a minisign key"},
        {"ssh-ed25519 ", "an SSH public key"}, {"ssh-rsa ", "an SSH public key"},
        {"ecdsa-sha2-", "an SSH public key"},  {"apiVersion:", "a Kubernetes manifest"},
        {"sk-ssh-", "an SSH public key"},      {"PuTTY-User-Key", "a PuTTY key"},
        {"# public key: ", "an age identity"},
    };
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t start;
    if (starts_with(text, len, byte_order_mark)) {
        text += sizeof byte_order_mark - 1;
        len -= sizeof byte_order_mark - 1;
    }
    key_text_trim(text, len, &start, &len);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (starts_with(text + start, len, kinds[i].prefix))
            return kinds[i].name;
    return NULL;
}

/* Whether one of the two marks begins a line. */
static bool is_armored(const char *text, size_t len, const char *mark, const char *other)
{
    bool line_start = true;
    for (size_t i = 0; i < len; i++) {
        if (line_start &&
            (starts_with(text + i, len - i, mark) || starts_with(text + i, len - i, other)))
            return true;
        bool blank = text[i] == ' ' || text[i] == '\t' || text[i] == '\r';
        line_start = text[i] == '\n' || (line_start && blank);
    }
    return false;
}

/* A packet's head (RFC 9580 section 4.2). False when there is none, or none with a definite length:
 * keys have no other. */
static bool packet_head(const unsigned char *bytes, size_t len, unsigned *tag, size_t *head_len,
                        size_t *body_len)
{
    if (len < 6 || (bytes[0] & 0x80) == 0)
        return false;
    size_t four =
        (size_t)bytes[2] << 24 | (size_t)bytes[3] << 16 | (size_t)bytes[4] << 8 | bytes[5];
    if ((bytes[0] & 0x40) != 0) {
        *tag = bytes[0] & 0x3F;
        *head_len = bytes[1] < 192 ? 2 : bytes[1] < 224 ? 3 : 6;
        *body_len = bytes[1] < 192   ? bytes[1]
                    : bytes[1] < 224 ? ((size_t)bytes[1] - 192) * 256 + bytes[2] + 192
                                     : four;
        return bytes[1] < 224 || bytes[1] == 255;
    }
    *tag = bytes[0] >> 2 & 0x0F;
    four = (size_t)bytes[1] << 24 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 8 | bytes[4];
    switch (bytes[0] & 3) {
    case 0:
        *head_len = 2;
        *body_len = bytes[1];
        return true;
    case 1:
        *head_len = 3;
        *body_len = (size_t)bytes[1] << 8 | bytes[2];
        return true;
    case 2:
        *head_len = 5;
        *body_len = four;
        return true;
    default:
        return false;
    }
}

static bool is_public_key_algorithm(unsigned char algorithm)
{
    static const unsigned char algorithms[] = {1, 2, 3, 16, 17, 18, 19, 20, 22, 25, 26, 27, 28};
    return memchr(algorithms, algorithm, sizeof algorithms) != NULL;
}

/* Every condition here is one more that random bytes, which may be a key for none, would have to
 * meet by chance; together they do so less than once in a hundred million. */
static bool is_binary_key(const unsigned char *bytes, size_t len)
{
    enum { BINARY_MIN = 64, BODY_MIN = 32, TAG_SECRET = 5, TAG_PUBLIC = 6 };
    unsigned tag;
    size_t head_len;
    size_t body_len;
    if (len < BINARY_MIN || !packet_head(bytes, len, &tag, &head_len, &body_len))
        return false;
    if ((tag != TAG_SECRET && tag != TAG_PUBLIC) || body_len < BODY_MIN ||
        body_len > len - head_len)
        return false;
    const unsigned char *body = bytes + head_len;
    if (body[0] < 3 || body[0] > 6)
        return false;
    /* version 3 has two octets of validity between its time and its algorithm */
    if (!is_public_key_algorithm(body[body[0] == 3 ? 7 : 5]))
        return false;
    size_t rest = len - head_len - body_len;
    return rest == 0 || (body[body_len] & 0x80) != 0;
}

bool key_text_is_openpgp(const char *text, size_t len)
{
    return is_armored(text, len, "-----BEGIN PGP PUBLIC KEY BLOCK-----",
                      "-----BEGIN PGP PRIVATE KEY BLOCK-----") ||
           is_binary_key((const unsigned char *)text, len);
}

/* A public-key encrypted session key, and more behind it (RFC 9580 section 5.1). */
static bool is_binary_message(const unsigned char *bytes, size_t len)
{
    enum { BODY_MIN = 32, TAG_PKESK = 1, ALGORITHM_3 = 9, RECIPIENT_6_MAX = 33 };
    unsigned tag;
    size_t head_len;
    size_t body_len;
    if (!packet_head(bytes, len, &tag, &head_len, &body_len) || tag != TAG_PKESK ||
        len < head_len || body_len < BODY_MIN || body_len >= len - head_len)
        return false;
    const unsigned char *body = bytes + head_len;
    if (body[0] == 6 && body[1] <= RECIPIENT_6_MAX && (size_t)body[1] + 2 < body_len)
        return is_public_key_algorithm(body[2 + body[1]]);
    return body[0] == 3 && is_public_key_algorithm(body[ALGORITHM_3]) &&
           (body[body_len] & 0x80) != 0;
}

bool key_text_is_message(const char *text, size_t len)
{
    return is_armored(text, len, "-----BEGIN PGP MESSAGE-----", "-----BEGIN PGP SIGNATURE-----") ||
           is_binary_message((const unsigned char *)text, len);
}
