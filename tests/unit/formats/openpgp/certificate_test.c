/* What certificates say of their keys, and which key encrypts: gpg's, other software's, and made
 * ones. */
#include "formats/openpgp/certificate.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#undef fail

#include "formats/openpgp/packet.h"
#include "formats/openpgp/self_signatures.h"
#include "key_maker.h"

enum {
    DAY = 24 * 3600,

    DAY_2022_01_01 = 1640995200, /* on which gpg's keys were made */
    DAY_2022_03_01 = 1646092800,
    DAY_2022_05_15 = 1652572800,
    DAY_2022_07_15 = 1657843200,
    DAY_2022_09_01 = 1661990400,
    DAY_2023_06_01 = 1685577600,
    DAY_2027_01_01 = 1798761600, /* later than all that were made by others */
};

static unsigned char file[16384];
static struct bytes rest;
static struct certificate certificate;
static struct notes notes;
static struct error err;
static const struct openpgp_key *chosen;

static int clear(void **state)
{
    (void)state;
    memset(&certificate, 0xEE, sizeof certificate);
    memset(&notes, 0, sizeof notes);
    error_clear(&err);
    chosen = NULL;
    return 0;
}

static void load(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/openpgp/keys/%s.pgp", name);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    rest = (struct bytes){file, fread(file, 1, sizeof file, stream)};
    assert_true(rest.len > 0 && rest.len < sizeof file);
    assert_int_equal(fclose(stream), 0);
}

static void take(const void *at, size_t len, time_t now)
{
    rest = (struct bytes){at, len};
    error_clear(&err);
    assert_true(certificate_take(&rest, now, &certificate, &notes, "key.asc", &err));
}

static const struct openpgp_key *choose(time_t now, bool allow_expired)
{
    error_clear(&err);
    notes.count = 0;
    chosen = certificate_encryption_key(&certificate, "key.asc", now, allow_expired, &notes, &err);
    assert_int_equal(err.kind, chosen == NULL ? ERROR_KEY : ERROR_NONE);
    return chosen;
}

static bool encrypts(const char *name, time_t now)
{
    load(name);
    take(file, rest.len, now);
    assert_int_equal(rest.len, 0);
    return choose(now, false) != NULL;
}

/* Whether text is pattern, in which a # stands for a key's ID. */
static bool is_like(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '#') {
            if (*text++ != *pattern)
                return false;
            continue;
        }
        if (strspn(text, "0123456789ABCDEF") != 16)
            return false;
        text += 16;
    }
    return *text == '\0';
}

static void assert_like(const char *text, const char *pattern)
{
    if (is_like(text, pattern))
        return;
    assert_string_equal(text, pattern); /* which can't be: it shows both */
}

static void assert_refused(const char *pattern)
{
    assert_null(chosen);
    assert_like(err.text, pattern);
}

static void assert_one_warning(const char *pattern)
{
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.note[0].level, NOTE_WARNING);
    assert_like(notes.note[0].text, pattern);
}

/* ---- what others made ---- */

static void keys_of_every_algorithm_and_maker_encrypt_with_their_subkey(void **state)
{
    (void)state;
    static const char *const names[] = {
        "rsa",          "rsa-secret",       "dsa-elgamal",         "nistp256",
        "nistp521",     "brainpoolP384r1",  "cv25519-rnp",         "cv25519-sq",
        "subkeys-only", "signing-subkey",   "x25519-v4-openpgpjs", "x25519-v6-openpgpjs",
        "x25519-v6-sq", "rsa-v6-openpgpjs", "x448-v6-openpgpjs",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        encrypts(names[i], DAY_2027_01_01);
        assert_string_equal(err.text, "");
        assert_true(chosen->is_subkey);
        assert_int_equal(notes.count, 0);
        for (size_t key = 0; key < certificate.key_count; key++)
            assert_true(certificate.keys[key].is_bound);
    }
}

static void a_secret_key_encrypts_as_its_public_form_does(void **state)
{
    (void)state;
    assert_true(encrypts("rsa", DAY_2022_03_01));
    struct openpgp_key public_form = *chosen;
    unsigned char id[8];
    memcpy(id, public_form.id, sizeof id);
    assert_true(encrypts("rsa-secret", DAY_2022_03_01));
    assert_true(chosen->has_secret);
    assert_false(public_form.has_secret);
    assert_memory_equal(chosen->id, id, sizeof id);
}

static void a_primary_key_encrypts_where_it_may_and_no_subkey_does(void **state)
{
    (void)state;
    assert_true(encrypts("primary", DAY_2022_03_01));
    assert_false(chosen->is_subkey);
    assert_int_equal(certificate.keys[0].flags, 15);
}

