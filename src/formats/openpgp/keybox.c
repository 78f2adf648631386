#include "formats/openpgp/keybox.h"

#include "base/secret.h"
#include "formats/openpgp/armor.h"

#include <stdlib.h>
#include <string.h>

struct member {
    struct certificate certificate; /* points into one of the buffers */
    const char *origin;             /* the keyring's */
};

struct keybox {
    unsigned char *buffers[KEYRING_BLOCKS_MAX]; /* secret memory: the packets of each block */
    size_t buffer_count;
    struct member *members[KEYBOX_CERTIFICATES_MAX];
    size_t count;
};

/* Appends what the armored texts in text hold to out, which has room for text.len octets. */
static bool dearmor(struct bytes text, unsigned char *out, size_t *out_len, struct error *err)
{
    while (armor_is_in(text.at, text.len)) {
        struct armor armor;
        size_t len;
        if (!armor_begin(&armor, &text, err) ||
            !armor_decode(&armor, &text, out + *out_len, &len, err) || !armor_end(&armor, err))
            return false;
        if (armor.kind != ARMOR_PUBLIC_KEY && armor.kind != ARMOR_PRIVATE_KEY)
            return fail(err, ERROR_KEY, "holds an armored text that is no key");
        *out_len += len;
    }
    return true;
}

static bool has_secret(const struct certificate *certificate)
{
    for (size_t i = 0; i < certificate->key_count; i++)
        if (certificate->keys[i].key.has_secret)
            return true;
    return false;
}

/* Takes member over. */
static bool add_member(struct keybox *box, struct member *member, struct error *err)
{
    for (size_t i = 0; i < box->count; i++) {
        if (!openpgp_key_is_same(&box->members[i]->certificate.keys[0].key,
                                 &member->certificate.keys[0].key))
            continue;
        bool had_secret = has_secret(&box->members[i]->certificate);
        bool merged = certificate_merge(&box->members[i]->certificate, &member->certificate);
        if (!had_secret && has_secret(&member->certificate))
            box->members[i]->origin = member->origin;
        free(member);
        return merged ||
               fail(err, ERROR_KEY, "one key has more than %d subkeys", CERTIFICATE_KEYS_MAX - 1);
    }
    if (box->count == KEYBOX_CERTIFICATES_MAX) {
        free(member);
        return fail(err, ERROR_KEY, "there are more than %d OpenPGP keys", KEYBOX_CERTIFICATES_MAX);
    }
    box->members[box->count++] = member;
    return true;
}

/* A key of a version that isn't served is passed over where it doesn't stand alone. */
static bool add_packets(struct keybox *box, struct bytes packets, const char *origin, time_t now,
                        struct notes *notes, struct error *err)
{
    size_t taken = 0;
    struct error unsupported = {.kind = ERROR_NONE};
    while (packets.len > 0) {
        struct member *member = calloc(1, sizeof *member);
        if (member == NULL)
            return fail_memory(err);
        member->origin = origin;
        struct error reason = {.kind = ERROR_NONE};
        if (certificate_take(&packets, now, &member->certificate, notes, origin, &reason)) {
            if (!add_member(box, member, err))
                return false;
            taken++;
            continue;
        }
        free(member);
        if (reason.kind != ERROR_UNSUPPORTED)
            return fail(err, reason.kind, "%s", reason.text);
        fail(&unsupported, reason.kind, "%s", reason.text);
        notes_add(notes, NOTE_VERBOSE, "%s: %s: passed over", origin, reason.text);
    }
    if (taken == 0 && unsupported.kind != ERROR_NONE)
        return fail(err, ERROR_KEY, "%s", unsupported.text);
    return taken > 0 || fail(err, ERROR_KEY, "holds no key");
}

static bool add_block(struct keybox *box, const struct key_block *block, time_t now,
                      struct notes *notes, struct error *err)
{
    struct bytes text = {(const unsigned char *)block->text, block->len};
    unsigned char *buffer = secret_new(block->len);
    if (buffer == NULL)
        return fail_memory(err);
    box->buffers[box->buffer_count++] = buffer;
    size_t len = 0;
    if (!armor_is_in(block->text, block->len)) {
        memcpy(buffer, block->text, block->len);
        len = block->len;
    } else if (!dearmor(text, buffer, &len, err)) {
        return false;
    }
    return add_packets(box, (struct bytes){buffer, len}, block->origin, now, notes, err);
}

struct keybox *keybox_new(const struct keyring *ring, time_t now, struct notes *notes,
                          struct error *err)
{
    struct keybox *box = calloc(1, sizeof *box);
    if (box == NULL) {
        fail_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < keyring_block_count(ring); i++) {
        const struct key_block *block = keyring_block(ring, i);
        struct error reason = {.kind = ERROR_NONE};
        if (add_block(box, block, now, notes, &reason))
            continue;
        if (!block->from_directory || reason.kind == ERROR_IO) {
            fail(err, reason.kind == ERROR_IO ? ERROR_IO : ERROR_KEY, "%s: %s", block->origin,
                 reason.text);
            keybox_free(box);
            return NULL;
        }
        notes_add(notes, NOTE_WARNING, "%s: %s: passed over", block->origin, reason.text);
    }
    return box;
}

size_t keybox_count(const struct keybox *box)
{
    return box->count;
}

const struct certificate *keybox_certificate(const struct keybox *box, size_t index)
{
    return &box->members[index]->certificate;
}

const char *keybox_origin(const struct keybox *box, size_t index)
{
    return box->members[index]->origin;
}

bool keybox_has_secret(const struct keybox *box)
{
    for (size_t i = 0; i < box->count; i++)
        if (has_secret(&box->members[i]->certificate))
            return true;
    return false;
}

void keybox_free(struct keybox *box)
{
    if (box == NULL)
        return;
    for (size_t i = 0; i < box->count; i++)
        free(box->members[i]);
    for (size_t i = 0; i < box->buffer_count; i++)
        secret_free(box->buffers[i]);
    free(box);
}
