#include "crypto/number.h"

#include "crypto/public_key.h"

#include <string.h>

struct bytes number_trim(struct bytes number)
{
    while (number.len > 0 && number.at[0] == 0) {
        number.at++;
        number.len--;
    }
    return number;
}

unsigned number_bits(struct bytes number)
{
    number = number_trim(number);
    if (number.len == 0)
        return 0;
    unsigned bits = (unsigned)(number.len - 1) * 8;
    for (unsigned octet = number.at[0]; octet != 0; octet >>= 1)
        bits++;
    return bits;
}

bool number_is_odd(struct bytes number)
{
    return number.len > 0 && (number.at[number.len - 1] & 1) != 0;
}

int number_compare(struct bytes a, struct bytes b)
{
    a = number_trim(a);
    b = number_trim(b);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.at, b.at, a.len);
}

bool number_pad(struct bytes number, unsigned char *out, size_t out_len)
{
    number = number_trim(number);
    if (number.len > out_len)
        return false;
    memset(out, 0, out_len - number.len);
    if (number.len > 0)
        memcpy(out + (out_len - number.len), number.at, number.len);
    return true;
}

static BIGNUM *fill(BIGNUM *big, struct bytes number)
{
    number = number_trim(number);
    if (big != NULL && number.len <= PUBLIC_KEY_NUMBER_LEN_MAX &&
        BN_bin2bn(number.at, (int)number.len, big) != NULL)
        return big;
    BN_free(big);
    return NULL;
}

BIGNUM *number_public(struct bytes number)
{
    return fill(BN_new(), number);
}

BIGNUM *number_secret(struct bytes number)
{
    BIGNUM *big = fill(BN_secure_new(), number);
    if (big != NULL)
        BN_set_flags(big, BN_FLG_CONSTTIME);
    return big;
}
