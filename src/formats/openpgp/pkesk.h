/*
 * Public-key encrypted session keys, versions 3 and 6 (RFC 9580 section 5.1).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PKESK_H
#define WALSEAL_FORMATS_OPENPGP_PKESK_H

#include "formats/openpgp/key.h"
#include "formats/openpgp/session_key.h"

enum { ESK_PACKET_MAX = 16 * 1024, ESK_COUNT_MAX = 1000 };

/* Points into the bytes it was parsed from. */
struct pkesk {
    uint8_t version; /* 3 or 6 */
    uint8_t algorithm;
    bool is_hidden;
    struct bytes recipient; /* key ID (8 octets) or fingerprint (20 or 32); hidden: empty */
    struct bytes fields;    /* what the algorithm makes of the session key */
};

/* False: ERROR_DAMAGED, malformed; ERROR_UNSUPPORTED, an unknown version (to be skipped). */
bool pkesk_parse(struct bytes body, struct pkesk *pkesk, struct error *err);

/* Writes the key ID of a recipient that isn't hidden, be it named by that or by its fingerprint. */
void pkesk_write_key_id(const struct pkesk *pkesk, char text[OPENPGP_KEY_ID_SIZE]);

/* Whether key may be the one: its ID or fingerprint is named, or the recipient is hidden and key
 * could have been; in both cases the algorithm must be the key's. */
bool pkesk_is_for(const struct pkesk *pkesk, const struct openpgp_key *key);

/* Decrypts it. False: it isn't for this key or is damaged (one answer to every failure). With RSA
 * and ElGamal only what anybody can see is such a failure: where anything is wrong with the
 * padding, cipher, length or checksum, the session key is a substitute derived from the secret key
 * and the octets, by code whose time depends on nothing secret: 32 octets, for AES-256 in version
 * 3. In version 6 the container judges the length: one that isn't its cipher's must look like any
 * wrong key. session is in secret memory. */
bool pkesk_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                const struct secret_numbers *secret, struct session_key *session);

/* Whether what pkesk_open gives with key was unwrapped, which fails but for the key that it was
 * wrapped for: not with RSA and ElGamal. */
bool pkesk_is_wrapped(const struct openpgp_key *key);

/* Makes a whole version 3 packet, header included, of session for key. hide: key ID zero. out has
 * room for ESK_PACKET_MAX. False: ERROR_KEY, the key can't encrypt; ERROR_IO, a library failed. */
bool pkesk_write(const struct openpgp_key *key, bool hide, const struct session_key *session,
                 unsigned char *out, size_t *out_len, struct error *err);

#endif
