/* Which key of a certificate encrypts, and why none does. */
#include "formats/openpgp/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail

#include "certificate_fixture.h"

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
                   "yet to come, and no subkey comes before it; is this machine's clock right?");
}

/* A direct-key signature of created that names a revoker, by signer or, if NULL, the key itself. */
static void add_revoker(uint32_t created, const struct maker_key *signer)
{
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, created);
    direct.signer = signer;
    put_subpacket(&direct.hashed, 12, "\x80\x16 twenty octets of it ", 22);
    add_signature(&direct);
}

static void a_key_that_others_may_revoke_is_warned_of(void **state)
{
    (void)state;
    struct maker_key stranger;
    struct maker_signature binding;
    make_signing_key(&stranger, 9, MADE);
    begin_primary();
    add_revoker(MADE - 1, NULL); /* older than the newest one */
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, MADE);
    put_number_subpacket(&direct.hashed, 27, 1, 3);
    add_signature(&direct);
    add_subkey();
    binding = binding_of(MADE, 12);
    add_signature(&binding);
    assert_true(made_encrypts(DAY_2022_03_01));
    assert_one_warning("key.asc: primary key # lets another key revoke it, and whether that was "
                       "done isn't looked at: gpg tells");
    begin_made();
    binding = binding_of(MADE, 12);
    add_signature(&binding);
    add_revoker(MADE, &stranger); /* which nobody believes */
    assert_true(made_encrypts(DAY_2022_03_01));
    assert_int_equal(notes.count, 0);
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

static void many_reasons_are_cut_short(void **state)
{
    (void)state;
    begin_made();
    for (uint32_t i = 1; i <= 11; i++)
        add_other_subkey(i);
    assert_false(made_encrypts(DAY_2022_03_01));
    const char *last = strrchr(err.text, ';');
    assert_non_null(last);
    assert_string_equal(last, "; and 5 more");
}

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
        TEST(a_key_that_others_may_revoke_is_warned_of),
        TEST(elgamal_below_2048_bits_is_refused),
        TEST(a_refusal_tells_that_subkeys_were_passed_over),
        TEST(many_reasons_are_cut_short),
    };
    return cmocka_run_group_tests_name("certificate encryption", tests, begin_library, NULL);
}
