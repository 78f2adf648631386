/* Signature packets, their subpackets, and over what they are made. */
#include "formats/openpgp/signature.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#undef fail

#include "formats/openpgp/packet.h"
#include "key_maker.h"

enum { MADE = 1640995200 };

static struct error err;
static struct signature signature;
static struct buffer body;
static struct maker_key primary, subkey, other;
static struct openpgp_key primary_key, subkey_key, other_key;

static void parse_key(uint8_t tag, const struct maker_key *made, struct openpgp_key *key)
{
    struct bytes bytes = {made->body.at, made->body.len};
    assert_true(openpgp_key_parse(tag, bytes, key, &err));
}

static int clear(void **state)
{
    (void)state;
    memset(&signature, 0xEE, sizeof signature);
    memset(&body, 0, sizeof body);
    error_clear(&err);
    make_signing_key(&primary, 1, MADE);
    make_encrypting_key(&subkey, 2, MADE);
    make_signing_key(&other, 3, MADE);
    parse_key(PACKET_PUBLIC_KEY, &primary, &primary_key);
    parse_key(PACKET_PUBLIC_SUBKEY, &subkey, &subkey_key);
    parse_key(PACKET_PUBLIC_SUBKEY, &other, &other_key);
    return 0;
}

static bool parses(size_t len)
{
    error_clear(&err);
    return signature_parse((struct bytes){body.at, len}, &signature, &err);
}

static void make(const struct maker_signature *wanted)
{
    body.len = 0;
    put_signature(&body, wanted);
    assert_true(parses(body.len));
}

/* A signature over nothing, of the areas. */
static void make_areas(const struct buffer *hashed, const struct buffer *unhashed)
{
    struct maker_signature wanted = {.type = SIGNATURE_DIRECT_KEY, .primary = &primary};
    wanted.hashed = *hashed;
    wanted.unhashed = *unhashed;
    make(&wanted);
}

static void what_the_hashed_area_says_is_read(void **state)
{
    (void)state;
    struct buffer hashed = {0}, unhashed = {0};
    put_number_subpacket(&hashed, 2, 4, MADE);
    put_number_subpacket(&hashed, 3, 4, 11);
    put_number_subpacket(&hashed, 9, 4, 12);
    put_subpacket(&hashed, 11, "\x09\x07", 2);
    put_subpacket(&hashed, 16, "\1\2\3\4\5\6\7\x08", 8);
    put_number_subpacket(&hashed, 25, 1, 1);
    put_number_subpacket(&hashed, 27, 2, 0x0C01);
    put_subpacket(&hashed, 29, "\3why", 4);
    put_number_subpacket(&hashed, 30, 1, 9);
    put_subpacket(&hashed, 32, "embedded", 8);
    make_areas(&hashed, &unhashed);
    assert_int_equal(signature.version, 4);
    assert_int_equal(signature.type, SIGNATURE_DIRECT_KEY);
    assert_int_equal(signature.algorithm, 22);
    assert_int_equal(signature.hash, 8);
    assert_true(signature.has_created && signature.created == MADE);
    assert_true(signature.has_lifetime && signature.lifetime == 11);
    assert_true(signature.has_key_lifetime && signature.key_lifetime == 12);
    assert_true(signature.has_ciphers && bytes_equal(signature.ciphers, "\x09\x07", 2));
    assert_true(signature.has_issuer);
    assert_memory_equal(signature.issuer, "\1\2\3\4\5\6\7\x08", 8);
    assert_true(signature.is_primary_user_id);
    assert_true(signature.has_flags && signature.flags == 0x010C);
    assert_int_equal(signature.revocation_reason, 3);
    assert_true(signature.has_features && signature.features == 9);
    assert_true(bytes_equal(signature.embedded, "embedded", 8));
    assert_false(signature.is_void);
}

