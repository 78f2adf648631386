/*
 * The commands of a run: what they get, how they end, and that none takes the end of a failed
 * stream for the end of a good one. The test process adopts whatever loses its parent, so that what
 * a test leaves behind is seen by the test itself.
 */
#define _GNU_SOURCE
#include "io/child.h"
#include "io/guardian.h"
#include "io/wait.h"

#include "../emulated.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>

static char folder[256];
static struct error err;

/* An emulator may not know of subreapers: orphans then go to init, and teardown sees fewer. */
static int group_setup(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const char *emulator = getenv("EMULATOR"); /* see tests/run */
    char program[512] = {0};
    char self[1024];
    if (readlink("/proc/self/exe", program, sizeof program - 1) <= 0)
        return -1;
    snprintf(self, sizeof self, "%s %s", emulator ? emulator : "", program);
    return setenv("SELF", self, 1);
}

static int setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/walseal-child.XXXXXX", base ? base : "/tmp");
    error_clear(&err);
    signal(SIGALRM, SIG_DFL);
    alarm(300); /* a test that hangs ends them all */
    return mkdtemp(folder) && setenv("D", folder, 1) == 0 && wait_begin(&err) ? 0 : -1;
}

/* Every child is gone and reaped: neither a zombie nor an orphan is left. */
static int teardown(void **state)
{
    (void)state;
    wait_end();
    for (const char *const *name = (const char *const[]){"tmp", "final", "out", NULL}; *name;
         name++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, *name);
        unlink(path);
    }
    int left = waitpid(-1, NULL, WNOHANG);
    return rmdir(folder) == 0 && left < 0 && errno == ECHILD ? 0 : -1;
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_us(long us)
{
    nanosleep(&(struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}, NULL);
}

static struct children *start(enum child_role role, const char *command)
{
    struct child_spec spec = {.role = role, .command = command};
    struct children *children = children_start(&spec, 1, &err);
    if (!children)
        print_error("%s\n", err.text);
    assert_non_null(children);
    return children;
}

static bool write_some(int fd, const char *bytes, size_t len)
{
    while (len > 0 && wait_ready(fd, POLLOUT, -1) > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            len -= (size_t)written;
        }
    }
    return len == 0;
}

static void write_text(struct children *children, const char *text)
{
    assert_true(write_some(children_fd(children, 0), text, strlen(text)));
}

/* To the end of the output, or of the line. */
static void read_text(int fd, char *text, size_t size, bool line)
{
    size_t len = 0;
    while (len < size - 1 && wait_ready(fd, POLLIN, 10000) > 0) {
        ssize_t got = read(fd, text + len, line ? 1 : size - 1 - len);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            break;
        if (got > 0)
            len += (size_t)got;
        if (line && len > 0 && text[len - 1] == '\n')
            break;
    }
    text[len] = '\0';
}

static bool exists(const char *name)
{
    char path[512];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return lstat(path, &info) == 0;
}

static void read_file(const char *name, char *text, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    read_text(fd, text, size, false);
    close(fd);
}

static int status_of(struct children *children)
{
    int status = -1;
    assert_true(children_status(children, 0, &status, &err));
    return status;
}

/* Runs command to its end and leaves what it wrote. Its wait status. */
static int output_of(const char *command, char *text, size_t size)
{
    struct children *children = start(CHILD_FROM, command);
    read_text(children_fd(children, 0), text, size, false);
    int status = status_of(children);
    children_free(children);
    return status;
}

static void assert_output(const char *command, const char *wanted)
{
    char text[4096];
    int status = output_of(command, text, sizeof text);
    assert_string_equal(text, wanted);
    assert_int_equal(status, 0);
}

/* The guardian of a command that says $PPID first. */
static pid_t guardian_of(struct children *children)
{
    char line[32];
    read_text(children_fd(children, 0), line, sizeof line, true);
    pid_t pid = (pid_t)strtol(line, NULL, 10);
    assert_true(pid > 1);
    return pid;
}

static bool in_state(pid_t pid, char wanted)
{
    char path[64];
    char text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    const char *end_of_name = strrchr(text, ')');
    return end_of_name && end_of_name[1] == ' ' && end_of_name[2] == wanted;
}

static bool comes_to_state(pid_t pid, char wanted)
{
    for (int tries = 0; tries < 500; tries++) {
        if (in_state(pid, wanted))
            return true;
        sleep_us(10000);
    }
    return false;
}

/* What a command gets. */

