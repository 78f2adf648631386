#include "formats/openpgp/pkcs1.h"

#include "formats/openpgp/mask.h"

#include <sodium.h>
#include <string.h>

enum { SUM_LEN = 2 };

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
        wrong |= mask_is_zero(*at);
    wrong |= mask_sum(key, key_len) ^ ((uint32_t)sum[0] << 8 | sum[1]);
    uint32_t cipher = 0;
    if (has_cipher) {
        cipher = separator[1];
        wrong |= ~mask_cipher_has_key_len(cipher, key_len);
    }
    mask_choose_session(mask_is_zero(wrong), cipher, key, key_len, session);
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
    uint32_t sum = mask_sum(session->bytes, session->len);
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
