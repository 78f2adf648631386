/* What was read once, held against a second reading. */
#define _GNU_SOURCE
#include "io/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"

enum { MEBIBYTE = 1 << 20, LEN = 3 * MEBIBYTE + 5 };

static unsigned char bytes[LEN + 1];
static struct proof *proof;

static void record(size_t len, size_t piece)
{
    struct sink *sink = sink_new_record(proof, &err);
    assert_non_null(sink);
    for (size_t at = 0; at < len; at += piece)
        assert_true(sink_write(sink, bytes + at, len - at < piece ? len - at : piece, &err));
    assert_true(sink_finish(sink, &err));
    sink_free(sink);
}

static uint64_t out_len;

static bool prove(size_t len, size_t piece)
{
    struct sink *inner = sink_new_count(&err);
    struct sink *sink = sink_new_proven(inner, proof, &err);
    assert_non_null(sink);
    bool good = true;
    for (size_t at = 0; good && at < len; at += piece)
        good = sink_write(sink, bytes + at, len - at < piece ? len - at : piece, &err);
    good = good && sink_finish(sink, &err);
    out_len = sink_bytes(inner);
    sink_free(sink);
    return good;
}

static void the_same_passes_whatever_the_pieces(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, LEN};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        proof_free(proof);
        proof = proof_new();
        record(lengths[i], 70000);
        assert_true(prove(lengths[i], 333333));
        assert_int_equal(out_len, lengths[i]);
    }
}

static void a_changed_byte_stops_before_its_mebibyte(void **state)
{
    (void)state;
    record(LEN, LEN);
    bytes[2 * MEBIBYTE + 7] ^= 1;
    assert_false(prove(LEN, 70000));
    assert_int_equal(out_len, 2 * MEBIBYTE);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.text, "has changed since it was verified"));
}

static void another_length_is_a_change(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, MEBIBYTE, LEN - 1, LEN + 1};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        proof_free(proof);
        proof = proof_new();
        error_clear(&err);
        record(LEN, LEN);
        assert_false(prove(lengths[i], 70000));
        assert_int_equal(err.kind, ERROR_IO);
    }
}

static int setup(void **state)
{
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + i / 251);
    proof = proof_new();
    return proof != NULL ? folder_setup(state) : -1;
}

static int teardown(void **state)
{
    proof_free(proof);
    return folder_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_passes_whatever_the_pieces),
        TEST(a_changed_byte_stops_before_its_mebibyte),
        TEST(another_length_is_a_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
