#include "formats/openpgp/recipients.h"

#include "base/secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static bool prefers(const struct certificate *certificate, uint8_t cipher)
{
    for (size_t i = 0; certificate->has_ciphers && i < certificate->ciphers.len; i++)
        if (certificate->ciphers.at[i] == cipher)
            return true;
    return false;
}

static bool all_prefer(const struct keybox *box, uint8_t cipher)
{
    for (size_t i = 0; i < keybox_count(box); i++)
        if (!prefers(keybox_certificate(box, i), cipher))
            return false;
    return true;
}

/* AES-128 is what every reader has, said or not (RFC 9580 section 9.3). */
static uint8_t choose_cipher(const struct keybox *box)
{
    if (all_prefer(box, OPENPGP_AES256))
        return OPENPGP_AES256;
    return all_prefer(box, OPENPGP_AES192) ? OPENPGP_AES192 : OPENPGP_AES128;
}

bool recipients_choose(const struct keybox *box, time_t now, bool allow_expired,
                       struct recipients *recipients, struct notes *notes, struct error *err)
{
    recipients->count = 0;
    if (keybox_count(box) > RECIPIENTS_WRITE_MAX)
        return fail(err, ERROR_KEY, "there are more than %d OpenPGP keys to encrypt to",
                    RECIPIENTS_WRITE_MAX);
    for (size_t i = 0; i < keybox_count(box); i++) {
        const struct certificate *certificate = keybox_certificate(box, i);
        const struct openpgp_key *key = certificate_encryption_key(
            certificate, keybox_origin(box, i), now, allow_expired, notes, err);
        if (key == NULL)
            return false;
        recipients->origins[recipients->count] = keybox_origin(box, i);
        recipients->keys[recipients->count++] = key;
        notes_add(notes, NOTE_VERBOSE, "encrypting to %s, key %s, %u-bit %s", keybox_origin(box, i),
                  key->id_text, public_key_bits(&key->numbers),
                  openpgp_public_key_name(key->algorithm));
    }
    recipients->cipher = choose_cipher(box);
    notes_add(notes, NOTE_VERBOSE, "the cipher is %s", openpgp_cipher_name(recipients->cipher));
    return true;
}

bool recipients_write(const struct recipients *recipients, bool hide, struct session_key *session,
                      unsigned char **head, size_t *head_len, struct error *err)
{
    session->cipher = recipients->cipher;
    session->len = openpgp_cipher_key_len(recipients->cipher);
    randombytes_buf(session->bytes, session->len);
    *head_len = 0;
    *head = malloc(recipients->count * ESK_PACKET_MAX);
    if (*head == NULL)
        return fail_memory(err);
    for (size_t i = 0; i < recipients->count; i++) {
        size_t len;
        struct error reason = {.kind = ERROR_NONE};
        if (!pkesk_write(recipients->keys[i], hide, session, *head + *head_len, &len, &reason)) {
            free(*head);
            *head = NULL;
            /* a library fails over numbers that are no key's */
            return fail(err, ERROR_KEY, "%s: key %s: %s", recipients->origins[i],
                        recipients->keys[i]->id_text, reason.text);
        }
        *head_len += len;
    }
    return true;
}
