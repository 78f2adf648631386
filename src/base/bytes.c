#include "base/bytes.h"

#include <string.h>

bool bytes_take(struct bytes *from, size_t len, struct bytes *taken)
{
    if (len > from->len)
        return false;
    *taken = (struct bytes){from->at, len};
    if (len > 0) /* at may be NULL where there is nothing */
        from->at += len;
    from->len -= len;
    return true;
}

bool bytes_take_u8(struct bytes *from, uint8_t *value)
{
    struct bytes taken;
    if (!bytes_take(from, 1, &taken))
        return false;
    *value = taken.at[0];
    return true;
}

bool bytes_take_u16_be(struct bytes *from, uint16_t *value)
{
    struct bytes taken;
    if (!bytes_take(from, 2, &taken))
        return false;
    *value = (uint16_t)(taken.at[0] << 8 | taken.at[1]);
    return true;
}

bool bytes_take_u32_be(struct bytes *from, uint32_t *value)
{
    struct bytes taken;
    if (!bytes_take(from, 4, &taken))
        return false;
    *value = (uint32_t)taken.at[0] << 24 | (uint32_t)taken.at[1] << 16 |
             (uint32_t)taken.at[2] << 8 | taken.at[3];
    return true;
}

struct bytes bytes_take_rest(struct bytes *from)
{
    struct bytes rest = *from;
    bytes_take(from, from->len, &rest);
    return rest;
}

bool bytes_equal(struct bytes bytes, const void *other, size_t other_len)
{
    return bytes.len == other_len && (other_len == 0 || memcmp(bytes.at, other, other_len) == 0);
}
