/*
 * Commands that are piped together: what passes, who is to blame when nothing does, and that none
 * takes the end of a failed chain for the end of a good one. Nothing outlives a test, not even
 * unreaped.
 */
#define _GNU_SOURCE
#include "io/chain.h"
#include "io/source.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "../emulated.h"
#include "folder.h"

#define COMMIT "cat >$D/tmp && mv $D/tmp $D/final && cat $D/final"

static struct children *children;

/* An emulator may not know of subreapers: orphans then go to init, and teardown sees fewer. */
static int adopt(void **state)
{
    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return 0;
}

static int teardown(void **state)
{
    children_free(children);
    children = NULL;
    bool nobody_left = waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
    return folder_teardown(state) == 0 && nobody_left ? 0 : -1;
}

static void start(const struct child_spec *specs, size_t count)
{
    error_clear(&err);
    children_free(children);
    children = children_start(specs, count, &err);
    assert_non_null(children);
}

/* Two or three commands of one role. */
static void start_chain(enum child_role role, const char *first, const char *second,
                        const char *third)
{
    const struct child_spec specs[] = {
        {.role = role, .command = first},
        {.role = role, .command = second, .piped = true},
        {.role = role, .command = third, .piped = true},
    };
    start(specs, third != NULL ? 3 : 2);
}

/* Everything that comes from fd, and how much that was. */
static size_t read_up(int fd, char *text, size_t size)
{
    size_t len = 0;
    for (;;) {
        static char dropped[65536];
        assert_int_equal(wait_ready(fd, POLLIN, 20000), 1);
        ssize_t got =
            len < size ? read(fd, text + len, size - len) : read(fd, dropped, sizeof dropped);
        if (got <= 0)
            return len;
        len += (size_t)got;
    }
}

/* To the first of CHILD_TO. False: it has left. */
static bool write_all(size_t len)
{
    int fd = children_fd(children, 0);
    for (size_t done = 0; done < len;) {
        if (wait_ready(fd, POLLOUT, 20000) != 1)
            return false;
        ssize_t written = write(fd, pattern() + done, len - done);
        if (written < 0)
            return false;
        done += (size_t)written;
    }
    return true;
}

static void assert_ended(size_t first, enum child_end wanted, size_t index, const char *text)
{
    struct chain_end end;
    char said[CHAIN_TEXT_SIZE];
    assert_true(chain_wait(children, first, &end, &err));
    assert_int_equal(end.end, wanted);
    if (wanted == CHILD_SUCCEEDED)
        return;
    assert_int_equal(end.index, index);
    chain_describe(children, first, &end, said);
    assert_string_equal(said, text);
}

static void bytes_pass_from_one_to_the_next(void **state)
{
    (void)state;
    char text[64] = "";
    start_chain(CHILD_FROM, "echo aaa", "tr a b", "tr b c");
    assert_int_equal(children_fd(children, 0), -1);
    assert_int_equal(children_fd(children, 1), -1);
    assert_int_equal(read_up(children_fd(children, 2), text, sizeof text), 4);
    assert_string_equal(text, "ccc\n");
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
}

static void more_than_the_pipes_hold_passes(void **state)
{
    (void)state;
    char text[8];
    start_chain(CHILD_FROM, "head -c 20000000 /dev/zero", "cat", "cat");
    assert_int_equal(read_up(children_fd(children, 2), text, sizeof text), 20000000);
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    start_chain(CHILD_TO, "cat", "cat; sleep 0.1", "cat >$D/out");
    assert_true(write_all(BIG));
    assert_true(children_close_input(children, 0, &err));
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    assert_true(is_pattern("out", BIG));
}

static void two_chains_are_two(void **state)
{
    (void)state;
    char text[8];
    const struct child_spec specs[] = {
        {.role = CHILD_FROM, .command = "echo a"},
        {.role = CHILD_FROM, .command = "cat; exit 3", .piped = true},
        {.role = CHILD_TO, .command = "cat"},
        {.role = CHILD_TO, .command = "cat >$D/out", .piped = true},
    };
    start(specs, 4);
    assert_int_equal(children_chain_end(children, 0), 2);
    assert_int_equal(children_chain_end(children, 1), 2);
    assert_int_equal(children_chain_end(children, 2), 4);
    assert_int_equal(read_up(children_fd(children, 1), text, sizeof text), 2);
    assert_ended(0, CHILD_FAILED, 1, "command \"cat; exit 3\" exited with status 3");
    assert_true(children_close_input(children, 2, &err));
    assert_ended(2, CHILD_SUCCEEDED, 0, NULL);
    assert_true(is_there("out"));
}

