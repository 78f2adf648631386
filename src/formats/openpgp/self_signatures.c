#include "formats/openpgp/self_signatures.h"
#include "formats/openpgp/algorithms.h"

#include <string.h>

/* What makes a signature count for nothing, without asking who made it. */
static bool is_sound(const struct signature *signature)
{
    enum digest_kind digest;
    return !signature->is_void && signature->has_created &&
           openpgp_hash_digest(signature->hash, &digest) && digest != DIGEST_MD5;
}

static bool is_current(const struct signature *signature, uint64_t now)
{
    uint64_t created = signature->created;
    bool expires = signature->has_lifetime && signature->lifetime != 0;
    return created <= now + CLOCK_SKEW_SECONDS && (!expires || now < created + signature->lifetime);
}

void self_signatures_clear(struct self_signatures *all)
{
    all->count = 0;
    all->revocation_count = 0;
    all->has_lost_revocations = false;
}

void self_signatures_add(struct self_signatures *all, struct bytes body,
                         const struct openpgp_key *primary)
{
    struct signature added;
    struct error ignored = {0};
    if (!signature_parse(body, &added, &ignored) || !is_sound(&added) ||
        (added.has_issuer && memcmp(added.issuer, primary->id, sizeof added.issuer) != 0))
        return;
    if (added.type == SIGNATURE_KEY_REVOCATION || added.type == SIGNATURE_SUBKEY_REVOCATION) {
        if (all->revocation_count == SELF_SIGNATURES_MAX)
            all->has_lost_revocations = true;
        else
            all->revocation[all->revocation_count++] = added;
        return;
    }
    /* Of two that were made in the same second, the one that comes later in the file is newer. */
    size_t at = 0;
    while (at < all->count && all->signature[at].created > added.created)
        at++;
    if (at == SELF_SIGNATURES_MAX)
        return;
    if (all->count < SELF_SIGNATURES_MAX)
        all->count++;
    memmove(&all->signature[at + 1], &all->signature[at],
            (all->count - at - 1) * sizeof all->signature[0]);
    all->signature[at] = added;
}

/* Section 5.2.1.9: without the subkey's own signature, anybody could claim the subkey of another
 * and with it what that signed. */
static bool has_consent(const struct signature *binding, const struct signature_subject *subject,
                        uint64_t now)
{
    struct signature back;
    struct error ignored = {0};
    if ((binding->flags & (KEY_FLAG_CERTIFY | KEY_FLAG_SIGN)) == 0)
        return true;
    return signature_parse(binding->embedded, &back, &ignored) &&
           back.type == SIGNATURE_PRIMARY_BINDING && is_sound(&back) && is_current(&back, now) &&
           signature_verify(&back, subject->subkey, subject);
}

static bool is_of_type(const struct signature *signature, enum signature_type type)
{
    if (type == SIGNATURE_GENERIC_CERTIFICATION)
        return signature_is_certification(signature);
    return signature->type == type;
}

const struct signature *self_signatures_newest(const struct self_signatures *all,
                                               enum signature_type type,
                                               const struct signature_subject *subject,
                                               uint64_t now)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct signature *signature = &all->signature[i];
        if (is_of_type(signature, type) && is_current(signature, now) &&
            signature_verify(signature, subject->primary, subject) &&
            (type != SIGNATURE_SUBKEY_BINDING || has_consent(signature, subject, now)))
            return signature;
    }
    return NULL;
}

/* Section 5.2.3.31. A reason that isn't known is taken for the worst, as is none, which
 * reads as 0. */
static bool holds_for_all_time(const struct signature *revocation)
{
    enum { SUPERSEDED = 1, RETIRED = 3 };
    return revocation->revocation_reason != SUPERSEDED && revocation->revocation_reason != RETIRED;
}

bool self_signatures_revoke(const struct self_signatures *all, enum signature_type type,
                            const struct signature_subject *subject, uint64_t now)
{
    for (size_t i = 0; i < all->revocation_count; i++) {
        const struct signature *revocation = &all->revocation[i];
        /* no lifetime is asked for: what was revoked doesn't come back by waiting */
        if (revocation->type == type &&
            (holds_for_all_time(revocation) || revocation->created <= now + CLOCK_SKEW_SECONDS) &&
            signature_verify(revocation, subject->primary, subject))
            return true;
    }
    return all->has_lost_revocations;
}

bool self_signatures_name_revoker(const struct self_signatures *all,
                                  const struct signature_subject *subject)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct signature *signature = &all->signature[i];
        if (signature->names_revoker &&
            (signature->type == SIGNATURE_DIRECT_KEY || signature_is_certification(signature)) &&
            signature_verify(signature, subject->primary, subject))
            return true;
    }
    return false;
}