static void a_command_reads_what_is_written(void **state)
{
    (void)state;
    char text[64];
    struct children *children = start(CHILD_TO, "cat >$D/out");
    write_text(children, "some bytes");
    assert_true(children_close_input(children, 0, &err));
    assert_int_equal(status_of(children), 0);
    children_free(children);
    read_file("out", text, sizeof text);
    assert_string_equal(text, "some bytes");
}

static void a_commands_output_is_read(void **state)
{
    (void)state;
    assert_output("printf 'one\\ntwo\\n'", "one\ntwo\n");
}

static void more_than_a_pipe_holds_passes_through_two_commands(void **state)
{
    (void)state;
    struct child_spec specs[] = {
        {.role = CHILD_FROM, .command = "head -c 3000000 /dev/zero"},
        {.role = CHILD_TO, .command = "wc -c >$D/out"},
    };
    struct children *children = children_start(specs, 2, &err);
    assert_non_null(children);
    static char bytes[65536];
    for (;;) {
        wait_ready(children_fd(children, 0), POLLIN, -1);
        ssize_t got = read(children_fd(children, 0), bytes, sizeof bytes);
        if (got <= 0)
            break;
        assert_true(write_some(children_fd(children, 1), bytes, (size_t)got));
    }
    assert_true(children_close_input(children, 1, &err));
    int status = -1;
    for (size_t i = 0; i < 2; i++) {
        assert_true(children_status(children, i, &status, &err));
        assert_int_equal(status, 0);
        assert_string_equal(children_command(children, i), specs[i].command);
    }
    children_free(children);
    read_file("out", bytes, sizeof bytes);
    assert_string_equal(bytes, "3000000\n");
}

static void an_input_that_nothing_is_piped_to_is_dev_null(void **state)
{
    (void)state;
    assert_output("readlink /proc/self/fd/0", "/dev/null\n");
}

static void an_output_that_nothing_reads_goes_to_standard_error(void **state)
{
    (void)state;
    char path[512];
    char text[64];
    snprintf(path, sizeof path, "%s/out", folder);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    dup2(file, STDERR_FILENO);
    struct children *children = start(CHILD_TO, "echo said; cat");
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(file);
    assert_true(children_close_input(children, 0, &err));
    assert_int_equal(status_of(children), 0);
    children_free(children);
    read_file("out", text, sizeof text);
    assert_string_equal(text, "said\n");
}

static void no_descriptor_above_2_reaches_a_command(void **state)
{
    (void)state;
    int inherited = fcntl(STDERR_FILENO, F_DUPFD, 17);
    int high = fcntl(STDERR_FILENO, F_DUPFD, 800);
    assert_true(inherited >= 17 && high >= 800);
    assert_output("ls /proc/$$/fd", "0\n1\n2\n");
    close(inherited);
    close(high);
}