static void flags_user_id_and_preferences_are_those_that_gpg_wrote(void **state)
{
    (void)state;
    assert_true(encrypts("rsa", DAY_2022_03_01));
    assert_true(bytes_equal(certificate.user_id, "rsa <rsa@example.org>", 21));
    assert_true(certificate.has_ciphers);
    assert_true(bytes_equal(certificate.ciphers, "\x09\x08\x07\x02", 4));
    assert_int_equal(certificate.features, 1);
    assert_int_equal(certificate.keys[0].flags, KEY_FLAG_CERTIFY | KEY_FLAG_SIGN);
    assert_int_equal(certificate.keys[1].flags,
                     KEY_FLAG_ENCRYPT_STORAGE | KEY_FLAG_ENCRYPT_TRANSPORT);
}

static void version_6_keys_have_their_preferences_from_the_direct_key_signature(void **state)
{
    (void)state;
    assert_true(encrypts("x25519-v6-sq", DAY_2027_01_01));
    assert_int_equal(certificate.features, 9);
    assert_true(certificate.has_ciphers);
    assert_true(encrypts("x25519-v6-openpgpjs", DAY_2027_01_01));
    assert_int_equal(certificate.features, 9);
}

static void the_primary_user_id_s_preferences_count_until_it_is_revoked(void **state)
{
    (void)state;
    assert_true(encrypts("two-names", DAY_2022_05_15));
    assert_true(bytes_equal(certificate.user_id, "second <second@example.org>", 27));
    assert_true(bytes_equal(certificate.ciphers, "\x07\x08", 2));
    assert_true(encrypts("name-revoked", DAY_2022_05_15));
    assert_true(bytes_equal(certificate.user_id, "two-names <two-names@example.org>", 33));
    assert_true(bytes_equal(certificate.ciphers, "\x09\x08\x07\x02", 4));
}

static void a_key_that_only_signs_is_refused(void **state)
{
    (void)state;
    assert_false(encrypts("sign-only", DAY_2022_03_01));
    assert_refused("key.asc: no key can encrypt: primary key # can only sign (EdDSA)");
}

static void rsa_below_2048_bits_is_refused(void **state)
{
    (void)state;
    assert_false(encrypts("rsa1024", DAY_2022_03_01));
    assert_refused("key.asc: no key can encrypt: subkey # is too weak: RSA of 1024 bits, below "
                   "2048; primary key # can only sign (EdDSA)");
    choose(DAY_2022_03_01, true);
    assert_null(chosen);
}

static void an_expired_primary_key_takes_its_subkeys_with_it(void **state)
{
    (void)state;
    assert_false(encrypts("expired", DAY_2022_07_15));
    assert_refused("key.asc: no key can encrypt: primary key # expired on 2022-06-01, and no "
                   "subkey outlives it; renew it, or use it all the same with --allow-expired");
    assert_true(encrypts("expired", DAY_2022_03_01));
    assert_int_equal(notes.count, 0);
}

static void an_expired_key_is_used_on_demand_with_a_warning(void **state)
{
    (void)state;
    assert_false(encrypts("expired", DAY_2022_07_15));
    assert_non_null(choose(DAY_2022_07_15, true));
    assert_one_warning("key.asc: primary key # expired on 2022-06-01 and is used all the same");
    assert_false(encrypts("expiring-2023", DAY_2023_06_01));
    assert_refused("key.asc: no key can encrypt: subkey # expired on 2023-01-01; primary key # "
                   "can only sign (EdDSA); renew it, or use it all the same with "
                   "--allow-expired");
    assert_non_null(choose(DAY_2023_06_01, true));
    assert_one_warning("key.asc: subkey # expired on 2023-01-01 and is used all the same");
}

static void an_expiry_ends_its_last_second_before(void **state)
{
    (void)state;
    assert_true(encrypts("expiring-2023", DAY_2022_03_01));
    uint64_t expiry = certificate.keys[1].expiry;
    assert_non_null(choose((time_t)expiry - 1, false));
    assert_null(choose((time_t)expiry, false));
}

static void an_expiry_that_was_put_off_counts(void **state)
{
    (void)state;
    assert_true(encrypts("expiring-2024", DAY_2023_06_01));
    assert_int_equal(notes.count, 0);
}

static void the_last_30_days_before_the_expiry_are_warned_about(void **state)
{
    (void)state;
    assert_true(encrypts("expired", DAY_2022_05_15));
    assert_one_warning("key.asc: primary key # expires on 2022-06-01, after which it won't "
                       "encrypt: renew it before");
    time_t expiry = (time_t)certificate.keys[0].expiry;
    choose(expiry - 30 * DAY + 1, false);
    assert_int_equal(notes.count, 1);
    choose(expiry - 30 * DAY, false);
    assert_int_equal(notes.count, 0);
}