static void an_end_passes_on_only_from_success(void **state)
{
    (void)state;
    static const char *const failing[] = {"echo; exit 3", "echo; kill -9 $$", "echo; kill -TERM $$",
                                          "exec >&-; sleep 0.05; exit 1"};
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++) {
        char text[8];
        start_chain(CHILD_FROM, failing[i], COMMIT, NULL);
        read_up(children_fd(children, 1), text, sizeof text);
        struct chain_end end;
        assert_true(chain_wait(children, 0, &end, &err));
        assert_int_equal(end.end, CHILD_FAILED);
        assert_int_equal(end.index, 0);
        assert_int_equal(children_end(children, 1), CHILD_WAS_KILLED);
        assert_false(is_there("final"));
    }
}

static void a_pipeline_inside_a_command_does_not_see_it_either(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++) {
        char text[8];
        start_chain(CHILD_FROM, "echo; kill -9 $$", "cat | cat | cat | (" COMMIT ")", NULL);
        read_up(children_fd(children, 1), text, sizeof text);
        assert_ended(0, CHILD_FAILED, 0,
                     "command \"echo; kill -9 $$\" was killed by signal 9 (Killed)");
        assert_false(is_there("final"));
    }
}

static void one_that_leaves_early_is_to_blame_whatever_the_others_say(void **state)
{
    (void)state;
    char text[16];
    start_chain(CHILD_FROM, "exec cat /dev/zero", "head -c 10", "cat");
    read_up(children_fd(children, 2), text, sizeof text);
    assert_ended(0, CHILD_LEFT_EARLY, 1,
                 "command \"head -c 10\" stopped reading before the end of its input");
    /* what is unread is in the pipe, and nobody dies of it */
    start_chain(CHILD_FROM, "echo much", "head -c 1", "cat");
    read_up(children_fd(children, 2), text, sizeof text);
    assert_ended(0, CHILD_LEFT_EARLY, 1,
                 "command \"head -c 1\" stopped reading before the end of its input");
    start_chain(CHILD_FROM, "trap '' PIPE; cat /dev/zero 2>/dev/null; exit 7", "head -c 10", NULL);
    read_up(children_fd(children, 1), text, sizeof text);
    assert_ended(
        0, CHILD_LEFT_EARLY, 1,
        "command \"head -c 10\" stopped reading before the end of its input; command \"trap "
        "'' PIPE; cat /dev/zero 2>/dev/null; exit 7\" exited with status 7");
}

static void one_that_closes_its_input_and_goes_on_is_to_blame(void **state)
{
    (void)state;
    start_chain(CHILD_TO, "exec cat", "exec <&-; sleep 60", NULL);
    for (int i = 0; i < 3 && write_all(BIG); i++)
        ;
    assert_ended(0, CHILD_LEFT_EARLY, 1,
                 "command \"exec <&-; sleep 60\" stopped reading before the end of its input");
}

static void the_last_that_failed_is_to_blame(void **state)
{
    (void)state;
    char text[8];
    start_chain(CHILD_FROM, "trap '' PIPE; cat /dev/zero 2>/dev/null; exit 1", "exec cat",
                "exit 4");
    read_up(children_fd(children, 2), text, sizeof text);
    assert_ended(0, CHILD_FAILED, 2, "command \"exit 4\" exited with status 4");
}

static void one_that_read_all_may_leave_before_the_end_is_told(void **state)
{
    (void)state;
    char text[8];
    start_chain(CHILD_FROM, "echo abc; sleep 0.2", "head -c 4", "cat");
    assert_int_equal(read_up(children_fd(children, 2), text, sizeof text), 4);
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    start_chain(CHILD_TO, "cat", "head -c 6 >$D/out", NULL);
    assert_true(write_all(6));
    sleep_ms(100);
    assert_true(children_close_input(children, 0, &err));
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    assert_true(is_pattern("out", 6));
}