static void signals_are_at_their_defaults_in_a_command(void **state)
{
    (void)state;
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    signal(SIGHUP, SIG_IGN);
    /* libc keeps signals 32 and 33 for itself, and whoever was started through posix_spawn (by make,
     * say) ignores them and can't change that. */
    assert_output("grep -E 'Sig(Blk|Ign):' /proc/self/status |"
                  " sed 's/0000000[01][08]0000000$/0000000000000000/'",
                  "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void each_command_has_a_process_group_of_its_own(void **state)
{
    (void)state;
    assert_output("test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo own", "own\n");
}

static void the_ends_of_the_pipes_are_non_blocking_and_close_on_exec(void **state)
{
    (void)state;
    struct child_spec specs[] = {{.role = CHILD_FROM, .command = "sleep 60"},
                                 {.role = CHILD_TO, .command = "sleep 60"}};
    struct children *children = children_start(specs, 2, &err);
    assert_non_null(children);
    for (size_t i = 0; i < 2; i++) {
        assert_true(fcntl(children_fd(children, i), F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(children_fd(children, i), F_GETFD) & FD_CLOEXEC);
    }
    children_free(children);
}

/* In a process of its own; 0: as it should be. */
static int in_a_process(int (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        _exit(body());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int run_with_standard_descriptors_closed(void)
{
    char text[64];
    struct child_spec spec = {.role = CHILD_FROM,
                              .command = "cat; readlink /proc/self/fd/0; ls /proc/$$/fd"};
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    struct children *children = children_start(&spec, 1, &err);
    if (!children)
        return 1;
    read_text(children_fd(children, 0), text, sizeof text, false);
    children_free(children);
    return strcmp(text, "/dev/null\n0\n1\n2\n") == 0 ? 0 : 2;
}

static void closed_standard_descriptors_are_filled(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(run_with_standard_descriptors_closed), 0);
}

/* How a command ends. */

static void an_exit_status_is_told(void **state)
{
    (void)state;
    char text[8];
    assert_int_equal(WEXITSTATUS(output_of("exit 3", text, sizeof text)), 3);
    assert_int_equal(WEXITSTATUS(output_of("exit 255", text, sizeof text)), 255);
    assert_int_equal(WEXITSTATUS(output_of("exec /no/such/file 2>&-", text, sizeof text)), 127);
}

static void a_death_by_signal_is_told(void **state)
{
    (void)state;
    char text[8];
    int status = output_of("kill -9 $$", text, sizeof text);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    status = output_of("ulimit -c 0; kill -SEGV $$", text, sizeof text);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void a_status_may_be_asked_for_again(void **state)
{
    (void)state;
    struct children *children = start(CHILD_FROM, "exit 5");
    int first = status_of(children);
    int second = -1;
    assert_int_equal(status_of(children), first);
    assert_true(children_ended(children, 0, &second));
    assert_int_equal(second, first);
    children_kill(children);
    assert_int_equal(status_of(children), first);
    children_free(children);
}

static void whether_a_command_has_ended_is_told_without_waiting(void **state)
{
    (void)state;
    int status = -1;
    struct children *children = start(CHILD_TO, "read line; exit 4");
    assert_false(children_ended(children, 0, &status));
    write_text(children, "line\n");
    for (int tries = 0; tries < 500 && !children_ended(children, 0, &status); tries++)
        sleep_us(10000);
    assert_int_equal(WEXITSTATUS(status), 4);
    children_free(children);
}

static void the_end_of_a_command_is_put_into_words(void **state)
{
    (void)state;
    char text[64];
    children_describe_status(3 << 8, text, sizeof text);
    assert_string_equal(text, "exited with status 3");
    children_describe_status(SIGKILL, text, sizeof text);
    assert_string_equal(text, "was killed by signal 9 (Killed)");
    children_describe_status(SIGSEGV | 0x80, text, sizeof text);
    assert_string_equal(text, "was killed by signal 11 (Segmentation fault)");
}

static void *ask_second_status(void *children)
{
    struct error error = {.kind = ERROR_NONE};
    int status = -1;
    children_status(children, 1, &status, &error);
    return (void *)(intptr_t)status;
}

static void two_threads_wait_for_two_commands(void **state)
{
    (void)state;
    struct child_spec specs[] = {{.role = CHILD_FROM, .command = "sleep 0.05; exit 1"},
                                 {.role = CHILD_FROM, .command = "sleep 0.1; exit 2"}};
    struct children *children = children_start(specs, 2, &err);
    assert_non_null(children);
    pthread_t thread;
    void *second;
    assert_int_equal(pthread_create(&thread, NULL, ask_second_status, children), 0);
    assert_int_equal(status_of(children), 1 << 8);
    pthread_join(thread, &second);
    assert_int_equal((intptr_t)second, 2 << 8);
    children_free(children);
}

static void waiting_for_a_command_that_hangs_can_be_ended(void **state)
{
    (void)state;
    int status;
    struct children *children = start(CHILD_FROM, "trap '' TERM; sleep 60");
    wait_wake();
    assert_false(children_status(children, 0, &status, &err));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    long long start_ms = now_ms();
    children_free(children);
    assert_true(now_ms() - start_ms < 5000);
}

/* The end of a whole stream. */

static void closing_waits_until_a_slow_command_has_taken_everything(void **state)
{
    (void)state;
    char text[64];
    struct children *children = start(CHILD_TO, "sleep 0.2; cat >$D/out");
    write_text(children, "late");
    long long start_ms = now_ms();
    assert_true(children_close_input(children, 0, &err));
    assert_true(now_ms() - start_ms >= 150);
    assert_int_equal(status_of(children), 0);
    children_free(children);
    read_file("out", text, sizeof text);
    assert_string_equal(text, "late");
}

static void an_empty_stream_may_be_ended_too(void **state)
{
    (void)state;
    struct children *children = start(CHILD_TO, "cat");
    assert_true(children_close_input(children, 0, &err));
    assert_int_equal(status_of(children), 0);
    children_free(children);
}

static void assert_left_early(const char *command, const char *how)
{
    char wanted[256];
    error_clear(&err);
    struct children *children = start(CHILD_TO, command);
    write_text(children, "small"); /* before it leaves: later is what a write tells */
    assert_false(children_close_input(children, 0, &err));
    assert_int_equal(err.kind, ERROR_IO);
    snprintf(wanted, sizeof wanted, "\"%s\": left before the end of the stream%s", command, how);
    assert_string_equal(err.text, wanted);
    children_free(children);
}

static void a_command_that_leaves_unread_bytes_is_a_failure(void **state)
{
    (void)state;
    assert_left_early("sleep 0.05; true", ": it exited with status 0");
    assert_left_early("sleep 0.05; exit 3", ": it exited with status 3");
    assert_left_early("sleep 0.05; kill -9 $$", ": it was killed by signal 9 (Killed)");
    assert_left_early("sleep 0.05; exec <&-; sleep 0.05; exit 7", ": it exited with status 7");
}

static void a_command_that_closes_its_input_and_hangs_is_a_failure(void **state)
{
    (void)state;
    assert_left_early("sleep 0.05; exec <&-; sleep 60", "");
}

static void a_command_that_leaves_its_input_to_a_sleeper_is_a_failure(void **state)
{
    (void)state;
    assert_left_early("exec 3<&0; sleep 60 <&3 & exit 0", ": it exited with status 0");
}

static void closing_on_a_command_that_never_reads_can_be_ended(void **state)
{
    (void)state;
    struct children *children = start(CHILD_TO, "sleep 60; cat >$D/final");
    write_text(children, "x");
    signal(SIGALRM, (void (*)(int))(void (*)(void))wait_wake);
    ualarm(30000, 0);
    assert_false(children_close_input(children, 0, &err));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    children_free(children);
    assert_false(exists("final"));
}

/* The end of a stream that failed. */

/* The quick ones are this very program (see main): it commits within microseconds of the end of its
 * input, where a shell needs a millisecond that hides a race. */
static const char *const committers[] = {
    "exec $SELF $D/tmp $D/final",
    "cat | $SELF $D/tmp $D/final",
    "cat | cat >$D/tmp && mv $D/tmp $D/final",
    "trap '' TERM HUP INT; cat >$D/tmp; mv $D/tmp $D/final",
};
enum { COMMITTERS = sizeof committers / sizeof committers[0] };

static int commit_at_end_of_input(const char *temporary, const char *final)
{
    char bytes[65536];
    ssize_t got;
    int fd = open(temporary, O_WRONLY | O_CREAT, 0600);
    do
        got = read(STDIN_FILENO, bytes, sizeof bytes);
    while (got > 0);
    return fd >= 0 && got == 0 && rename(temporary, final) == 0 ? 0 : 1;
}

static void an_abandoned_command_never_sees_the_end_of_its_input(void **state)
{
    (void)state;
    for (int i = 0; i < 20 * COMMITTERS; i++) {
        struct children *children = start(CHILD_TO, committers[i % COMMITTERS]);
        write_text(children, "half");
        while (i % 2 == 0 && !exists("tmp"))
            sleep_us(200);
        children_free(children);
        assert_false(exists("final"));
    }
}

static void a_failed_start_of_the_stream_is_abandoned_too(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        children_free(start(CHILD_TO, committers[i % COMMITTERS]));
        assert_false(exists("final"));
    }
}

static void killing_says_nothing_of_how_a_command_would_have_ended(void **state)
{
    (void)state;
    int status;
    struct children *children = start(CHILD_TO, "cat");
    children_kill(children);
    children_kill(children);
    assert_false(children_ended(children, 0, &status));
    assert_false(children_status(children, 0, &status, &err));
    assert_int_equal(err.kind, ERROR_IO);
    assert_int_equal(write(children_fd(children, 0), "x", 1), -1);
    children_free(children);
    children_free(NULL);
}

static void what_is_stopped_is_ended_as_well(void **state)
{
    (void)state;
    struct children *children = start(CHILD_FROM, "kill -STOP $$; sleep 60");
    sleep_us(50000);
    children_free(children);
}

static pid_t sleeper_of(struct children *children)
{
    char line[32];
    read_text(children_fd(children, 0), line, sizeof line, true);
    pid_t sleeper = (pid_t)strtol(line, NULL, 10);
    assert_int_equal(kill(sleeper, 0), 0);
    return sleeper;
}

static void what_a_good_command_leaves_in_the_background_is_left_alone(void **state)
{
    (void)state;
    if (is_emulated(NO_SUBREAPER))
        return;
    struct children *children = start(CHILD_FROM, "sleep 60 >/dev/null 2>&1 & echo $!");
    pid_t sleeper = sleeper_of(children);
    assert_int_equal(status_of(children), 0);
    assert_int_equal(status_of(children), 0);
    children_forward(children, SIGTSTP);
    children_free(children);
    /* Never stopped; it may still be about to become sleep. */
    assert_true(comes_to_state(sleeper, 'S'));
    kill(sleeper, SIGKILL);
    assert_int_equal(waitpid(sleeper, NULL, 0), sleeper); /* inherited by this subreaper */
}

static void what_a_good_receiver_leaves_in_the_background_is_left_alone(void **state)
{
    (void)state;
    if (is_emulated(NO_SUBREAPER))
        return;
    struct children *children =
        start(CHILD_TO, "cat >/dev/null; (sleep 0.2; echo >$D/final) >/dev/null 2>&1 &");
    write_text(children, "whole");
    assert_true(children_close_input(children, 0, &err));
    assert_int_equal(status_of(children), 0);
    children_free(children);
    assert_false(exists("final"));
    assert_true(waitpid(-1, NULL, 0) > 0);
    assert_true(exists("final"));
}

static void what_a_command_leaves_whose_status_nobody_asked_for_is_ended(void **state)
{
    (void)state;
    if (is_emulated(NO_SUBREAPER))
        return;
    struct children *children = start(CHILD_FROM, "sleep 60 >/dev/null 2>&1 & echo $!");
    pid_t sleeper = sleeper_of(children);
    int status;
    while (!children_ended(children, 0, &status))
        sleep_us(1000);
    children_free(children);
    assert_int_equal(kill(sleeper, 0), -1);
}

static void a_receiver_that_succeeded_too_early_is_ended_with_what_it_left(void **state)
{
    (void)state;
    struct children *children =
        start(CHILD_TO, "exec 3<&0; (cat <&3 >$D/tmp; mv $D/tmp $D/final) & exit 0");
    write_text(children, "half");
    assert_int_equal(status_of(children), 0);
    children_free(children);
    assert_false(exists("final"));
}

static void what_a_failed_command_leaves_is_ended_at_once(void **state)
{
    (void)state;
    char text[8];
    long long start_ms = now_ms();
    assert_int_equal(WEXITSTATUS(output_of("sleep 60 & exit 3", text, sizeof text)), 3);
    struct children *children = start(CHILD_TO, "exec 3<&0; sleep 60 <&3 & exit 1");
    static const char bytes[2 * 1024 * 1024];
    assert_false(write_some(children_fd(children, 0), bytes, sizeof bytes));
    assert_int_equal(WEXITSTATUS(status_of(children)), 1);
    children_free(children);
    assert_true(now_ms() - start_ms < 10000);
}

static void what_left_the_group_does_not_hold_up_the_end(void **state)
{
    (void)state;
    char line[32];
    struct children *children = start(CHILD_FROM, "setsid sleep 60 >/dev/null 2>&1 & echo $!");
    read_text(children_fd(children, 0), line, sizeof line, true);
    assert_int_equal(status_of(children), 0);
    sleep_us(50000);
    long long start_ms = now_ms();
    children_free(children);
    assert_true(now_ms() - start_ms < 5000);
    pid_t daemon_pid = (pid_t)strtol(line, NULL, 10);
    kill(daemon_pid, SIGKILL);
    waitpid(daemon_pid, NULL, 0);
}

/* What stands for walseal when it's killed: it writes without end, never a whole stream. */
static _Noreturn void write_until_killed(const char *command)
{
    static const char bytes[8192];
    struct child_spec spec = {.role = CHILD_TO, .command = command};
    struct children *children = children_start(&spec, 1, &err);
    while (children && write_some(children_fd(children, 0), bytes, sizeof bytes))
        sleep_us(200);
    _exit(1);
}

static void a_sigkill_at_any_moment_commits_nothing(void **state)
{
    (void)state;
    int started = 0;
    srandom((unsigned)getpid());
    for (int i = 0; i < 200 * 2; i++) { /* 200 alone, 200 as a pipeline */
        pid_t pid = fork();
        if (pid == 0)
            write_until_killed(committers[i % 2]);
        /* Half of them are killed when the command has surely begun, however slow the machine. */
        for (int tries = 0; i / 2 % 2 && tries < 5000 && !exists("tmp"); tries++)
            sleep_us(200);
        sleep_us(random() % 6000);
        started += exists("tmp");
        kill(pid, SIGKILL);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        while (waitpid(-1, NULL, 0) > 0) /* the guardian, as soon as it has ended everything */
            ;
        assert_false(exists("final"));
        char path[512];
        snprintf(path, sizeof path, "%s/tmp", folder);
        unlink(path);
    }
    assert_in_range(started, 20, 400);
}

/* The guardian. */

static void the_guardian_has_a_name_and_a_group_of_its_own(void **state)
{
    (void)state;
    assert_output("cat /proc/$PPID/comm", "ws-guardian\n");
    assert_output("test $(cut -d' ' -f5 /proc/$PPID/stat) = $PPID && echo own", "own\n");
}

static void the_guardian_has_another_title_and_the_commands_are_none_of_its_words(void **state)
{
    (void)state;
    /* as main does it with its arguments, where the command lies too */
    static char room[] = "walseal\0encrypt\0--from\0cat /proc/$PPID/comm";
    char *command = room + sizeof "walseal\0encrypt\0--from";
    guardian_set_title_room(room, sizeof room);
    struct children *children = start(CHILD_FROM, command);
    char text[64];
    read_text(children_fd(children, 0), text, sizeof text, false);
    assert_string_equal(text, "ws-guardian\n");
    assert_string_equal(children_command(children, 0), command);
    assert_string_equal(room, "walseal");
    children_free(children);
    guardian_set_title_room(NULL, 0);
}

static void orphans_are_reaped_while_the_run_goes_on(void **state)
{
    (void)state;
    struct children *children =
        start(CHILD_FROM, "for i in 1 2 3 4 5; do (sleep 0.01 & setsid sleep 0.01 &); done;"
                          "echo $PPID; exec sleep 60");
    pid_t guardian = guardian_of(children);
    char path[64];
    char text[256] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)guardian, (int)guardian);
    size_t left = 99;
    for (int tries = 0; left > 1 && tries < 500; tries++, sleep_us(10000)) {
        int fd = open(path, O_RDONLY);
        if (fd < 0) {
            print_message("# skipped: this kernel doesn't list the children of a process\n");
            break;
        }
        read_text(fd, text, sizeof text, false);
        close(fd);
        left = 0;
        for (const char *space = strchr(text, ' '); space; space = strchr(space + 1, ' '))
            left++;
    }
    children_free(children);
    assert_true(left == 1 || left == 99);
}

static int read_the_terminal(void)
{
    int pty = posix_openpt(O_RDWR | O_NOCTTY);
    if (pty < 0 || grantpt(pty) != 0 || unlockpt(pty) != 0 || setsid() < 0 ||
        open(ptsname(pty), O_RDWR) < 0 || open("/dev/tty", O_RDWR) < 0)
        return 1;
    int status;
    struct child_spec spec = {.role = CHILD_FROM,
                              .command = "exec 2>/dev/null; read line </dev/tty"};
    struct children *children = children_start(&spec, 1, &err);
    if (!children || !children_status(children, 0, &status, &err))
        return 2;
    children_free(children);
    return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? 0 : 3;
}

static void a_command_that_reads_from_the_terminal_fails_and_does_not_stop(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(read_the_terminal), 0);
}

static void the_guardian_keeps_nothing_that_walseal_has_open(void **state)
{
    (void)state;
    int ends[2];
    char byte;
    int input = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    struct children *children = start(
        CHILD_FROM, "sleep 0.1; for fd in 0 1 2; do readlink /proc/$PPID/fd/$fd; done; sleep 60");
    close(ends[1]);
    assert_int_equal(wait_ready(ends[0], POLLIN, 5000), 1);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    dup2(input, STDIN_FILENO);
    close(input);
    char line[64];
    for (int fd = 0; fd < 3; fd++) {
        read_text(children_fd(children, 0), line, sizeof line, true);
        assert_string_equal(line, "/dev/null\n");
    }
    children_free(children);
}

static void the_guardian_outlives_what_can_be_caught(void **state)
{
    (void)state;
    if (is_emulated("qemu itself is ended by a SIGSEGV that was sent to it"))
        return;
    struct children *children = start(CHILD_FROM, "echo $PPID; sleep 0.1; exit 6");
    pid_t guardian = guardian_of(children);
    for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP)
            kill(guardian, number);
    assert_int_equal(WEXITSTATUS(status_of(children)), 6);
    children_free(children);
}

