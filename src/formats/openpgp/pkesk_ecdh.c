/* PKESKs of ECDH (RFC 9580 sections 5.1.5 and 11.5). */
#include "formats/openpgp/pkesk_kinds.h"

#include "base/secret.h"
#include "crypto/kdf.h"
#include "formats/openpgp/mask.h"
#include "formats/openpgp/mpi.h"

#include <string.h>

enum {
    NATIVE_PREFIX = 0x40,
    WEIERSTRASS_PREFIX = 0x04,
    WRAPPED_LEN_MAX = UINT8_MAX,
    WRAP_OVERHEAD = 8,
    SUM_LEN = 2,
    /* What every session key is padded to, so that its length doesn't show. */
    PADDED_LEN = 40,
};

/* One allocation of secret memory for what comes between a PKESK and its session key. */
struct between {
    unsigned char shared[PUBLIC_KEY_SHARED_LEN_MAX];
    unsigned char hash[DIGEST_LEN_MAX];
    unsigned char plain[WRAPPED_LEN_MAX];
};

bool pkesk_ecdh_take_point(struct bytes *from, const struct openpgp_key *key, struct bytes *point)
{
    bool native = key->numbers.kind == PUBLIC_KEY_X25519;
    size_t len = public_key_point_len(&key->numbers) + (native ? 1 : 0);
    if (!mpi_take(from, point))
        return false;
    *point = mpi_trim(*point);
    if (point->len != len || point->at[0] != (native ? NATIVE_PREFIX : WEIERSTRASS_PREFIX))
        return false;
    struct bytes prefix;
    return !native || bytes_take(point, 1, &prefix);
}

static bool add_parameters(struct digest *digest, const struct openpgp_key *key)
{
    const unsigned char oid_len = (unsigned char)key->oid.len;
    const unsigned char middle[] = {OPENPGP_ECDH, 3, 1, key->kdf_hash, key->kdf_cipher};
    static const char sender[20] = "Anonymous Sender    ";
    return digest_add(digest, &oid_len, 1) && digest_add(digest, key->oid.at, key->oid.len) &&
           digest_add(digest, middle, sizeof middle) && digest_add(digest, sender, sizeof sender) &&
           digest_add(digest, key->fingerprint, key->fingerprint_len);
}

/* The hash and the AES that the key asks for. */
static bool find_kdf(const struct openpgp_key *key, enum digest_kind *kind, size_t *kek_len)
{
    bool is_aes = key->kdf_cipher >= OPENPGP_AES128 && key->kdf_cipher <= OPENPGP_AES256;
    *kek_len = openpgp_cipher_key_len(key->kdf_cipher);
    return is_aes && openpgp_hash_digest(key->kdf_hash, kind) && digest_len(*kind) >= *kek_len;
}

/* Leaves the key that wraps at the front of between->hash. */
static bool derive_kek(const struct openpgp_key *key, struct between *between, struct bytes *kek)
{
    static const unsigned char counter[4] = {0, 0, 0, 1};
    enum digest_kind kind;
    size_t kek_len;
    if (!find_kdf(key, &kind, &kek_len))
        return false;
    struct digest *digest = digest_new(kind);
    bool ok = digest != NULL && digest_add(digest, counter, sizeof counter) &&
              digest_add(digest, between->shared, public_key_shared_len(&key->numbers)) &&
              add_parameters(digest, key) && digest_take(digest, between->hash);
    digest_free(digest);
    *kek = (struct bytes){between->hash, kek_len};
    return ok;
}

/* Takes plain for one with a key of key_len octets, which fixes where everything stands: [cipher]
 * key sum padding, whose octets are each its length. All ones: so it is, and session is that key.
 */
static mask decode_as(struct bytes plain, uint8_t version, size_t key_len,
                      struct session_key *session)
{
    size_t head_len = version == 3 ? 1 : 0;
    size_t used = head_len + key_len + SUM_LEN;
    if (plain.len <= used || plain.len - used > UINT8_MAX)
        return 0;
    const unsigned char *key = plain.at + head_len;
    const unsigned char *sum = key + key_len;
    uint32_t wrong = mask_sum(key, key_len) ^ ((uint32_t)sum[0] << 8 | sum[1]);
    for (size_t i = used; i < plain.len; i++)
        wrong |= plain.at[i] ^ (uint32_t)(plain.len - used);
    uint32_t cipher = head_len > 0 ? plain.at[0] : 0;
    if (head_len > 0)
        wrong |= ~mask_cipher_has_key_len(cipher, key_len);
    mask right = mask_is_zero(wrong);
    mask_choose_session(right, cipher, key, key_len, session);
    return right;
}

