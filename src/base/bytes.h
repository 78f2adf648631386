/*
 * A cursor over bytes that somebody else owns. A parser takes from its front, checks what it took,
 * and goes on; nothing is ever read behind the end.
 */
#ifndef WALSEAL_BASE_BYTES_H
#define WALSEAL_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    const unsigned char *at;
    size_t len;
};

/* Each takes from the front of from. False: fewer are left; from is as it was. */
bool bytes_take(struct bytes *from, size_t len, struct bytes *taken);
bool bytes_take_u8(struct bytes *from, uint8_t *value);
bool bytes_take_u16_be(struct bytes *from, uint16_t *value);
bool bytes_take_u32_be(struct bytes *from, uint32_t *value);

/* All that is left. */
struct bytes bytes_take_rest(struct bytes *from);

/* Whether bytes are exactly these. Not in constant time. */
bool bytes_equal(struct bytes bytes, const void *other, size_t other_len);

#endif