static void a_killed_guardian_is_a_failure_and_commits_nothing(void **state)
{
    (void)state;
    /* The kernel kills the leader of the second one, but not the part that would commit. */
    const char *const to[] = {"cat | cat >$D/tmp; mv $D/tmp $D/final",
                              "cat | { cat >$D/tmp; mv $D/tmp $D/final; }"};
    for (int i = 0; i < 20; i++) {
        struct child_spec specs[] = {{.role = CHILD_FROM, .command = "echo $PPID; exec sleep 60"},
                                     {.role = CHILD_TO, .command = to[i % 2]}};
        error_clear(&err);
        struct children *children = children_start(specs, 2, &err);
        assert_non_null(children);
        assert_true(write_some(children_fd(children, 1), "half", 4));
        int status;
        assert_int_equal(kill(guardian_of(children), SIGKILL), 0);
        assert_false(children_status(children, 1, &status, &err));
        assert_int_equal(err.kind, ERROR_IO);
        assert_non_null(strstr(err.text, "the process that watches over it is gone"));
        children_free(children);
        while (waitpid(-1, NULL, 0) > 0)
            ;
        assert_false(exists("final"));
    }
}

static void a_killed_guardian_ends_no_stream(void **state)
{
    (void)state;
    struct child_spec specs[] = {{.role = CHILD_FROM, .command = "echo $PPID; exec sleep 60"},
                                 {.role = CHILD_TO, .command = "cat >/dev/null"}};
    struct children *children = children_start(specs, 2, &err);
    assert_non_null(children);
    kill(guardian_of(children), SIGKILL);
    sleep_us(20000);
    assert_false(children_close_input(children, 1, &err));
    assert_int_equal(err.kind, ERROR_IO);
    children_free(children);
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

/* What can't be started. */

static int start_without_descriptors(void)
{
    struct child_spec specs[] = {{.role = CHILD_FROM, .command = "true"},
                                 {.role = CHILD_TO, .command = "true"}};
    int first = dup(STDERR_FILENO);
    close(first);
    for (rlim_t room = 1; room < 12; room++) {
        struct rlimit limit = {.rlim_cur = (rlim_t)first + room, .rlim_max = 1024};
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            return 1;
        error_clear(&err);
        struct children *children = children_start(specs, 2, &err);
        int next = dup(STDERR_FILENO);
        close(next);
        if (children || next != first || err.kind != ERROR_IO)
            return 2;
        if (strcmp(err.text, "\"true\": can't be started: Too many open files") != 0)
            return 3;
    }
    return 0;
}

static void without_descriptors_nothing_is_started_and_none_is_lost(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(start_without_descriptors), 0);
}

