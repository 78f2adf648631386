#include "formats/openpgp/key_proof.h"

#include "base/secret.h"
#include "formats/openpgp/armor.h"
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/secret_key.h"

#include <stdlib.h>
#include <string.h>

/* What reading needs. */
struct reading {
    struct certificate certificate; /* points into octets */
    struct notes notes;
    unsigned char octets[];
};

static bool decode(const char *text, unsigned char *octets, size_t *len, struct error *err)
{
    struct armor armor;
    struct bytes from = {(const unsigned char *)text, strlen(text)};
    return armor_begin(&armor, &from, err) && armor_decode(&armor, &from, octets, len, err) &&
           armor_end(&armor, err);
}

static bool unlocks(const struct openpgp_key *key, const struct bytes *passphrase,
                    struct error *err)
{
    struct secret_key *secret;
    const struct bytes none = {NULL, 0};
    enum secret_key_state wanted = passphrase == NULL ? SECRET_KEY_OPEN : SECRET_KEY_PROTECTED;
    if (!key->has_secret || secret_key_state(key, err) != wanted ||
        secret_key_unlock(key, passphrase == NULL ? none : *passphrase, &secret, err) !=
            SECRET_KEY_UNLOCKED)
        return false;
    secret_key_free(secret);
    return true;
}

static bool read_text(const char *text, struct reading *reading, const struct openpgp_key *subkey,
                      const struct key_wish *wish, struct error *err)
{
    const struct certificate *certificate = &reading->certificate;
    struct bytes octets = {reading->octets, 0};
    if (!decode(text, reading->octets, &octets.len, err) ||
        !certificate_take(&octets, wish->created, &reading->certificate, &reading->notes, "new key",
                          err))
        return false;
    const struct openpgp_key *chosen = certificate_encryption_key(
        certificate, "new key", wish->created, false, &reading->notes, err);
    return chosen != NULL && octets.len == 0 && certificate->key_count == 2 &&
           openpgp_key_is_same(chosen, subkey) &&
           certificate->keys[1].has_expiry == (wish->lifetime > 0);
}

static bool reads_back(const char *text, bool secret, const struct openpgp_key *subkey,
                       const struct key_wish *wish, struct error *err)
{
    struct reading *reading = secret_new(sizeof *reading + strlen(text) + 16 - strlen(text) % 16);
    if (reading == NULL)
        return fail_memory(err);
    bool good = read_text(text, reading, subkey, wish, err);
    for (size_t i = 0; good && secret && i < reading->certificate.key_count; i++)
        good = unlocks(&reading->certificate.keys[i].key, wish->passphrase, err);
    secret_free(reading);
    return good;
}

bool key_proof(const struct new_key *key, const struct openpgp_key *subkey,
               const struct key_wish *wish, struct error *err)
{
    struct error cause = {.kind = ERROR_NONE};
    return (reads_back(key->public_text, false, subkey, wish, &cause) &&
            reads_back(key->secret, true, subkey, wish, &cause)) ||
           fail(err, ERROR_IO, "the new key doesn't read back: this machine is at fault%s%s",
                cause.kind != ERROR_NONE ? ": " : "", cause.text);
}
