/*
 * Where bytes go: that success means every byte was accepted, and failure leaves nothing.
 */
#define _GNU_SOURCE
#include "io/sink.h"

#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

static const size_t lens[] = {0, 6, BIG};
static const struct source_policy policy = {.absent_file = false};

/* Standard output becomes fd, which is closed. */
static void set_stdout(int fd)
{
    assert_true(fd >= 0);
    dup2(fd, 1);
    close(fd);
}

/* Writes the first len bytes of pattern in pieces and finishes. */
static bool write_and_finish(struct sink *sink, size_t len)
{
    for (size_t done = 0; done < len;) {
        size_t piece = len - done < 700001 ? len - done : 700001;
        if (!sink_write(sink, pattern() + done, piece, &err))
            return false;
        done += piece;
    }
    assert_int_equal(sink_bytes(sink), len);
    return sink_finish(sink, &err);
}

/* Writes len bytes to standard output and ends that. Its number stays taken, so that no descriptor
 * of a test gets it. */
static bool to_stdout(size_t len)
{
    error_clear(&err);
    struct sink *sink = sink_new_stdout(&err);
    bool ok = sink && write_and_finish(sink, len);
    sink_free(sink);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null != 1) {
        dup2(null, 1);
        close(null);
    }
    return ok;
}

static bool to_file(const char *path, bool no_clobber, size_t len)
{
    error_clear(&err);
    struct sink *sink = sink_new_file(path, no_clobber, NULL, &err);
    bool ok = sink && write_and_finish(sink, len);
    sink_free(sink);
    return ok;
}

/* A child that reads from fd with pauses and checks that it gets len bytes of pattern. */
static pid_t start_reader(int fd, size_t len, long pause_ms)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    close(1);
    static unsigned char bytes[BIG + 1];
    size_t total = 0;
    for (;;) {
        ssize_t count = read(fd, bytes + total, sizeof bytes - total);
        if (count < 0 && errno == EAGAIN)
            continue;
        if (count <= 0)
            break;
        total += (size_t)count;
        sleep_ms(pause_ms);
    }
    _exit(total == len && memcmp(bytes, pattern(), len) == 0 ? 0 : 1);
}

/* Standard output. */

static void standard_output_as_a_file_takes_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        set_stdout(open(in_folder("file"), O_WRONLY | O_CREAT | O_TRUNC, 0600));
        assert_true(to_stdout(lens[i]));
        assert_true(is_pattern("file", lens[i]));
    }
}

static void finishing_closes_standard_output(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    set_stdout(ends[1]);
    struct sink *sink = sink_new_stdout(&err);
    assert_non_null(sink);
    assert_true(write_and_finish(sink, 6));
    sink_free(sink);
    unsigned char bytes[10];
    assert_int_equal(read(ends[0], bytes, 10), 6);
    assert_int_equal(read(ends[0], bytes, 10), 0);
    close(ends[0]);
}

static void pipes_blocking_or_not_take_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
            int ends[2];
            assert_int_equal(pipe2(ends, flags | O_CLOEXEC), 0);
            set_stdout(ends[1]);
            pid_t pid = start_reader(ends[0], lens[i], i == 2 ? 1 : 0);
            close(ends[0]);
            assert_true(to_stdout(lens[i]));
            assert_child_good(pid);
        }
}

static void the_flags_of_an_inherited_pipe_stay_as_they_were(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    int other = dup(ends[1]);
    set_stdout(ends[1]);
    struct sink *sink = sink_new_stdout(&err);
    assert_non_null(sink);
    assert_true(sink_write(sink, pattern(), 6, &err));
    assert_int_equal(fcntl(other, F_GETFL) & O_NONBLOCK, 0);
    sink_free(sink);
    close(other);
    close(ends[0]);
}

static void a_socket_takes_every_byte(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    set_stdout(ends[1]);
    pid_t pid = start_reader(ends[0], BIG, 0);
    close(ends[0]);
    assert_true(to_stdout(BIG));
    assert_child_good(pid);
}

