/*
 * The proof that a new key can be used: its texts are read as any other key's are.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_KEY_PROOF_H
#define WALSEAL_FORMATS_OPENPGP_KEY_PROOF_H

#include "format.h"
#include "formats/openpgp/key.h"

/* Whether what was encrypted to key's public text would go to subkey, and its secret text unlocks
 * with wish's passphrase. False: ERROR_IO. */
bool key_proof(const struct new_key *key, const struct openpgp_key *subkey,
               const struct key_wish *wish, struct error *err);

#endif
