/*
 * From the text of a sodium key to its 32 bytes, in each of the readings ("transforms") that WAL-G
 * knows.
 *
 *   hex     64 digits, either case
 *   base64  RFC 4648 section 4, padded, of exactly 32 bytes; the two unused bits may be anything,
 *           as in WAL-G
 *   none    the bytes themselves: 25 to 31 are padded with zero bytes, more than 32 are cut
 *
 * White space around hex and base64, and line breaks inside base64, are ignored. For none, white
 * space (Unicode's, as Go's strings.TrimSpace has it) around a file's text is cut off, around an
 * inline text's it isn't. No function here allocates, prints, or puts key text into an error.
 */
#ifndef WALSEAL_KEYS_KEY_TEXT_H
#define WALSEAL_KEYS_KEY_TEXT_H

#include "base/error.h"

enum { SODIUM_KEY_LEN = 32, SODIUM_KEY_NONE_MIN = 25 };

enum key_transform {
    KEY_TRANSFORM_HEX,
    KEY_TRANSFORM_BASE64,
    KEY_TRANSFORM_NONE,
    KEY_TRANSFORM_AUTO
};

/* "hex", "base64", "none", "auto". */
const char *key_transform_name(enum key_transform transform);

/* The reverse; false when name is none of them. */
bool key_transform_parse(const char *name, enum key_transform *transform);

/* The part of text[0..len) without the white space around it: *start is an offset, *trimmed_len its
 * length. */
void key_text_trim(const char *text, size_t len, size_t *start, size_t *trimmed_len);

/* Reads text[0..len) with transform (not AUTO). False: ERROR_KEY saying what was found (length, the
 * position of the first bad character, counted from 1) and which transform would fit. Text for NONE
 * is taken as it is: trim first where it came from a file. */
bool key_text_read(const char *text, size_t len, enum key_transform transform,
                   unsigned char key[SODIUM_KEY_LEN], struct error *err);

/* Whether transform (not AUTO) can read the text. */
bool key_text_fits(const char *text, size_t len, enum key_transform transform);

/* Whether text is nearly hex or base64 (of 32 bytes): some characters too many, too few or wrong,
 * as a copy by hand has them. What fits resembles, too. */
bool key_text_resembles(const char *text, size_t len, enum key_transform transform);

/* The name of what text looks like when it is a file put in the wrong place ("a PEM block", "an age
 * identity", "a minisign key"), or NULL. Such a text, cut to 32 bytes, would be a public constant.
 */
const char *key_text_misplaced(const char *text, size_t len);

/* Whether text is an OpenPGP message or signature: the object in the place of the key. */
bool key_text_is_message(const char *text, size_t len);

/* Whether text is an OpenPGP key or key ring, armored or binary (RFC 9580 sections 4.2 and 6.2). */
bool key_text_is_openpgp(const char *text, size_t len);

#endif