static void signals_that_mean_nothing_disturb_no_write(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = do_nothing};
    sigaction(SIGALRM, &action, NULL);
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    set_stdout(ends[1]);
    pid_t pid = start_reader(ends[0], BIG, 2);
    close(ends[0]);
    struct itimerval often = {.it_value = {.tv_usec = 500}, .it_interval = {.tv_usec = 500}};
    setitimer(ITIMER_REAL, &often, NULL);
    bool ok = to_stdout(BIG);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_sec = 0}}, NULL);
    assert_true(ok);
    assert_child_good(pid);
}

static void wake_later(int signal_number)
{
    (void)signal_number;
    wait_wake();
}

static void a_write_that_nobody_reads_can_be_called_off(void **state)
{
    (void)state;
    int ends[2];
    for (int socket = 0; socket < 2; socket++) {
        assert_int_equal(socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends), 0);
        set_stdout(ends[1]);
        signal(SIGALRM, wake_later);
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 30000}}, NULL);
        assert_false(to_stdout(BIG));
        assert_int_equal(err.kind, ERROR_INTERRUPTED);
        close(ends[0]);
        wait_end();
        assert_true(wait_begin(&err));
    }
}

static void *wake_from_thread(void *unused)
{
    sleep_ms(30);
    wait_wake();
    return unused;
}

static void another_thread_can_call_off_a_write_to_a_socket(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    set_stdout(ends[1]);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_from_thread, NULL), 0);
    assert_false(to_stdout(BIG));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    pthread_join(thread, NULL);
    close(ends[0]);
}

static void a_full_device_fails_with_any_number_of_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        set_stdout(open("/dev/full", O_WRONLY));
        assert_false(to_stdout(lens[i]));
        assert_failed(ERROR_IO, "standard output: cannot be written: No space left on device");
        assert_false(to_file("/dev/full", false, lens[i]));
        assert_failed(ERROR_IO, "/dev/full: cannot be written: No space left on device");
    }
}

static void a_reader_that_went_away_fails_the_write(void **state)
{
    (void)state;
    for (size_t i = 1; i < 3; i++) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        set_stdout(ends[1]);
        close(ends[0]);
        assert_false(to_stdout(lens[i]));
        assert_failed(ERROR_IO, "standard output: cannot be written: Broken pipe");
    }
}

