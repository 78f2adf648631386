/* What a certificate is made of, packet by packet. */
#include "formats/openpgp/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail

#include "certificate_fixture.h"

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

static void a_malformed_subkey_among_others_is_passed_over_with_a_warning(void **state)
{
    (void)state;
    begin_made();
    struct maker_signature binding = binding_of(MADE, 12);
    add_signature(&binding);
    put_packet(&made, PACKET_PUBLIC_SUBKEY, "\x04\0\0\0\0\x01", 6);
    add_signature(&binding); /* which isn't over that */
    take(made.at, made.len, DAY_2022_03_01);
    assert_int_equal(certificate.key_count, 2);
    assert_true(certificate.keys[1].is_bound);
    assert_int_equal(certificate.passed_over_count, 1);
    assert_one_warning("key.asc: a subkey is malformed: its public numbers are cut short or "
                       "impossible: it is passed over");
}

static void a_key_with_no_subkey_but_a_malformed_one_is_malformed(void **state)
{
    (void)state;
    begin_primary();
    put_packet(&made, PACKET_PUBLIC_SUBKEY, "\x04\0\0\0\0\x01", 6);
    rest = (struct bytes){made.at, made.len};
    assert_false(certificate_take(&rest, 0, &certificate, &notes, "key.asc", &err));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_string_equal(err.text, "a subkey is malformed: its public numbers are cut short or "
                                  "impossible");
    assert_int_equal(notes.count, 0);
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

/* A primary key and number subkeys, each another. */
static bool take_many(uint32_t number)
{
    static unsigned char many[65536];
    begin_made();
    size_t len = made.len;
    memcpy(many, made.at, len);
    for (uint32_t i = 1; i < number; i++, len += made.len) {
        made.len = 0;
        add_other_subkey(i);
        memcpy(many + len, made.at, made.len);
    }
    struct bytes from = {many, len};
    error_clear(&err);
    return certificate_take(&from, DAY_2022_03_01, &certificate, &notes, "key.asc", &err);
}

static void as_many_subkeys_as_the_bound_are_taken_and_more_refused(void **state)
{
    (void)state;
    assert_true(take_many(CERTIFICATE_KEYS_MAX - 1));
    assert_int_equal(certificate.key_count, CERTIFICATE_KEYS_MAX);
    assert_false(take_many(CERTIFICATE_KEYS_MAX));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_string_equal(err.text, "one key has more than 255 subkeys");
}

static void copies_of_a_subkey_are_one_and_a_revocation_of_either_counts(void **state)
{
    (void)state;
    for (int revoked = 0; revoked < 3; revoked++) {
        begin_made();
        struct maker_signature binding = binding_of(MADE, 12);
        struct maker_signature revocation = signature_of(SIGNATURE_SUBKEY_REVOCATION, MADE);
        revocation.subkey = &subkey;
        add_signature(&binding);
        if (revoked == 1)
            add_signature(&revocation);
        add_subkey();
        add_signature(&binding);
        if (revoked == 2)
            add_signature(&revocation);
        take(made.at, made.len, DAY_2022_03_01);
        assert_int_equal(certificate.key_count, 2);
        assert_true(certificate.keys[1].is_bound);
        assert_int_equal(certificate.keys[1].is_revoked, revoked != 0);
    }
}

/* Takes a copy whose user ID was certified at certified and, unless 0, taken back at retired. */
static void take_named(uint32_t certified, uint32_t retired, struct buffer *packets,
                       struct certificate *taken)
{
    begin_primary();
    put_packet(&made, PACKET_USER_ID, "db1", 3);
    struct maker_signature certification =
        signature_of(SIGNATURE_POSITIVE_CERTIFICATION, certified);
    certification.user_id = "db1";
    add_signature(&certification);
    struct maker_signature revocation = signature_of(SIGNATURE_CERTIFICATION_REVOCATION, retired);
    revocation.user_id = "db1";
    if (retired != 0)
        add_signature(&revocation);
    *packets = made;
    struct bytes from = {packets->at, packets->len};
    assert_true(certificate_take(&from, DAY_2022_03_01, taken, &notes, "key.asc", &err));
}

static void a_user_id_taken_back_in_one_copy_counts_for_no_older_one(void **state)
{
    (void)state;
    static struct certificate one;
    static struct certificate other;
    static struct buffer packets[2];
    for (int turned = 0; turned < 2; turned++) {
        /* before and after it was taken back */
        take_named(MADE, 0, &packets[turned], turned == 0 ? &one : &other);
        take_named(MADE, MADE + 5, &packets[!turned], turned == 0 ? &other : &one);
        assert_true(certificate_merge(&one, &other));
        assert_false(one.keys[0].is_bound);
        /* given again */
        take_named(MADE + 9, 0, &packets[turned], turned == 0 ? &one : &other);
        take_named(MADE, MADE + 5, &packets[!turned], turned == 0 ? &other : &one);
        assert_true(certificate_merge(&one, &other));
        assert_true(one.keys[0].is_bound);
    }
}

static void add_user_id_signature(uint8_t type, uint32_t created)
{
    put_packet(&made, PACKET_USER_ID, "db1", 3);
    struct maker_signature signature = signature_of(type, created);
    signature.user_id = "db1";
    add_signature(&signature);
}

static void a_user_id_that_stands_twice_is_taken_back_wherever_the_revocation_stands(void **state)
{
    (void)state;
    for (int revoked_first = 0; revoked_first < 2; revoked_first++) {
        begin_primary();
        if (revoked_first)
            add_user_id_signature(SIGNATURE_CERTIFICATION_REVOCATION, MADE + 5);
        add_user_id_signature(SIGNATURE_POSITIVE_CERTIFICATION, MADE);
        if (!revoked_first)
            add_user_id_signature(SIGNATURE_CERTIFICATION_REVOCATION, MADE + 5);
        take(made.at, made.len, DAY_2022_03_01);
        assert_false(certificate.keys[0].is_bound);
        assert_int_equal(certificate.user_id.len, 0);
        /* given again */
        add_user_id_signature(SIGNATURE_POSITIVE_CERTIFICATION, MADE + 9);
        take(made.at, made.len, DAY_2022_03_01);
        assert_true(certificate.keys[0].is_bound);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(certificates_follow_each_other),
        TEST(what_is_no_key_is_refused),
        TEST(markers_trust_padding_and_unknown_packets_are_skipped),
        TEST(every_cut_leaves_a_key_that_says_less_or_none),
        TEST(a_flipped_bit_never_makes_another_key_encrypt),
        TEST(a_certificate_of_more_packets_than_any_has_is_refused),
        TEST(a_subkey_of_another_kind_is_passed_over_with_a_note),
        TEST(a_malformed_subkey_among_others_is_passed_over_with_a_warning),
        TEST(a_key_with_no_subkey_but_a_malformed_one_is_malformed),
        TEST(a_certificate_of_an_old_version_is_refused_and_passed_over),
        TEST(as_many_subkeys_as_the_bound_are_taken_and_more_refused),
        TEST(a_user_id_taken_back_in_one_copy_counts_for_no_older_one),
        TEST(a_user_id_that_stands_twice_is_taken_back_wherever_the_revocation_stands),
        TEST(copies_of_a_subkey_are_one_and_a_revocation_of_either_counts),
    };
    return cmocka_run_group_tests_name("certificate", tests, begin_library, NULL);
}
