/*
 * The octets of a message: all of them, in reads of every size, from binary and armored sources; and
 * that the end is told only when it is the true one.
 */
#define _GNU_SOURCE
#include "formats/openpgp/octets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "../../io/folder.h"

#define BEGIN "-----BEGIN PGP MESSAGE-----\n\n"
#define END "-----END PGP MESSAGE-----\n"

static const struct source_policy policy = {.absent_file = true};
static struct source *source;
static unsigned char message[BIG]; /* as pattern, but with a first octet that begins a packet */
static unsigned char got_octets[BIG + 1];

static int setup(void **state)
{
    memcpy(message, pattern(), BIG);
    message[0] |= 0x80;
    return folder_setup(state);
}

static int teardown(void **state)
{
    source_free(source);
    source = NULL;
    return folder_teardown(state);
}

static void write_file(const void *bytes, size_t len, const char *mode)
{
    FILE *file = fopen(in_folder("message"), mode);
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const char *text)
{
    write_file(text, strlen(text), "w");
}

static void write_armored(size_t len, const char *line_end)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    FILE *file = fopen(in_folder("message"), "w");
    assert_non_null(file);
    fputs(BEGIN, file);
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned bits = (unsigned)message[i] << 16 | (left > 1 ? message[i + 1] : 0U) << 8 |
                        (left > 2 ? message[i + 2] : 0U);
        putc(digits[bits >> 18], file);
        putc(digits[bits >> 12 & 63], file);
        putc(left > 1 ? digits[bits >> 6 & 63] : '=', file);
        putc(left > 2 ? digits[bits & 63] : '=', file);
        if (i % 48 == 45 || left <= 3)
            fputs(line_end, file);
    }
    fputs("=AAAA\n" END, file);
    assert_int_equal(fclose(file), 0);
}

/* The octets of the file that was written last. */
static struct octets *open_octets(void)
{
    source_free(source);
    error_clear(&err);
    source = source_new_file(in_folder("message"), &policy, &err);
    assert_non_null(source);
    return octets_new(source, &err);
}

/* Reads all in reads of step: it must be the first len octets of message. */
static void assert_reads(struct octets *octets, size_t len, size_t step)
{
    size_t total = 0;
    size_t got;
    assert_non_null(octets);
    do {
        size_t want = step < sizeof got_octets - total ? step : sizeof got_octets - total;
        if (!octets_read(octets, got_octets + total, want, &got, &err))
            fail_msg("%s", err.text);
        total += got;
        assert_true(got == want || total == len);
        assert_int_equal(octets_offset(octets), total);
    } while (got == step);
    assert_int_equal(total, len);
    assert_memory_equal(got_octets, message, len);
    octets_free(octets);
}

static void assert_not_opened(enum error_kind kind, const char *reason)
{
    assert_null(open_octets());
    assert_failed(kind, reason);
    assert_failed(kind, "/message: ");
}

/* The octets fail before their end; *got counts for nothing then. */
static void assert_fails(enum error_kind kind, const char *reason)
{
    struct octets *octets = open_octets();
    size_t got = 1;
    assert_non_null(octets);
    assert_false(octets_read(octets, got_octets, sizeof got_octets, &got, &err));
    assert_int_equal(got, 0);
    assert_failed(kind, reason);
    assert_failed(kind, "/message: ");
    octets_free(octets);
}

static const size_t lens[] = {1, 2, 3, 47, 48, 65536, 131072, 262145, BIG};
static const size_t steps[] = {1, 7, 8192, 32767, 32768, 65536, 1 << 20, BIG, BIG + 1};

static void binary_octets_are_read_as_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
        for (size_t j = lens[i] == BIG ? 2 : 0; j < sizeof steps / sizeof steps[0]; j++) {
            write_file(message, lens[i], "w");
            assert_reads(open_octets(), lens[i], steps[j]);
        }
}

static void armored_octets_are_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        write_armored(lens[i], i % 2 == 0 ? "\n" : " \r\n");
        for (size_t j = lens[i] == BIG ? 2 : 0; j < sizeof steps / sizeof steps[0]; j++)
            assert_reads(open_octets(), lens[i], steps[j]);
    }
}

static void an_empty_source_is_an_empty_message(void **state)
{
    (void)state;
    write_text("");
    assert_reads(open_octets(), 0, 10);
    write_text(BEGIN END);
    assert_reads(open_octets(), 0, 10);
}

static void after_the_end_there_are_zero_octets_again(void **state)
{
    (void)state;
    write_armored(5, "\n");
    struct octets *octets = open_octets();
    for (size_t i = 0; i < 3; i++) {
        size_t got;
        struct bytes peeked;
        assert_true(octets_read(octets, got_octets, 10, &got, &err));
        assert_int_equal(got, i == 0 ? 5 : 0);
        assert_true(octets_peek(octets, 10, &peeked, &err));
        assert_int_equal(peeked.len, 0);
    }
    octets_free(octets);
}

