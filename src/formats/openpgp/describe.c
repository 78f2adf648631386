#include "formats/openpgp/describe.h"

#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/secret_protection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { USER_ID_SHOWN_MAX = 256 };

void describe_fingerprint(const struct openpgp_key *key, char text[DESCRIBE_FINGERPRINT_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < key->fingerprint_len; i++)
        snprintf(text + 2 * i, 3, "%02X", key->fingerprint[i]);
}

/* ---- algorithms ---- */

static const char *curve_name(const struct openpgp_key *key)
{
    static const char *const names[] = {
        [CURVE_NONE] = NULL,
        [CURVE_P256] = "P-256",
        [CURVE_P384] = "P-384",
        [CURVE_P521] = "P-521",
        [CURVE_BRAINPOOL_P256] = "brainpoolP256r1",
        [CURVE_BRAINPOOL_P384] = "brainpoolP384r1",
        [CURVE_BRAINPOOL_P512] = "brainpoolP512r1",
    };
    if (!key->is_known)
        return NULL;
    if (key->algorithm == OPENPGP_ECDH && key->numbers.kind == PUBLIC_KEY_X25519)
        return "Curve25519";
    if (key->algorithm == OPENPGP_EDDSA_LEGACY)
        return "Ed25519";
    bool is_weierstrass =
        key->numbers.kind == PUBLIC_KEY_ECDH || key->numbers.kind == PUBLIC_KEY_ECDSA;
    return is_weierstrass ? names[key->numbers.curve] : NULL;
}

void describe_algorithm(const struct openpgp_key *key, char text[DESCRIBE_SIZE])
{
    const char *curve = curve_name(key);
    const char *name = openpgp_public_key_name(key->algorithm);
    if (!key->is_known)
        snprintf(text, DESCRIBE_SIZE, "%s, which isn't served", name);
    else if (curve != NULL)
        snprintf(text, DESCRIBE_SIZE, "%s on %s", name, curve);
    else if (key->numbers.kind == PUBLIC_KEY_RSA || key->numbers.kind == PUBLIC_KEY_DSA ||
             key->numbers.kind == PUBLIC_KEY_ELGAMAL)
        snprintf(text, DESCRIBE_SIZE, "%s of %u bits", name, public_key_bits(&key->numbers));
    else
        snprintf(text, DESCRIBE_SIZE, "%s", name);
}

static void write_hash(uint8_t hash, char text[32])
{
    const char *name = openpgp_hash_name(hash);
    if (name != NULL)
        snprintf(text, 32, "%s", name);
    else
        snprintf(text, 32, "hash %u", hash);
}

void describe_s2k(const struct s2k *s2k, char text[DESCRIBE_SIZE])
{
    char hash[32];
    write_hash(s2k->hash, hash);
    switch (s2k->kind) {
    case S2K_SIMPLE:
        snprintf(text, DESCRIBE_SIZE, "simple S2K, %s", hash);
        break;
    case S2K_SALTED:
        snprintf(text, DESCRIBE_SIZE, "salted S2K, %s", hash);
        break;
    case S2K_ITERATED:
        snprintf(text, DESCRIBE_SIZE, "iterated S2K, %s, %" PRIu32 " octets", hash, s2k->count);
        break;
    case S2K_ARGON2:
        snprintf(text, DESCRIBE_SIZE, "Argon2, %u passes, %u lanes, 2^%u KiB", s2k->passes,
                 s2k->lanes, s2k->memory_exponent);
        break;
    case S2K_GNU_DUMMY:
        snprintf(text, DESCRIBE_SIZE, "a stub");
        break;
    case S2K_GNU_CARD:
        snprintf(text, DESCRIBE_SIZE, "a stub of a smart card");
        break;
    }
}

/* ---- one key ---- */

static void describe_flags(const struct certificate_key *key, struct facts *facts)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {KEY_FLAG_CERTIFY, "certify"},
        {KEY_FLAG_SIGN, "sign"},
        {KEY_FLAG_ENCRYPT_TRANSPORT | KEY_FLAG_ENCRYPT_STORAGE, "encrypt"},
    };
    char text[DESCRIBE_SIZE] = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t used = strlen(text);
        if ((key->flags & names[i].flag) != 0)
            snprintf(text + used, sizeof text - used, "%s%s", used == 0 ? "" : "+", names[i].name);
    }
    facts_text(facts, "flags", text[0] != '\0' ? text : "none");
}

