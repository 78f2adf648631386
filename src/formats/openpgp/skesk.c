#include "formats/openpgp/skesk.h"

#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/cfb.h"
#include "crypto/kdf.h"
#include "formats/openpgp/packet.h"

#include <string.h>

enum { AEAD_BLOCK_LEN = 16, PARAMETERS_LEN = 4 };

static bool fail_cut(struct error *err)
{
    return fail(err, ERROR_DAMAGED, "is malformed: it is cut short");
}

static bool take_cipher(struct bytes *from, struct skesk *skesk, struct error *err)
{
    if (!bytes_take_u8(from, &skesk->cipher))
        return fail_cut(err);
    return openpgp_cipher_key_len(skesk->cipher) > 0 ||
           fail(err, ERROR_UNSUPPORTED, "asks for unknown cipher %u", skesk->cipher);
}

static bool take_aead(struct bytes *from, struct skesk *skesk, struct error *err)
{
    if (!bytes_take_u8(from, &skesk->aead))
        return fail_cut(err);
    return (openpgp_aead_name(skesk->aead) != NULL &&
            openpgp_cipher_block_len(skesk->cipher) == AEAD_BLOCK_LEN) ||
           fail(err, ERROR_UNSUPPORTED, "asks for unknown AEAD mode %u of %s", skesk->aead,
                openpgp_cipher_name(skesk->cipher));
}

static bool take_s2k(struct bytes *from, struct skesk *skesk, struct error *err)
{
    if (!s2k_take(from, &skesk->s2k, err))
        return false;
    return (skesk->s2k.kind != S2K_GNU_DUMMY && skesk->s2k.kind != S2K_GNU_CARD) ||
           fail(err, ERROR_UNSUPPORTED, "holds a stub that no passphrase opens");
}

static bool take_nonce(struct bytes *from, struct skesk *skesk, struct error *err)
{
    return bytes_take(from, openpgp_aead_nonce_len(skesk->aead), &skesk->nonce) || fail_cut(err);
}

static bool take_v5(struct bytes *from, struct skesk *skesk, struct error *err)
{
    return take_cipher(from, skesk, err) && take_aead(from, skesk, err) &&
           take_s2k(from, skesk, err) && take_nonce(from, skesk, err);
}

/* Section 5.3.2: as version 5, with the length of what stands before the session key, and of the
 * specifier. */
static bool take_v6(struct bytes *from, struct skesk *skesk, struct error *err)
{
    uint8_t len;
    uint8_t specifier_len;
    struct bytes parameters;
    struct bytes specifier;
    if (!bytes_take_u8(from, &len) || !bytes_take(from, len, &parameters))
        return fail_cut(err);
    if (!take_cipher(&parameters, skesk, err) || !take_aead(&parameters, skesk, err))
        return false;
    if (!bytes_take_u8(&parameters, &specifier_len) ||
        !bytes_take(&parameters, specifier_len, &specifier))
        return fail_cut(err);
    if (!take_s2k(&specifier, skesk, err) || !take_nonce(&parameters, skesk, err))
        return false;
    return (specifier.len == 0 && parameters.len == 0) ||
           fail(err, ERROR_DAMAGED, "is malformed: its lengths don't fit its parts");
}

static bool take_parameters(struct bytes *from, struct skesk *skesk, struct error *err)
{
    switch (skesk->version) {
    case 4:
        return take_cipher(from, skesk, err) && take_s2k(from, skesk, err);
    case 5:
        return take_v5(from, skesk, err);
    case 6:
        return take_v6(from, skesk, err);
    default:
        return fail(err, ERROR_UNSUPPORTED, "is of version %u, which isn't known", skesk->version);
    }
}

static bool is_key_len(size_t len)
{
    return len == 16 || len == 24 || len == 32;
}

bool skesk_parse(struct bytes body, struct skesk *skesk, struct error *err)
{
    memset(skesk, 0, sizeof *skesk);
    if (!bytes_take_u8(&body, &skesk->version))
        return fail_cut(err);
    if (!take_parameters(&body, skesk, err))
        return false;
    skesk->encrypted = bytes_take_rest(&body);
    size_t len = skesk->encrypted.len;
    bool fits = skesk->version == 4 ? len == 0 || is_key_len(len - 1)
                                    : len > AEAD_TAG_LEN && is_key_len(len - AEAD_TAG_LEN);
    return fits || fail(err, ERROR_DAMAGED, "is malformed: no session key has its length");
}

