#include "formats/openpgp/certificate_merge.h"

#include "formats/openpgp/secret_key.h"

/* How much a key's secret part is worth. */
static int secret_worth(const struct openpgp_key *key)
{
    struct error ignored = {.kind = ERROR_NONE};
    if (!key->has_secret)
        return 0;
    switch (secret_key_state(key, &ignored)) {
    case SECRET_KEY_OPEN:
        return 5;
    case SECRET_KEY_PROTECTED:
        return 4;
    case SECRET_KEY_UNKNOWN:
        return 3;
    case SECRET_KEY_ON_CARD:
        return 2;
    case SECRET_KEY_ABSENT:
        break;
    }
    return 1;
}

/* Who can leave a revocation out of one copy must not be able to hide it. */
static void merge_key(struct certificate_key *key, const struct certificate_key *other,
                      bool binding_counts)
{
    bool is_revoked = key->is_revoked || other->is_revoked;
    bool better = secret_worth(&other->key) > secret_worth(&key->key);
    struct openpgp_key kept = better ? other->key : key->key;
    if (binding_counts && other->is_bound && (!key->is_bound || other->bound_at > key->bound_at))
        *key = *other;
    key->key = kept;
    key->is_revoked = is_revoked;
}

static struct certificate_key *find(struct certificate *certificate, size_t count,
                                    const struct openpgp_key *key)
{
    for (size_t i = 0; i < count; i++)
        if (openpgp_key_is_same(&certificate->keys[i].key, key))
            return &certificate->keys[i];
    return NULL;
}

void certificate_unite_keys(struct certificate *certificate)
{
    size_t kept = 1;
    for (size_t i = 1; i < certificate->key_count; i++) {
        struct certificate_key *same = find(certificate, kept, &certificate->keys[i].key);
        if (same != NULL)
            merge_key(same, &certificate->keys[i], true);
        else
            certificate->keys[kept++] = certificate->keys[i];
    }
    certificate->key_count = kept;
}

bool certificate_has_retired(const struct certificate *certificate, struct bytes user_id,
                             uint32_t since)
{
    for (size_t i = 0; i < certificate->retired_count && i < RETIRED_USER_IDS_MAX; i++) {
        const struct retired_user_id *retired = &certificate->retired[i];
        if (retired->at >= since && bytes_equal(retired->user_id, user_id.at, user_id.len))
            return true;
    }
    return false;
}

/* Whether what certificate has its primary key's binding from is what other has taken back. In
 * version 6 no user ID binds. */
static bool is_void_by(const struct certificate *certificate, const struct certificate *other)
{
    const struct certificate_key *primary = &certificate->keys[0];
    /* there was no room for all: it may be one of the others */
    bool is_unknown = other->retired_count > RETIRED_USER_IDS_MAX;
    return primary->is_bound && primary->key.version != 6 && certificate->user_id.at != NULL &&
           (is_unknown || certificate_has_retired(other, certificate->user_id, primary->bound_at));
}

/* For all copies that may yet come. */
static void merge_retired(struct certificate *certificate, const struct certificate *other)
{
    for (size_t i = 0; i < other->retired_count; i++) {
        if (i < RETIRED_USER_IDS_MAX && certificate->retired_count < RETIRED_USER_IDS_MAX)
            certificate->retired[certificate->retired_count] = other->retired[i];
        certificate->retired_count++;
    }
}

bool certificate_merge(struct certificate *certificate, const struct certificate *other)
{
    bool is_other_void = is_void_by(other, certificate);
    if (is_void_by(certificate, other)) {
        certificate->keys[0].is_bound = false;
        certificate->keys[0].bound_at = 0;
        certificate->user_id = (struct bytes){NULL, 0};
    }
    merge_retired(certificate, other);
    if (!is_other_void && other->keys[0].is_bound &&
        other->keys[0].bound_at > certificate->keys[0].bound_at) {
        certificate->user_id = other->user_id;
        certificate->ciphers = other->ciphers;
        certificate->has_ciphers = other->has_ciphers;
        certificate->features = other->features;
    }
    certificate->names_revoker = certificate->names_revoker || other->names_revoker;
    if (other->passed_over_count > certificate->passed_over_count)
        certificate->passed_over_count = other->passed_over_count;
    for (size_t i = 0; i < other->key_count; i++) {
        struct certificate_key *same =
            find(certificate, certificate->key_count, &other->keys[i].key);
        if (same != NULL)
            merge_key(same, &other->keys[i], i > 0 || !is_other_void);
        else if (certificate->key_count < CERTIFICATE_KEYS_MAX)
            certificate->keys[certificate->key_count++] = other->keys[i];
        else
            return false;
    }
    return true;
}