/* The wrapping authenticated it, so that nobody learns from a mistake in it but who made it; it
 * shows none all the same. */
bool pkesk_ecdh_decode(struct bytes plain, uint8_t version, struct session_key *session)
{
    mask right = 0;
    for (size_t key_len = 16; key_len <= OPENPGP_SESSION_KEY_MAX; key_len += 8)
        right |= decode_as(plain, version, key_len, session);
    return right != 0;
}

bool pkesk_ecdh_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                     const struct secret_numbers *secret, struct session_key *session)
{
    struct bytes from = pkesk->fields;
    struct bytes point;
    struct bytes wrapped;
    struct bytes kek;
    uint8_t wrapped_len;
    if (!pkesk_ecdh_take_point(&from, key, &point) || !bytes_take_u8(&from, &wrapped_len) ||
        !bytes_take(&from, wrapped_len, &wrapped) || from.len > 0 || wrapped_len < WRAP_OVERHEAD)
        return false;
    struct between *between = secret_new(sizeof *between);
    bool ok = between != NULL && public_key_agree(&key->numbers, secret, point, between->shared) &&
              derive_kek(key, between, &kek) && kdf_unwrap(kek, wrapped, between->plain) &&
              pkesk_ecdh_decode((struct bytes){between->plain, wrapped.len - WRAP_OVERHEAD},
                                pkesk->version, session);
    secret_free(between);
    return ok;
}

static void encode(const struct session_key *session, unsigned char plain[PADDED_LEN])
{
    unsigned sum = 0;
    size_t len = 1 + session->len;
    plain[0] = session->cipher;
    for (size_t i = 0; i < session->len; i++) {
        plain[1 + i] = session->bytes[i];
        sum += session->bytes[i];
    }
    plain[len++] = (unsigned char)(sum >> 8);
    plain[len++] = (unsigned char)sum;
    memset(plain + len, (int)(PADDED_LEN - len), PADDED_LEN - len);
}

/* Writes the ephemeral point as an MPI. */
static size_t write_point(const struct openpgp_key *key, const unsigned char *point,
                          unsigned char *out)
{
    unsigned char prefixed[1 + PUBLIC_KEY_POINT_LEN_MAX] = {NATIVE_PREFIX};
    size_t len = public_key_point_len(&key->numbers);
    if (key->numbers.kind != PUBLIC_KEY_X25519)
        return mpi_write(out, (struct bytes){point, len});
    memcpy(prefixed + 1, point, len);
    return mpi_write(out, (struct bytes){prefixed, 1 + len});
}

bool pkesk_ecdh_write(const struct openpgp_key *key, const struct session_key *session,
                      unsigned char *out, size_t *out_len, struct error *err)
{
    unsigned char point[PUBLIC_KEY_POINT_LEN_MAX];
    struct bytes kek;
    enum digest_kind kind;
    size_t kek_len;
    if (!find_kdf(key, &kind, &kek_len))
        return fail(err, ERROR_KEY, "can't encrypt: it asks for hash %u and cipher %u in its ECDH",
                    key->kdf_hash, key->kdf_cipher);
    struct between *between = secret_new(sizeof *between);
    bool ok = between != NULL &&
              public_key_agree_ephemeral(&key->numbers, point, between->shared) &&
              derive_kek(key, between, &kek);
    if (ok) {
        size_t len = write_point(key, point, out);
        out[len++] = PADDED_LEN + WRAP_OVERHEAD;
        encode(session, between->plain);
        ok = kdf_wrap(kek, (struct bytes){between->plain, PADDED_LEN}, out + len);
        *out_len = len + PADDED_LEN + WRAP_OVERHEAD;
    }
    secret_free(between);
    return ok || fail(err, ERROR_IO, "the library fails to encrypt with ECDH");
}
