#include "formats/openpgp/pkesk.h"

#include "formats/openpgp/mpi.h"
#include "formats/openpgp/packet.h"
#include "formats/openpgp/pkesk_kinds.h"

#include <stdio.h>
#include <string.h>

static bool fail_cut(struct error *err)
{
    return fail(err, ERROR_DAMAGED, "is malformed: it is cut short");
}

/* Section 5.1.1: a key ID, zero for a hidden recipient. */
static bool take_key_id(struct bytes *from, struct pkesk *pkesk, struct error *err)
{
    static const unsigned char zero[OPENPGP_KEY_ID_LEN];
    if (!bytes_take(from, OPENPGP_KEY_ID_LEN, &pkesk->recipient))
        return fail_cut(err);
    pkesk->is_hidden = bytes_equal(pkesk->recipient, zero, sizeof zero);
    if (pkesk->is_hidden)
        pkesk->recipient.len = 0;
    return true;
}

/* Section 5.1.2: a key's version and fingerprint, or nothing for a hidden recipient. */
static bool take_fingerprint(struct bytes *from, struct pkesk *pkesk, struct error *err)
{
    uint8_t len;
    uint8_t key_version;
    if (!bytes_take_u8(from, &len) || !bytes_take(from, len, &pkesk->recipient))
        return fail_cut(err);
    pkesk->is_hidden = len == 0;
    if (pkesk->is_hidden)
        return true;
    if (!bytes_take_u8(&pkesk->recipient, &key_version))
        return fail_cut(err);
    if (key_version != 4 && key_version != 6)
        return fail(err, ERROR_UNSUPPORTED, "is for a key of version %u, which isn't known",
                    key_version);
    if (pkesk->recipient.len !=
        (key_version == 4 ? OPENPGP_FINGERPRINT_4_LEN : OPENPGP_FINGERPRINT_6_LEN))
        return fail(err, ERROR_DAMAGED, "is malformed: a fingerprint of %zu octets",
                    pkesk->recipient.len);
    return true;
}

bool pkesk_parse(struct bytes body, struct pkesk *pkesk, struct error *err)
{
    memset(pkesk, 0, sizeof *pkesk);
    if (!bytes_take_u8(&body, &pkesk->version))
        return fail_cut(err);
    if (pkesk->version != 3 && pkesk->version != 6)
        return fail(err, ERROR_UNSUPPORTED, "is of version %u, which isn't known", pkesk->version);
    bool ok =
        pkesk->version == 3 ? take_key_id(&body, pkesk, err) : take_fingerprint(&body, pkesk, err);
    if (!ok)
        return false;
    if (!bytes_take_u8(&body, &pkesk->algorithm))
        return fail_cut(err);
    pkesk->fields = bytes_take_rest(&body);
    return true;
}

/* Section 5.5.4: the last octets of a version 4 fingerprint, the first of a version 6 one. */
void pkesk_write_key_id(const struct pkesk *pkesk, char text[OPENPGP_KEY_ID_SIZE])
{
    struct bytes id = pkesk->recipient;
    if (id.len == OPENPGP_FINGERPRINT_4_LEN)
        id.at += OPENPGP_FINGERPRINT_4_LEN - OPENPGP_KEY_ID_LEN;
    for (size_t i = 0; i < OPENPGP_KEY_ID_LEN; i++)
        snprintf(text + 2 * i, 3, "%02X", id.at[i]);
}

static bool is_rsa(uint8_t algorithm)
{
    return algorithm == OPENPGP_RSA || algorithm == OPENPGP_RSA_ENCRYPT_ONLY;
}

/* Whether the fields of a hidden recipient's PKESK could be made for key: the curve shows in the
 * point, most other sizes in the numbers. */
static bool fields_could_be_for(const struct pkesk *pkesk, const struct openpgp_key *key)
{
    struct bytes from = pkesk->fields;
    struct bytes number;
    if (key->algorithm == OPENPGP_ECDH)
        return pkesk_ecdh_take_point(&from, key, &number);
    if (is_rsa(key->algorithm) || key->algorithm == OPENPGP_ELGAMAL)
        return mpi_take(&from, &number) && mpi_trim(number).len <= key->numbers.number[0].len;
    return true;
}

bool pkesk_is_for(const struct pkesk *pkesk, const struct openpgp_key *key)
{
    bool same_algorithm =
        pkesk->algorithm == key->algorithm || (is_rsa(pkesk->algorithm) && is_rsa(key->algorithm));
    if (!same_algorithm || !openpgp_key_encrypts(key))
        return false;
    if (pkesk->is_hidden)
        return fields_could_be_for(pkesk, key);
    return pkesk->version == 3
               ? bytes_equal(pkesk->recipient, key->id, sizeof key->id)
               : bytes_equal(pkesk->recipient, key->fingerprint, key->fingerprint_len);
}

bool pkesk_open(const struct pkesk *pkesk, const struct openpgp_key *key,
                const struct secret_numbers *secret, struct session_key *session)
{
    if (!pkesk_is_for(pkesk, key))
        return false;
    switch (key->algorithm) {
    case OPENPGP_RSA:
    case OPENPGP_RSA_ENCRYPT_ONLY:
    case OPENPGP_ELGAMAL:
        return pkesk_padded_open(pkesk, key, secret, session);
    case OPENPGP_ECDH:
        return pkesk_ecdh_open(pkesk, key, secret, session);
    default:
        return pkesk_native_open(pkesk, key, secret, session);
    }
}

bool pkesk_is_wrapped(const struct openpgp_key *key)
{
    return openpgp_key_encrypts(key) && !is_rsa(key->algorithm) &&
           key->algorithm != OPENPGP_ELGAMAL;
}

static bool write_fields(const struct openpgp_key *key, const struct session_key *session,
                         unsigned char *out, size_t *out_len, struct error *err)
{
    switch (key->algorithm) {
    case OPENPGP_RSA:
    case OPENPGP_RSA_ENCRYPT_ONLY:
    case OPENPGP_ELGAMAL:
        return pkesk_padded_write(key, session, out, out_len, err);
    case OPENPGP_ECDH:
        return pkesk_ecdh_write(key, session, out, out_len, err);
    default:
        return pkesk_native_write(key, session, out, out_len, err);
    }
}

bool pkesk_write(const struct openpgp_key *key, bool hide, const struct session_key *session,
                 unsigned char *out, size_t *out_len, struct error *err)
{
    enum { HEAD_LEN = 1 + OPENPGP_KEY_ID_LEN + 1 };
    unsigned char header[PACKET_HEADER_MAX];
    unsigned char *body = out + PACKET_HEADER_MAX;
    size_t fields_len;
    if (!openpgp_key_encrypts(key))
        return fail(err, ERROR_KEY, "can't encrypt: it is of %s",
                    openpgp_public_key_name(key->algorithm));
    if (!write_fields(key, session, body + HEAD_LEN, &fields_len, err))
        return false;
    body[0] = 3;
    memset(body + 1, 0, OPENPGP_KEY_ID_LEN);
    if (!hide)
        memcpy(body + 1, key->id, OPENPGP_KEY_ID_LEN);
    body[1 + OPENPGP_KEY_ID_LEN] = key->algorithm;
    size_t header_len = packet_write_header(header, PACKET_PKESK, HEAD_LEN + fields_len);
    memcpy(out, header, header_len);
    memmove(out + header_len, body, HEAD_LEN + fields_len);
    *out_len = header_len + HEAD_LEN + fields_len;
    return true;
}
