/*
 * Session keys in PKCS#1 version 1.5 padding (RFC 9580 section 12.1), decoded without telling
 * anybody by time or answer whether there was one: every such answer helps to decrypt what it is
 * asked about (Bleichenbacher).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PKCS1_H
#define WALSEAL_FORMATS_OPENPGP_PKCS1_H

#include "base/bytes.h"
#include "formats/openpgp/session_key.h"

/* Octets of n or p below which nothing fits. */
enum { PKCS1_LEN_MIN = 64 };

/* padded.len >= PKCS1_LEN_MIN is public, its octets and the outcome are secret. version: the
 * PKESK's, 3 with a cipher octet, 6 without. Anything wrong with padding, cipher, length or sum:
 * session is substitute (OPENPGP_SESSION_KEY_MAX octets), for AES-256 in version 3. */
void pkcs1_decode(struct bytes padded, uint8_t version, const unsigned char *substitute,
                  struct session_key *session);

/* Fills padded with session's cipher, key and sum behind random padding, as version 3 has them. */
void pkcs1_encode(const struct session_key *session, unsigned char *padded, size_t padded_len);

#endif
