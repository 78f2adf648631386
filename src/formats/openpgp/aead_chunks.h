/*
 * The chunks of SEIPD version 2 (RFC 9580 section 5.13.2) and of LibrePGP's packet 20: how their
 * header and the session key make the key, the nonces and the additional data of each.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_AEAD_CHUNKS_H
#define WALSEAL_FORMATS_OPENPGP_AEAD_CHUNKS_H

#include "crypto/aead.h"
#include "formats/openpgp/packet_stream.h"
#include "formats/openpgp/session_key.h"

enum { AEAD_CHUNKS_SEED_MAX = 32, AEAD_CHUNKS_PREFIX_LEN = 5 };

/* The same for every chunk. A secret once it has its key. */
struct aead_chunks {
    /* the packet's tag octet, version, cipher, mode and chunk size octet: in all additional data */
    unsigned char prefix[AEAD_CHUNKS_PREFIX_LEN];
    uint8_t cipher;   /* enum openpgp_cipher */
    uint8_t mode;     /* enum openpgp_aead */
    size_t chunk_len; /* octets of plaintext in all chunks but the last */
    size_t key_len;
    size_t nonce_len;
    bool is_librepgp;                         /* packet 20 */
    unsigned char seed[AEAD_CHUNKS_SEED_MAX]; /* version 2: the salt; packet 20: the IV */
    /* The key; behind it what nonces begin with: the IV, in version 2 less its last 8 octets. */
    unsigned char secret[OPENPGP_SESSION_KEY_MAX + AEAD_NONCE_MAX];
};

/* Reads what is left of the header, behind the version octet. name: how errors call the message.
 * False: ERROR_DAMAGED, too short; ERROR_UNSUPPORTED, a cipher, mode or chunk size that isn't
 * served; or as the stream. */
bool aead_chunks_read(struct aead_chunks *chunks, uint8_t version, struct packet_stream *stream,
                      const char *name, struct error *err);

/* Makes the key of session, or, where that isn't one of this cipher, a key that opens nothing.
 * False: the library failed. */
bool aead_chunks_set_key(struct aead_chunks *chunks, const struct session_key *session);

/* What a thread opens chunks with; freed with aead_free. NULL: memory, or the library. */
struct aead *aead_chunks_cipher(const struct aead_chunks *chunks);

/* Opens the chunk number index: ciphertext and tag. Writes sealed.len - AEAD_TAG_LEN octets to out,
 * which may be sealed.at. False: it isn't that chunk, or no chunk at all. */
bool aead_chunks_open(const struct aead_chunks *chunks, struct aead *aead, uint64_t index,
                      struct bytes sealed, unsigned char *out);

/* Whether tag is the one behind count chunks of total octets of plaintext in all. */
bool aead_chunks_end_with(const struct aead_chunks *chunks, struct aead *aead, uint64_t count,
                          uint64_t total, const unsigned char tag[AEAD_TAG_LEN]);

#endif
