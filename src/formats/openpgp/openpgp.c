#include "formats/openpgp/openpgp.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/check.h"
#include "formats/openpgp/inspect.h"
#include "formats/openpgp/key_make.h"
#include "formats/openpgp/recipients.h"
#include "formats/openpgp/recognise.h"
#include "formats/openpgp/s2k_memory.h"

#include <stdlib.h>
#include <time.h>

/* What load_keys made. */
struct openpgp_keys {
    struct keybox *box;
    struct recipients recipients;  /* for encrypting */
    struct unlocked_keys unlocked; /* for decrypting */
};

static void free_keys(void *keys)
{
    struct openpgp_keys *openpgp = keys;
    if (openpgp == NULL)
        return;
    unlocked_keys_free(&openpgp->unlocked);
    keybox_free(openpgp->box);
    free(openpgp);
}

static bool prepare(struct error *err)
{
    s2k_memory_begin();
    return libgcrypt_begin(err);
}

static bool load_keys(struct format_run *run, enum key_purpose purpose, struct error *err)
{
    /* how much memory there is is asked of a dozen files, and matters to passphrases alone */
    bool may_derive = purpose == KEY_FOR_DECRYPT && !run->settings.no_passphrase;
    if (may_derive ? !prepare(err) : !libgcrypt_begin(err))
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
    struct openpgp_keys *keys = run->keys;
    struct session_candidates *candidates = secret_new(sizeof *candidates);
    if (candidates == NULL)
        return fail_memory(err);
    struct container container = {.notes = run->notes, .octets = octets_new(source, err)};
    container.stream = (struct packet_stream){.octets = container.octets};
    bool good = false;
    if (container.octets != NULL &&
        recipients_read(run, keys->box, &keys->unlocked, &container.stream, candidates, err)) {
        container.candidates = candidates->candidate;
        container.candidate_count = candidates->count;
        container.is_passphrase_untried = candidates->is_passphrase_untried;
        good = container_decrypter(&container, codec, err);
    } else {
        octets_free(container.octets);
    }
    secret_free(candidates);
    return good;
}

const struct format openpgp_format = {
    .method = KEY_METHOD_OPENPGP,
    .prepare = prepare,
    .load_keys = load_keys,
    .free_keys = free_keys,
    .make_key = openpgp_make_key,
    .claims = openpgp_claims,
    .encrypter = openpgp_encrypter,
    .decrypter = openpgp_decrypter,
    .inspect = openpgp_inspect,
    .describe = openpgp_describe,
    .check = openpgp_check,
};