static void a_revoked_primary_key_takes_its_subkeys_with_it(void **state)
{
    (void)state;
    assert_false(encrypts("revoked", DAY_2022_07_15));
    assert_refused("key.asc: no key can encrypt: primary key # is revoked, and no subkey outlives "
                   "it");
    choose(DAY_2022_07_15, true);
    assert_null(chosen);
}

static void a_compromised_key_was_never_good_but_a_retired_one_was(void **state)
{
    (void)state;
    static const char *const revoked = "key.asc: no key can encrypt: subkey # is revoked; primary "
                                       "key # can only sign (EdDSA)";
    assert_false(encrypts("subkey-no-reason", DAY_2022_03_01));
    assert_refused(revoked);
    assert_false(encrypts("subkey-compromised", DAY_2022_03_01));
    assert_refused(revoked);
    assert_true(encrypts("subkey-superseded", DAY_2022_03_01));
    assert_true(encrypts("subkey-retired", DAY_2022_03_01));
    assert_false(encrypts("subkey-superseded", DAY_2022_07_15));
    assert_refused(revoked);
    assert_false(encrypts("subkey-retired", DAY_2022_07_15));
    assert_refused(revoked);
    assert_true(encrypts("revoked", DAY_2022_03_01));
}

static void the_newest_subkey_encrypts_while_it_is_valid(void **state)
{
    (void)state;
    assert_true(encrypts("two-subkeys", DAY_2022_05_15));
    assert_ptr_equal(chosen, &certificate.keys[2].key);
    assert_true(encrypts("two-subkeys", DAY_2022_09_01));
    assert_ptr_equal(chosen, &certificate.keys[1].key);
    /* expired ones may be used where there is no other: here there is */
    assert_ptr_equal(choose(DAY_2022_09_01, true), &certificate.keys[1].key);
    assert_int_equal(notes.count, 0);
}

static void sha1_is_believed_with_a_warning(void **state)
{
    (void)state;
    assert_true(encrypts("sha1", DAY_2023_06_01));
    assert_int_equal(notes.count, 2);
    assert_like(notes.note[1].text,
                "key.asc: what subkey # is for was signed with SHA-1 after 2023-02-01, which may "
                "be forged: sign it anew with SHA-256");
}

static void a_clock_that_is_a_day_behind_is_excused(void **state)
{
    (void)state;
    assert_true(encrypts("nistp256", DAY_2022_01_01 - DAY));
    assert_false(encrypts("nistp256", DAY_2022_01_01 - DAY - 1));
    assert_refused("key.asc: no key can encrypt: primary key # was made on 2022-01-01, which is "
                   "yet to come: is the clock right?, and no subkey outlives it");
}

/* ---- packets ---- */

static void certificates_follow_each_other(void **state)
{
    (void)state;
    load("nistp256");
    size_t first_len = rest.len;
    unsigned char both[sizeof file];
    memcpy(both, file, first_len);
    load("sign-only");
    memcpy(both + first_len, file, rest.len);
    size_t second_len = rest.len;
    take(both, first_len + second_len, DAY_2022_03_01);
    assert_int_equal(rest.len, second_len);
    assert_int_equal(certificate.key_count, 2);
    take(rest.at, rest.len, DAY_2022_03_01);
    assert_int_equal(certificate.key_count, 1);
    assert_int_equal(rest.len, 0);
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const unsigned char message[] = {0xD2, 2, 1, 0};
    static const unsigned char filling[] = {0xCA, 3, 'P', 'G', 'P'};
    rest = (struct bytes){message, sizeof message};
    assert_false(certificate_take(&rest, 0, &certificate, &notes, "key.asc", &err));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_string_equal(err.text, "no OpenPGP key begins here, but a packet of type 18");
    error_clear(&err);
    rest = (struct bytes){filling, sizeof filling};
    assert_false(certificate_take(&rest, 0, &certificate, &notes, "key.asc", &err));
    assert_string_equal(err.text, "holds no OpenPGP key");
}

/* Puts the packets of file into into, with filling behind each of them and before the first. */
static void interleave(struct buffer *into, struct bytes filling)
{
    struct bytes from = rest;
    uint8_t tag;
    struct bytes body;
    into->len = 0;
    put(into, filling.at, filling.len);
    while (from.len > 0) {
        assert_true(packet_take(&from, &tag, &body, &err));
        put_packet(into, tag, body.at, body.len);
        put(into, filling.at, filling.len);
    }
}

