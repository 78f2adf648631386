/*
 * What each kind of algorithm makes of a session key in a PKESK's fields: pkesk.c's other half.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PKESK_KINDS_H
#define WALSEAL_FORMATS_OPENPGP_PKESK_KINDS_H

#include "formats/openpgp/pkesk.h"

/* Each *_open as pkesk_open; each *_write makes the fields alone, at most ESK_PACKET_MAX less what
 * stands before them, and fails as pkesk_write. */

/* RSA and ElGamal: PKCS#1 padding. */
bool pkesk_padded_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                       const struct secret_numbers *secret, struct session_key *session);
bool pkesk_padded_write(const struct openpgp_key *key, const struct session_key *session,
                        unsigned char *out, size_t *out_len, struct error *err);

/* ECDH on the Weierstrass curves and on Curve25519's legacy form. */
bool pkesk_ecdh_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                     const struct secret_numbers *secret, struct session_key *session);
bool pkesk_ecdh_write(const struct openpgp_key *key, const struct session_key *session,
                      unsigned char *out, size_t *out_len, struct error *err);

/* What was wrapped (section 11.5): plain.len is public, its octets are secret, and so is whether
 * they are well-formed, but to the caller. session is changed only if they are. */
bool pkesk_ecdh_decode(struct bytes plain, uint8_t version, struct session_key *session);

/* Takes the ephemeral point, without the 40 of the legacy form. False: it isn't of the form that
 * key's curve has. */
bool pkesk_ecdh_take_point(struct bytes *from, const struct openpgp_key *key, struct bytes *point);

/* X25519 and X448. */
bool pkesk_native_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                       const struct secret_numbers *secret, struct session_key *session);
bool pkesk_native_write(const struct openpgp_key *key, const struct session_key *session,
                        unsigned char *out, size_t *out_len, struct error *err);

#endif
