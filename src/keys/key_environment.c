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

/* What WAL-G would encrypt with and walseal can't. Empty ones are unset to WAL-G. */
static const char *const unserved[] = {
    "WALG_CSE_KMS_ID",
    "YC_CSE_KMS_KEY_ID",
    "WALG_YC_CSE_KMS_KEY_ID",
    "WALG_ENVELOPE_PGP_KEY",
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

/* Copies the value that getenv would give to *value, and wipes it in every entry of that name.
 * False without memory; wiped all the same. */
static bool take(const char *name, char **value)
{
    bool copied = true;
    *value = NULL;
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        char *found = value_in(*entry, name);
        if (found == NULL)
            continue;
        size_t len = strlen(found);
        if (*value == NULL && copied) {
            *value = secret_new(len + 1);
            copied = *value != NULL;
            if (copied)
                memcpy(*value, found, len);
        }
        secret_wipe(found, len);
    }
    unsetenv(name);
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

static bool refuse_empty(const struct key_environment *environment, bool sodium_only,
                         struct error *err)
{
    static const enum variable keys[] = {SODIUM_KEY, SODIUM_KEY_PATH, PGP_KEY, PGP_KEY_PATH};
    size_t count = sodium_only ? 2 : 4;
    for (size_t i = 0; i < count; i++) {
        const char *value = environment->values[keys[i]];
        if (value != NULL && value[0] == '\0')
            return fail(err, ERROR_KEY, "%s: is set but empty: unset it, or give it a key",
                        names[keys[i]]);
    }
    return true;
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
        struct key_source source = {names[variable], value, strlen(value), true};
        return keyring_add_text(ring, &source, transform, notes, err);
    }
    if (keyring_add_path(ring, value, transform, notes, err))
        return true;
    error_append(err, " (named by %s)", names[variable]);
    return false;
}

bool keyring_add_environment(struct keyring *ring, const struct key_environment *environment,
                             const enum key_transform *override, bool sodium_only,
                             struct notes *notes, struct error *err)
{
    enum variable sodium = either(environment, SODIUM_KEY, SODIUM_KEY_PATH);
    enum variable pgp = sodium_only ? VARIABLE_COUNT : either(environment, PGP_KEY, PGP_KEY_PATH);
    enum key_transform transform;
    if (!refuse_unserved(environment, err) || !refuse_empty(environment, sodium_only, err))
        return false;
    if (sodium == VARIABLE_COUNT && pgp == VARIABLE_COUNT)
        return true;
    if (sodium == VARIABLE_COUNT)
        return fail(err, ERROR_KEY, "%s: is an OpenPGP key, which this version can't use yet",
                    names[pgp]);
    if (pgp != VARIABLE_COUNT && keyring_purpose(ring) == KEY_FOR_ENCRYPT)
        return fail(err, ERROR_KEY, "both %s and %s are set: choose with -m", names[sodium],
                    names[pgp]);
    if (pgp != VARIABLE_COUNT && !keyring_pass_over(ring, names[pgp], err))
        return false;
    return read_transform(environment, override, &transform, err) &&
           add_sodium(ring, environment, sodium, transform, notes, err);
}
