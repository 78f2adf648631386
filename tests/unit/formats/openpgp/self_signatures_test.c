/* Which signatures in a certificate are believed, and which of several. */
#include "formats/openpgp/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail

#include "certificate_fixture.h"
#include "formats/openpgp/self_signatures.h"

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

static void no_number_of_false_signatures_hides_a_revocation(void **state)
{
    (void)state;
    static unsigned char many[65536];
    static struct maker_key stranger;
    make_signing_key(&stranger, 9, MADE);
    for (int flood = 0; flood < 2; flood++) {
        begin_made();
        struct maker_signature binding = binding_of(MADE, 12);
        struct maker_signature revocation = signature_of(SIGNATURE_SUBKEY_REVOCATION, MADE);
        struct maker_signature false_one = signature_of(
            flood == 0 ? SIGNATURE_SUBKEY_BINDING : SIGNATURE_SUBKEY_REVOCATION, MADE + DAY);
        revocation.subkey = false_one.subkey = &subkey;
        false_one.signer = &stranger;
        add_signature(&binding);
        size_t len = made.len;
        memcpy(many, made.at, len);
        for (size_t i = 0; i <= 2 * SELF_SIGNATURES_MAX; i++, len += made.len) {
            made.len = 0;
            add_signature(i == 0 ? &revocation : &false_one);
            memcpy(many + len, made.at, made.len);
        }
        take(many, len, DAY_2022_03_01);
        assert_true(certificate.keys[1].is_revoked);
        assert_null(choose(DAY_2022_03_01, false));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        TEST(no_number_of_false_signatures_hides_a_revocation),
        TEST(a_revocation_without_a_reason_holds_for_all_time),
        TEST(many_signatures_of_others_or_elsewhere_crowd_none_out),
        TEST(a_flood_of_forged_signatures_doesn_t_hide_the_newest),
        TEST(a_version_6_key_without_a_direct_key_signature_is_not_bound),
    };
    return cmocka_run_group_tests_name("self signatures", tests, begin_library, NULL);
}
