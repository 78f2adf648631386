#include "formats/openpgp/secret_protection.h"

#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/cfb.h"
#include "crypto/kdf.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/packet.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The usage octet (section 3.7.2.1); any other number is a cipher's, with the MD5 of the passphrase
 * for its key. */
enum { USAGE_OPEN = 0, USAGE_AEAD = 253, USAGE_SHA1 = 254, USAGE_SUM = 255 };

enum {
    SUM_LEN = 2,
    SHA1_LEN = 20,
    AEAD_BLOCK_LEN = 16,
    INFO_LEN = 4,
};

static bool is_stub(const struct secret_protection *protection)
{
    return protection->s2k.kind == S2K_GNU_DUMMY || protection->s2k.kind == S2K_GNU_CARD;
}

static bool fail_cut(struct error *err)
{
    return fail(err, ERROR_DAMAGED, "is malformed: its secret part is cut short");
}

static bool take_nonce(struct bytes *from, struct secret_protection *protection, struct error *err)
{
    size_t len = openpgp_cipher_block_len(protection->cipher);
    if (len == 0)
        return fail(err, ERROR_UNSUPPORTED, "is protected with unknown cipher %u",
                    protection->cipher);
    if (protection->proof == SECRET_PROOF_AEAD) {
        if (len != AEAD_BLOCK_LEN || openpgp_aead_nonce_len(protection->aead) == 0)
            return fail(err, ERROR_UNSUPPORTED, "is protected with unknown AEAD mode %u of %s",
                        protection->aead, openpgp_cipher_name(protection->cipher));
        len = openpgp_aead_nonce_len(protection->aead);
    }
    return bytes_take(from, len, &protection->nonce) || fail_cut(err);
}

static bool take_s2k(struct bytes *from, bool counted, struct secret_protection *protection,
                     struct error *err)
{
    uint8_t len;
    struct bytes specifier;
    if (!counted)
        return s2k_take(from, &protection->s2k, err);
    if (!bytes_take_u8(from, &len) || !bytes_take(from, len, &specifier))
        return fail_cut(err);
    if (!s2k_take(&specifier, &protection->s2k, err))
        return false;
    return specifier.len == 0 ||
           fail(err, ERROR_DAMAGED, "is malformed: its string-to-key specifier has a tail");
}

/* From behind the usage octet up to the encrypted text. counted: the specifier has its length
 * before it (version 6). */
static bool take_parameters(struct bytes *from, bool counted, struct secret_protection *protection,
                            struct error *err)
{
    bool aead = protection->proof == SECRET_PROOF_AEAD;
    if (!bytes_take_u8(from, &protection->cipher) ||
        (aead && !bytes_take_u8(from, &protection->aead)))
        return fail_cut(err);
    if (!take_s2k(from, counted, protection, err))
        return false;
    if (is_stub(protection)) {
        bytes_take_rest(from);
        return true;
    }
    /* section 3.7.2.1: to be rejected, and nobody writes it */
    if (protection->s2k.kind == S2K_ARGON2 && !aead)
        return fail(err, ERROR_DAMAGED, "is malformed: it has Argon2 without AEAD");
    return take_nonce(from, protection, err);
}

static bool take_counted_parameters(struct bytes *from, struct secret_protection *protection,
                                    struct error *err)
{
    uint8_t len;
    struct bytes parameters;
    if (protection->proof == SECRET_PROOF_SUM)
        return fail(err, ERROR_DAMAGED,
                    "is malformed: version 6 has no protection with a 16-bit checksum");
    if (!bytes_take_u8(from, &len) || !bytes_take(from, len, &parameters))
        return fail_cut(err);
    if (!take_parameters(&parameters, true, protection, err))
        return false;
    return parameters.len == 0 ||
           fail(err, ERROR_DAMAGED, "is malformed: the parameters of its protection have a tail");
}

