#include "formats/openpgp/openpgp.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/armor.h"
#include "formats/openpgp/check.h"
#include "formats/openpgp/inspect.h"
#include "formats/openpgp/key_make.h"
#include "formats/openpgp/recipients.h"

#include <stdlib.h>
#include <time.h>

enum { PREFIX_LEN = 1024, LIKELY_LEN = 16, PKESK_3_ALGORITHM = 9 };

/* What load_keys made. */
struct openpgp_keys {
    struct keybox *box;
    struct recipients recipients; /* for encrypting */
};

static void free_keys(void *keys)
{
    struct openpgp_keys *openpgp = keys;
    if (openpgp != NULL)
        keybox_free(openpgp->box);
    free(openpgp);
}

static bool load_keys(struct format_run *run, enum key_purpose purpose, struct error *err)
{
    if (!libgcrypt_begin(err))
        return false;
    struct openpgp_keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL)
        return fail_memory(err);
    run->keys = keys;
    time_t now = time(NULL);
    keys->box = keybox_new(run->ring, now, run->notes, err);
    return keys->box != NULL && (purpose == KEY_FOR_DECRYPT ||
                                 recipients_choose(keys->box, now, run->settings.allow_expired,
                                                   &keys->recipients, run->notes, err));
}

static bool is_known_algorithm(uint8_t algorithm)
{
    return (algorithm >= OPENPGP_RSA && algorithm <= OPENPGP_RSA_SIGN_ONLY) ||
           (algorithm >= OPENPGP_ELGAMAL && algorithm <= OPENPGP_ED448);
}

/* Whether body, behind the header of a packet with this tag, begins as such a packet does. */
static bool is_likely_body(uint8_t tag, struct bytes body)
{
    uint8_t first;
    if (!bytes_take_u8(&body, &first))
        return false;
    switch (tag) {
    case PACKET_PKESK:
        if (first == 3)
            return body.len >= PKESK_3_ALGORITHM &&
                   is_known_algorithm(body.at[PKESK_3_ALGORITHM - 1]);
        return first == 2 || first == 6;
    case PACKET_SKESK:
        return first >= 4 && first <= 6;
    case PACKET_SEIPD:
    case PACKET_AEAD:
        return first == 1 || first == 2;
    case PACKET_COMPRESSED:
        return first <= 3;
    case PACKET_LITERAL:
        return first == 'b' || first == 't' || first == 'u' || first == 'l' || first == '1' ||
               first == 'm';
    case PACKET_SIGNATURE:
    case PACKET_ONE_PASS_SIGNATURE:
    case PACKET_SECRET_KEY:
    case PACKET_PUBLIC_KEY:
        return first >= 3 && first <= 6;
    case PACKET_MARKER:
        return first == 'P';
    default:
        return false;
    }
}

/* The random octets of a sodium stream look like this once in some ten thousand times: then its own
 * claim, which a key's proof makes sure, is the stronger one. Fewer octets than LIKELY_LEN prove
 * too little. */
static bool claims(const struct format_run *run, struct source *source, enum format_claim *claim,
                   struct error *err)
{
    (void)run;
    const unsigned char *prefix;
    size_t len;
    if (!source_peek(source, PREFIX_LEN, &prefix, &len, err))
        return false;
    struct bytes bytes = {prefix, len};
    struct packet_header header;
    *claim = FORMAT_NO;
    if (len > 0 && (prefix[0] & 0x80) != 0) {
        bool good = packet_take_header(&bytes, &header) == PACKET_GOOD;
        bool likely = good && len >= LIKELY_LEN && is_likely_body(header.tag, bytes);
        *claim = likely ? FORMAT_LIKELY : FORMAT_PERHAPS;
    } else if (armor_is_in(prefix, len)) {
        *claim = FORMAT_SURE;
    }
    return true;
}

bool openpgp_encrypter(const struct format_run *run, struct codec *codec, struct error *err)
{
    const struct openpgp_keys *keys = run->keys;
    unsigned char *head = NULL;
    size_t head_len;
    struct session_key *session = secret_new(sizeof *session);
    if (session == NULL)
        return fail_memory(err);
    bool good = recipients_write(&keys->recipients, run->settings.hide_recipients, session, &head,
                                 &head_len, err) &&
                container_encrypter(session, (struct bytes){head, head_len}, codec, err);
    free(head);
    secret_free(session);
    return good;
}

bool openpgp_decrypter(const struct format_run *run, struct source *source, struct codec *codec,
                       struct error *err)
{
    const struct openpgp_keys *keys = run->keys;
    struct session_candidates *candidates = secret_new(sizeof *candidates);
    if (candidates == NULL)
        return fail_memory(err);
    struct container container = {.notes = run->notes, .octets = octets_new(source, err)};
    container.stream = (struct packet_stream){.octets = container.octets};
    bool good = false;
    if (container.octets != NULL &&
        recipients_read(run, keys->box, &container.stream, candidates, err)) {
        container.candidates = candidates->candidate;
        container.candidate_count = candidates->count;
        good = container_decrypter(&container, codec, err);
    } else {
        octets_free(container.octets);
    }
    secret_free(candidates);
    return good;
}

const struct format openpgp_format = {
    .method = KEY_METHOD_OPENPGP,
    .load_keys = load_keys,
    .free_keys = free_keys,
    .make_key = openpgp_make_key,
    .claims = claims,
    .encrypter = openpgp_encrypter,
    .decrypter = openpgp_decrypter,
    .inspect = openpgp_inspect,
    .describe = openpgp_describe,
    .check = openpgp_check,
};
