/*
 * Text for a person, of bounded length.
 */
#ifndef WALSEAL_BASE_TEXT_H
#define WALSEAL_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* Adds to the string in text, which has room for size bytes. What doesn't fit is taken out of the
 * middle, and "..." stands for it: a message begins with its object, a path as long as may be, and
 * ends with what is wrong with it. No UTF-8 character is torn. */
void text_append(char *text, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Writes a number of bytes for a person: "1.5 GiB". 16 bytes are room enough. */
void text_bytes(double bytes, char *text, size_t size);

/* The length of the UTF-8 sequence (RFC 3629) at text, or 0 where there is none. */
size_t text_utf8_len(const unsigned char *text, size_t len);

enum { TEXT_SHOWN_SIZE = 4 * 4 + 1 };

/* Writes the first character of text[0..len), len > 0, in a form that can neither move a terminal's
 * cursor nor reorder its line: control characters, marks of direction and octets that are no UTF-8
 * as \xNN. Returns how many octets it has in text. */
size_t text_show(const char *text, size_t len, char shown[TEXT_SHOWN_SIZE]);

#endif