static enum secret_proof proof_of(uint8_t usage, uint8_t version)
{
    switch (usage) {
    case USAGE_AEAD:
        return SECRET_PROOF_AEAD;
    case USAGE_SHA1:
        return SECRET_PROOF_SHA1;
    case USAGE_OPEN:
        return version == 6 ? SECRET_PROOF_NONE : SECRET_PROOF_SUM;
    default:
        return SECRET_PROOF_SUM;
    }
}

bool secret_protection_parse(const struct openpgp_key *key, struct secret_protection *protection,
                             struct error *err)
{
    struct bytes from = key->secret_part;
    uint8_t usage;
    if (!bytes_take_u8(&from, &usage))
        return fail_cut(err);
    *protection = (struct secret_protection){.is_encrypted = usage != USAGE_OPEN,
                                             .proof = proof_of(usage, key->version)};
    bool ok = true;
    if (protection->is_encrypted && key->version == 6) {
        ok = take_counted_parameters(&from, protection, err);
    } else if (usage >= USAGE_AEAD) {
        ok = take_parameters(&from, false, protection, err);
    } else if (protection->is_encrypted) {
        protection->cipher = usage;
        protection->s2k = (struct s2k){.kind = S2K_SIMPLE, .hash = OPENPGP_MD5};
        ok = take_nonce(&from, protection, err);
    }
    protection->text = bytes_take_rest(&from);
    return ok;
}

/* ---- CFB ---- */

static bool decrypt_cfb(const struct secret_protection *protection, const unsigned char *key,
                        size_t key_len, unsigned char *octets)
{
    struct cfb *cfb = cfb_new(openpgp_cipher_gcrypt(protection->cipher), key, key_len);
    bool ok = cfb != NULL && cfb_set_iv(cfb, protection->nonce.at, protection->nonce.len) &&
              cfb_decrypt(cfb, octets, protection->text.at, protection->text.len);
    cfb_free(cfb);
    return ok;
}

static bool sum_fits(const unsigned char *octets, size_t len)
{
    uint16_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum = (uint16_t)(sum + octets[i]);
    const unsigned char expected[SUM_LEN] = {(unsigned char)(sum >> 8), (unsigned char)sum};
    return sodium_memcmp(expected, octets + len, SUM_LEN) == 0;
}

static bool sha1_fits(const unsigned char *octets, size_t len)
{
    unsigned char expected[DIGEST_LEN_MAX];
    bool fits = digest_of(DIGEST_SHA1, octets, len, expected) &&
                sodium_memcmp(expected, octets + len, SHA1_LEN) == 0;
    secret_wipe(expected, sizeof expected);
    return fits;
}

/* Takes the proof off the end of *len octets. */
static bool proves(enum secret_proof proof, const unsigned char *octets, size_t *len)
{
    if (proof == SECRET_PROOF_NONE)
        return true;
    size_t proof_len = proof == SECRET_PROOF_SHA1 ? SHA1_LEN : SUM_LEN;
    if (*len < proof_len)
        return false;
    *len -= proof_len;
    return proof == SECRET_PROOF_SHA1 ? sha1_fits(octets, *len) : sum_fits(octets, *len);
}

/* ---- AEAD ---- */

static bool open_aead(const struct secret_protection *protection, const unsigned char *key,
                      size_t key_len, struct bytes additional, unsigned char *octets)
{
    struct aead *aead = aead_new(openpgp_cipher_gcrypt(protection->cipher),
                                 openpgp_aead_gcrypt(protection->aead), key, key_len);
    struct bytes text = {protection->text.at, protection->text.len - AEAD_TAG_LEN};
    bool ok = aead != NULL &&
              aead_open(aead, protection->nonce, additional, text, text.at + text.len, octets);
    aead_free(aead);
    return ok;
}

