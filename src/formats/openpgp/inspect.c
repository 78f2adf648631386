/*
 * The message is read to its end, part by part, with one buffer: only its framing is looked at, and
 * the packets before the encrypted data.
 */
#include "formats/openpgp/inspect.h"

#include "crypto/libgcrypt.h"
#include "formats/openpgp/aead_chunks.h"
#include "formats/openpgp/container_codecs.h"
#include "formats/openpgp/describe.h"
#include "formats/openpgp/keybox.h"
#include "formats/openpgp/literal.h"
#include "formats/openpgp/pkesk.h"
#include "formats/openpgp/recognise.h"
#include "formats/openpgp/skesk.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    BUFFER_LEN = 64 * 1024,
    /* The least content, be it compressed or not: the packet's tag in the old format without a
     * length, then mode, no name, and date. */
    LITERAL_PACKET_MIN = 1 + LITERAL_HEAD_MIN,
    PREFIX_MIN = 8 + 2, /* of version 1: a block and two octets */
    PREFIX_MAX = 16 + 2,
    MDC_LEN = 22,
};

struct inspection {
    struct packet_stream stream;
    const char *name;
    struct facts *facts;
    unsigned char *buffer; /* BUFFER_LEN */
    size_t esk_count;
    size_t left_out;
};

/* ---- who can open it ---- */

static void describe_recipient(const struct pkesk *pkesk, struct facts *facts)
{
    char fingerprint[DESCRIBE_FINGERPRINT_SIZE] = "";
    char key_id[OPENPGP_KEY_ID_SIZE];
    size_t len = pkesk->recipient.len;
    for (size_t i = 0; i < len && i < OPENPGP_FINGERPRINT_MAX; i++)
        snprintf(fingerprint + 2 * i, 3, "%02X", pkesk->recipient.at[i]);
    facts_bool(facts, "hidden", pkesk->is_hidden);
    if (pkesk->is_hidden)
        return;
    if (len > OPENPGP_KEY_ID_LEN)
        facts_text(facts, "fingerprint", fingerprint);
    pkesk_write_key_id(pkesk, key_id);
    facts_text(facts, "key_id", key_id);
}

static void describe_pkesk(struct bytes body, struct facts *facts)
{
    struct pkesk pkesk;
    struct error why = {.kind = ERROR_NONE};
    bool good = pkesk_parse(body, &pkesk, &why);
    facts_text(facts, "packet", "PKESK");
    if (body.len > 0)
        facts_number(facts, "version", body.at[0]);
    if (!good) {
        facts_text(facts, "problem", why.text);
        return;
    }
    facts_text(facts, "algorithm", openpgp_public_key_name(pkesk.algorithm));
    describe_recipient(&pkesk, facts);
}

static void describe_skesk(struct bytes body, struct facts *facts)
{
    struct skesk skesk;
    struct error why = {.kind = ERROR_NONE};
    char s2k[DESCRIBE_SIZE];
    bool good = skesk_parse(body, &skesk, &why);
    facts_text(facts, "packet", "SKESK");
    if (body.len > 0)
        facts_number(facts, "version", body.at[0]);
    if (!good) {
        facts_text(facts, "problem", why.text);
        return;
    }
    describe_s2k(&skesk.s2k, s2k);
    facts_text(facts, "cipher", openpgp_cipher_name(skesk.cipher));
    if (skesk.version != 4)
        facts_text(facts, "aead", openpgp_aead_name(skesk.aead));
    facts_text(facts, "passphrase", s2k);
}

static bool read_esk(struct inspection *inspection, struct error *err)
{
    size_t len;
    uint8_t tag = inspection->stream.header.tag;
    if (!packet_stream_read(&inspection->stream, inspection->buffer, ESK_PACKET_MAX, &len, err))
        return false;
    if (len == ESK_PACKET_MAX || ++inspection->esk_count > ESK_COUNT_MAX)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: more than %d packets, or %d octets in one, before the encrypted data",
                    inspection->name, ESK_COUNT_MAX, ESK_PACKET_MAX);
    if (!facts_have_room(inspection->facts)) {
        inspection->left_out++;
        return true;
    }
    struct bytes body = {inspection->buffer, len};
    facts_open_row(inspection->facts, "recipient");
    if (tag == PACKET_PKESK)
        describe_pkesk(body, inspection->facts);
    else
        describe_skesk(body, inspection->facts);
    facts_close_item(inspection->facts);
    return true;
}