static void markers_trust_padding_and_unknown_packets_are_skipped(void **state)
{
    (void)state;
    static const unsigned char filling[] = {0xCA, 3,    'P', 'G', 'P',  0xCC, 1,
                                            0,    0xD5, 1,   0,   0xFF, 0};
    struct buffer filled;
    load("nistp256");
    interleave(&filled, (struct bytes){filling, sizeof filling});
    take(filled.at, filled.len, DAY_2022_03_01);
    assert_int_equal(rest.len, 0);
    assert_non_null(choose(DAY_2022_03_01, false));
}

static void every_cut_leaves_a_key_that_says_less_or_none(void **state)
{
    (void)state;
    load("nistp256");
    size_t whole = rest.len;
    for (size_t len = 0; len < whole; len++) {
        /* of its own, so that reading behind its end is seen */
        unsigned char *cut = malloc(len + 1);
        assert_non_null(cut);
        memcpy(cut, file, len);
        rest = (struct bytes){cut, len};
        error_clear(&err);
        if (certificate_take(&rest, DAY_2022_03_01, &certificate, &notes, "key.asc", &err))
            assert_null(choose(DAY_2022_03_01, false));
        else
            assert_int_equal(err.kind, ERROR_DAMAGED);
        free(cut);
    }
}

static void a_flipped_bit_never_makes_another_key_encrypt(void **state)
{
    (void)state;
    unsigned char fingerprint[20];
    assert_true(encrypts("signing-subkey", DAY_2022_03_01));
    memcpy(fingerprint, chosen->fingerprint, sizeof fingerprint);
    load("signing-subkey");
    size_t len = rest.len;
    size_t refused = 0;
    for (size_t at = 0; at < len; at++) {
        file[at] ^= (unsigned char)(1u << (at % 8));
        rest = (struct bytes){file, len};
        notes.count = 0;
        error_clear(&err);
        if (certificate_take(&rest, DAY_2022_03_01, &certificate, &notes, "key.asc", &err) &&
            choose(DAY_2022_03_01, false) != NULL)
            assert_memory_equal(chosen->fingerprint, fingerprint, sizeof fingerprint);
        else
            refused++;
        file[at] ^= (unsigned char)(1u << (at % 8));
    }
    /* the primary key, its subkey and their signatures, but not the signing subkey and names */
    assert_true(refused > len / 3);
}

static void a_certificate_of_more_packets_than_any_has_is_refused(void **state)
{
    (void)state;
    static unsigned char many[16384];
    load("nistp256");
    memcpy(many, file, rest.len);
    for (size_t at = rest.len; at < sizeof many; at += 2)
        memcpy(many + at, "\xFF\x00", 2 - (at + 1 == sizeof many));
    rest = (struct bytes){many, sizeof many - 1};
    assert_false(certificate_take(&rest, 0, &certificate, &notes, "key.asc", &err));
    assert_string_equal(err.text, "one key has more than 4096 packets");
}

/* ---- made ones ---- */

static struct maker_key primary;
static struct maker_key subkey;
static struct buffer made;

enum { MADE = DAY_2022_01_01 };

static struct maker_signature signature_of(uint8_t type, uint32_t created)
{
    struct maker_signature signature = {.type = type, .primary = &primary};
    put_number_subpacket(&signature.hashed, 2, 4, created);
    return signature;
}

static struct maker_signature binding_of(uint32_t created, uint8_t flags)
{
    struct maker_signature signature = signature_of(SIGNATURE_SUBKEY_BINDING, created);
    signature.subkey = &subkey;
    put_number_subpacket(&signature.hashed, 27, 1, flags);
    return signature;
}

static void add_signature(const struct maker_signature *signature)
{
    struct buffer body = {0};
    put_signature(&body, signature);
    put_packet(&made, PACKET_SIGNATURE, body.at, body.len);
}

static void begin_primary(void)
{
    made.len = 0;
    make_signing_key(&primary, 1, MADE);
    put_packet(&made, PACKET_PUBLIC_KEY, primary.body.at, primary.body.len);
}

static void add_subkey(void)
{
    make_encrypting_key(&subkey, 2, MADE);
    put_packet(&made, PACKET_PUBLIC_SUBKEY, subkey.body.at, subkey.body.len);
}

/* A primary key bound by a direct-key signature, and a subkey whose signatures the test adds. */
static void begin_made(void)
{
    begin_primary();
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, MADE);
    put_number_subpacket(&direct.hashed, 27, 1, 3);
    add_signature(&direct);
    add_subkey();
}

static bool made_encrypts(time_t now)
{
    take(made.at, made.len, now);
    return choose(now, false) != NULL;
}

static const char unbound[] = "key.asc: no key can encrypt: subkey # has no valid signature by "
                              "the primary key; primary key # can only sign (EdDSA)";

