/*
 * Files of tests/vectors/openpgp as the keys and the source of a run. Included after cmocka.h.
 */
#ifndef WALSEAL_TESTS_OPENPGP_VECTOR_H
#define WALSEAL_TESTS_OPENPGP_VECTOR_H

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "io/source.h"
#include "keys/keyring_add.h"

#include "../../io/folder.h"

#define VECTORS "tests/vectors/openpgp/"

static inline void add_key_file(struct keyring *ring, const char *path)
{
    static struct notes unread;
    struct error reason = {.kind = ERROR_NONE};
    enum key_transform transform =
        keyring_purpose(ring) == KEY_FOR_ENCRYPT ? KEY_TRANSFORM_HEX : KEY_TRANSFORM_AUTO;
    if (!keyring_add_path(ring, path, transform, &unread, &reason))
        fail_msg("%s", reason.text);
}

static inline void add_key_text(struct keyring *ring, const char *origin, const char *text,
                                bool from_directory)
{
    struct key_source source = {origin, text, strlen(text), false, from_directory};
    struct error reason = {.kind = ERROR_NONE};
    assert_true(keyring_insert_block(ring, &source, &reason));
}

static inline struct source *open_vector(const char *path)
{
    struct error reason = {.kind = ERROR_NONE};
    struct source *source =
        source_new_file(path, &(struct source_policy){.standby = false}, &reason);
    if (source == NULL)
        fail_msg("%s", reason.text);
    return source;
}

static inline int start_libraries(void **state)
{
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

#endif
