/*
 * Signature subpackets (RFC 9580 section 5.2.3.7), read into the signature that holds them.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SIGNATURE_SUBPACKETS_H
#define WALSEAL_FORMATS_OPENPGP_SIGNATURE_SUBPACKETS_H

#include "formats/openpgp/signature.h"

/* What the signature protects: everything counts; where a subpacket comes twice, the last one does.
 * False: malformed. */
bool signature_read_hashed(struct bytes area, struct signature *signature);

/* What anybody may have put there: only the issuer and the back-signature, which prove themselves.
 * False: malformed. */
bool signature_read_unhashed(struct bytes area, struct signature *signature);

#endif
