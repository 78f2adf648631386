#include "formats/openpgp/mask.h"

#include "formats/openpgp/algorithms.h"

enum { CIPHER_LAST = OPENPGP_CAMELLIA256 };

mask mask_cipher_has_key_len(uint32_t cipher, size_t key_len)
{
    mask has = 0;
    for (uint8_t number = 1; number <= CIPHER_LAST; number++)
        if (openpgp_cipher_key_len(number) == key_len)
            has |= mask_is_equal(cipher, number);
    return has;
}

uint32_t mask_sum(const unsigned char *key, size_t key_len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < key_len; i++)
        sum += key[i];
    return sum & 0xFFFFU;
}

void mask_choose_session(mask condition, uint32_t cipher, const unsigned char *key, size_t key_len,
                         struct session_key *session)
{
    session->cipher = (uint8_t)mask_choose(condition, cipher, session->cipher);
    session->len = mask_choose(condition, (uint32_t)key_len, (uint32_t)session->len);
    for (size_t i = 0; i < OPENPGP_SESSION_KEY_MAX; i++)
        session->bytes[i] =
            (unsigned char)mask_choose(condition, i < key_len ? key[i] : 0, session->bytes[i]);
}
