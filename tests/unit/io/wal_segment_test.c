/* What makes bytes the WAL segment that a name says. */
#define _GNU_SOURCE
#include "io/wal_segment.h"

#include "io/sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"

enum { SEGMENT_SIZE = 1 << 20 };

#define NAME "0000000200000003000000A1"

static const uint64_t system_id = 7300000000000000001;

static struct wal_segment wal;
static uint64_t size;
static unsigned char bytes[SEGMENT_SIZE];

static void put_field(size_t at, uint64_t value, size_t len, bool big_endian)
{
    for (size_t i = 0; i < len; i++)
        bytes[at + (big_endian ? len - 1 - i : i)] = (unsigned char)(value >> (8 * i));
}

/* The header of the segment NAME, as PostgreSQL 15 writes it. */
static void make_segment(bool big_endian)
{
    memset(bytes, 0x5A, sizeof bytes);
    put_field(0, 0xD110, 2, big_endian);
    put_field(2, 2, 2, big_endian);
    put_field(4, 1, 4, big_endian); /* the parent's timeline */
    put_field(8, (UINT64_C(3) << 32) + 0xA1 * (uint64_t)SEGMENT_SIZE, 8, big_endian);
    put_field(24, system_id, 8, big_endian);
    put_field(32, SEGMENT_SIZE, 4, big_endian);
    put_field(36, 8192, 4, big_endian);
}

static bool check(const uint64_t *id)
{
    error_clear(&err);
    return wal_segment_check(&wal, id, bytes, WAL_HEADER_LEN, &size, &err);
}

static void assert_refused(const uint64_t *id, const char *text)
{
    assert_false(check(id));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    if (strstr(err.text, text) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static void names_of_segments_are_told_from_others(void **state)
{
    (void)state;
    assert_true(wal_segment_parse("/archive/" NAME, &wal));
    assert_int_equal(wal.log, 3);
    assert_int_equal(wal.segment, 0xA1);
    assert_true(wal_segment_parse(NAME ".partial", &wal));
    static const char *const others[] = {"",
                                         "00000002.history",
                                         NAME ".00000028.backup",
                                         NAME ".lz4",
                                         NAME "0",
                                         "0000000200000003000000a1",
                                         "000000020000000300000G",
                                         "RECOVERYXLOG",
                                         "0000000200000003000000A1/x"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(wal_segment_parse(others[i], &wal));
}

static void the_segment_that_the_name_says_passes_in_either_byte_order(void **state)
{
    (void)state;
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        make_segment(big_endian != 0);
        size = 0;
        assert_true(check(NULL));
        assert_int_equal(size, SEGMENT_SIZE);
        assert_true(check(&system_id));
    }
}

static void another_segment_is_told_with_both_addresses(void **state)
{
    (void)state;
    put_field(8, (UINT64_C(3) << 32) + 0xA0 * (uint64_t)SEGMENT_SIZE, 8, false);
    assert_refused(NULL, "is another WAL segment: it begins at 3/A000000, the name says 3/A100000");
}

static void a_later_timeline_is_told_and_a_parents_passes(void **state)
{
    (void)state;
    put_field(4, 2, 4, false);
    assert_true(check(NULL));
    put_field(4, 3, 4, false);
    assert_refused(NULL, "is of another timeline: it begins on 3, the name says 2");
}

static void another_cluster_is_told_where_its_identifier_is_given(void **state)
{
    (void)state;
    const uint64_t other = 1;
    assert_true(check(NULL));
    assert_refused(&other, "is of another cluster: its system identifier is 7300000000000000001");
}

static void what_is_no_segment_is_refused(void **state)
{
    (void)state;
    put_field(0, 0x1234, 2, false);
    assert_refused(NULL, "doesn't begin as a WAL segment does");
    make_segment(false);
    put_field(2, 0, 2, false);
    assert_refused(NULL, "but not as a segment");
    static const uint32_t sizes[] = {0, 1 << 19, (1 << 20) + 1, 3u << 20, 1u << 31};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put_field(32, sizes[i], 4, false);
        make_segment(false);
        put_field(32, sizes[i], 4, false);
        assert_refused(NULL, "which can't be");
    }
    error_clear(&err);
    assert_false(wal_segment_check(&wal, NULL, bytes, WAL_HEADER_LEN - 1, &size, &err));
    assert_non_null(strstr(err.text, "has 39 bytes"));
}

static void a_segment_number_beyond_the_log_file_is_refused(void **state)
{
    (void)state;
    put_field(32, 1 << 30, 4, false);
    assert_true(wal_segment_parse("000000020000000300000004", &wal));
    put_field(8, UINT64_C(4) << 32, 8, false);
    assert_refused(NULL, "is another WAL segment");
}

/* ---- in front of a sink ---- */

/* Writes len bytes of the segment in pieces through the check into "out". */
static bool write_through(size_t len, size_t piece)
{
    error_clear(&err);
    struct sink *out = sink_new_file(in_folder("out"), false, NULL, &err);
    struct sink *sink = sink_new_wal(out, &wal, &system_id, &err);
    assert_true(out != NULL && sink != NULL);
    bool good = true;
    for (size_t at = 0; good && at < len; at += piece)
        good = sink_write(sink, bytes + at, len - at < piece ? len - at : piece, &err);
    good = good && sink_finish(sink, &err);
    if (!good)
        sink_abandon(sink, &err);
    sink_free(sink);
    return good;
}

static void the_right_segment_passes_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const size_t pieces[] = {1 << 20, 8192, 41, 40, 39};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        static unsigned char read_back[SEGMENT_SIZE + 1];
        assert_true(write_through(SEGMENT_SIZE, pieces[i]));
        FILE *file = fopen(in_folder("out"), "rb");
        assert_non_null(file);
        assert_int_equal(fread(read_back, 1, sizeof read_back, file), SEGMENT_SIZE);
        fclose(file);
        assert_memory_equal(read_back, bytes, SEGMENT_SIZE);
    }
}

static void a_wrong_length_leaves_nothing(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 39, 40, SEGMENT_SIZE - 1};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_false(write_through(lengths[i], 4096));
        assert_int_equal(err.kind, ERROR_DAMAGED);
        assert_int_equal(access(in_folder("out"), F_OK), -1);
    }
    assert_non_null(strstr(err.text, "has 1048575 bytes, and a WAL segment here has 1048576"));
}

static void another_segment_leaves_nothing(void **state)
{
    (void)state;
    put_field(8, 0, 8, false);
    assert_false(write_through(SEGMENT_SIZE, 4096));
    assert_non_null(strstr(err.text, "what was decrypted is another WAL segment"));
    assert_int_equal(access(in_folder("out"), F_OK), -1);
}

static int setup(void **state)
{
    make_segment(false);
    assert_true(wal_segment_parse(NAME, &wal));
    return folder_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_of_segments_are_told_from_others),
        TEST(the_segment_that_the_name_says_passes_in_either_byte_order),
        TEST(another_segment_is_told_with_both_addresses),
        TEST(a_later_timeline_is_told_and_a_parents_passes),
        TEST(another_cluster_is_told_where_its_identifier_is_given),
        TEST(what_is_no_segment_is_refused),
        TEST(a_segment_number_beyond_the_log_file_is_refused),
        TEST(the_right_segment_passes_in_pieces_of_any_size),
        TEST(a_wrong_length_leaves_nothing),
        TEST(another_segment_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
