#include "formats/openpgp/aead_chunks.h"

#include "crypto/kdf.h"
#include "formats/openpgp/container.h"

#include <string.h>

enum {
    HEADER_LEN = 3, /* cipher, mode, chunk size */
    CHUNK_SIZE_MAX = 16,
    COUNTER_LEN = 8,
    BLOCK_LEN = 16,
    SALT_LEN = 32,
    ADDITIONAL_MAX = AEAD_CHUNKS_PREFIX_LEN + 2 * COUNTER_LEN,
};

_Static_assert(1 << (CHUNK_SIZE_MAX + 6) == CONTAINER_AEAD_CHUNK_MAX, "the largest chunk");

static bool read_whole(struct packet_stream *stream, unsigned char *into, size_t len,
                       const char *name, struct error *err)
{
    size_t got;
    if (!packet_stream_read(stream, into, len, &got, err))
        return false;
    if (got < len)
        return fail(err, ERROR_DAMAGED, "%s: damaged: its encrypted data end inside their header",
                    name);
    return true;
}

static bool check_served(const struct aead_chunks *chunks, uint8_t chunk_size, const char *name,
                         struct error *err)
{
    const char *cipher = openpgp_cipher_name(chunks->cipher);
    if (cipher == NULL)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is encrypted with cipher %u, which walseal doesn't know", name,
                    chunks->cipher);
    if (openpgp_cipher_block_len(chunks->cipher) != BLOCK_LEN)
        return fail(err, ERROR_UNSUPPORTED, "%s: is encrypted with %s, which has no AEAD mode",
                    name, cipher);
    if (openpgp_aead_nonce_len(chunks->mode) == 0)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is encrypted in AEAD mode %u, which walseal "
                    "doesn't know",
                    name, chunks->mode);
    if (chunk_size > CHUNK_SIZE_MAX)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is encrypted in chunks of more than 4 MiB (size octet %u)", name,
                    chunk_size);
    return true;
}

bool aead_chunks_read(struct aead_chunks *chunks, uint8_t version, struct packet_stream *stream,
                      const char *name, struct error *err)
{
    uint8_t tag = stream->header.tag;
    unsigned char header[HEADER_LEN];
    if (!read_whole(stream, header, sizeof header, name, err))
        return false;
    chunks->is_librepgp = tag == PACKET_AEAD;
    chunks->prefix[0] = 0xC0 | tag;
    chunks->prefix[1] = version;
    memcpy(chunks->prefix + 2, header, sizeof header);
    chunks->cipher = header[0];
    chunks->mode = header[1];
    if (!check_served(chunks, header[2], name, err))
        return false;
    chunks->chunk_len = (size_t)1 << (header[2] + 6);
    chunks->key_len = openpgp_cipher_key_len(chunks->cipher);
    chunks->nonce_len = openpgp_aead_nonce_len(chunks->mode);
    size_t seed_len = chunks->is_librepgp ? chunks->nonce_len : SALT_LEN;
    return read_whole(stream, chunks->seed, seed_len, name, err);
}

static bool derive(struct aead_chunks *chunks, const struct session_key *session)
{
    if (chunks->is_librepgp) {
        memcpy(chunks->secret, session->bytes, chunks->key_len);
        memcpy(chunks->secret + chunks->key_len, chunks->seed, chunks->nonce_len);
        return true;
    }
    return kdf_hkdf(DIGEST_SHA256, (struct bytes){session->bytes, chunks->key_len},
                    (struct bytes){chunks->seed, SALT_LEN},
                    (struct bytes){chunks->prefix, sizeof chunks->prefix}, chunks->secret,
                    chunks->key_len + chunks->nonce_len - COUNTER_LEN);
}

bool aead_chunks_set_key(struct aead_chunks *chunks, const struct session_key *session)
{
    /* What stands for a session key with bad padding is of the greatest length: turning a length
     * away here would tell it from a wrong key by the time it takes. */
    bool is_for_cipher = session->len == chunks->key_len && (session->cipher == OPENPGP_PLAINTEXT ||
                                                             session->cipher == chunks->cipher);
    bool good = derive(chunks, session);
    chunks->secret[0] ^= (unsigned char)!is_for_cipher;
    return good;
}

struct aead *aead_chunks_cipher(const struct aead_chunks *chunks)
{
    return aead_new(openpgp_cipher_gcrypt(chunks->cipher), openpgp_aead_gcrypt(chunks->mode),
                    chunks->secret, chunks->key_len);
}

static void put_counter(unsigned char out[COUNTER_LEN], uint64_t value)
{
    for (size_t i = COUNTER_LEN; i-- > 0; value >>= 8)
        out[i] = (unsigned char)value;
}

static struct bytes put_nonce(const struct aead_chunks *chunks, uint64_t index,
                              unsigned char nonce[AEAD_NONCE_MAX])
{
    const unsigned char *iv = chunks->secret + chunks->key_len;
    size_t before = chunks->nonce_len - COUNTER_LEN;
    memcpy(nonce, iv, before);
    put_counter(nonce + before, index);
    for (size_t i = before; chunks->is_librepgp && i < chunks->nonce_len; i++)
        nonce[i] ^= iv[i];
    return (struct bytes){.at = nonce, .len = chunks->nonce_len};
}

/* LibrePGP's holds the index, though the nonce does already. */
static struct bytes put_additional(const struct aead_chunks *chunks, uint64_t index,
                                   unsigned char additional[ADDITIONAL_MAX])
{
    memcpy(additional, chunks->prefix, AEAD_CHUNKS_PREFIX_LEN);
    put_counter(additional + AEAD_CHUNKS_PREFIX_LEN, index);
    size_t len = AEAD_CHUNKS_PREFIX_LEN + (chunks->is_librepgp ? COUNTER_LEN : 0);
    return (struct bytes){.at = additional, .len = len};
}

bool aead_chunks_open(const struct aead_chunks *chunks, struct aead *aead, uint64_t index,
                      struct bytes sealed, unsigned char *out)
{
    unsigned char nonce[AEAD_NONCE_MAX];
    unsigned char additional[ADDITIONAL_MAX];
    if (sealed.len <= AEAD_TAG_LEN || sealed.len - AEAD_TAG_LEN > chunks->chunk_len)
        return false;
    struct bytes text = {.at = sealed.at, .len = sealed.len - AEAD_TAG_LEN};
    return aead_open(aead, put_nonce(chunks, index, nonce),
                     put_additional(chunks, index, additional), text, sealed.at + text.len, out);
}

bool aead_chunks_end_with(const struct aead_chunks *chunks, struct aead *aead, uint64_t count,
                          uint64_t total, const unsigned char tag[AEAD_TAG_LEN])
{
    unsigned char nonce[AEAD_NONCE_MAX];
    unsigned char additional[ADDITIONAL_MAX];
    unsigned char nothing = 0;
    struct bytes data = put_additional(chunks, count, additional);
    put_counter(additional + data.len, total);
    data.len += COUNTER_LEN;
    return aead_open(aead, put_nonce(chunks, count, nonce), data,
                     (struct bytes){.at = &nothing, .len = 0}, tag, &nothing);
}