static void of_the_unhashed_area_only_what_proves_itself_is_read(void **state)
{
    (void)state;
    struct buffer hashed = {0}, unhashed = {0};
    put_number_subpacket(&unhashed, 2, 4, MADE);
    put_number_subpacket(&unhashed, 3, 4, 11);
    put_number_subpacket(&unhashed, 9, 4, 12);
    put_subpacket(&unhashed, 11, "\x09\x07", 2);
    put_subpacket(&unhashed, 16, "\1\2\3\4\5\6\7\x08", 8);
    put_number_subpacket(&unhashed, 25, 1, 1);
    put_number_subpacket(&unhashed, 27, 1, 0x0C);
    put_subpacket(&unhashed, 29, "\3why", 4);
    put_number_subpacket(&unhashed, 30, 1, 9);
    put_subpacket(&unhashed, 32, "embedded", 8);
    put_subpacket(&unhashed, 0x80 | 99, "?", 1);
    make_areas(&hashed, &unhashed);
    assert_false(signature.has_created || signature.has_lifetime || signature.has_key_lifetime ||
                 signature.has_ciphers || signature.is_primary_user_id || signature.has_flags ||
                 signature.revocation_reason != 0 || signature.has_features || signature.is_void);
    assert_true(signature.has_issuer);
    assert_true(bytes_equal(signature.embedded, "embedded", 8));
}

static void a_critical_subpacket_that_is_not_understood_voids_the_signature(void **state)
{
    (void)state;
    static const unsigned char understood[] = {2,  3,  4,  7,  9,  11, 12, 16, 21, 22, 23, 24,
                                               25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 39};
    static const unsigned char fingerprint[21] = {4};
    for (unsigned type = 0; type < 0x80; type++) {
        struct buffer hashed = {0}, unhashed = {0};
        size_t len = type == 25 ? 1 : type == 16 ? 8 : type == 33 ? sizeof fingerprint : 4;
        put_subpacket(&hashed, (unsigned char)type, fingerprint, len);
        make_areas(&hashed, &unhashed);
        assert_false(signature.is_void);
        hashed.len = 0;
        put_subpacket(&hashed, (unsigned char)(0x80 | type), fingerprint, len);
        make_areas(&hashed, &unhashed);
        assert_int_equal(signature.is_void,
                         memchr(understood, (int)type, sizeof understood) == NULL);
    }
}

static void the_hashed_area_has_the_last_word(void **state)
{
    (void)state;
    struct buffer hashed = {0}, unhashed = {0};
    put_subpacket(&hashed, 16, "hashed  ", 8);
    put_subpacket(&hashed, 32, "first", 5);
    put_subpacket(&hashed, 32, "second", 6);
    put_subpacket(&unhashed, 16, "unhashed", 8);
    put_subpacket(&unhashed, 32, "unhashed", 8);
    make_areas(&hashed, &unhashed);
    assert_memory_equal(signature.issuer, "hashed  ", 8);
    assert_true(bytes_equal(signature.embedded, "second", 6));
}

static void issuers_are_told_by_fingerprints_too(void **state)
{
    (void)state;
    struct buffer hashed = {0}, unhashed = {0};
    put_subpacket(&hashed, 33, "\4abcdefghijklmnopqrst", 21);
    make_areas(&hashed, &unhashed);
    assert_memory_equal(signature.issuer, "mnopqrst", 8);
    hashed.len = 0;
    put_subpacket(&hashed, 33, "\6abcdefghijklmnopqrstuvwxyz012345", 33);
    make_areas(&hashed, &unhashed);
    assert_memory_equal(signature.issuer, "abcdefgh", 8);
    hashed.len = 0;
    put_subpacket(&hashed, 33, "\5abcdefghijklmnopqrstuvwxyz012345", 33);
    make_areas(&hashed, &unhashed);
    assert_false(signature.has_issuer);
}