static bool fail_passphrase(struct error *err)
{
    return fail(err, ERROR_NO_KEY_FITS, "the passphrase is wrong");
}

static bool fail_library(const struct skesk *skesk, struct error *err)
{
    return fail(err, ERROR_UNSUPPORTED, "asks for %s, which this machine's libraries refuse",
                openpgp_cipher_name(skesk->cipher));
}

/* Section 5.3.1: without an encrypted session key, the passphrase's is the one. */
static bool open_v4(const struct skesk *skesk, struct bytes kek, struct session_key *session,
                    struct error *err)
{
    if (skesk->encrypted.len == 0) {
        session->cipher = skesk->cipher;
        session->len = kek.len;
        memcpy(session->bytes, kek.at, kek.len);
        return true;
    }
    unsigned char *plain = secret_new(1 + OPENPGP_SESSION_KEY_MAX);
    struct cfb *cfb = cfb_new(openpgp_cipher_gcrypt(skesk->cipher), kek.at, kek.len);
    bool ok = plain != NULL && cfb != NULL &&
              cfb_decrypt(cfb, plain, skesk->encrypted.at, skesk->encrypted.len);
    if (ok) {
        session->cipher = plain[0];
        session->len = skesk->encrypted.len - 1;
        memcpy(session->bytes, plain + 1, session->len);
    }
    cfb_free(cfb);
    secret_free(plain);
    if (!ok)
        return fail_library(skesk, err);
    return session->len == openpgp_cipher_key_len(session->cipher) || fail_passphrase(err);
}

/* Version 6 makes the key that opens by HKDF, version 5 takes the passphrase's. */
static bool make_kek(struct bytes parameters, struct bytes passphrase_key, unsigned char *kek)
{
    if (parameters.at[1] == 6)
        return kdf_hkdf(DIGEST_SHA256, passphrase_key, (struct bytes){NULL, 0}, parameters, kek,
                        passphrase_key.len);
    memcpy(kek, passphrase_key.at, passphrase_key.len);
    return true;
}

static bool open_aead(const struct skesk *skesk, struct bytes passphrase_key,
                      struct session_key *session, struct error *err)
{
    const unsigned char octets[PARAMETERS_LEN] = {0xC0 | PACKET_SKESK, skesk->version,
                                                  skesk->cipher, skesk->aead};
    struct bytes parameters = {octets, sizeof octets};
    struct bytes text = {skesk->encrypted.at, skesk->encrypted.len - AEAD_TAG_LEN};
    struct aead *aead = NULL;
    unsigned char *kek = secret_new(OPENPGP_SESSION_KEY_MAX);
    if (kek != NULL && make_kek(parameters, passphrase_key, kek))
        aead = aead_new(openpgp_cipher_gcrypt(skesk->cipher), openpgp_aead_gcrypt(skesk->aead), kek,
                        passphrase_key.len);
    bool ok = aead != NULL;
    bool opens =
        ok && aead_open(aead, skesk->nonce, parameters, text, text.at + text.len, session->bytes);
    aead_free(aead);
    secret_free(kek);
    if (!ok)
        return fail_library(skesk, err);
    session->cipher = 0;
    session->len = text.len;
    return opens || fail_passphrase(err);
}

bool skesk_open(const struct skesk *skesk, struct bytes passphrase, struct session_key *session,
                struct error *err)
{
    size_t key_len = openpgp_cipher_key_len(skesk->cipher);
    unsigned char *key = secret_new(OPENPGP_SESSION_KEY_MAX);
    struct bytes passphrase_key = {key, key_len};
    bool ok =
        key != NULL ? s2k_derive(&skesk->s2k, passphrase, key, key_len, err) : fail_memory(err);
    if (ok)
        ok = skesk->version == 4 ? open_v4(skesk, passphrase_key, session, err)
                                 : open_aead(skesk, passphrase_key, session, err);
    secret_free(key);
    return ok;
}