static void a_chain_that_is_dropped_sees_no_end(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        start_chain(CHILD_TO, "cat", "cat | cat", COMMIT);
        assert_true(write_all(100000));
        if (i % 2)
            sleep_ms(20);
        children_free(children);
        children = NULL;
        assert_false(is_there("final"));
    }
}

static void a_failure_at_the_far_end_ends_the_near_one(void **state)
{
    (void)state;
    start_chain(CHILD_TO, "trap '' PIPE; cat; sleep 60", "cat", "exit 6");
    for (int i = 0; i < 3 && write_all(BIG); i++) /* the pipes may hold the first */
        ;
    assert_ended(0, CHILD_FAILED, 2, "command \"exit 6\" exited with status 6");
}

static void while_they_run_none_is_to_blame(void **state)
{
    (void)state;
    start_chain(CHILD_TO, "cat", "cat", NULL);
    assert_int_equal(chain_look(children, 0).end, CHILD_RUNS);
    assert_true(children_close_input(children, 0, &err));
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    assert_int_equal(chain_look(children, 0).end, CHILD_SUCCEEDED);
}

static void waiting_can_be_called_off(void **state)
{
    (void)state;
    struct chain_end end;
    start_chain(CHILD_FROM, "sleep 60", "cat", NULL);
    wait_wake();
    assert_false(chain_wait(children, 0, &end, &err));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
}

static void the_output_of_one_that_returns_is_read(void **state)
{
    (void)state;
    char text[8] = "";
    const struct child_spec specs[] = {
        {.role = CHILD_TO, .command = "cat"},
        {.role = CHILD_TO, .command = "wc -c", .piped = true, .returns = true},
    };
    start(specs, 2);
    assert_int_equal(children_output_fd(children, 0), -1);
    assert_true(write_all(4321));
    assert_true(children_close_input(children, 0, &err));
    assert_int_equal(read_up(children_output_fd(children, 1), text, sizeof text), 5);
    assert_string_equal(text, "4321\n");
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
}