/* Why a message whose packets up to here are known has nothing that walseal would decrypt. */
static bool fail_tag(const struct inspection *inspection, uint8_t tag, struct error *err)
{
    switch (tag) {
    case PACKET_LITERAL:
    case PACKET_COMPRESSED:
    case PACKET_SIGNATURE:
    case PACKET_ONE_PASS_SIGNATURE:
        return fail(err, ERROR_UNSUPPORTED, "%s: is an OpenPGP message that isn't encrypted",
                    inspection->name);
    case PACKET_SYMMETRIC:
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is encrypted without integrity protection (packet 9), which walseal "
                    "doesn't open",
                    inspection->name);
    default:
        return fail(err, ERROR_UNSUPPORTED, "%s: holds a packet of type %u, where none belongs",
                    inspection->name, tag);
    }
}

/* Up to the container. */
static bool read_recipients(struct inspection *inspection, struct error *err)
{
    struct packet_stream *stream = &inspection->stream;
    for (;;) {
        bool more;
        if (!packet_stream_next(stream, &more, err))
            return false;
        if (!more)
            return fail(err, ERROR_TRUNCATED, "%s: truncated: ends before its encrypted data",
                        inspection->name);
        uint8_t tag = stream->header.tag;
        if (tag == PACKET_SEIPD || tag == PACKET_AEAD)
            return true;
        bool skipped = tag == PACKET_MARKER || tag == PACKET_PADDING || tag >= PACKET_NOT_CRITICAL;
        bool esk = tag == PACKET_PKESK || tag == PACKET_SKESK;
        if (!skipped && !esk)
            return fail_tag(inspection, tag, err);
        if (!(esk ? read_esk(inspection, err) : packet_stream_skip(stream, err)))
            return false;
    }
}

/* ---- the encrypted data ---- */

static bool count_body(struct inspection *inspection, uint64_t *len, struct error *err)
{
    size_t got;
    *len = 0;
    do {
        if (!packet_stream_read(&inspection->stream, inspection->buffer, BUFFER_LEN, &got, err))
            return false;
        *len += got;
    } while (got > 0);
    return true;
}

static bool fail_size(const struct inspection *inspection, struct error *err)
{
    return fail(err, ERROR_DAMAGED,
                "%s: damaged: its encrypted data have a size that no whole message has",
                inspection->name);
}

/* content: LITERAL_PACKET_MIN or more. */
static void add_plaintext(struct facts *facts, uint64_t content)
{
    facts_bytes(facts, "plaintext_if_uncompressed_at_most", content - LITERAL_PACKET_MIN);
}

/* The cipher, and with it the block in front, stands in the encrypted session key. */
static bool inspect_version_1(struct inspection *inspection, struct error *err)
{
    struct facts *facts = inspection->facts;
    uint64_t len;
    facts_none(facts, "cipher", "can't be seen without a key");
    if (!count_body(inspection, &len, err))
        return false;
    facts_bytes(facts, "encrypted_size", len);
    if (len < PREFIX_MIN + MDC_LEN + LITERAL_PACKET_MIN)
        return fail_size(inspection, err);
    uint64_t content_max = len - PREFIX_MIN - MDC_LEN;
    uint64_t shorter = PREFIX_MAX - PREFIX_MIN;
    facts_bytes(facts, "content_size_min", content_max > shorter ? content_max - shorter : 0);
    facts_bytes(facts, "content_size_max", content_max);
    add_plaintext(facts, content_max);
    return true;
}

static bool inspect_aead(struct inspection *inspection, uint8_t version, struct error *err)
{
    struct facts *facts = inspection->facts;
    struct aead_chunks chunks;
    uint64_t len;
    if (!aead_chunks_read(&chunks, version, &inspection->stream, inspection->name, err))
        return false;
    facts_text(facts, "cipher", openpgp_cipher_name(chunks.cipher));
    facts_text(facts, "aead", openpgp_aead_name(chunks.mode));
    facts_bytes(facts, "chunk_size", chunks.chunk_len);
    if (!count_body(inspection, &len, err))
        return false;
    facts_bytes(facts, "encrypted_size", len);
    uint64_t sealed_len = chunks.chunk_len + AEAD_TAG_LEN;
    uint64_t full = len < AEAD_TAG_LEN ? 0 : (len - AEAD_TAG_LEN) / sealed_len;
    uint64_t rest = len < AEAD_TAG_LEN ? 1 : (len - AEAD_TAG_LEN) % sealed_len;
    /* no chunk is empty, not even the last one */
    if (rest > 0 && rest <= AEAD_TAG_LEN)
        return fail_size(inspection, err);
    uint64_t content = full * chunks.chunk_len + (rest > 0 ? rest - AEAD_TAG_LEN : 0);
    if (content < LITERAL_PACKET_MIN)
        return fail_size(inspection, err);
    facts_number(facts, "chunks", full + (rest > 0));
    facts_bytes(facts, "content_size", content);
    add_plaintext(facts, content);
    return true;
}

