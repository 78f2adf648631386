#include "formats/openpgp/certificate.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/certificate_merge.h"
#include "formats/openpgp/packet.h"
#include "formats/openpgp/self_signatures.h"

#include <string.h>

/* What the signatures that come next stand behind. */
enum place { BEHIND_PRIMARY, BEHIND_USER_ID, BEHIND_SUBKEY, BEHIND_SKIPPED };

struct reader {
    struct certificate *certificate;
    uint64_t now;
    struct notes *notes;
    const char *origin;
    enum place place;
    struct bytes user_id;                   /* BEHIND_USER_ID */
    struct self_signatures self_signatures; /* of this place */
    struct error malformed;                 /* why the first subkey that is so was passed over */
    bool has_direct;
    struct signature direct; /* the newest direct-key signature */
    bool has_certification;
    struct signature certification; /* of the primary user ID */
};

/* Taking SHA-1 for forgeable from the day on which the other implementations do. */
static bool is_late_sha1(const struct signature *signature)
{
    enum { LATE = 1675209600 }; /* 2023-02-01 */
    enum digest_kind digest;
    return openpgp_hash_digest(signature->hash, &digest) && digest == DIGEST_SHA1 &&
           signature->created >= LATE;
}

/* What a self-signature leaves out stays as an older kind of it has said. */
static void believe(struct certificate_key *key, const struct signature *signature)
{
    key->is_bound = true;
    key->bound_at = signature->created;
    key->by_sha1 = is_late_sha1(signature);
    if (signature->has_flags)
        key->flags = signature->flags;
    if (signature->has_key_lifetime) {
        key->has_expiry = signature->key_lifetime != 0;
        key->expiry = (uint64_t)key->key.created + signature->key_lifetime;
    }
}

static void believe_preferences(struct certificate *certificate, const struct signature *signature)
{
    if (signature->has_ciphers) {
        certificate->has_ciphers = true;
        certificate->ciphers = signature->ciphers;
    }
    if (signature->has_features)
        certificate->features = signature->features;
}

static void settle_direct(struct reader *reader)
{
    struct certificate_key *primary = &reader->certificate->keys[0];
    const struct signature_subject subject = {.primary = &primary->key};
    const struct signature *direct = self_signatures_newest(
        &reader->self_signatures, SIGNATURE_DIRECT_KEY, &subject, reader->now);
    if (direct != NULL && (!reader->has_direct || direct->created >= reader->direct.created)) {
        reader->has_direct = true;
        reader->direct = *direct;
    }
    if (self_signatures_revoke(&reader->self_signatures, SIGNATURE_KEY_REVOCATION, &subject,
                               reader->now))
        primary->is_revoked = true;
    if (self_signatures_name_revoker(&reader->self_signatures, &subject))
        reader->certificate->names_revoker = true;
}

static bool goes_before(const struct signature *one, const struct signature *other)
{
    if (one->is_primary_user_id != other->is_primary_user_id)
        return one->is_primary_user_id;
    return one->created > other->created;
}

/* For copies of this certificate, or of the user ID in it, that don't have the revocation. */
static void remember_retired(struct reader *reader, const struct signature *revocation)
{
    struct certificate *certificate = reader->certificate;
    if (reader->has_certification && revocation->created >= reader->certification.created &&
        bytes_equal(certificate->user_id, reader->user_id.at, reader->user_id.len)) {
        reader->has_certification = false;
        certificate->user_id = (struct bytes){NULL, 0};
    }
    if (certificate->retired_count < RETIRED_USER_IDS_MAX)
        certificate->retired[certificate->retired_count] =
            (struct retired_user_id){reader->user_id, revocation->created};
    certificate->retired_count++;
}