static void subpackets_have_lengths_of_one_two_and_five_octets(void **state)
{
    (void)state;
    static const unsigned char zeros[16000];
    static const size_t lens[] = {0, 190, 191, 192, 8127, 16000, 8200};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        /* 16000: a first octet that would be a partial length in a packet header */
        static unsigned char packet[17000];
        size_t len = lens[i] + 1;
        size_t at = 6;
        memcpy(packet, "\4\x1F\x16\x08\0\0", 6);
        if (len < 192) {
            packet[at++] = (unsigned char)len;
        } else if (len < 16320 && i != 6) {
            packet[at++] = (unsigned char)(((len - 192) >> 8) + 192);
            packet[at++] = (unsigned char)(len - 192);
        } else {
            memcpy(packet + at, "\xFF\0\0", 3);
            packet[at + 3] = (unsigned char)(len >> 8);
            packet[at + 4] = (unsigned char)len;
            at += 5;
        }
        packet[at++] = 99;
        memcpy(packet + at, zeros, lens[i]);
        at += lens[i];
        memcpy(packet + at, "\2\x1E\7", 3);
        at += 3;
        packet[4] = (unsigned char)((at - 6) >> 8);
        packet[5] = (unsigned char)(at - 6);
        memcpy(packet + at, "\0\0??\0\1\1\0\1\1", 10);
        error_clear(&err);
        assert_true(signature_parse((struct bytes){packet, at + 10}, &signature, &err));
        assert_true(signature.has_features);
        assert_int_equal(signature.features, 7);
    }
}

static void subpackets_of_impossible_lengths_are_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *at;
        size_t len;
    } areas[] = {
        {"\0", 1},             /* without a type */
        {"\3\x1E\1", 3},       /* longer than the area */
        {"\xC0", 1},           /* its length is cut short */
        {"\xFF\0\0\0", 4},     /* too */
        {"\4\2\0\0\0", 5},     /* a time of three octets */
        {"\6\2\0\0\0\0\0", 7}, /* of five */
        {"\2\x10\0", 3},       /* an issuer of one octet */
        {"\1\x19", 2},         /* no boolean */
    };
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        struct maker_signature wanted = {.type = SIGNATURE_DIRECT_KEY, .primary = &primary};
        put(&wanted.hashed, areas[i].at, areas[i].len);
        body.len = 0;
        put_signature(&body, &wanted);
        assert_false(parses(body.len));
        assert_int_equal(err.kind, ERROR_DAMAGED);
    }
}

static void long_preferences_are_cut(void **state)
{
    (void)state;
    static const unsigned char many[1000] = {9};
    struct buffer hashed = {0}, unhashed = {0};
    put_subpacket(&hashed, 11, many, sizeof many);
    make_areas(&hashed, &unhashed);
    assert_int_equal(signature.ciphers.len, SIGNATURE_PREFERENCES_MAX);
}

static void a_signature_that_is_cut_anywhere_or_goes_on_is_malformed(void **state)
{
    (void)state;
    struct buffer hashed = {0}, unhashed = {0};
    put_number_subpacket(&hashed, 2, 4, MADE);
    put_subpacket(&unhashed, 16, "issuer  ", 8);
    make_areas(&hashed, &unhashed);
    size_t whole = body.len;
    for (size_t len = 0; len <= whole + 1; len++) {
        unsigned char *cut = malloc(len + 1); /* reading behind it is seen */
        assert_non_null(cut);
        memcpy(cut, body.at, len);
        error_clear(&err);
        assert_int_equal(signature_parse((struct bytes){cut, len}, &signature, &err), len == whole);
        assert_int_equal(err.kind, len == whole ? ERROR_NONE : ERROR_DAMAGED);
        free(cut);
    }
}

static void other_versions_are_unsupported(void **state)
{
    (void)state;
    put_number(&body, 1, 5);
    assert_false(parses(1));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_string_equal(err.text, "is a signature of version 5, which isn't known");
}