static void assert_mixed_reads(struct octets *octets)
{
    size_t at = 0;
    assert_non_null(octets);
    for (size_t round = 0; at < BIG; round++) {
        size_t want = round * 2654435761U % (OCTETS_PEEK_MAX + 2);
        size_t capped = want < OCTETS_PEEK_MAX ? want : OCTETS_PEEK_MAX;
        struct bytes peeked;
        size_t got;
        assert_true(octets_peek(octets, want, &peeked, &err));
        assert_int_equal(peeked.len, capped < BIG - at ? capped : BIG - at);
        assert_memory_equal(peeked.at, message + at, peeked.len);
        assert_int_equal(octets_offset(octets), at);
        want = round % 5 == 0 ? 100000 : round * 40503U % 9000;
        assert_true(octets_read(octets, got_octets, want, &got, &err));
        assert_int_equal(got, want < BIG - at ? want : BIG - at);
        assert_memory_equal(got_octets, message + at, got);
        at += got;
    }
    octets_free(octets);
}

static void peeking_between_reads_shows_what_comes_next(void **state)
{
    (void)state;
    write_file(message, BIG, "w");
    assert_mixed_reads(open_octets());
    write_armored(BIG, "\n");
    assert_mixed_reads(open_octets());
}

static void no_further_than_the_maximum_can_be_peeked(void **state)
{
    (void)state;
    write_file(message, BIG, "w");
    struct octets *octets = open_octets();
    struct bytes peeked;
    assert_true(octets_peek(octets, BIG, &peeked, &err));
    assert_int_equal(peeked.len, OCTETS_PEEK_MAX);
    assert_memory_equal(peeked.at, message, OCTETS_PEEK_MAX);
    octets_free(octets);
}

static void a_pipe_that_brings_little_at_a_time_is_read_whole(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t writer = fork();
    if (writer == 0) {
        close(ends[0]);
        const char text[] = "Dear all\n" BEGIN "/2Vs\nbG8=\n" END;
        for (size_t i = 0; i < sizeof text - 1; i++) {
            if (write(ends[1], text + i, 1) != 1)
                _exit(1);
            sleep_ms(1);
        }
        _exit(0);
    }
    close(ends[1]);
    dup2(ends[0], 0);
    close(ends[0]);
    source = source_new_stdin(&policy, &err);
    struct octets *octets = octets_new(source, &err);
    assert_non_null(octets);
    assert_string_equal(octets_name(octets), "standard input");
    size_t got;
    assert_true(octets_read(octets, got_octets, 100, &got, &err));
    assert_int_equal(got, 5);
    assert_memory_equal(got_octets,
                        "\xFF"
                        "ello",
                        5);
    octets_free(octets);
    assert_child_good(writer);
}

static void what_the_source_fails_with_is_told(void **state)
{
    (void)state;
    write_file(message, 1000, "w");
    struct octets *octets = open_octets();
    assert_non_null(octets);
    write_file("more", 4, "a");
    size_t got = 1;
    assert_false(octets_read(octets, got_octets, 2000, &got, &err));
    assert_int_equal(got, 0);
    assert_failed(ERROR_IO, "changed size");
    octets_free(octets);
}

static void what_is_not_openpgp_is_told_by_its_first_bytes(void **state)
{
    (void)state;
    write_text("this is only text\n");
    assert_not_opened(ERROR_UNSUPPORTED, "is no OpenPGP message");
    write_file("\0", 1, "w");
    assert_not_opened(ERROR_UNSUPPORTED, "is no OpenPGP message");
    write_text("age-encryption.org/v1\n");
    assert_not_opened(ERROR_UNSUPPORTED, "is an age file, not an OpenPGP message");
}

static void armor_that_holds_no_message_is_told_by_kind(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"PUBLIC KEY BLOCK", "is a public key, not an encrypted message"},
        {"PRIVATE KEY BLOCK", "is a secret key, not an encrypted message"},
        {"SIGNATURE", "is a signature, not an encrypted message"},
        {"SIGNED MESSAGE", "is text that is signed in the clear"},
        {"ARMORED FILE", "is armored, but not as an encrypted message"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "-----BEGIN PGP %s-----\n\naGVsbG8=\n-----END PGP %s-----\n",
                 cases[i][0], cases[i][0]);
        write_text(text);
        assert_not_opened(ERROR_UNSUPPORTED, cases[i][1]);
    }
}

static void write_armor_at(size_t offset)
{
    static char text[2 * OCTETS_PEEK_MAX];
    memset(text, '\n', offset);
    strcpy(text + offset, BEGIN END);
    write_text(text);
}