static void a_made_key_encrypts(void **state)
{
    (void)state;
    begin_made();
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused(unbound);
    struct maker_signature binding = binding_of(MADE, 12);
    add_signature(&binding);
    assert_true(made_encrypts(DAY_2022_03_01));
    assert_int_equal(certificate.user_id.len, 0);
}

static void a_primary_key_without_a_signature_of_its_own_binds_nothing(void **state)
{
    (void)state;
    begin_primary();
    add_subkey();
    struct maker_signature binding = binding_of(MADE, 12);
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused("key.asc: no key can encrypt: primary key # has no valid signature by itself, "
                   "and no subkey outlives it");
}

static void another_key_s_signatures_count_for_nothing(void **state)
{
    (void)state;
    static struct maker_key stranger;
    make_signing_key(&stranger, 9, MADE);
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    binding.signer = &stranger;
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused(unbound);
}

static void an_unknown_critical_subpacket_voids_the_signature(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    put_subpacket(&binding.hashed, 0x80 | 99, "?", 1);
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused(unbound);
    begin_made();
    binding = binding_of(MADE, 12);
    put_subpacket(&binding.hashed, 99, "?", 1);
    put_subpacket(&binding.hashed, 20, "\0\0\0\0\0\1\0\0n", 9);
    add_signature(&binding);
    assert_true(made_encrypts(DAY_2022_03_01));
}

static void a_critical_notation_voids_the_signature(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    put_subpacket(&binding.hashed, 0x80 | 20, "\0\0\0\0\0\1\0\0n", 9);
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused(unbound);
}

static void what_is_not_hashed_says_nothing(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature binding = signature_of(SIGNATURE_SUBKEY_BINDING, MADE);
    binding.subkey = &subkey;
    put_number_subpacket(&binding.unhashed, 27, 1, 12);
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused("key.asc: no key can encrypt: subkey # is not meant for encryption, by its key "
                   "flags; primary key # can only sign (EdDSA)");
}

static void the_newest_binding_counts_wherever_it_stands(void **state)
{
    (void)state;
    for (unsigned newest_first = 0; newest_first < 2; newest_first++) {
        begin_made();
        struct maker_signature older = binding_of(MADE, 12);
        struct maker_signature newer = binding_of(MADE + DAY, 0);
        add_signature(newest_first ? &newer : &older);
        add_signature(newest_first ? &older : &newer);
        assert_false(made_encrypts(DAY_2022_03_01));
        assert_true(made_encrypts(MADE - 1));
    }
}

static void a_signature_expires_and_the_one_before_counts_again(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature older = binding_of(MADE, 12);
    struct maker_signature newer = binding_of(MADE + DAY, 0);
    put_number_subpacket(&newer.hashed, 3, 4, 10 * DAY);
    add_signature(&older);
    add_signature(&newer);
    assert_false(made_encrypts(MADE + 11 * DAY - 1));
    assert_true(made_encrypts(MADE + 11 * DAY));
}

static void md5_is_not_believed(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    binding.hash = GCRY_MD_MD5;
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused(unbound);
}

static void a_subkey_that_also_signs_needs_to_consent(void **state)
{
    (void)state;
    static struct maker_key signing;
    make_signing_key(&signing, 3, MADE);
    /* none, the primary key's own, one of another type, a true one */
    for (unsigned consents = 0; consents < 4; consents++) {
        begin_made();
        struct maker_signature back = signature_of(
            consents == 2 ? SIGNATURE_SUBKEY_BINDING : SIGNATURE_PRIMARY_BINDING, MADE);
        back.subkey = &signing;
        back.signer = consents == 1 ? &primary : &signing;
        struct maker_signature binding = binding_of(MADE, KEY_FLAG_SIGN);
        binding.subkey = &signing;
        struct buffer embedded = {0};
        put_signature(&embedded, &back);
        if (consents > 0)
            put_subpacket(&binding.unhashed, 32, embedded.at, embedded.len);
        put_packet(&made, PACKET_PUBLIC_SUBKEY, signing.body.at, signing.body.len);
        add_signature(&binding);
        take(made.at, made.len, DAY_2022_03_01);
        assert_int_equal(certificate.keys[2].is_bound, consents == 3);
    }
}

