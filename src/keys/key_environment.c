#define _POSIX_C_SOURCE 200809L
#include "base/secret.h"
#include "keys/keyring_add.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

enum variable {
    SODIUM_KEY,
    SODIUM_KEY_PATH,
    SODIUM_KEY_TRANSFORM,
    PGP_KEY,
    PGP_KEY_PATH,
    PGP_KEY_PASSPHRASE,
    VARIABLE_COUNT
};

static const char *const names[VARIABLE_COUNT] = {
    [SODIUM_KEY] = "WALG_LIBSODIUM_KEY",
    [SODIUM_KEY_PATH] = "WALG_LIBSODIUM_KEY_PATH",
    [SODIUM_KEY_TRANSFORM] = "WALG_LIBSODIUM_KEY_TRANSFORM",
    [PGP_KEY] = "WALG_PGP_KEY",
    [PGP_KEY_PATH] = "WALG_PGP_KEY_PATH",
    [PGP_KEY_PASSPHRASE] = "WALG_PGP_KEY_PASSPHRASE",
};

static const char envelope_key[] = "WALG_ENVELOPE_PGP_KEY";

/* What WAL-G would encrypt with and walseal can't. Empty ones are unset to WAL-G. */
static const char *const unserved[] = {
    "WALG_CSE_KMS_ID",
    "YC_CSE_KMS_KEY_ID",
    "WALG_YC_CSE_KMS_KEY_ID",
    envelope_key,
    "WALG_ENVELOPE_PGP_KEY_PATH",
    "WALG_ENVELOPE_PGP_YC_CSE_KMS_KEY_ID",
    "GPG_KEY_ID",
    "WALE_GPG_KEY_ID",
    "WALG_GPG_KEY_ID",
};
enum { UNSERVED_COUNT = sizeof unserved / sizeof unserved[0] };

struct key_environment {
    char *values[VARIABLE_COUNT]; /* secret memory; NULL: not set */
    bool has_unserved[UNSERVED_COUNT];
    bool has_kms_region;
};

/* The value in an entry of environ, if it is name's. */
static char *value_in(char *entry, const char *name)
{
    size_t len = strlen(name);
    return strncmp(entry, name, len) == 0 && entry[len] == '=' ? entry + len + 1 : NULL;
}

/* Wipes the value in every entry of that name, and takes the name away. */
static void wipe(const char *name)
{
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        char *found = value_in(*entry, name);
        if (found != NULL)
            secret_wipe(found, strlen(found));
    }
    unsetenv(name);
}

/* Copies the value that getenv would give to *value, and wipes it in every entry of that name.
 * False without memory; wiped all the same. */
static bool take(const char *name, char **value)
{
    bool copied = true;
    *value = NULL;
    const char *found = getenv(name);
    if (found != NULL) {
        size_t len = strlen(found);
        *value = secret_new(len + 1);
        copied = *value != NULL;
        if (copied)
            memcpy(*value, found, len);
    }
    wipe(name);
    return copied;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

struct key_environment *key_environment_take(struct error *err)
{
    struct key_environment spare;
    struct key_environment *environment = calloc(1, sizeof *environment);
    struct key_environment *target = environment != NULL ? environment : &spare;
    bool taken = environment != NULL;
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (!take(names[i], &target->values[i]))
            taken = false;
    if (environment == NULL)
        for (size_t i = 0; i < VARIABLE_COUNT; i++)
            secret_free(spare.values[i]);
    if (!taken) {
        key_environment_free(environment);
        fail_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < UNSERVED_COUNT; i++)
        environment->has_unserved[i] = is_set(unserved[i]);
    environment->has_kms_region = is_set("WALG_CSE_KMS_REGION");
    wipe(envelope_key);
    return environment;
}

void key_environment_free(struct key_environment *environment)
{
    if (environment == NULL)
        return;
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        secret_free(environment->values[i]);
    free(environment);
}

static bool refuse_unserved(const struct key_environment *environment, struct error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < UNSERVED_COUNT; i++) {
        if (!environment->has_unserved[i])
            continue;
        if (count++ == 0)
            fail(err, ERROR_KEY, "%s", unserved[i]);
        else
            error_append(err, ", %s", unserved[i]);
        if (i == 0 && environment->has_kms_region) /* only the ID gives it a meaning */
            error_append(err, ", WALG_CSE_KMS_REGION");
    }
    error_append(err,
                 ": walseal can't use WAL-G's KMS, envelope and gpg keys: unset %s or give a "
                 "key with -k",
                 count > 1 || environment->has_kms_region ? "them" : "it");
    return count == 0;
}

static bool refuse_empty(const struct key_environment *environment, enum variable variable,
                         struct error *err)
{
    const char *value = environment->values[variable];
    if (value != NULL && value[0] == '\0')
        return fail(err, ERROR_KEY, "%s: is set but empty: unset it, or give it a key",
                    names[variable]);
    return true;
}