static void a_file_size_limit_fails_the_write(void **state)
{
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {.rlim_cur = 100000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    set_stdout(open(in_folder("out"), O_WRONLY | O_CREAT, 0600));
    bool direct = to_stdout(BIG);
    assert_failed(ERROR_IO, "File too large");
    bool atomic = to_file(in_folder("file"), false, BIG);
    assert_failed(ERROR_IO, "file: cannot be written: File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(direct || atomic);
    assert_false(is_there("file"));
}

static void closed_standard_output_is_refused(void **state)
{
    (void)state;
    close(1);
    assert_null(sink_new_stdout(&err));
    assert_failed(ERROR_IO, "standard output: is closed");
}

static void standard_output_not_open_for_writing_is_refused(void **state)
{
    (void)state;
    set_stdout(open("/dev/null", O_RDONLY));
    assert_null(sink_new_stdout(&err));
    assert_failed(ERROR_IO, "standard output: is not open for writing");
}

static void a_terminal_is_refused_with_a_hint(void **state)
{
    (void)state;
    int master;
    int slave;
    char name[256];
    if (openpty(&master, &slave, name, NULL, NULL) != 0) {
        print_message("# skipped: no pseudo terminal here\n");
        return;
    }
    set_stdout(slave);
    assert_null(sink_new_stdout(&err));
    assert_failed(ERROR_USAGE, "give -o FILE");
    error_clear(&err);
    assert_null(sink_new_file(name, false, NULL, &err));
    assert_failed(ERROR_USAGE, "is a terminal");
    close(master);
}

/* Files. */

static void a_file_is_there_after_finish_and_never_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sink *sink = sink_new_file(in_folder("file"), false, NULL, &err);
        assert_non_null(sink);
        assert_string_equal(sink_name(sink), in_folder("file"));
        assert_true(sink_write(sink, pattern(), lens[i], &err));
        assert_false(is_there("file"));
        assert_true(sink_finish(sink, &err));
        assert_true(is_pattern("file", lens[i]));
        sink_abandon(sink, &err);
        sink_free(sink);
        assert_true(is_pattern("file", lens[i]));
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void an_abandoned_file_leaves_what_was_there(void **state)
{
    (void)state;
    put("old", 77);
    const char *names[] = {"old", "new"};
    for (size_t i = 0; i < 2; i++) {
        struct sink *sink = sink_new_file(in_folder(names[i]), false, NULL, &err);
        assert_true(sink_write(sink, pattern(), BIG, &err));
        sink_abandon(sink, &err);
        sink_abandon(sink, &err);
        sink_free(sink);
    }
    assert_true(is_pattern("old", 77));
    assert_false(is_there("new"));
    assert_false(is_there(".old.walseal"));
}

static void freeing_abandons(void **state)
{
    (void)state;
    struct sink *sink = sink_new_file(in_folder("new"), false, NULL, &err);
    assert_true(sink_write(sink, pattern(), 6, &err));
    sink_free(sink);
    assert_false(is_there("new"));
    sink_free(NULL);
}

static void without_clobbering_an_existing_file_is_kept(void **state)
{
    (void)state;
    put("file", 77);
    assert_false(to_file(in_folder("file"), true, 6));
    assert_failed(ERROR_IO, "file: file exists");
    assert_true(is_pattern("file", 77));
    assert_true(to_file(in_folder("free"), true, 6));
    assert_true(is_pattern("free", 6));
}

static void the_input_is_refused_as_the_output(void **state)
{
    (void)state;
    put("file", 6);
    assert_int_equal(link(in_folder("file"), in_folder("hard")), 0);
    assert_int_equal(symlink("file", in_folder("symbolic")), 0);
    struct source *input = source_new_file(in_folder("file"), &policy, &err);
    const char *names[] = {"file", "hard", "symbolic"};
    for (size_t i = 0; i < 3; i++) {
        error_clear(&err);
        assert_null(sink_new_file(in_folder(names[i]), false, input, &err));
        assert_failed(ERROR_USAGE, "is the input too");
    }
    error_clear(&err);
    struct sink *other = sink_new_file(in_folder("other"), false, input, &err);
    assert_non_null(other);
    sink_free(other);
    source_free(input);
    struct source *device = source_new_file("/dev/null", &policy, &err);
    struct sink *same = sink_new_file("/dev/null", false, device, &err);
    assert_non_null(same);
    sink_free(same);
    source_free(device);
}

static void a_directory_is_refused(void **state)
{
    (void)state;
    assert_null(sink_new_file(folder, false, NULL, &err));
    assert_failed(ERROR_IO, "is a directory");
}

static void a_named_pipe_is_written_to_once_it_has_a_reader(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    for (size_t i = 0; i < 3; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            sleep_ms(50);
            pid_t reader = start_reader(open(in_folder("pipe"), O_RDONLY), lens[i], 0);
            int status;
            waitpid(reader, &status, 0);
            _exit(WEXITSTATUS(status));
        }
        assert_true(to_file(in_folder("pipe"), i == 1, lens[i]));
        assert_child_good(pid);
        struct stat status;
        assert_int_equal(lstat(in_folder("pipe"), &status), 0);
        assert_true(S_ISFIFO(status.st_mode));
    }
}

static void waiting_for_a_reader_can_be_called_off(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    signal(SIGALRM, wake_later);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 30000}}, NULL);
    assert_null(sink_new_file(in_folder("pipe"), false, NULL, &err));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
}

