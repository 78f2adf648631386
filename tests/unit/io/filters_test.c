/*
 * Filters as a source and as a sink: nothing is finished before all of the commands have succeeded.
 */
#define _GNU_SOURCE
#include "io/sink.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

static const struct source_policy policy = {.absent_file = false};
static struct children *children;
static atomic_bool started;

static int teardown(void **state)
{
    children_free(children);
    children = NULL;
    return folder_teardown(state);
}

static void start(const struct child_spec *specs, size_t count)
{
    error_clear(&err);
    children_free(children);
    children = children_start(specs, count, &err);
    assert_non_null(children);
    atomic_store(&started, true);
}

/* Writes len bytes of pattern to sink and ends it, one way or the other. */
static bool write_and_end(struct sink *sink, size_t len)
{
    bool good = true;
    for (size_t done = 0; good && done < len;) {
        size_t piece = len - done < 700001 ? len - done : 700001;
        good = sink_write(sink, pattern() + done, piece, &err);
        done += piece;
    }
    good = good && sink_finish(sink, &err);
    if (!good)
        sink_abandon(sink, &err);
    assert_true(!good || sink_bytes(sink) == len);
    sink_free(sink);
    return good;
}

/* Commands that write to $D/file by themselves. */

static bool to_file(const char *first, const char *second, size_t len)
{
    error_clear(&err);
    struct sink *inner = sink_new_file(in_folder("file"), false, NULL, &err);
    assert_non_null(inner);
    int fd = sink_output_fd(inner);
    const struct child_spec specs[] = {
        {.role = CHILD_TO, .command = first},
        {.role = CHILD_TO, .command = second, .piped = true, .output = &fd, .kept = true},
    };
    start(specs, 2);
    struct sink *sink = sink_new_filters(children, 0, inner, &err);
    assert_non_null(sink);
    return write_and_end(sink, len);
}

static void a_file_is_what_the_last_command_wrote(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 6, BIG};
    for (size_t i = 0; i < 3; i++) {
        assert_true(to_file("cat", "cat; sleep 0.05", lens[i]));
        assert_true(is_pattern("file", lens[i]));
        unlink(in_folder("file"));
    }
}

static void a_file_does_not_appear_when_a_command_fails(void **state)
{
    (void)state;
    static const char *const failing[] = {"cat; exit 3", "cat; kill -9 $$", "head -c 5", "exit 9"};
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++)
        for (int place = 0; place < 2; place++) {
            assert_false(
                to_file(place == 0 ? failing[i] : "cat", place == 1 ? failing[i] : "cat", BIG));
            char name[64];
            snprintf(name, sizeof name, "command \"%s\"", failing[i]);
            assert_failed(ERROR_IO, name);
            assert_false(is_there("file"));
        }
}

static void a_file_does_not_change_after_it_has_its_name(void **state)
{
    (void)state;
    assert_true(to_file("cat", "cat; (sleep 0.2; echo late) & exit 0", 6));
    sleep_ms(300);
    assert_true(is_pattern("file", 6));
}

/* Commands that return what they write. */

static bool through(const char *first, const char *second, struct sink *inner, size_t len)
{
    const struct child_spec specs[] = {
        {.role = CHILD_TO, .command = first, .returns = second == NULL},
        {.role = CHILD_TO, .command = second, .piped = true, .returns = true},
    };
    assert_non_null(inner);
    start(specs, second != NULL ? 2 : 1);
    struct sink *sink = sink_new_through(children, 0, inner, &err);
    assert_non_null(sink);
    return write_and_end(sink, len);
}

static bool through_to_file(const char *first, const char *second, size_t len)
{
    return through(first, second, sink_new_file(in_folder("file"), false, NULL, &err), len);
}

static void what_commands_return_is_handed_on(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 6, BIG};
    for (size_t i = 0; i < 3; i++) {
        assert_true(through_to_file("cat", NULL, lens[i]));
        assert_true(is_pattern("file", lens[i]));
        assert_true(through_to_file("sleep 0.1; cat", "cat; sleep 0.1", lens[i]));
        assert_true(is_pattern("file", lens[i]));
    }
}

static void commands_may_hold_everything_back_or_write_much_more(void **state)
{
    (void)state;
    assert_true(through_to_file("cat >$D/held; sleep 0.1; cat $D/held", "cat", BIG));
    assert_true(is_pattern("file", BIG));
    struct sink *count = sink_new_count(&err);
    assert_true(through("head -c 20000000 /dev/zero; cat", NULL, count, BIG));
}

