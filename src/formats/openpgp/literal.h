/*
 * The head of a literal data packet (RFC 9580 section 5.9): mode, file name and date, none of which
 * changes what the data are.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_LITERAL_H
#define WALSEAL_FORMATS_OPENPGP_LITERAL_H

#include "base/bytes.h"

/* With no name: mode, length of the name, date. */
enum { LITERAL_HEAD_MIN = 6 };

/* Where in the head a packet stands that comes in pieces; all zeros at first, owns nothing. */
struct literal_head {
    uint8_t fixed_taken; /* mode and length of the name */
    size_t left;         /* name and date, once the length of the name is known */
};

/* Takes what belongs to the head off the front of body; what stays is data. */
void literal_skip_head(struct literal_head *head, struct bytes *body);

/* Whether the whole head was seen. */
bool literal_head_is_whole(const struct literal_head *head);

#endif