static void a_signature_holds_for_what_it_was_made_over_alone(void **state)
{
    (void)state;
    struct signature_subject subject = {.primary = &primary_key, .subkey = &subkey_key};
    struct maker_signature wanted = {
        .type = SIGNATURE_SUBKEY_BINDING, .primary = &primary, .subkey = &subkey};
    make(&wanted);
    assert_true(signature_verify(&signature, &primary_key, &subject));
    assert_false(signature_verify(&signature, &other_key, &subject));
    subject.subkey = &other_key;
    assert_false(signature_verify(&signature, &primary_key, &subject));
    subject.subkey = NULL;
    assert_false(signature_verify(&signature, &primary_key, &subject));
    subject.subkey = &subkey_key;
    subject.primary = &other_key;
    assert_false(signature_verify(&signature, &primary_key, &subject));
}

static void each_type_hashes_what_it_is_about(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        bool subkey;
        bool user_id;
    } types[] = {
        {0x10, false, true},  {0x11, false, true},  {0x12, false, true}, {0x13, false, true},
        {0x30, false, true},  {0x18, true, false},  {0x19, true, false}, {0x28, true, false},
        {0x1F, false, false}, {0x20, false, false},
    };
    struct signature_subject everything = {
        .primary = &primary_key,
        .subkey = &subkey_key,
        .has_user_id = true,
        .user_id = {(const unsigned char *)"someone", 7},
    };
    const struct signature_subject nothing = {.primary = &primary_key};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct maker_signature wanted = {
            .type = types[i].type,
            .primary = &primary,
            .subkey = types[i].subkey ? &subkey : NULL,
            .user_id = types[i].user_id ? "someone" : NULL,
        };
        make(&wanted);
        assert_true(signature_verify(&signature, &primary_key, &everything));
        assert_int_equal(signature_verify(&signature, &primary_key, &nothing),
                         !types[i].subkey && !types[i].user_id);
        assert_int_equal(signature_is_certification(&signature),
                         types[i].type >= 0x10 && types[i].type <= 0x13);
    }
    /* a document's, a timestamp's */
    struct maker_signature wanted = {.type = 0, .primary = &primary};
    make(&wanted);
    assert_false(signature_verify(&signature, &primary_key, &everything));
    wanted.type = 0x40;
    make(&wanted);
    assert_false(signature_verify(&signature, &primary_key, &everything));
}

/* Whether body, with what the test changed, still verifies as a direct-key signature. */
static bool verifies(void)
{
    const struct signature_subject subject = {.primary = &primary_key};
    return parses(body.len) && signature_verify(&signature, &primary_key, &subject);
}

static void any_flipped_bit_breaks_it(void **state)
{
    (void)state;
    struct maker_signature wanted = {.type = SIGNATURE_DIRECT_KEY, .primary = &primary};
    put_number_subpacket(&wanted.hashed, 2, 4, MADE);
    make(&wanted);
    assert_true(verifies());
    size_t numbers = body.len - 2 * (2 + 32);
    for (size_t at = 0; at < body.len; at++) {
        /* the bit counts of numbers may say less than there is: seven bits are the same octets */
        if (at == numbers + 1 || at == numbers + 2 + 32 + 1)
            continue;
        for (unsigned bit = 0; bit < 8; bit++) {
            body.at[at] ^= (unsigned char)(1u << bit);
            assert_false(verifies());
            body.at[at] ^= (unsigned char)(1u << bit);
        }
    }
}

/* One half in 256 begins with a zero octet, which an MPI leaves out. */
static void short_halves_of_eddsa_are_padded(void **state)
{
    (void)state;
    struct maker_signature wanted = {.type = SIGNATURE_DIRECT_KEY, .primary = &primary};
    for (uint32_t created = 0; created < 20000; created++) {
        wanted.hashed.len = 0;
        put_number_subpacket(&wanted.hashed, 2, 4, created);
        make(&wanted);
        size_t first = body.len - 2 * (2 + 32) + 2;
        if (body.at[first] != 0)
            continue;
        memmove(body.at + first, body.at + first + 1, body.len - first - 1);
        body.at[first - 2] = 0;
        body.at[first - 1] = 248;
        body.len--;
        assert_true(verifies());
        return;
    }
    assert_true(false);
}