static bool inspect_container(struct inspection *inspection, struct error *err)
{
    static const char *const lengths[] = {
        [PACKET_DEFINITE] = "definite",
        [PACKET_PARTIAL] = "partial",
        [PACKET_INDETERMINATE] = "indeterminate",
    };
    struct facts *facts = inspection->facts;
    bool is_aead = inspection->stream.header.tag == PACKET_AEAD;
    uint8_t version;
    size_t got;
    facts_bool(facts, "encrypted", true);
    facts_text(facts, "container", is_aead ? "LibrePGP-AEAD" : "SEIPD");
    facts_text(facts, "lengths", lengths[inspection->stream.header.length]);
    if (!packet_stream_read(&inspection->stream, &version, 1, &got, err))
        return false;
    if (got == 0)
        return fail(err, ERROR_DAMAGED, "%s: damaged: its encrypted data are empty",
                    inspection->name);
    facts_number(facts, "container_version", version);
    if (version != 1 && (version != 2 || is_aead))
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: its encrypted data are of version %u, which walseal doesn't know",
                    inspection->name, version);
    return is_aead || version == 2 ? inspect_aead(inspection, version, err)
                                   : inspect_version_1(inspection, err);
}

/* ---- all of it ---- */

static bool inspect_octets(struct inspection *inspection, struct error *err)
{
    struct facts *facts = inspection->facts;
    facts_bool(facts, "armored", octets_are_armored(inspection->stream.octets));
    facts_open_list(facts, "recipients");
    bool good = read_recipients(inspection, err);
    facts_close_list(facts);
    if (inspection->left_out > 0)
        facts_number(facts, "recipients_left_out", inspection->left_out);
    if (!good) {
        if (err->kind == ERROR_UNSUPPORTED)
            facts_bool(facts, "encrypted", inspection->stream.header.tag == PACKET_SYMMETRIC);
        return false;
    }
    if (!inspect_container(inspection, err) || !container_read_end(&inspection->stream, err))
        return false;
    facts_bool(facts, "whole", true);
    return true;
}

bool openpgp_inspect(struct source *source, bool *taken, struct facts *facts, struct error *err)
{
    struct bytes prefix;
    enum format_claim claim;
    if (!openpgp_claims(NULL, source, &claim, err) ||
        !source_peek(source, SOURCE_PEEK_MAX, &prefix.at, &prefix.len, err))
        return false;
    *taken = openpgp_is_message(prefix, prefix.len < SOURCE_PEEK_MAX);
    if (!*taken && claim >= FORMAT_LIKELY)
        facts_text(facts, "resembles", "an OpenPGP message, as random bytes may by chance");
    if (!*taken)
        return true;
    facts_text(facts, "kind", "openpgp-message");
    struct octets *octets = octets_new(source, err);
    if (octets == NULL)
        return false;
    struct inspection inspection = {
        .stream = {.octets = octets}, .name = octets_name(octets), .facts = facts};
    inspection.buffer = malloc(BUFFER_LEN);
    bool good = inspection.buffer != NULL ? inspect_octets(&inspection, err) : fail_memory(err);
    free(inspection.buffer);
    octets_free(octets);
    return good;
}

bool openpgp_describe(const struct format_run *run, struct facts *facts, struct error *err)
{
    time_t now = time(NULL);
    if (!libgcrypt_begin(err))
        return false;
    struct keybox *box = keybox_new(run->ring, now, run->notes, err);
    if (box == NULL)
        return false;
    facts_open_list(facts, "certificates");
    size_t shown = 0;
    for (; shown < keybox_count(box) && facts_have_room(facts); shown++) {
        facts_open_block(facts, "certificate");
        describe_certificate(keybox_certificate(box, shown), now, facts);
        facts_close_item(facts);
    }
    facts_close_list(facts);
    if (shown < keybox_count(box))
        facts_number(facts, "certificates_left_out", keybox_count(box) - shown);
    keybox_free(box);
    return true;
}