/* As a user that runs nothing else: one more process is allowed, then none. */
static int start_without_processes(void)
{
    struct child_spec specs[] = {
        {.role = CHILD_TO, .command = "exec 2>&-; cat >$D/tmp; mv $D/tmp $D/final"},
        {.role = CHILD_TO, .command = "cat"}};
    uid_t lonely = 0x4a000000u + (uid_t)getpid();
    if (setgroups(0, NULL) != 0 || setuid(lonely) != 0)
        return 1;
    for (rlim_t processes = 1; processes <= 3; processes++) {
        struct rlimit limit = {.rlim_cur = processes, .rlim_max = 10};
        if (setrlimit(RLIMIT_NPROC, &limit) != 0)
            return 2;
        error_clear(&err);
        if (children_start(specs, 2, &err) || err.kind != ERROR_IO)
            return 3;
        if (!strstr(err.text, "can't be started: Resource temporarily unavailable"))
            return 4;
    }
    return waitpid(-1, NULL, WNOHANG) < 0 ? 0 : 5;
}

static void without_processes_nothing_is_left_running(void **state)
{
    (void)state;
    if (is_emulated("qemu itself needs threads"))
        return;
    if (geteuid() != 0) {
        print_message("# skipped: only root can be a user that runs nothing else\n");
        return;
    }
    chmod(folder, 0777);
    assert_int_equal(in_a_process(start_without_processes), 0);
    assert_false(exists("final"));
}