static void a_half_of_eddsa_that_is_too_long_is_wrong(void **state)
{
    (void)state;
    struct maker_signature wanted = {.type = SIGNATURE_DIRECT_KEY, .primary = &primary};
    make(&wanted);
    size_t first = body.len - 2 * (2 + 32) + 2;
    memmove(body.at + first + 1, body.at + first, body.len - first);
    body.at[first - 2] = 1;
    body.at[first - 1] = 8;
    body.at[first] = 1;
    body.len++;
    assert_false(verifies());
}

static void another_algorithm_or_hash_than_the_key_s_is_refused(void **state)
{
    (void)state;
    struct maker_signature wanted = {.type = SIGNATURE_DIRECT_KEY, .primary = &primary};
    make(&wanted);
    static const uint8_t algorithms[] = {1, 17, 19, 99};
    for (size_t i = 0; i < sizeof algorithms; i++) {
        body.at[2] = algorithms[i];
        assert_false(verifies());
    }
    body.at[2] = 22;
    body.at[3] = 99;
    assert_false(verifies());
    body.at[3] = 8;
    assert_true(verifies());
    /* a version 6 signature of a version 4 key */
    signature.version = 6;
    const struct signature_subject subject = {.primary = &primary_key};
    assert_false(signature_verify(&signature, &primary_key, &subject));
}

/* The index-th packet of a file of keys, whose bytes stay until the next. */
static struct bytes packet_of(const char *name, size_t index)
{
    static unsigned char file[16384];
    char path[256];
    uint8_t tag;
    struct bytes packet = {NULL, 0};
    snprintf(path, sizeof path, "tests/vectors/openpgp/keys/%s.pgp", name);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    struct bytes rest = {file, fread(file, 1, sizeof file, stream)};
    assert_int_equal(fclose(stream), 0);
    for (size_t i = 0; i <= index; i++)
        assert_true(packet_take(&rest, &tag, &packet, &err));
    return packet;
}

static void a_version_6_signature_by_openpgpjs_verifies_with_its_salt(void **state)
{
    (void)state;
    struct bytes key = packet_of("x25519-v6-openpgpjs", 0);
    assert_true(openpgp_key_parse(PACKET_SECRET_KEY, key, &primary_key, &err));
    struct bytes direct = packet_of("x25519-v6-openpgpjs", 1);
    put(&body, direct.at, direct.len);
    assert_true(verifies());
    assert_int_equal(signature.version, 6);
    assert_int_equal(signature.type, SIGNATURE_DIRECT_KEY);
    assert_true(signature.has_issuer);
    body.at[signature.salt.at - body.at] ^= 1;
    assert_false(verifies());
}

/* Section 5.2.4: a direct-key signature of a key of version 6, in version 6 or in version 4, which
 * no key of version 6 makes. */
static void make_by_version_6(uint8_t version, size_t salt_len)
{
    static const unsigned char salt[32];
    static struct buffer key;
    struct buffer head = {0}, hashed = {0};
    unsigned char hash[32];
    unsigned char made[crypto_sign_BYTES];
    key.len = 0;
    put(&key, "\6\0\0\0\0\x1B\0\0\0\x20", 10);
    put(&key, primary.body.at + primary.body.len - 32, 32);
    assert_true(
        openpgp_key_parse(PACKET_PUBLIC_KEY, (struct bytes){key.at, key.len}, &primary_key, &err));
    put_number(&head, 1, version);
    put(&head, "\x1F\x1B\x08", 3);
    put_number(&head, version == 6 ? 4 : 2, 0);
    put(&hashed, salt, salt_len);
    put_number(&hashed, 1, 0x9B);
    put_number(&hashed, 4, (uint32_t)key.len);
    put(&hashed, key.at, key.len);
    put(&hashed, head.at, head.len);
    put_number(&hashed, 1, version);
    put_number(&hashed, 1, 0xFF);
    put_number(&hashed, 4, (uint32_t)head.len);
    gcry_md_hash_buffer(GCRY_MD_SHA256, hash, hashed.at, hashed.len);
    crypto_sign_detached(made, NULL, hash, sizeof hash, primary.secret);
    body.len = 0;
    put(&body, head.at, head.len);
    put_number(&body, version == 6 ? 4 : 2, 0);
    put(&body, hash, 2);
    if (version == 6)
        put_number(&body, 1, (uint32_t)salt_len);
    put(&body, salt, salt_len);
    put(&body, made, sizeof made);
}