static bool refuse_empty_keys(const struct key_environment *environment, enum key_method method,
                              struct error *err)
{
    bool good = true;
    if (method != KEY_METHOD_OPENPGP)
        good = refuse_empty(environment, SODIUM_KEY, err) &&
               refuse_empty(environment, SODIUM_KEY_PATH, err);
    if (good && method != KEY_METHOD_SODIUM)
        good =
            refuse_empty(environment, PGP_KEY, err) && refuse_empty(environment, PGP_KEY_PATH, err);
    return good;
}

/* The one of two variables that is set and goes before the other, or VARIABLE_COUNT. */
static enum variable either(const struct key_environment *environment, enum variable first,
                            enum variable second)
{
    if (environment->values[first] != NULL)
        return first;
    return environment->values[second] != NULL ? second : VARIABLE_COUNT;
}

static bool read_transform(const struct key_environment *environment,
                           const enum key_transform *override, enum key_transform *transform,
                           struct error *err)
{
    const char *value = environment->values[SODIUM_KEY_TRANSFORM];
    *transform = KEY_TRANSFORM_NONE;
    if (override != NULL)
        *transform = *override;
    else if (value != NULL && value[0] != '\0' &&
             (!key_transform_parse(value, transform) || *transform == KEY_TRANSFORM_AUTO))
        return fail(err, ERROR_KEY, "%s: is none of hex, base64 and none",
                    names[SODIUM_KEY_TRANSFORM]);
    return true;
}

static bool add_sodium(struct keyring *ring, const struct key_environment *environment,
                       enum variable variable, enum key_transform transform, struct notes *notes,
                       struct error *err)
{
    const char *value = environment->values[variable];
    if (variable == SODIUM_KEY) {
        struct key_source source = {names[variable], value, strlen(value), true, false};
        return keyring_add_text(ring, &source, transform, notes, err);
    }
    if (keyring_add_path(ring, value, transform, notes, err))
        return true;
    error_append(err, " (named by %s)", names[variable]);
    return false;
}

/* As WAL-G: where the two characters \n stand for line ends, they become them. Returns the new
 * length. */
static size_t unescape_line_ends(char *text, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        bool escape = text[i] == '\\' && i + 1 < len && text[i + 1] == 'n';
        text[kept++] = escape ? '\n' : text[i];
        i += escape;
    }
    return kept;
}

static bool add_openpgp_inline(struct keyring *ring, const char *value, struct error *err)
{
    size_t len = strlen(value);
    char *text = secret_new(len + 1);
    if (text == NULL)
        return fail_memory(err);
    memcpy(text, value, len);
    struct key_source source = {names[PGP_KEY], text, unescape_line_ends(text, len), true, false};
    bool added = key_text_is_openpgp(source.text, source.len)
                     ? keyring_insert_block(ring, &source, err)
                     : fail(err, ERROR_KEY, "%s: holds no armored OpenPGP key", names[PGP_KEY]);
    secret_free(text);
    return added;
}

static bool add_openpgp(struct keyring *ring, const struct key_environment *environment,
                        enum variable variable, struct notes *notes, struct error *err)
{
    const char *value = environment->values[variable];
    if (variable == PGP_KEY)
        return add_openpgp_inline(ring, value, err);
    size_t before = keyring_block_count(ring);
    enum key_transform transform =
        keyring_purpose(ring) == KEY_FOR_ENCRYPT ? KEY_TRANSFORM_HEX : KEY_TRANSFORM_AUTO;
    if (!keyring_add_path(ring, value, transform, notes, err)) {
        error_append(err, " (named by %s)", names[variable]);
        return false;
    }
    return keyring_block_count(ring) > before ||
           fail(err, ERROR_KEY, "%s: holds no OpenPGP key (named by %s)", value, names[variable]);
}

bool keyring_add_environment(struct keyring *ring, const struct key_environment *environment,
                             const enum key_transform *override, enum key_method method,
                             struct notes *notes, struct error *err)
{
    enum variable sodium = VARIABLE_COUNT;
    enum variable pgp = VARIABLE_COUNT;
    if (method != KEY_METHOD_OPENPGP)
        sodium = either(environment, SODIUM_KEY, SODIUM_KEY_PATH);
    if (method != KEY_METHOD_SODIUM)
        pgp = either(environment, PGP_KEY, PGP_KEY_PATH);
    enum key_transform transform;
    if (!refuse_unserved(environment, err) || !refuse_empty_keys(environment, method, err))
        return false;
    if (sodium != VARIABLE_COUNT && pgp != VARIABLE_COUNT &&
        keyring_purpose(ring) == KEY_FOR_ENCRYPT)
        return fail(err, ERROR_KEY, "both %s and %s are set: choose with -m", names[sodium],
                    names[pgp]);
    if (pgp != VARIABLE_COUNT && !add_openpgp(ring, environment, pgp, notes, err))
        return false;
    return sodium == VARIABLE_COUNT ||
           (read_transform(environment, override, &transform, err) &&
            add_sodium(ring, environment, sodium, transform, notes, err));
}

const char *key_environment_passphrase(const struct key_environment *environment)
{
    const char *value = environment->values[PGP_KEY_PASSPHRASE];
    return value != NULL && value[0] != '\0' ? value : NULL;
}
