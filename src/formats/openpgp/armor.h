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

/* The state of decoding one block; to be copied freely, owns nothing. */
struct armor {
    enum armor_kind kind;
    uint32_t bits; /* base64 digits that don't fill three octets yet */
    unsigned bit_count;
    bool padded; /* '=' was seen: only white space, CRC and the end line may follow */
    bool at_line_start;
    bool in_trailer; /* in the CRC or the end line */
    bool ended;      /* the end line was seen whole */
    /* what else the decoder needs to know across calls */
    unsigned char pending[96];
    size_t pending_len;
};

/* Whether text has a line that begins a block ("-----BEGIN PGP ") within its first len bytes. */
bool armor_is_in(const void *text, size_t len);

/* Takes everything up to and with the first begin line and its header lines off the front of text.
 * False: there is no whole head in text (ERROR_TRUNCATED where more could make one whole,
 * ERROR_DAMAGED otherwise; the texts name no object). Cleartext-signed text is ERROR_UNSUPPORTED. */
bool armor_begin(struct armor *armor, struct bytes *text, struct error *err);

/* Decodes from the front of text into out (room for text->len octets) until text is used up or the
 * block ends; what follows the end line stays in text. False: ERROR_DAMAGED, at a character that
 * doesn't belong there. */
bool armor_decode(struct armor *armor, struct bytes *text, unsigned char *out, size_t *out_len,
                  struct error *err);

/* At the end of the input: whether the block was whole, with its end line. False: ERROR_TRUNCATED
 * (no end line) or ERROR_DAMAGED (digits left over). */
bool armor_end(const struct armor *armor, struct error *err);

#endif