static void long_text_signed_in_the_clear_is_told(void **state)
{
    (void)state;
    static char text[2 * OCTETS_PEEK_MAX];
    memset(text, 'x', sizeof text - 1);
    memcpy(text, "-----BEGIN PGP SIGNED MESSAGE-----\n\n", 36);
    write_text(text);
    assert_not_opened(ERROR_UNSUPPORTED, "is text that is signed in the clear");
}

static void the_armor_may_begin_late_but_not_too_late(void **state)
{
    (void)state;
    const size_t latest = OCTETS_PEEK_MAX - strlen(BEGIN);
    write_armor_at(latest);
    assert_reads(open_octets(), 0, 10);
    write_armor_at(latest + 1);
    assert_not_opened(ERROR_DAMAGED, "damaged: its armor's head is longer than 32 KiB");
    write_armor_at(OCTETS_PEEK_MAX);
    assert_not_opened(ERROR_UNSUPPORTED, "is no OpenPGP message");
}

static void a_byte_order_mark_before_the_armor_is_passed_over(void **state)
{
    (void)state;
    write_text("\xEF\xBB\xBF" BEGIN END);
    assert_reads(open_octets(), 0, 10);
}

static void a_head_that_is_cut_off_is_truncated(void **state)
{
    (void)state;
    write_text("-----BEGIN PGP MESS");
    assert_not_opened(ERROR_TRUNCATED, "truncated: ends inside the head of its armor");
}

static void armor_without_its_end_line_is_truncated(void **state)
{
    (void)state;
    write_text(BEGIN "/2VsbG8=\n-----END PGP MESSAGE----");
    assert_fails(ERROR_TRUNCATED, "truncated: ends without the end line of its armor");
    write_text(BEGIN "/2Vs");
    assert_fails(ERROR_TRUNCATED, "truncated: ends without the end line of its armor");
}

static void what_stands_before_the_cut_can_be_read(void **state)
{
    (void)state;
    write_text(BEGIN "/2VsbG8=\n");
    struct octets *octets = open_octets();
    struct bytes peeked;
    size_t got;
    assert_true(octets_peek(octets, 5, &peeked, &err));
    assert_int_equal(peeked.len, 5);
    assert_true(octets_read(octets, got_octets, 5, &got, &err));
    assert_int_equal(got, 5);
    assert_false(octets_peek(octets, 1, &peeked, &err));
    assert_failed(ERROR_TRUNCATED, "truncated: ");
    octets_free(octets);
}

static void a_character_that_does_not_belong_is_damage(void **state)
{
    (void)state;
    write_text(BEGIN "/2V!bG8=\n" END);
    assert_fails(ERROR_DAMAGED, "damaged: has a character in its armor");
}

static void only_white_space_may_follow_the_armor(void **state)
{
    (void)state;
    static char text[300000];
    strcpy(text, BEGIN END);
    memset(text + strlen(text), ' ', 200000);
    text[100000] = '\n';
    write_text(text);
    assert_reads(open_octets(), 0, 10);
    strcat(text, ".");
    write_text(text);
    assert_fails(ERROR_DAMAGED, "damaged: has something behind its armor's end line");
    write_text(BEGIN END BEGIN END);
    assert_fails(ERROR_DAMAGED, "damaged: has something behind its armor's end line");
}

int main(void)
{
#define OCTETS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        OCTETS_TEST(binary_octets_are_read_as_they_are),
        OCTETS_TEST(armored_octets_are_decoded),
        OCTETS_TEST(an_empty_source_is_an_empty_message),
        OCTETS_TEST(after_the_end_there_are_zero_octets_again),
        OCTETS_TEST(peeking_between_reads_shows_what_comes_next),
        OCTETS_TEST(no_further_than_the_maximum_can_be_peeked),
        OCTETS_TEST(a_pipe_that_brings_little_at_a_time_is_read_whole),
        OCTETS_TEST(what_the_source_fails_with_is_told),
        OCTETS_TEST(what_is_not_openpgp_is_told_by_its_first_bytes),
        OCTETS_TEST(armor_that_holds_no_message_is_told_by_kind),
        OCTETS_TEST(long_text_signed_in_the_clear_is_told),
        OCTETS_TEST(the_armor_may_begin_late_but_not_too_late),
        OCTETS_TEST(a_byte_order_mark_before_the_armor_is_passed_over),
        OCTETS_TEST(a_head_that_is_cut_off_is_truncated),
        OCTETS_TEST(armor_without_its_end_line_is_truncated),
        OCTETS_TEST(what_stands_before_the_cut_can_be_read),
        OCTETS_TEST(a_character_that_does_not_belong_is_damage),
        OCTETS_TEST(only_white_space_may_follow_the_armor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
