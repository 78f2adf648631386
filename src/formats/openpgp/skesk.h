/*
 * Passphrase-encrypted session keys, versions 4, 5 (LibrePGP) and 6 (RFC 9580 section 5.3).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SKESK_H
#define WALSEAL_FORMATS_OPENPGP_SKESK_H

#include "formats/openpgp/pkesk.h"
#include "formats/openpgp/s2k.h"

/* Points into the bytes it was parsed from. */
struct skesk {
    uint8_t version;
    uint8_t cipher;
    uint8_t aead; /* versions 5 and 6 */
    struct s2k s2k;
    struct bytes nonce;
    struct bytes encrypted; /* the session key, with versions 5 and 6 its tag behind it; empty in
                               version 4: the passphrase's key is the session key */
};

/* False: ERROR_DAMAGED, malformed; ERROR_UNSUPPORTED, an unknown version, cipher, mode or S2K. */
bool skesk_parse(struct bytes body, struct skesk *skesk, struct error *err);

/* Decrypts it. False: ERROR_NO_KEY_FITS, the passphrase surely isn't the one; ERROR_UNSUPPORTED, it
 * asks for more than there is. True with version 4 proves nothing: the data must. */
bool skesk_open(const struct skesk *skesk, struct bytes passphrase, struct session_key *session,
                struct error *err);

#endif
