/*
 * Memory for secrets: libsodium's guarded allocation (guard pages, canary, locked, not dumped,
 * wiped when freed), not inherited by a forked process, in a process that dumps no core.
 */
#ifndef WALSEAL_BASE_SECRET_H
#define WALSEAL_BASE_SECRET_H

#include "base/error.h"

/* Starts libsodium and makes the process undumpable. Once, before the first secret_new. */
bool secret_begin(struct error *err);

/* len zeroed bytes for a secret, or NULL when there is no memory. Free with secret_free. */
void *secret_new(size_t len);

/* Wipes and frees; NULL is allowed. */
void secret_free(void *secret);

/* Wipes len bytes of ordinary memory in a way no compiler removes. */
void secret_wipe(void *bytes, size_t len);

/* Whether any secret so far could not be locked into memory (a low RLIMIT_MEMLOCK): worth a note.
 */
bool secret_lock_refused(void);

/* Whether a crash of this process may leave a core dump all the same. */
bool secret_is_dumpable(void);

/* Keeps len bytes of page-aligned ordinary memory (buffers of plaintext) out of core dumps. */
void secret_hide_from_dumps(void *pages, size_t len);

#endif
