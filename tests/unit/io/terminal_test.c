/* Asking a person, on a terminal of the test's own. */
#define _GNU_SOURCE
#include "io/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

#include "folder.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

enum { TEXT_SIZE = 16, GOOD = 7 };

static int master;

/* In a session of its own, whose terminal is the slave. 100: no such terminal. */
static void enter_terminal(const char *slave)
{
    setsid();
    int fd = open(slave, O_RDWR);
    if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
        _exit(100);
}

/* What terminal_ask makes of what is typed, in a child; its status: GOOD, or the error's kind. */
static int ask_in_child(const char *typed, const char *expected, bool wake)
{
    master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    char slave[64];
    snprintf(slave, sizeof slave, "%s", ptsname(master));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char text[TEXT_SIZE];
        size_t len;
        struct error reason = {.kind = ERROR_NONE};
        enter_terminal(slave);
        if (wake)
            wait_wake();
        if (!terminal_ask("which? ", text, sizeof text, &len, &reason))
            _exit((int)reason.kind);
        _exit(len == strlen(expected) && memcmp(text, expected, len) == 0 ? GOOD : 99);
    }
    char seen[64] = "";
    for (size_t len = 0; !wake && strstr(seen, "which? ") == NULL;) {
        ssize_t got = read(master, seen + len, sizeof seen - 1 - len);
        assert_true(got > 0);
        len += (size_t)got;
    }
    assert_int_equal(write(master, typed, strlen(typed)), strlen(typed));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* What the terminal showed since the prompt, and whether it echoes again. */
static void assert_shown(const char *expected)
{
    char seen[64] = "";
    struct pollfd ready = {.fd = master, .events = POLLIN};
    if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0)
        assert_true(read(master, seen, sizeof seen - 1) >= 0);
    assert_string_equal(seen, expected);
    struct termios now;
    assert_int_equal(tcgetattr(master, &now), 0);
    assert_true((now.c_lflag & ECHO) != 0);
    close(master);
}

static void a_line_is_read_without_being_shown(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child("open sesame\n", "open sesame", false), GOOD);
    assert_shown("\r\n");
}

static void an_empty_line_is_an_empty_answer(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child("\n", "", false), GOOD);
    assert_shown("\r\n");
}

static void a_line_that_is_too_long_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child("0123456789abcdef\n", "0123456789abcdef", false), GOOD);
    close(master);
    assert_int_equal(ask_in_child("0123456789abcdefg\n", "", false), ERROR_KEY);
    assert_shown("\r\n");
}

static void the_end_of_input_is_no_answer(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child("\x04", "", false), ERROR_KEY);
    assert_shown("\r\n");
}

static void a_run_that_is_over_asks_no_more_and_the_terminal_echoes_again(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child("", "", true), ERROR_INTERRUPTED);
    char seen[64] = "";
    assert_true(read(master, seen, sizeof seen - 1) > 0);
    assert_shown("");
}

static void without_a_terminal_the_error_says_what_to_give(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char text[TEXT_SIZE];
        size_t len;
        struct error reason = {.kind = ERROR_NONE};
        setsid();
        bool answered = terminal_ask("key: ", text, sizeof text, &len, &reason);
        _exit(!answered && reason.kind == ERROR_KEY && strstr(reason.text, "give it with -p") ? GOOD
                                                                                              : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), GOOD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_read_without_being_shown),
        TEST(an_empty_line_is_an_empty_answer),
        TEST(a_line_that_is_too_long_is_refused),
        TEST(the_end_of_input_is_no_answer),
        TEST(a_run_that_is_over_asks_no_more_and_the_terminal_echoes_again),
        TEST(without_a_terminal_the_error_says_what_to_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
