/*
 * The codecs of the encrypted containers: SEIPD version 1 (both ways), SEIPD version 2 and
 * LibrePGP's packet 20 (RFC 9580 sections 5.13.1, 5.13.2).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_CONTAINER_H
#define WALSEAL_FORMATS_OPENPGP_CONTAINER_H

#include "format.h"
#include "formats/openpgp/packet_stream.h"
#include "formats/openpgp/session_key.h"

enum {
    CONTAINER_RUN_LEN = 512 * 1024,        /* octets in one run of the pipeline, at least */
    CONTAINER_HOLD_LEN = 32 * 1024 * 1024, /* plaintext that version 1 holds back */
    CONTAINER_AEAD_CHUNK_MAX = 4 * 1024 * 1024,
};

/* A session key that may be the one. */
struct session_candidate {
    struct session_key key;
    uint8_t esk_version;            /* 3, 4, 5 or 6: which containers it goes with */
    char opened_by[CODEC_KEY_SIZE]; /* as codec_ops->opened_by has it */
    bool is_unwrapped; /* by AES key wrap, which proves that whoever wrote the message wrapped it */
    bool is_passphrase; /* from an SKESK: a wrong one of version 4, which nothing has proven yet, is
                            ERROR_NO_KEY_FITS, not ERROR_DAMAGED */
};

/* What was read of the message when its container's turn comes: stream stands behind the
 * container's packet header. */
struct container {
    struct packet_stream stream;
    struct octets *octets;                      /* owned from here on: the codec's free frees it */
    const struct session_candidate *candidates; /* in secret memory, valid during the call only */
    size_t candidate_count;                     /* 1 or more */
    bool is_passphrase_untried;                 /* there might be more of them */
    struct notes *notes; /* outlives the codec, which adds to it at its end, too */
};

/* The codec that decrypts SEIPD, version 1 or 2, or packet 20, told from the tag and the first
 * octet of the body, with the candidate that fits. In version 1 that is one that was unwrapped, if
 * there is any; otherwise the quick check and the first octets inside choose between several, or
 * refuse one of a passphrase. Elsewhere the first chunk's tag chooses.
 * Takes container->octets over, also when it fails. False: ERROR_UNSUPPORTED, a version, cipher,
 * mode or chunk size that isn't served; ERROR_NO_KEY_FITS, no passphrase fits, or no candidate goes
 * with this version; ERROR_DAMAGED; ERROR_TRUNCATED; ERROR_IO, the library failed. */
bool container_decrypter(struct container *container, struct codec *codec, struct error *err);

/* The codec that writes head (the packets before it: copied), then SEIPD version 1 with session's
 * cipher around a literal packet of the source. */
bool container_encrypter(const struct session_key *session, struct bytes head, struct codec *codec,
                         struct error *err);

#endif
