#include "formats/openpgp/pkcs1.h"

#include <sodium.h>
#include <string.h>

enum { SUM_LEN = 2, CIPHER_LAST = OPENPGP_CAMELLIA256 };

/* All ones or all zeros. The compiler can't see what is in one, and so makes no branch of it. */
typedef uint32_t mask;

static mask hidden(mask value)
{
#ifdef __GNUC__
    __asm__ volatile("" : "+r"(value));
    return value;
#else
    volatile mask copy = value;
    return copy;
#endif
}

static mask is_zero(uint32_t value)
{
    return hidden((mask)(((uint64_t)value - 1) >> 32));
}

static mask is_equal(uint32_t a, uint32_t b)
{
    return is_zero(a ^ b);
}

static uint32_t choose(mask condition, uint32_t yes, uint32_t no)
{
    return (condition & yes) | (~condition & no);
}

static mask cipher_has_key_len(uint32_t cipher, size_t key_len)
{
    mask has = 0;
    for (uint8_t number = 1; number <= CIPHER_LAST; number++)
        if (openpgp_cipher_key_len(number) == key_len)
            has |= is_equal(cipher, number);
    return has;
}

static uint32_t sum_of(const unsigned char *key, size_t key_len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < key_len; i++)
        sum += key[i];
    return sum & 0xFFFFU;
}

/* Takes the session key for one of key_len octets, which fixes where everything stands, and keeps
 * it if all of it is right. At most one length can be: the first zero octet stands in one place. */
static void decode_as(struct bytes padded, bool has_cipher, size_t key_len,
                      struct session_key *session)
{
    const unsigned char *sum = padded.at + padded.len - SUM_LEN;
    const unsigned char *key = sum - key_len;
    const unsigned char *separator = key - (has_cipher ? 1 : 0) - 1;
    uint32_t wrong = padded.at[0] | (padded.at[1] ^ 2U) | *separator;
    for (const unsigned char *at = padded.at + 2; at < separator; at++)
        wrong |= is_zero(*at);
    wrong |= sum_of(key, key_len) ^ ((uint32_t)sum[0] << 8 | sum[1]);
    uint32_t cipher = 0;
    if (has_cipher) {
        cipher = separator[1];
        wrong |= ~cipher_has_key_len(cipher, key_len);
    }
    mask right = is_zero(wrong);
    session->cipher = (uint8_t)choose(right, cipher, session->cipher);
    session->len = choose(right, (uint32_t)key_len, (uint32_t)session->len);
    for (size_t i = 0; i < OPENPGP_SESSION_KEY_MAX; i++)
        session->bytes[i] =
            (unsigned char)choose(right, i < key_len ? key[i] : 0, session->bytes[i]);
}

void pkcs1_decode(struct bytes padded, uint8_t version, const unsigned char *substitute,
                  struct session_key *session)
{
    bool has_cipher = version == 3;
    session->cipher = has_cipher ? OPENPGP_AES256 : 0;
    session->len = OPENPGP_SESSION_KEY_MAX;
    memcpy(session->bytes, substitute, OPENPGP_SESSION_KEY_MAX);
    for (size_t key_len = 16; key_len <= OPENPGP_SESSION_KEY_MAX; key_len += 8)
        decode_as(padded, has_cipher, key_len, session);
}

void pkcs1_encode(const struct session_key *session, unsigned char *padded, size_t padded_len)
{
    size_t message_len = 1 + session->len + SUM_LEN;
    unsigned char *separator = padded + padded_len - message_len - 1;
    uint32_t sum = sum_of(session->bytes, session->len);
    padded[0] = 0;
    padded[1] = 2;
    randombytes_buf(padded + 2, (size_t)(separator - padded) - 2);
    for (unsigned char *at = padded + 2; at < separator; at++)
        while (*at == 0)
            randombytes_buf(at, 1);
    separator[0] = 0;
    separator[1] = session->cipher;
    memcpy(separator + 2, session->bytes, session->len);
    padded[padded_len - 2] = (unsigned char)(sum >> 8);
    padded[padded_len - 1] = (unsigned char)sum;
}
