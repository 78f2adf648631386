/*
 * Several copies of one key, in one certificate or in two, made one.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_CERTIFICATE_MERGE_H
#define WALSEAL_FORMATS_OPENPGP_CERTIFICATE_MERGE_H

#include "formats/openpgp/certificate.h"

/* Makes the copies of each subkey in certificate one, as certificate_merge does with two. */
void certificate_unite_keys(struct certificate *certificate);

/* Whether user_id, certified at since, is among those that certificate is known to have taken
 * back. */
bool certificate_has_retired(const struct certificate *certificate, struct bytes user_id,
                             uint32_t since);

#endif