static void starting_can_be_ended(void **state)
{
    (void)state;
    struct child_spec spec = {.role = CHILD_TO, .command = "sleep 60"};
    wait_wake();
    struct children *children = children_start(&spec, 1, &err);
    if (children) /* it was quicker */
        children_free(children);
    else
        assert_int_equal(err.kind, ERROR_INTERRUPTED);
}

/* Job control. */

static void a_stop_and_a_continue_reach_the_whole_group(void **state)
{
    (void)state;
    char line[32];
    /* not the shell's wait: stopping and continuing what it waits for may end it */
    struct children *children = start(CHILD_FROM, "echo $$; sleep 60 & echo $!; exec sleep 60");
    pid_t pids[2];
    for (int i = 0; i < 2; i++) {
        read_text(children_fd(children, 0), line, sizeof line, true);
        pids[i] = (pid_t)strtol(line, NULL, 10);
    }
    for (int round = 0; round < 2; round++) {
        children_forward(children, SIGTSTP);
        assert_true(comes_to_state(pids[0], 'T'));
        assert_true(comes_to_state(pids[1], 'T'));
        children_forward(children, SIGCONT);
        assert_true(comes_to_state(pids[0], 'S'));
        assert_true(comes_to_state(pids[1], 'S'));
    }
    children_kill(children);
    children_forward(children, SIGTSTP);
    children_forward(NULL, SIGTSTP);
    children_free(children);
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return commit_at_end_of_input(argv[1], argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_command_reads_what_is_written),
        TEST(a_commands_output_is_read),
        TEST(more_than_a_pipe_holds_passes_through_two_commands),
        TEST(an_input_that_nothing_is_piped_to_is_dev_null),
        TEST(an_output_that_nothing_reads_goes_to_standard_error),
        TEST(no_descriptor_above_2_reaches_a_command),
        TEST(signals_are_at_their_defaults_in_a_command),
        TEST(each_command_has_a_process_group_of_its_own),
        TEST(the_ends_of_the_pipes_are_non_blocking_and_close_on_exec),
        TEST(closed_standard_descriptors_are_filled),
        TEST(an_exit_status_is_told),
        TEST(a_death_by_signal_is_told),
        TEST(a_status_may_be_asked_for_again),
        TEST(whether_a_command_has_ended_is_told_without_waiting),
        TEST(the_end_of_a_command_is_put_into_words),
        TEST(two_threads_wait_for_two_commands),
        TEST(waiting_for_a_command_that_hangs_can_be_ended),
        TEST(closing_waits_until_a_slow_command_has_taken_everything),
        TEST(an_empty_stream_may_be_ended_too),
        TEST(a_command_that_leaves_unread_bytes_is_a_failure),
        TEST(a_command_that_closes_its_input_and_hangs_is_a_failure),
        TEST(a_command_that_leaves_its_input_to_a_sleeper_is_a_failure),
        TEST(closing_on_a_command_that_never_reads_can_be_ended),
        TEST(an_abandoned_command_never_sees_the_end_of_its_input),
        TEST(a_failed_start_of_the_stream_is_abandoned_too),
        TEST(killing_says_nothing_of_how_a_command_would_have_ended),
        TEST(what_is_stopped_is_ended_as_well),
        TEST(what_a_good_command_leaves_in_the_background_is_left_alone),
        TEST(what_a_good_receiver_leaves_in_the_background_is_left_alone),
        TEST(what_a_command_leaves_whose_status_nobody_asked_for_is_ended),
        TEST(a_receiver_that_succeeded_too_early_is_ended_with_what_it_left),
        TEST(what_a_failed_command_leaves_is_ended_at_once),
        TEST(what_left_the_group_does_not_hold_up_the_end),
        TEST(a_sigkill_at_any_moment_commits_nothing),
        TEST(the_guardian_has_a_name_and_a_group_of_its_own),
        TEST(the_guardian_has_another_title_and_the_commands_are_none_of_its_words),
        TEST(orphans_are_reaped_while_the_run_goes_on),
        TEST(a_command_that_reads_from_the_terminal_fails_and_does_not_stop),
        TEST(the_guardian_keeps_nothing_that_walseal_has_open),
        TEST(the_guardian_outlives_what_can_be_caught),
        TEST(a_killed_guardian_is_a_failure_and_commits_nothing),
        TEST(a_killed_guardian_ends_no_stream),
        TEST(without_descriptors_nothing_is_started_and_none_is_lost),
        TEST(without_processes_nothing_is_left_running),
        TEST(starting_can_be_ended),
        TEST(a_stop_and_a_continue_reach_the_whole_group),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