static void keys_of_version_6_sign_in_version_6_with_the_salt_that_the_hash_wants(void **state)
{
    (void)state;
    make_by_version_6(6, 16);
    assert_true(verifies());
    static const size_t other_lens[] = {0, 15, 17, 32};
    for (size_t i = 0; i < sizeof other_lens / sizeof other_lens[0]; i++) {
        make_by_version_6(6, other_lens[i]);
        assert_false(verifies());
    }
    make_by_version_6(4, 0);
    assert_true(parses(body.len));
    assert_false(verifies());
}

/* RFC 9580 section 5.2.4: over the user ID as it is and five octets of the signature. */
static void version_3_signatures_are_read(void **state)
{
    (void)state;
    struct buffer hashed = {0};
    unsigned char hash[32];
    unsigned char made[crypto_sign_BYTES];
    put_number(&hashed, 1, 0x99);
    put_number(&hashed, 2, (uint32_t)primary.body.len);
    put(&hashed, primary.body.at, primary.body.len);
    put(&hashed, "someone", 7);
    put_number(&hashed, 1, SIGNATURE_GENERIC_CERTIFICATION);
    put_number(&hashed, 4, MADE);
    gcry_md_hash_buffer(GCRY_MD_SHA256, hash, hashed.at, hashed.len);
    crypto_sign_detached(made, NULL, hash, sizeof hash, primary.secret);
    put(&body, "\3\5\x10", 3);
    put_number(&body, 4, MADE);
    put(&body, "issuer  \x16\x08", 10);
    put(&body, hash, 2);
    for (size_t half = 0; half < 2; half++) {
        put_number(&body, 2, 256);
        put(&body, made + 32 * half, 32);
    }
    assert_true(parses(body.len));
    assert_int_equal(signature.version, 3);
    assert_true(signature.has_created && signature.created == MADE);
    assert_memory_equal(signature.issuer, "issuer  ", 8);
    const struct signature_subject subject = {
        .primary = &primary_key,
        .has_user_id = true,
        .user_id = {(const unsigned char *)"someone", 7},
    };
    assert_true(signature_verify(&signature, &primary_key, &subject));
    body.at[1] = 6;
    assert_false(parses(body.len));
    body.at[1] = 5;
    for (size_t len = 0; len < body.len; len++)
        assert_false(parses(len));
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
        TEST(what_the_hashed_area_says_is_read),
        TEST(of_the_unhashed_area_only_what_proves_itself_is_read),
        TEST(a_critical_subpacket_that_is_not_understood_voids_the_signature),
        TEST(the_hashed_area_has_the_last_word),
        TEST(issuers_are_told_by_fingerprints_too),
        TEST(subpackets_have_lengths_of_one_two_and_five_octets),
        TEST(subpackets_of_impossible_lengths_are_malformed),
        TEST(long_preferences_are_cut),
        TEST(a_signature_that_is_cut_anywhere_or_goes_on_is_malformed),
        TEST(other_versions_are_unsupported),
        TEST(a_signature_holds_for_what_it_was_made_over_alone),
        TEST(each_type_hashes_what_it_is_about),
        TEST(any_flipped_bit_breaks_it),
        TEST(short_halves_of_eddsa_are_padded),
        TEST(a_half_of_eddsa_that_is_too_long_is_wrong),
        TEST(another_algorithm_or_hash_than_the_key_s_is_refused),
        TEST(a_version_6_signature_by_openpgpjs_verifies_with_its_salt),
        TEST(keys_of_version_6_sign_in_version_6_with_the_salt_that_the_hash_wants),
        TEST(version_3_signatures_are_read),
    };
    return cmocka_run_group_tests_name("signature", tests, begin_library, NULL);
}
