/*
 * ASCII armor (RFC 9580 section 6.2), decoded as it comes: text before it, any line length, CR LF,
 * white space at line ends, any header lines, one or several blocks. The CRC-24 is ignored, as the
 * RFC asks: what is inside proves itself.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_ARMOR_H
#define WALSEAL_FORMATS_OPENPGP_ARMOR_H

#include "base/bytes.h"
#include "base/error.h"

enum armor_kind {
    ARMOR_MESSAGE,
    ARMOR_PUBLIC_KEY,
    ARMOR_PRIVATE_KEY,
    ARMOR_SIGNATURE,
    ARMOR_OTHER
};

enum armor_place {
    ARMOR_IN_DATA,
    ARMOR_IN_PADDING,    /* behind the first '=' of two */
    ARMOR_AFTER_PADDING, /* the CRC or the end line may follow */
    ARMOR_IN_CRC,
    ARMOR_AFTER_CRC,
    ARMOR_IN_END_LINE,
    ARMOR_ENDED, /* the end line was seen whole */
};

/* The state of decoding one block; to be copied freely, owns nothing. */
struct armor {
    enum armor_kind kind;
    enum armor_place place;
    bool at_line_start;    /* but for spaces */
    uint32_t bits;         /* of the last base64 digits */
    unsigned bit_count;    /* of them, those that don't fill an octet yet */
    unsigned end_line_len; /* characters of the end line so far */
    unsigned dash_count;   /* the last of them, if they are '-' */
};

/* Whether text has a line that begins a block ("-----BEGIN PGP "), whole or cut off by the end of
 * text. Spaces before it don't matter, nor does a byte order mark before the first line. */
bool armor_is_in(const void *text, size_t len);

/* Takes everything up to and with the first begin line and its header lines off the front of text,
 * which must hold the line behind those, too. False: there is no whole head in text
 * (ERROR_TRUNCATED where more could make one whole, ERROR_DAMAGED otherwise; the texts name no
 * object). Text that is signed in the clear is ERROR_UNSUPPORTED. */
bool armor_begin(struct armor *armor, struct bytes *text, struct error *err);

/* Decodes from the front of text into out until text is used up or the block ends; what follows the
 * end line stays in text. Never more octets come out than characters went in, so out needs room for
 * text->len. False: ERROR_DAMAGED, at a character that doesn't belong there. */
bool armor_decode(struct armor *armor, struct bytes *text, unsigned char *out, size_t *out_len,
                  struct error *err);

/* Whether the end line was seen, whole. */
bool armor_has_ended(const struct armor *armor);

/* At the end of the input: whether the block was whole, with its end line. False:
 * ERROR_TRUNCATED. */
bool armor_end(const struct armor *armor, struct error *err);

#endif