static void the_user_id_s_word_goes_over_the_direct_key_signature_s(void **state)
{
    (void)state;
    begin_primary();
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, MADE);
    put_number_subpacket(&direct.hashed, 9, 4, 10 * DAY);
    put_number_subpacket(&direct.hashed, 30, 1, 1);
    add_signature(&direct);
    take(made.at, made.len, MADE);
    assert_true(certificate.keys[0].has_expiry);
    assert_int_equal(certificate.keys[0].expiry, MADE + 10 * DAY);

    put_packet(&made, PACKET_USER_ID, "someone", 7);
    struct maker_signature certification = signature_of(SIGNATURE_POSITIVE_CERTIFICATION, MADE);
    certification.user_id = "someone";
    put_number_subpacket(&certification.hashed, 9, 4, 0);
    put_number_subpacket(&certification.hashed, 27, 1, 3);
    add_signature(&certification);
    take(made.at, made.len, MADE);
    assert_false(certificate.keys[0].has_expiry);
    assert_int_equal(certificate.keys[0].flags, 3);
    assert_int_equal(certificate.features, 1);
}

static void a_user_id_that_was_signed_again_after_its_revocation_counts(void **state)
{
    (void)state;
    for (uint32_t again = 0; again < 2; again++) {
        begin_primary();
        put_packet(&made, PACKET_USER_ID, "someone", 7);
        struct maker_signature revocation =
            signature_of(SIGNATURE_CERTIFICATION_REVOCATION, MADE + DAY);
        revocation.user_id = "someone";
        add_signature(&revocation);
        struct maker_signature certification =
            signature_of(SIGNATURE_POSITIVE_CERTIFICATION, MADE + 2 * DAY * again);
        certification.user_id = "someone";
        add_signature(&certification);
        take(made.at, made.len, MADE + 9 * DAY);
        assert_int_equal(certificate.keys[0].is_bound, again == 1);
    }
}

static void a_stranger_revokes_nothing(void **state)
{
    (void)state;
    static struct maker_key stranger;
    make_signing_key(&stranger, 9, MADE);
    for (unsigned true_one = 0; true_one < 2; true_one++) {
        begin_made();
        struct maker_signature binding = binding_of(MADE, 12);
        struct maker_signature revocation = signature_of(SIGNATURE_SUBKEY_REVOCATION, MADE);
        revocation.subkey = &subkey;
        revocation.signer = true_one ? &primary : &stranger;
        add_signature(&binding);
        add_signature(&revocation);
        assert_int_equal(made_encrypts(DAY_2022_03_01), !true_one);
    }
}

static void a_revocation_without_a_reason_holds_for_all_time(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    struct maker_signature revocation = signature_of(SIGNATURE_SUBKEY_REVOCATION, MADE + 99 * DAY);
    revocation.subkey = &subkey;
    add_signature(&binding);
    add_signature(&revocation);
    assert_false(made_encrypts(MADE + DAY));
}

static void a_version_6_key_without_a_direct_key_signature_is_not_bound(void **state)
{
    (void)state;
    struct buffer without = {0};
    uint8_t tag;
    struct bytes packet;
    load("x25519-v6-openpgpjs");
    for (size_t i = 0; rest.len > 0; i++) {
        assert_true(packet_take(&rest, &tag, &packet, &err));
        if (i != 1)
            put_packet(&without, tag, packet.at, packet.len);
        else
            assert_int_equal(tag, PACKET_SIGNATURE);
    }
    take(without.at, without.len, DAY_2027_01_01);
    assert_true(certificate.user_id.len > 0);
    assert_null(choose(DAY_2027_01_01, false));
    assert_refused("key.asc: no key can encrypt: primary key # has no valid signature by itself, "
                   "and no subkey outlives it");
}

static void elgamal_below_2048_bits_is_refused(void **state)
{
    (void)state;
    begin_made();
    struct maker_key weak = {0};
    put(&weak.body, "\4\0\0\0\0\x10", 6);
    for (size_t number = 0; number < 3; number++) {
        put_number(&weak.body, 2, 1024);
        for (size_t i = 0; i < 128; i++)
            put_number(&weak.body, 1, 0xFF);
    }
    put_packet(&made, PACKET_PUBLIC_SUBKEY, weak.body.at, weak.body.len);
    struct maker_signature binding = binding_of(MADE, 12);
    binding.subkey = &weak;
    add_signature(&binding);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_non_null(strstr(err.text, "is too weak: ElGamal of 1024 bits, below 2048"));
}

static void many_signatures_of_others_or_elsewhere_crowd_none_out(void **state)
{
    (void)state;
    static unsigned char crowded[65536];
    static struct maker_key stranger;
    make_signing_key(&stranger, 9, MADE);
    begin_made();
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, MADE + 9);
    struct maker_signature others = binding_of(MADE + 9, 12);
    struct maker_signature binding = binding_of(MADE, 12);
    others.signer = &stranger;
    put_subpacket(&others.unhashed, 16, "stranger", 8);
    begin_primary();
    size_t len = made.len;
    memcpy(crowded, made.at, len);
    made.len = 0;
    add_signature(&direct);
    for (size_t i = 0; i < SELF_SIGNATURES_MAX; i++, len += made.len)
        memcpy(crowded + len, made.at, made.len);
    made.len = 0;
    add_subkey();
    memcpy(crowded + len, made.at, made.len);
    len += made.len;
    made.len = 0;
    add_signature(&others);
    for (size_t i = 0; i < SELF_SIGNATURES_MAX; i++, len += made.len)
        memcpy(crowded + len, made.at, made.len);
    made.len = 0;
    add_signature(&binding);
    memcpy(crowded + len, made.at, made.len);
    len += made.len;
    take(crowded, len, DAY_2022_03_01);
    assert_non_null(choose(DAY_2022_03_01, false));
}