/* To $D/out, by the last of two. */
static void start_to_file(const char *command, bool kept)
{
    int fd = open(in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(fd >= 0);
    const struct child_spec specs[] = {
        {.role = CHILD_TO, .command = "cat"},
        {.role = CHILD_TO, .command = command, .piped = true, .output = &fd, .kept = kept},
    };
    start(specs, 2);
    close(fd);
    assert_true(write_all(10000));
    assert_true(children_close_input(children, 0, &err));
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
}

static void the_last_writes_where_it_is_told_to(void **state)
{
    (void)state;
    start_to_file("cat", true);
    assert_true(is_pattern("out", 10000));
}

static void what_is_kept_is_not_left_alone(void **state)
{
    (void)state;
    if (is_emulated(NO_SUBREAPER))
        return;
    start_to_file("cat; (sleep 0.2; echo late) & exit 0", true);
    children_kill(children);
    sleep_ms(300);
    assert_true(is_pattern("out", 10000));
    start_to_file("cat; (sleep 0.1; echo late) & exit 0", false);
    children_kill(children);
    assert_true(waitpid(-1, NULL, 0) > 0); /* adopted from the guardian */
    assert_false(is_pattern("out", 10000));
}

/* Of two commands, the first of which is given input. */
static void start_given(int input_fd, const char *command)
{
    const struct child_spec specs[] = {
        {.role = CHILD_FROM, .command = command, .input = &input_fd},
        {.role = CHILD_FROM, .command = COMMIT, .piped = true},
    };
    start(specs, 2);
}

static void an_input_that_is_given_is_to_be_read_up(void **state)
{
    (void)state;
    char text[8];
    put("plain", 50000);
    for (int i = 0; i < 2; i++) {
        int fd = open(in_folder("plain"), O_RDONLY);
        start_given(fd, i == 0 ? "cat" : "head -c 49999");
        size_t got = read_up(children_fd(children, 1), text, sizeof text);
        if (i == 0) {
            assert_int_equal(got, 50000);
            assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
            unlink(in_folder("final"));
        } else {
            assert_ended(0, CHILD_LEFT_EARLY, 0,
                         "command \"head -c 49999\" stopped reading before the end of its input");
        }
        close(fd);
    }
    assert_false(is_there("final"));
}

static void a_pipe_that_is_given_is_to_be_read_up(void **state)
{
    (void)state;
    char text[8];
    for (int i = 0; i < 3; i++) {
        int ends[2];
        assert_int_equal(i < 2 ? pipe2(ends, O_CLOEXEC)
                               : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
                         0);
        assert_int_equal(write(ends[1], "bytes", 5), 5);
        if (i != 1)
            close(ends[1]);
        /* read all but the end, where i is 1 */
        start_given(ends[0], i == 1 ? "head -c 5" : "cat");
        read_up(children_fd(children, 1), text, sizeof text);
        if (i == 1)
            assert_ended(0, CHILD_LEFT_EARLY, 0,
                         "command \"head -c 5\" stopped reading before the end of its input");
        else
            assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
        assert_int_equal(is_there("final"), i != 1);
        unlink(in_folder("final"));
        close(ends[0]);
        if (i == 1)
            close(ends[1]);
    }
}

static void a_named_pipe_that_is_given_is_waited_for(void **state)
{
    (void)state;
    char text[8] = "";
    assert_int_equal(mkfifo(in_folder("pipe"), 0666), 0);
    struct source_policy policy = {.standby = false};
    struct source *source = source_new_file(in_folder("pipe"), &policy, &err);
    assert_non_null(source);
    start_given(source_input_fd(source), "cat");
    sleep_ms(100);
    int fd = open(in_folder("pipe"), O_WRONLY | O_CLOEXEC);
    assert_int_equal(write(fd, "late", 4), 4);
    close(fd);
    assert_int_equal(read_up(children_fd(children, 1), text, sizeof text), 4);
    assert_string_equal(text, "late");
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    source_free(source);
}

/* An end that is lost, or that comes too late, shows only seldom. */
static void many_short_chains_end_well(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        char text[8] = "";
        start_chain(CHILD_FROM, "echo abc", "cat", i % 2 ? "cat" : "exec cat");
        assert_int_equal(read_up(children_fd(children, 2), text, sizeof text), 4);
        assert_string_equal(text, "abc\n");
        assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
    }
}

static void as_many_as_there_may_be_are_started(void **state)
{
    (void)state;
    struct child_spec specs[CHILDREN_MAX] = {{.role = CHILD_FROM, .command = "echo x"}};
    for (size_t i = 1; i < CHILDREN_MAX; i++)
        specs[i] = (struct child_spec){.role = CHILD_FROM, .command = "cat", .piped = true};
    start(specs, CHILDREN_MAX);
    char text[8];
    assert_int_equal(read_up(children_fd(children, CHILDREN_MAX - 1), text, sizeof text), 2);
    assert_ended(0, CHILD_SUCCEEDED, 0, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(bytes_pass_from_one_to_the_next),
        TEST(more_than_the_pipes_hold_passes),
        TEST(two_chains_are_two),
        TEST(an_end_passes_on_only_from_success),
        TEST(a_pipeline_inside_a_command_does_not_see_it_either),
        TEST(one_that_leaves_early_is_to_blame_whatever_the_others_say),
        TEST(one_that_closes_its_input_and_goes_on_is_to_blame),
        TEST(the_last_that_failed_is_to_blame),
        TEST(one_that_read_all_may_leave_before_the_end_is_told),
        TEST(a_chain_that_is_dropped_sees_no_end),
        TEST(a_failure_at_the_far_end_ends_the_near_one),
        TEST(while_they_run_none_is_to_blame),
        TEST(waiting_can_be_called_off),
        TEST(the_output_of_one_that_returns_is_read),
        TEST(the_last_writes_where_it_is_told_to),
        TEST(what_is_kept_is_not_left_alone),
        TEST(an_input_that_is_given_is_to_be_read_up),
        TEST(a_pipe_that_is_given_is_to_be_read_up),
        TEST(a_named_pipe_that_is_given_is_waited_for),
        TEST(many_short_chains_end_well),
        TEST(as_many_as_there_may_be_are_started),
    };
    return cmocka_run_group_tests(tests, adopt, NULL);
}