/* How the secret part is protected. */
static void describe_protection(const struct openpgp_key *key, struct facts *facts)
{
    struct secret_protection protection;
    struct error ignored = {.kind = ERROR_NONE};
    char s2k[DESCRIBE_SIZE];
    char text[2 * DESCRIBE_SIZE];
    if (!secret_protection_parse(key, &protection, &ignored))
        return;
    const char *cipher = openpgp_cipher_name(protection.cipher);
    const char *proof = protection.proof == SECRET_PROOF_AEAD   ? openpgp_aead_name(protection.aead)
                        : protection.proof == SECRET_PROOF_SHA1 ? "CFB with SHA-1"
                                                                : "CFB with a 16-bit checksum";
    describe_s2k(&protection.s2k, s2k);
    snprintf(text, sizeof text, "%s %s; %s", cipher != NULL ? cipher : "an unknown cipher",
             proof != NULL ? proof : "an unknown mode", s2k);
    facts_text(facts, "protection", text);
}

/* Whether there is a secret part that may open something. */
static bool describe_secret(const struct openpgp_key *key, struct facts *facts)
{
    struct error why = {.kind = ERROR_NONE};
    if (!key->has_secret) {
        facts_text(facts, "secret", "none");
        return false;
    }
    switch (secret_key_state(key, &why)) {
    case SECRET_KEY_OPEN:
        facts_text(facts, "secret", "unprotected");
        return true;
    case SECRET_KEY_PROTECTED:
        facts_text(facts, "secret", "protected");
        describe_protection(key, facts);
        return true;
    case SECRET_KEY_ABSENT:
        facts_text(facts, "secret", "stub");
        return false;
    case SECRET_KEY_ON_CARD:
        facts_text(facts, "secret", "card");
        return false;
    case SECRET_KEY_UNKNOWN:
        break;
    }
    facts_text(facts, "secret", "unusable");
    facts_text(facts, "protection", why.text);
    return false;
}

static void describe_key(const struct certificate *certificate, size_t index, time_t now,
                         struct facts *facts)
{
    const struct certificate_key *key = &certificate->keys[index];
    char text[DESCRIBE_SIZE];
    char reason[CERTIFICATE_REASON_SIZE];
    const char *role = key->key.is_subkey ? "subkey" : "primary key";
    facts_open_row(facts, "key");
    facts_text(facts, "role", role);
    facts_text(facts, "id", key->key.id_text);
    describe_algorithm(&key->key, text);
    facts_text(facts, "algorithm", text);
    facts_date(facts, "created", key->key.created);
    if (key->has_expiry)
        facts_date(facts, "expires", key->expiry);
    else
        facts_none(facts, "expires", "never");
    facts_bool(facts, "revoked", key->is_revoked);
    describe_flags(key, facts);
    bool encrypts = certificate_key_encrypts(certificate, index, now, reason);
    facts_bool(facts, "encrypts", encrypts);
    if (!encrypts)
        facts_text(facts, "reason", reason);
    bool opens = describe_secret(&key->key, facts) && openpgp_key_encrypts(&key->key);
    facts_bool(facts, "decrypts", opens);
    facts_close_item(facts);
}

/* ---- a certificate ---- */

void describe_owner(const struct certificate *certificate, struct facts *facts)
{
    char fingerprint[DESCRIBE_FINGERPRINT_SIZE];
    char user_id[USER_ID_SHOWN_MAX + 1];
    struct bytes id = certificate->user_id;
    size_t len = id.len < USER_ID_SHOWN_MAX ? id.len : USER_ID_SHOWN_MAX;
    describe_fingerprint(&certificate->keys[0].key, fingerprint);
    facts_text(facts, "fingerprint", fingerprint);
    facts_number(facts, "version", certificate->keys[0].key.version);
    for (size_t i = 0; i < len; i++)
        user_id[i] = (char)(id.at[i] != '\0' ? id.at[i] : '?');
    user_id[len] = '\0';
    if (len > 0)
        facts_text(facts, "user_id", user_id);
    else
        facts_none(facts, "user_id", "none that is signed");
}

void describe_certificate(const struct certificate *certificate, time_t now, struct facts *facts)
{
    describe_owner(certificate, facts);
    facts_open_list(facts, "keys");
    size_t shown = 0;
    for (; shown < certificate->key_count && facts_have_room(facts); shown++)
        describe_key(certificate, shown, now, facts);
    facts_close_list(facts);
    if (shown < certificate->key_count)
        facts_number(facts, "keys_left_out", certificate->key_count - shown);
    if (certificate->passed_over_count > 0)
        facts_number(facts, "keys_not_served", certificate->passed_over_count);
}