static void a_flood_of_forged_signatures_doesn_t_hide_the_newest(void **state)
{
    (void)state;
    static unsigned char flooded[2 * 1024 * 1024];
    begin_made();
    size_t len = made.len;
    memcpy(flooded, made.at, len);
    static struct maker_key stranger;
    make_signing_key(&stranger, 9, MADE);
    struct maker_signature binding = binding_of(MADE, 12);
    binding.signer = &stranger;
    made.len = 0;
    add_signature(&binding);
    for (size_t i = 0; i < 4000; i++, len += made.len)
        memcpy(flooded + len, made.at, made.len);
    binding = binding_of(MADE + 1, 12);
    made.len = 0;
    add_signature(&binding);
    memcpy(flooded + len, made.at, made.len);
    len += made.len;
    take(flooded, len, DAY_2022_03_01);
    assert_non_null(choose(DAY_2022_03_01, false));
}

static void a_subkey_of_another_kind_is_passed_over_with_a_note(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        size_t len;
        const char *note;
    } kinds[] = {
        {"\x03\0\0\0\0\0\0\x01", 8,
         "key.asc: a subkey is passed over: it is a version 3 key, of the kind made before 1998, "
         "which nothing protects from forgery: make a new key"},
        {"\x05\0\0\0\0\x12\0\0\0\0", 10,
         "key.asc: a subkey is passed over: it is a LibrePGP version 5 key, which only GnuPG 2.4 "
         "and later read: make a version 4 key"},
        {"\x04\0\0\0\0\x63?", 7,
         "key.asc: a subkey is passed over: it has an algorithm that isn't known"},
        {"\x06\0\0\0\0\x19\0\0\0\x20"
         "--------------------------------",
         42, "key.asc: a subkey is passed over: it has another version than its primary key"},
        {"\x04\0\0\0\0\x12\x01?\x00\x08?\x03\x01\x08\x07", 15,
         "key.asc: a subkey is passed over: it is on a curve that isn't known"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        begin_made();
        struct maker_signature binding = binding_of(MADE, 12);
        add_signature(&binding);
        put_packet(&made, PACKET_PUBLIC_SUBKEY, kinds[i].body, kinds[i].len);
        add_signature(&binding);
        notes.count = 0;
        take(made.at, made.len, DAY_2022_03_01);
        assert_int_equal(certificate.key_count, 2);
        assert_int_equal(notes.count, 1);
        assert_int_equal(notes.note[0].level, NOTE_VERBOSE);
        assert_string_equal(notes.note[0].text, kinds[i].note);
        assert_non_null(choose(DAY_2022_03_01, false));
    }
}

static void a_refusal_tells_that_subkeys_were_passed_over(void **state)
{
    (void)state;
    begin_primary();
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, MADE);
    add_signature(&direct);
    put_packet(&made, PACKET_PUBLIC_SUBKEY, "\x04\0\0\0\0\x63?", 7);
    assert_false(made_encrypts(DAY_2022_03_01));
    assert_refused("key.asc: no key can encrypt: primary key # can only sign (EdDSA); subkeys of a "
                   "kind that isn't served are passed over (-v tells)");
}

static void a_malformed_subkey_is_told(void **state)
{
    (void)state;
    begin_made();
    put_packet(&made, PACKET_PUBLIC_SUBKEY, "\x04\0\0\0\0\x01", 6);
    rest = (struct bytes){made.at, made.len};
    assert_false(certificate_take(&rest, 0, &certificate, &notes, "key.asc", &err));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_string_equal(err.text, "a subkey is malformed: its public numbers are cut short or "
                                  "impossible");
}

static void a_certificate_of_an_old_version_is_refused_and_passed_over(void **state)
{
    (void)state;
    struct buffer both = {0};
    put_packet(&both, PACKET_PUBLIC_KEY, "\x03\0\0\0\0\0\0\x01", 8);
    put_packet(&both, PACKET_USER_ID, "old", 3);
    begin_made();
    put(&both, made.at, made.len);
    rest = (struct bytes){both.at, both.len};
    assert_false(certificate_take(&rest, 0, &certificate, &notes, "key.asc", &err));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_int_equal(rest.len, made.len);
    take(rest.at, rest.len, DAY_2022_03_01);
}