static void devices_are_written_to_and_stay_devices(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(to_file("/dev/null", true, lens[i]));
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

/* Commands. */

static struct sink *open_command(const char *command, struct children **children)
{
    struct child_spec spec = {.role = CHILD_TO, .command = command};
    *children = children_start(&spec, 1, &err);
    assert_non_null(*children);
    struct sink *sink = sink_new_command(*children, 0, &err);
    assert_non_null(sink);
    return sink;
}

static bool to_command(const char *command, size_t len)
{
    error_clear(&err);
    struct children *children;
    struct sink *sink = open_command(command, &children);
    bool ok = write_and_finish(sink, len);
    if (!ok)
        sink_abandon(sink, &err);
    sink_free(sink);
    children_free(children);
    return ok;
}

static void a_command_gets_every_byte_and_its_success_is_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(to_command("cat >\"$D\"/tmp; sleep .05; mv \"$D\"/tmp \"$D\"/file", lens[i]));
        assert_true(is_pattern("file", lens[i]));
    }
}

static void a_command_that_fails_at_its_end_fails_the_run(void **state)
{
    (void)state;
    assert_false(to_command("cat >/dev/null; exit 4", 6));
    assert_failed(ERROR_IO, "command \"cat >/dev/null; exit 4\" exited with status 4");
    assert_false(to_command("cat >/dev/null; kill -9 $$", 6));
    assert_failed(ERROR_IO, "signal 9");
}

static void a_command_that_leaves_early_fails_the_run_with_its_status(void **state)
{
    (void)state;
    assert_false(to_command("exit 5", BIG));
    assert_failed(ERROR_IO,
                  "command \"exit 5\" stopped reading before the end of its input: it exited "
                  "with status 5");
    assert_false(to_command("head -c 3 >/dev/null; exit 0", BIG));
    assert_failed(ERROR_IO, "stopped reading before the end of its input: it exited with status 0");
}

static void what_holds_the_pipe_open_does_not_hide_that_the_command_left(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "exec 3<&0; sleep 3 <&3 & exit 6",
        /* out of the guardian's reach */
        "exec 3<&0; setsid sh -c 'echo >\"$D\"/away; sleep 3' <&3 & "
        "until [ -e \"$D\"/away ]; do :; done; exit 6",
    };
    for (size_t i = 0; i < 2; i++) {
        time_t start = time(NULL);
        assert_false(to_command(commands[i], BIG));
        assert_true(time(NULL) - start < 3);
        assert_failed(ERROR_IO, "stopped reading before the end of its input: it exited with "
                                "status 6");
    }
}

static void the_status_of_a_command_is_no_part_of_another_reason(void **state)
{
    (void)state;
    struct children *children;
    struct sink *sink = open_command("exit 5", &children);
    assert_false(sink_write(sink, pattern(), BIG, &err));
    struct error other = {.kind = ERROR_NONE};
    fail_errno(&other, ERROR_IO, EIO, "input: cannot be read");
    sink_abandon(sink, &other);
    assert_string_equal(other.text, "input: cannot be read: Input/output error");
    sink_free(sink);
    children_free(children);
}

static void an_abandoned_command_never_sees_the_end_of_its_input(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        struct children *children;
        struct sink *sink = open_command("echo $$ >\"$D\"/new; mv \"$D\"/new \"$D\"/pid; "
                                         "cat >/dev/null; : >\"$D\"/committed",
                                         &children);
        assert_true(sink_write(sink, pattern(), 6, &err));
        while (!is_there("pid"))
            sleep_ms(1);
        FILE *file = fopen(in_folder("pid"), "r");
        int pid = 0;
        assert_int_equal(fscanf(file, "%d", &pid), 1);
        fclose(file);
        unlink(in_folder("pid"));
        sink_abandon(sink, &err);
        assert_int_equal(kill(pid, 0), -1);
        sink_free(sink);
        children_free(children);
        assert_false(is_there("committed"));
    }
}

/* Comparisons. */

/* Compares the first len bytes of pattern, fed in steps, with the file. */
static bool compare(size_t len, size_t step)
{
    error_clear(&err);
    struct source *plain = source_new_file(in_folder("file"), &policy, &err);
    struct sink *sink = sink_new_compare(plain, &err);
    assert_non_null(sink);
    bool ok = true;
    for (size_t done = 0; ok && done < len; done += step)
        ok = sink_write(sink, pattern() + done, len - done < step ? len - done : step, &err);
    ok = ok && sink_finish(sink, &err);
    sink_free(sink);
    source_free(plain);
    return ok;
}