/* Section 5.5.3: the packet's tag, then the public fields, bind the secret ones to them. */
static bool open_bound(const struct openpgp_key *key, const struct secret_protection *protection,
                       const unsigned char *passphrase_key, size_t key_len, unsigned char *octets)
{
    uint8_t tag = 0xC0 | (key->is_subkey ? PACKET_SECRET_SUBKEY : PACKET_SECRET_KEY);
    const unsigned char info[INFO_LEN] = {tag, key->version, protection->cipher, protection->aead};
    unsigned char *additional = malloc(1 + key->public_part.len);
    unsigned char *kek = secret_new(OPENPGP_SESSION_KEY_MAX);
    bool ok = additional != NULL && kek != NULL;
    if (ok) {
        additional[0] = tag;
        memcpy(additional + 1, key->public_part.at, key->public_part.len);
        ok = kdf_hkdf(DIGEST_SHA256, (struct bytes){passphrase_key, key_len},
                      (struct bytes){NULL, 0}, (struct bytes){info, sizeof info}, kek, key_len) &&
             open_aead(protection, kek, key_len,
                       (struct bytes){additional, 1 + key->public_part.len}, octets);
    }
    secret_free(kek);
    free(additional);
    return ok;
}

static bool decrypt_aead(const struct openpgp_key *key, const struct secret_protection *protection,
                         const unsigned char *passphrase_key, size_t key_len, unsigned char *octets,
                         size_t *octets_len)
{
    if (protection->text.len < AEAD_TAG_LEN)
        return false;
    *octets_len = protection->text.len - AEAD_TAG_LEN;
    if (open_bound(key, protection, passphrase_key, key_len, octets))
        return true;
    /* openpgpjs before 6 had version 4 keys with neither HKDF nor additional data */
    return key->version == 4 &&
           open_aead(protection, passphrase_key, key_len, (struct bytes){NULL, 0}, octets);
}

static enum secret_key_unlock decrypt(const struct openpgp_key *key,
                                      const struct secret_protection *protection,
                                      const unsigned char *passphrase_key, size_t key_len,
                                      unsigned char *octets, size_t *octets_len, struct error *err)
{
    bool proved;
    if (protection->proof == SECRET_PROOF_AEAD) {
        proved = decrypt_aead(key, protection, passphrase_key, key_len, octets, octets_len);
    } else if (decrypt_cfb(protection, passphrase_key, key_len, octets)) {
        *octets_len = protection->text.len;
        proved = proves(protection->proof, octets, octets_len);
    } else {
        fail(err, ERROR_UNSUPPORTED, "is protected with %s, which this machine's libraries refuse",
             openpgp_cipher_name(protection->cipher));
        return SECRET_KEY_FAILED;
    }
    return proved ? SECRET_KEY_UNLOCKED : SECRET_KEY_WRONG_PASSPHRASE;
}

static enum secret_key_unlock take_open(const struct secret_protection *protection,
                                        unsigned char *octets, size_t *octets_len,
                                        struct error *err)
{
    *octets_len = protection->text.len;
    if (protection->text.len > 0)
        memcpy(octets, protection->text.at, protection->text.len);
    if (proves(protection->proof, octets, octets_len))
        return SECRET_KEY_UNLOCKED;
    fail(err, ERROR_DAMAGED, "is damaged: the checksum of its secret part is wrong");
    return SECRET_KEY_FAILED;
}

enum secret_key_unlock secret_protection_open(const struct openpgp_key *key,
                                              const struct secret_protection *protection,
                                              struct bytes passphrase, unsigned char *octets,
                                              size_t *octets_len, struct error *err)
{
    if (!protection->is_encrypted)
        return take_open(protection, octets, octets_len, err);
    size_t key_len = openpgp_cipher_key_len(protection->cipher);
    unsigned char *passphrase_key = secret_new(OPENPGP_SESSION_KEY_MAX);
    enum secret_key_unlock outcome = SECRET_KEY_FAILED;
    if (passphrase_key == NULL)
        fail_memory(err);
    else if (s2k_derive(&protection->s2k, passphrase, passphrase_key, key_len, err))
        outcome = decrypt(key, protection, passphrase_key, key_len, octets, octets_len, err);
    secret_free(passphrase_key);
    return outcome;
}