static void keys_beyond_the_bound_are_passed_over(void **state)
{
    (void)state;
    static unsigned char many[8192];
    size_t len;
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    add_signature(&binding);
    len = made.len;
    memcpy(many, made.at, len);
    made.len = 0;
    add_subkey();
    for (size_t i = 0; i < 80; i++, len += made.len)
        memcpy(many + len, made.at, made.len);
    take(many, len, DAY_2022_03_01);
    assert_int_equal(certificate.key_count, CERTIFICATE_KEYS_MAX);
    assert_int_equal(notes.count, 80 + 2 - CERTIFICATE_KEYS_MAX);
    assert_non_null(choose(DAY_2022_03_01, false));
}

static void many_reasons_are_cut_short(void **state)
{
    (void)state;
    begin_made();
    for (size_t i = 0; i < 11; i++)
        add_subkey();
    assert_false(made_encrypts(DAY_2022_03_01));
    const char *last = strrchr(err.text, ';');
    assert_non_null(last);
    assert_string_equal(last, "; and 5 more");
}

static int begin_library(void **state)
{
    (void)state;
    return sodium_init() < 0 || !libgcrypt_begin(&err) ? -1 : 0;
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_of_every_algorithm_and_maker_encrypt_with_their_subkey),
        TEST(a_secret_key_encrypts_as_its_public_form_does),
        TEST(a_primary_key_encrypts_where_it_may_and_no_subkey_does),
        TEST(flags_user_id_and_preferences_are_those_that_gpg_wrote),
        TEST(version_6_keys_have_their_preferences_from_the_direct_key_signature),
        TEST(the_primary_user_id_s_preferences_count_until_it_is_revoked),
        TEST(a_key_that_only_signs_is_refused),
        TEST(rsa_below_2048_bits_is_refused),
        TEST(an_expired_primary_key_takes_its_subkeys_with_it),
        TEST(an_expired_key_is_used_on_demand_with_a_warning),
        TEST(an_expiry_ends_its_last_second_before),
        TEST(an_expiry_that_was_put_off_counts),
        TEST(the_last_30_days_before_the_expiry_are_warned_about),
        TEST(a_revoked_primary_key_takes_its_subkeys_with_it),
        TEST(a_compromised_key_was_never_good_but_a_retired_one_was),
        TEST(the_newest_subkey_encrypts_while_it_is_valid),
        TEST(sha1_is_believed_with_a_warning),
        TEST(a_clock_that_is_a_day_behind_is_excused),
        TEST(certificates_follow_each_other),
        TEST(what_is_no_key_is_refused),
        TEST(markers_trust_padding_and_unknown_packets_are_skipped),
        TEST(every_cut_leaves_a_key_that_says_less_or_none),
        TEST(a_flipped_bit_never_makes_another_key_encrypt),
        TEST(a_certificate_of_more_packets_than_any_has_is_refused),
        TEST(a_made_key_encrypts),
        TEST(a_primary_key_without_a_signature_of_its_own_binds_nothing),
        TEST(another_key_s_signatures_count_for_nothing),
        TEST(an_unknown_critical_subpacket_voids_the_signature),
        TEST(a_critical_notation_voids_the_signature),
        TEST(what_is_not_hashed_says_nothing),
        TEST(the_newest_binding_counts_wherever_it_stands),
        TEST(a_signature_expires_and_the_one_before_counts_again),
        TEST(md5_is_not_believed),
        TEST(a_subkey_that_also_signs_needs_to_consent),
        TEST(the_user_id_s_word_goes_over_the_direct_key_signature_s),
        TEST(a_user_id_that_was_signed_again_after_its_revocation_counts),
        TEST(a_stranger_revokes_nothing),
        TEST(a_revocation_without_a_reason_holds_for_all_time),
        TEST(a_version_6_key_without_a_direct_key_signature_is_not_bound),
        TEST(elgamal_below_2048_bits_is_refused),
        TEST(many_signatures_of_others_or_elsewhere_crowd_none_out),
        TEST(a_flood_of_forged_signatures_doesn_t_hide_the_newest),
        TEST(a_subkey_of_another_kind_is_passed_over_with_a_note),
        TEST(a_refusal_tells_that_subkeys_were_passed_over),
        TEST(a_malformed_subkey_is_told),
        TEST(a_certificate_of_an_old_version_is_refused_and_passed_over),
        TEST(keys_beyond_the_bound_are_passed_over),
        TEST(many_reasons_are_cut_short),
    };
    return cmocka_run_group_tests_name("certificate", tests, begin_library, NULL);
}
