/*
 * Feeds: the body of a packet that isn't a key, or a part of one, to each of the parsers there are.
 * Holds: what they return points into the input; lengths written and read again are the same; what
 * failed says why.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats/openpgp/packet.h"
#include "formats/openpgp/mpi.h"
#include "formats/openpgp/signature.h"
#include "formats/openpgp/skesk.h"
#include "run.h"

/* Octets that a passphrase may be hashed to within a run of thousands in a second. */
enum { CHEAP_COUNT = 64 * 1024 };

static bool is_cheap(const struct s2k *s2k)
{
    return s2k->kind != S2K_ARGON2 && s2k->count <= CHEAP_COUNT;
}

static void take_packets(const uint8_t *data, size_t size)
{
    struct bytes from = {data, size};
    struct bytes body;
    uint8_t tag;
    struct error err = {.kind = ERROR_NONE};
    while (from.len > 0) {
        size_t len = from.len;
        bool good = packet_take(&from, &tag, &body, &err);
        must_tell(good, &err);
        if (!good)
            return;
        must(from.len < len && tag > 0 && tag < 64);
        must_be_within(body, data, size);
        must_be_within(from, data, size);
        unsigned char header[PACKET_HEADER_MAX];
        struct bytes written = {header, packet_write_header(header, tag, body.len)};
        struct packet_header again;
        must(packet_take_header(&written, &again) == PACKET_GOOD && written.len == 0 &&
             again.tag == tag && again.body_len == body.len && again.length == PACKET_DEFINITE);
    }
}

static void take_head(const uint8_t *data, size_t size)
{
    struct bytes from = {data, size};
    struct packet_header header;
    enum packet_parse parse = packet_take_header(&from, &header);
    must(parse == PACKET_GOOD ? from.len < size : from.len == size);
    uint32_t len;
    bool more;
    from = (struct bytes){data, size};
    parse = packet_take_part_length(&from, &len, &more);
    must(parse != PACKET_BAD);
    must(parse == PACKET_GOOD ? from.len < size : from.len == size);
}

static void take_numbers(const uint8_t *data, size_t size)
{
    struct bytes from = {data, size};
    struct bytes number;
    static unsigned char out[2 + MPI_BITS_MAX / 8];
    while (mpi_take(&from, &number)) {
        must_be_within(number, data, size);
        struct bytes trimmed = mpi_trim(number);
        must_be_within(trimmed, data, size);
        struct bytes written = {out, mpi_write(out, number)};
        must(mpi_take(&written, &number) && written.len == 0 &&
             bytes_equal(number, trimmed.at, trimmed.len));
    }
}

static void take_pkesk(const uint8_t *data, size_t size)
{
    struct pkesk pkesk;
    struct error err = {.kind = ERROR_NONE};
    bool good = pkesk_parse((struct bytes){data, size}, &pkesk, &err);
    must_tell(good, &err);
    if (!good)
        return;
    must(pkesk.version == 3 || pkesk.version == 6);
    must(pkesk.is_hidden == (pkesk.recipient.len == 0));
    must_be_within(pkesk.recipient, data, size);
    must_be_within(pkesk.fields, data, size);
}

static void take_skesk(const uint8_t *data, size_t size)
{
    static struct session_key session;
    const struct bytes passphrase = {(const unsigned char *)"x", 1};
    struct skesk skesk;
    struct error err = {.kind = ERROR_NONE};
    bool good = skesk_parse((struct bytes){data, size}, &skesk, &err);
    must_tell(good, &err);
    if (!good)
        return;
    must_be_within(skesk.nonce, data, size);
    must_be_within(skesk.encrypted, data, size);
    if (!is_cheap(&skesk.s2k))
        return;
    good = skesk_open(&skesk, passphrase, &session, &err);
    must_tell(good, &err);
    must(!good || (session.len > 0 && session.len <= OPENPGP_SESSION_KEY_MAX));
}

static void take_s2k(const uint8_t *data, size_t size)
{
    struct bytes from = {data, size};
    struct s2k s2k;
    struct error err = {.kind = ERROR_NONE};
    must_tell(s2k_take(&from, &s2k, &err), &err);
    must_be_within(from, data, size);
}

static void take_signature(const uint8_t *data, size_t size)
{
    struct signature signature;
    struct error err = {.kind = ERROR_NONE};
    bool good = signature_parse((struct bytes){data, size}, &signature, &err);
    must_tell(good, &err);
    if (!good)
        return;
    must_be_within(signature.hashed, data, size);
    must_be_within(signature.salt, data, size);
    must_be_within(signature.hash_prefix, data, size);
    must_be_within(signature.number[0], data, size);
    must_be_within(signature.number[1], data, size);
    must_be_within(signature.ciphers, data, size);
    must_be_within(signature.embedded, data, size);
    must(signature.ciphers.len <= SIGNATURE_PREFERENCES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_start();
    take_packets(data, size);
    take_head(data, size);
    take_numbers(data, size);
    take_pkesk(data, size);
    take_skesk(data, size);
    take_s2k(data, size);
    take_signature(data, size);
    return 0;
}