static void equal_content_is_equal_in_any_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        put("file", lens[i]);
        assert_true(compare(lens[i], 1 << 20));
        assert_true(compare(lens[i], 65537));
        assert_true(compare(lens[i], lens[i] < 100 ? 1 : 5000));
    }
}

static void the_first_byte_that_differs_is_told(void **state)
{
    (void)state;
    const size_t offsets[] = {0, 65535, 65536, BIG - 1};
    for (size_t i = 0; i < 4; i++) {
        put("file", BIG);
        int fd = open(in_folder("file"), O_WRONLY);
        assert_int_equal(pwrite(fd, "", 1, (off_t)offsets[i]), 1);
        close(fd);
        char part[64];
        snprintf(part, sizeof part, "file: differs from byte %zu on", offsets[i]);
        assert_false(compare(BIG, 1 << 20));
        assert_failed(ERROR_DIFFERS, part);
    }
}

static void a_length_that_differs_is_told(void **state)
{
    (void)state;
    put("file", 70000);
    assert_false(compare(70001, 1 << 20));
    assert_failed(ERROR_DIFFERS, "differs: it ends at byte 70000");
    assert_false(compare(69999, 1 << 20));
    assert_failed(ERROR_DIFFERS, "differs: it goes on after byte 69999");
}

static void a_source_that_fails_fails_the_comparison(void **state)
{
    (void)state;
    put("file", 6);
    struct source *plain = source_new_file(in_folder("file"), &policy, &err);
    struct sink *sink = sink_new_compare(plain, &err);
    assert_true(sink_write(sink, pattern(), 6, &err));
    put("file", 7);
    assert_false(sink_finish(sink, &err));
    assert_failed(ERROR_IO, "changed size");
    sink_free(sink);
    source_free(plain);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(standard_output_as_a_file_takes_every_byte),
        TEST(finishing_closes_standard_output),
        TEST(pipes_blocking_or_not_take_every_byte),
        TEST(the_flags_of_an_inherited_pipe_stay_as_they_were),
        TEST(a_socket_takes_every_byte),
        TEST(signals_that_mean_nothing_disturb_no_write),
        TEST(a_write_that_nobody_reads_can_be_called_off),
        TEST(another_thread_can_call_off_a_write_to_a_socket),
        TEST(a_full_device_fails_with_any_number_of_bytes),
        TEST(a_reader_that_went_away_fails_the_write),
        TEST(a_file_size_limit_fails_the_write),
        TEST(closed_standard_output_is_refused),
        TEST(standard_output_not_open_for_writing_is_refused),
        TEST(a_terminal_is_refused_with_a_hint),
        TEST(a_file_is_there_after_finish_and_never_before),
        TEST(an_abandoned_file_leaves_what_was_there),
        TEST(freeing_abandons),
        TEST(without_clobbering_an_existing_file_is_kept),
        TEST(the_input_is_refused_as_the_output),
        TEST(a_directory_is_refused),
        TEST(a_named_pipe_is_written_to_once_it_has_a_reader),
        TEST(waiting_for_a_reader_can_be_called_off),
        TEST(devices_are_written_to_and_stay_devices),
        TEST(a_command_gets_every_byte_and_its_success_is_waited_for),
        TEST(a_command_that_fails_at_its_end_fails_the_run),
        TEST(a_command_that_leaves_early_fails_the_run_with_its_status),
        TEST(what_holds_the_pipe_open_does_not_hide_that_the_command_left),
        TEST(the_status_of_a_command_is_no_part_of_another_reason),
        TEST(an_abandoned_command_never_sees_the_end_of_its_input),
        TEST(equal_content_is_equal_in_any_steps),
        TEST(the_first_byte_that_differs_is_told),
        TEST(a_length_that_differs_is_told),
        TEST(a_source_that_fails_fails_the_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
