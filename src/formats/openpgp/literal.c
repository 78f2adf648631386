#include "formats/openpgp/literal.h"

enum { FIXED_LEN = 2, DATE_LEN = 4 };

void literal_skip_head(struct literal_head *head, struct bytes *body)
{
    uint8_t octet;
    while (head->fixed_taken < FIXED_LEN && bytes_take_u8(body, &octet))
        if (++head->fixed_taken == FIXED_LEN)
            head->left = (size_t)octet + DATE_LEN;
    struct bytes skipped;
    if (bytes_take(body, head->left < body->len ? head->left : body->len, &skipped))
        head->left -= skipped.len;
}

bool literal_head_is_whole(const struct literal_head *head)
{
    return head->fixed_taken == FIXED_LEN && head->left == 0;
}