static void settle_user_id(struct reader *reader)
{
    const struct signature_subject subject = {
        .primary = &reader->certificate->keys[0].key,
        .has_user_id = true,
        .user_id = reader->user_id,
    };
    const struct signature *certification = self_signatures_newest(
        &reader->self_signatures, SIGNATURE_GENERIC_CERTIFICATION, &subject, reader->now);
    const struct signature *revocation = self_signatures_newest(
        &reader->self_signatures, SIGNATURE_CERTIFICATION_REVOCATION, &subject, reader->now);
    if (self_signatures_name_revoker(&reader->self_signatures, &subject))
        reader->certificate->names_revoker = true;
    /* a name that was taken back may be given again */
    if (revocation != NULL &&
        (certification == NULL || revocation->created >= certification->created)) {
        remember_retired(reader, revocation);
        return;
    }
    if (certification == NULL ||
        certificate_has_retired(reader->certificate, reader->user_id, certification->created) ||
        (reader->has_certification && !goes_before(certification, &reader->certification)))
        return;
    reader->has_certification = true;
    reader->certification = *certification;
    reader->certificate->user_id = reader->user_id;
}

static void settle_subkey(struct reader *reader)
{
    struct certificate *certificate = reader->certificate;
    struct certificate_key *subkey = &certificate->keys[certificate->key_count - 1];
    const struct signature_subject subject = {
        .primary = &certificate->keys[0].key,
        .subkey = &subkey->key,
    };
    const struct signature *binding = self_signatures_newest(
        &reader->self_signatures, SIGNATURE_SUBKEY_BINDING, &subject, reader->now);
    if (binding != NULL)
        believe(subkey, binding);
    subkey->is_revoked = self_signatures_revoke(&reader->self_signatures,
                                                SIGNATURE_SUBKEY_REVOCATION, &subject, reader->now);
}

/* Judges the signatures of the place that ends here, and goes on to the next. Those over the
 * primary key count wherever they stand: software that sorts packets its own way exists. */
static void move_on(struct reader *reader, enum place next)
{
    settle_direct(reader);
    if (reader->place == BEHIND_USER_ID)
        settle_user_id(reader);
    if (reader->place == BEHIND_SUBKEY)
        settle_subkey(reader);
    self_signatures_clear(&reader->self_signatures);
    reader->place = next;
}

/* Section 10.1: version 6 keeps to the direct-key signature; in version 4 the primary user ID's
 * certification has the last word. */
static void settle_primary(struct reader *reader)
{
    struct certificate *certificate = reader->certificate;
    struct certificate_key *primary = &certificate->keys[0];
    if (reader->has_direct) {
        believe(primary, &reader->direct);
        believe_preferences(certificate, &reader->direct);
    }
    if (reader->has_certification && primary->key.version != 6) {
        believe(primary, &reader->certification);
        believe_preferences(certificate, &reader->certification);
    }
}

static void note_passed_over(const struct reader *reader, const char *why)
{
    reader->certificate->passed_over_count++;
    notes_add(reader->notes, NOTE_VERBOSE, "%s: a subkey is passed over: it %s", reader->origin,
              why);
}

/* Why walseal can do nothing with it, or NULL. */
static const char *uselessness(const struct certificate *certificate,
                               const struct openpgp_key *subkey)
{
    if (!subkey->is_known)
        return subkey->oid.len > 0 ? "is on a curve that isn't known"
                                   : "has an algorithm that isn't known";
    if (subkey->version != certificate->keys[0].key.version)
        return "has another version than its primary key";
    return NULL;
}

static bool begin_subkey(struct reader *reader, uint8_t tag, struct bytes body, struct error *err)
{
    struct certificate *certificate = reader->certificate;
    struct openpgp_key subkey;
    struct error why = {0};
    move_on(reader, BEHIND_SKIPPED);
    if (!openpgp_key_parse(tag, body, &subkey, &why)) {
        if (why.kind == ERROR_UNSUPPORTED) {
            note_passed_over(reader, why.text);
            return true;
        }
        certificate->passed_over_count++;
        fail(&reader->malformed, why.kind, "a subkey %s", why.text);
        return true;
    }
    const char *useless = uselessness(certificate, &subkey);
    if (useless != NULL) {
        note_passed_over(reader, useless);
        return true;
    }
    if (certificate->key_count == CERTIFICATE_KEYS_MAX)
        return fail(err, ERROR_DAMAGED, "one key has more than %d subkeys",
                    CERTIFICATE_KEYS_MAX - 1);
    reader->place = BEHIND_SUBKEY;
    certificate->keys[certificate->key_count++] = (struct certificate_key){.key = subkey};
    return true;
}