static void what_fails_is_not_finished(void **state)
{
    (void)state;
    static const char *const failing[] = {"cat; exit 3", "cat; kill -9 $$", "head -c 5", "exit 9",
                                          "exec <&-; sleep 0.05"};
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++)
        for (int place = 0; place < 2; place++) {
            error_clear(&err);
            assert_false(through_to_file(place == 0 ? failing[i] : "cat",
                                         place == 1 ? failing[i] : "cat", BIG));
            char name[64];
            snprintf(name, sizeof name, "command \"%s\"", failing[i]);
            assert_failed(ERROR_IO, name);
            assert_false(is_there("file"));
        }
}

static void what_the_inner_sink_fails_with_is_told(void **state)
{
    (void)state;
    put("plain", BIG);
    static const char *const commands[] = {"cat", "tr a b", "cat; echo more",
                                           "head -c 100; cat >$D/rest"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        error_clear(&err);
        struct source *plain = source_new_file(in_folder("plain"), &policy, &err);
        bool good = through(commands[i], NULL, sink_new_compare(plain, &err), BIG);
        assert_int_equal(good, i == 0);
        if (i > 0)
            assert_failed(ERROR_DIFFERS, "plain: differs");
        source_free(plain);
    }
}

static void *wake_soon(void *unused)
{
    while (!atomic_load(&started))
        sleep_ms(1);
    sleep_ms(100);
    wait_wake();
    return unused;
}

static void a_wait_for_commands_can_be_called_off(void **state)
{
    (void)state;
    static const char *const hanging[] = {"sleep 60", "cat >/dev/null; sleep 60"};
    for (size_t i = 0; i < 2; i++) {
        pthread_t thread;
        error_clear(&err);
        atomic_store(&started, false);
        pthread_create(&thread, NULL, wake_soon, NULL);
        assert_false(through(hanging[i], NULL, sink_new_count(&err), BIG));
        assert_int_equal(err.kind, ERROR_INTERRUPTED);
        pthread_join(thread, NULL);
        wait_end();
        assert_true(wait_begin(&err));
    }
}

/* Commands that read $D/plain by themselves. */

static bool from_file(const char *first, const char *second, size_t *len)
{
    error_clear(&err);
    struct source *input = source_new_file(in_folder("plain"), &policy, &err);
    assert_non_null(input);
    int fd = source_input_fd(input);
    const struct child_spec specs[] = {
        {.role = CHILD_FROM, .command = first, .input = &fd},
        {.role = CHILD_FROM, .command = second, .piped = true},
    };
    start(specs, 2);
    struct source *source = source_new_filters(children, 0, input, &policy, &err);
    assert_non_null(source);
    static unsigned char bytes[BIG + 1];
    bool good = source_read(source, bytes, sizeof bytes, len, &err);
    assert_true(!good || memcmp(bytes, pattern(), *len) == 0);
    source_free(source);
    return good;
}

static void what_commands_make_of_a_file_is_read(void **state)
{
    (void)state;
    size_t len;
    put("plain", BIG);
    assert_true(from_file("cat", "cat", &len));
    assert_int_equal(len, BIG);
    put("plain", 0);
    assert_true(from_file("cat", "cat", &len));
    assert_int_equal(len, 0);
}

static void a_command_that_fails_fails_the_source(void **state)
{
    (void)state;
    size_t len;
    put("plain", BIG);
    static const char *const failing[] = {"cat; exit 3", "cat; kill -9 $$", "head -c 5", "exit 9"};
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++)
        for (int place = 0; place < 2; place++) {
            assert_false(
                from_file(place == 0 ? failing[i] : "cat", place == 1 ? failing[i] : "cat", &len));
            char name[64];
            snprintf(name, sizeof name, "command \"%s\"", failing[i]);
            assert_failed(ERROR_IO, name);
        }
}

static void a_file_that_changes_size_fails_the_source(void **state)
{
    (void)state;
    size_t len;
    static const char *const changing[] = {"cat; echo >>$D/plain", "cat; : >$D/plain"};
    for (size_t i = 0; i < 2; i++) {
        put("plain", 1000);
        assert_false(from_file(changing[i], "cat", &len));
        assert_failed(ERROR_IO, "plain: changed size while it was read");
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_what_the_last_command_wrote),
        TEST(a_file_does_not_appear_when_a_command_fails),
        TEST(a_file_does_not_change_after_it_has_its_name),
        TEST(what_commands_return_is_handed_on),
        TEST(commands_may_hold_everything_back_or_write_much_more),
        TEST(what_fails_is_not_finished),
        TEST(what_the_inner_sink_fails_with_is_told),
        TEST(a_wait_for_commands_can_be_called_off),
        TEST(what_commands_make_of_a_file_is_read),
        TEST(a_command_that_fails_fails_the_source),
        TEST(a_file_that_changes_size_fails_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
