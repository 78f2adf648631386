#include "io/sink.h"
#include "io/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

static void what_is_written_stands_in_memory(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    struct sink *sink = sink_new_memory(10, &err);
    assert_non_null(sink);
    assert_int_equal(sink_memory(sink).len, 0);
    assert_true(sink_write(sink, "", 0, &err));
    assert_true(sink_write(sink, "hello", 5, &err));
    assert_true(sink_write(sink, "world", 5, &err));
    assert_true(sink_finish(sink, &err));
    assert_true(bytes_equal(sink_memory(sink), "helloworld", 10));
    assert_int_equal(sink_bytes(sink), 10);
    sink_free(sink);
}

static void more_than_there_is_room_for_is_refused(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    struct sink *sink = sink_new_memory(10, &err);
    assert_true(sink_write(sink, "hello", 5, &err));
    assert_false(sink_write(sink, "worlds", 6, &err));
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.text, "memory: has no room for more than 10 bytes");
    assert_true(bytes_equal(sink_memory(sink), "hello", 5));
    sink_free(sink);
}

static void bytes_in_memory_are_read_to_their_end(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    const unsigned char bytes[] = "0123456789";
    unsigned char got_bytes[16];
    const unsigned char *peeked;
    size_t got;
    struct source *source = source_new_memory("ten digits", (struct bytes){bytes, 10}, &err);
    assert_non_null(source);
    assert_string_equal(source_name(source), "ten digits");
    assert_false(source_can_rewind(source));
    assert_true(source_peek(source, 4, &peeked, &got, &err));
    assert_int_equal(got, 4);
    assert_memory_equal(peeked, "0123", 4);
    assert_true(source_read(source, got_bytes, 7, &got, &err));
    assert_int_equal(got, 7);
    assert_memory_equal(got_bytes, "0123456", 7);
    assert_true(source_read(source, got_bytes, sizeof got_bytes, &got, &err));
    assert_int_equal(got, 3);
    assert_memory_equal(got_bytes, "789", 3);
    assert_true(source_read(source, got_bytes, sizeof got_bytes, &got, &err));
    assert_int_equal(got, 0);
    assert_int_equal(source_bytes(source), 10);
    source_free(source);
}

static void no_bytes_at_all_are_an_empty_source(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    unsigned char byte;
    size_t got;
    struct source *source =
        source_new_memory("nothing", (struct bytes){(const unsigned char *)"", 0}, &err);
    assert_true(source_read(source, &byte, 1, &got, &err));
    assert_int_equal(got, 0);
    source_free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_stands_in_memory),
        cmocka_unit_test(more_than_there_is_room_for_is_refused),
        cmocka_unit_test(bytes_in_memory_are_read_to_their_end),
        cmocka_unit_test(no_bytes_at_all_are_an_empty_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