static bool read_packet(struct reader *reader, uint8_t tag, struct bytes body, struct error *err)
{
    switch (tag) {
    case PACKET_SIGNATURE:
        self_signatures_add(&reader->self_signatures, body, &reader->certificate->keys[0].key);
        return true;
    case PACKET_USER_ID:
        move_on(reader, body.len <= KEY_PACKET_MAX ? BEHIND_USER_ID : BEHIND_SKIPPED);
        reader->user_id = body;
        return true;
    case PACKET_USER_ATTRIBUTE:
        move_on(reader, BEHIND_SKIPPED);
        return true;
    case PACKET_PUBLIC_SUBKEY:
    case PACKET_SECRET_SUBKEY:
        return begin_subkey(reader, tag, body, err);
    default:
        return true;
    }
}

static bool is_primary_tag(uint8_t tag)
{
    return tag == PACKET_PUBLIC_KEY || tag == PACKET_SECRET_KEY;
}

static bool primary_begins(struct bytes from)
{
    struct packet_header header;
    return packet_take_header(&from, &header) == PACKET_GOOD && is_primary_tag(header.tag);
}

/* Whether a packet is nobody's, between certificates as well as in them. */
static bool is_filling(uint8_t tag)
{
    return tag == PACKET_MARKER || tag == PACKET_TRUST || tag == PACKET_PADDING ||
           tag >= PACKET_NOT_CRITICAL;
}

static bool take_primary(struct bytes *from, struct openpgp_key *primary, struct error *err)
{
    uint8_t tag;
    struct bytes body;
    do {
        if (from->len == 0)
            return fail(err, ERROR_DAMAGED, "holds no OpenPGP key");
        if (!packet_take(from, &tag, &body, err))
            return false;
    } while (is_filling(tag));
    if (!is_primary_tag(tag))
        return fail(err, ERROR_DAMAGED, "no OpenPGP key begins here, but a packet of type %u",
                    (unsigned)tag);
    return openpgp_key_parse(tag, body, primary, err);
}

/* To the next certificate, so that one which isn't served spoils none of the others. */
static void pass_over(struct bytes *from)
{
    struct error ignored = {0};
    uint8_t tag;
    struct bytes body;
    while (from->len > 0 && !primary_begins(*from))
        if (!packet_take(from, &tag, &body, &ignored))
            return;
}

/* A subkey that broke is to cost the others nothing. */
static bool judge_malformed(const struct reader *reader, struct error *err)
{
    const struct error *malformed = &reader->malformed;
    if (malformed->kind == ERROR_NONE)
        return true;
    if (reader->certificate->key_count == 1)
        return fail(err, malformed->kind, "%s", malformed->text);
    notes_add(reader->notes, NOTE_WARNING, "%s: %s: it is passed over", reader->origin,
              malformed->text);
    return true;
}

bool certificate_take(struct bytes *from, time_t now, struct certificate *certificate,
                      struct notes *notes, const char *origin, struct error *err)
{
    struct reader reader = {
        .certificate = certificate,
        .now = now > 0 ? (uint64_t)now : 0,
        .notes = notes,
        .origin = origin,
    };
    memset(certificate, 0, sizeof *certificate);
    certificate->key_count = 1;
    if (!take_primary(from, &certificate->keys[0].key, err)) {
        if (err->kind == ERROR_UNSUPPORTED)
            pass_over(from);
        return false;
    }
    for (size_t packets = 1; from->len > 0 && !primary_begins(*from); packets++) {
        uint8_t tag;
        struct bytes body;
        if (packets == CERTIFICATE_PACKETS_MAX)
            return fail(err, ERROR_DAMAGED, "one key has more than %d packets",
                        CERTIFICATE_PACKETS_MAX);
        if (!packet_take(from, &tag, &body, err) || !read_packet(&reader, tag, body, err))
            return false;
    }
    if (!judge_malformed(&reader, err))
        return false;
    move_on(&reader, BEHIND_SKIPPED);
    settle_primary(&reader);
    certificate_unite_keys(certificate);
    return true;
}
