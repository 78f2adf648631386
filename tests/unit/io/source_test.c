/*
 * Where bytes come from: that every byte comes, and that the end is told only when it is the true
 * one.
 */
#define _GNU_SOURCE
#include "io/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

static const struct source_policy encrypting = {.unchanged = true};
static const struct source_policy decrypting = {.absent_file = true};
static const struct source_policy on_standby = {.absent_file = true, .standby = true};

static unsigned char bytes[BIG + 1];

static struct source *open_file(const char *name)
{
    struct source *source = source_new_file(in_folder(name), &decrypting, &err);
    assert_non_null(source);
    return source;
}

/* Standard input becomes fd, which is closed. */
static void set_stdin(int fd)
{
    assert_true(fd >= 0);
    dup2(fd, 0);
    close(fd);
}

static struct source *open_stdin(const struct source_policy *policy)
{
    struct source *source = source_new_stdin(policy, &err);
    assert_non_null(source);
    return source;
}

/* Reads source to its end in reads of step bytes: it must be the first len bytes of pattern. */
static void assert_reads(struct source *source, size_t len, size_t step)
{
    size_t total = 0;
    size_t got;
    do {
        size_t want = step < sizeof bytes - total ? step : sizeof bytes - total;
        assert_true(source_read(source, bytes + total, want, &got, &err));
        total += got;
        assert_true(got == want || total == len);
    } while (got == step);
    assert_int_equal(total, len);
    assert_memory_equal(bytes, pattern(), len);
    assert_int_equal(source_bytes(source), len);
}

/* Reads to the end, which must fail; what was read up to there counts no more. */
static void assert_end_fails(struct source *source)
{
    size_t got = 1;
    assert_false(source_read(source, bytes, sizeof bytes, &got, &err));
    assert_int_equal(got, 0);
}

static void a_file_is_read_to_its_last_byte(void **state)
{
    (void)state;
    const size_t lens[] = {0, 1, 6, 65536, BIG};
    const size_t steps[] = {7, 4096, 1 << 20, BIG, BIG + 1};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
        for (size_t j = lens[i] == BIG ? 1 : 0; j < sizeof steps / sizeof steps[0]; j++) {
            put("file", lens[i]);
            struct source *source = open_file("file");
            assert_reads(source, lens[i], steps[j]);
            source_free(source);
        }
}

static void after_the_end_there_are_zero_bytes_again(void **state)
{
    (void)state;
    put("file", 6);
    struct source *source = open_file("file");
    assert_reads(source, 6, 100);
    size_t got = 9;
    assert_true(source_read(source, bytes, 10, &got, &err));
    assert_int_equal(got, 0);
    const unsigned char *peeked;
    assert_true(source_peek(source, 10, &peeked, &got, &err));
    assert_int_equal(got, 0);
    source_free(source);
}

static void peeking_takes_nothing_away(void **state)
{
    (void)state;
    put("file", 200000);
    struct source *source = open_file("file");
    const size_t wants[] = {0, 1, 24, 5, SOURCE_PEEK_MAX, SOURCE_PEEK_MAX + 1};
    for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++) {
        const unsigned char *peeked;
        size_t got;
        assert_true(source_peek(source, wants[i], &peeked, &got, &err));
        assert_int_equal(got, wants[i] < SOURCE_PEEK_MAX ? wants[i] : SOURCE_PEEK_MAX);
        assert_memory_equal(peeked, pattern(), got);
        assert_int_equal(source_bytes(source), 0);
    }
    assert_reads(source, 200000, 30000);
    source_free(source);
}

static void peeking_between_reads_shows_what_comes_next(void **state)
{
    (void)state;
    put("file", BIG);
    struct source *source = open_file("file");
    for (size_t at = 0; at < 300000;) {
        const unsigned char *peeked;
        size_t got;
        assert_true(source_peek(source, 1 + at % SOURCE_PEEK_MAX, &peeked, &got, &err));
        assert_int_equal(got, 1 + at % SOURCE_PEEK_MAX);
        assert_memory_equal(peeked, pattern() + at, got);
        assert_true(source_read(source, bytes, 997 + at / 7, &got, &err));
        assert_int_equal(got, 997 + at / 7);
        assert_memory_equal(bytes, pattern() + at, got);
        at += got;
    }
    source_free(source);
}

static void peeking_beyond_the_end_gives_what_there_is(void **state)
{
    (void)state;
    put("file", 6);
    struct source *source = open_file("file");
    const unsigned char *peeked;
    size_t got;
    assert_true(source_peek(source, 1000, &peeked, &got, &err));
    assert_int_equal(got, 6);
    assert_memory_equal(peeked, pattern(), 6);
    assert_reads(source, 6, 4);
    source_free(source);
}

static void the_size_of_a_regular_file_is_known(void **state)
{
    (void)state;
    put("file", 12345);
    struct source *source = open_file("file");
    uint64_t size;
    assert_true(source_size(source, &size));
    assert_int_equal(size, 12345);
    source_free(source);
    struct source *device = source_new_file("/dev/zero", &decrypting, &err);
    assert_non_null(device);
    assert_false(source_size(device, &size));
    source_free(device);
}

static void a_file_of_proc_whose_size_says_zero_is_read(void **state)
{
    (void)state;
    struct source *source = source_new_file("/proc/self/status", &encrypting, &err);
    assert_non_null(source);
    size_t got;
    assert_true(source_read(source, bytes, sizeof bytes, &got, &err));
    assert_true(got > 0);
    source_free(source);
}

static void a_file_that_grows_while_it_is_read_fails(void **state)
{
    (void)state;
    put("file", 5000);
    struct source *source = open_file("file");
    size_t got;
    assert_true(source_read(source, bytes, 5000, &got, &err));
    put("file", 5001);
    assert_end_fails(source);
    assert_failed(ERROR_IO, "changed size while it was read");
    source_free(source);
}

static void a_file_that_shrinks_while_it_is_read_fails(void **state)
{
    (void)state;
    put("file", 5000);
    struct source *source = open_file("file");
    size_t got;
    assert_true(source_read(source, bytes, 10, &got, &err));
    assert_int_equal(truncate(in_folder("file"), 4999), 0);
    assert_end_fails(source);
    assert_failed(ERROR_IO, "changed size while it was read");
    source_free(source);
}

/* An old file, read in part, then written to without growing, then read to its end. */
static bool reads_what_is_written_to(const struct source_policy *policy)
{
    put("file", 5000);
    const struct timespec times[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, in_folder("file"), times, 0), 0);
    struct source *source = source_new_file(in_folder("file"), policy, &err);
    assert_non_null(source);
    size_t got;
    assert_true(source_read(source, bytes, 10, &got, &err));
    int fd = open(in_folder("file"), O_WRONLY);
    assert_int_equal(write(fd, "recycled", 8), 8);
    close(fd);
    bool ok = source_read(source, bytes, sizeof bytes, &got, &err);
    source_free(source);
    return ok;
}

static void a_file_to_encrypt_that_is_written_to_while_it_is_read_fails(void **state)
{
    (void)state;
    assert_false(reads_what_is_written_to(&encrypting));
    assert_failed(ERROR_IO, "was written to while it was read");
}

static void a_file_to_decrypt_may_be_written_to_while_it_is_read(void **state)
{
    (void)state;
    assert_true(reads_what_is_written_to(&decrypting));
}

static void an_empty_file_that_is_filled_too_late_fails(void **state)
{
    (void)state;
    put("file", 0);
    struct source *source = open_file("file");
    put("file", 10);
    assert_end_fails(source);
    assert_failed(ERROR_IO, "changed size");
    source_free(source);
}

static void a_file_that_is_written_to_as_it_is_read_comes_to_an_end(void **state)
{
    (void)state;
    put("file", 5000);
    struct source *source = open_file("file");
    int fd = open(in_folder("file"), O_WRONLY | O_APPEND);
    size_t got;
    while (source_read(source, bytes, 1000, &got, &err) && source_bytes(source) < 100000)
        assert_int_equal(write(fd, bytes, got), got);
    assert_failed(ERROR_IO, "changed size while it was read");
    close(fd);
    source_free(source);
}

static void a_directory_is_refused(void **state)
{
    (void)state;
    assert_null(source_new_file(folder, &decrypting, &err));
    assert_failed(ERROR_IO, "is a directory");
}

static void a_file_is_recognised_by_every_name_it_has(void **state)
{
    (void)state;
    put("file", 6);
    put("other", 6);
    assert_int_equal(symlink("file", in_folder("symbolic")), 0);
    assert_int_equal(link(in_folder("file"), in_folder("hard")), 0);
    struct source *source = open_file("file");
    assert_true(source_is_file(source, in_folder("file")));
    assert_true(source_is_file(source, in_folder("symbolic")));
    assert_true(source_is_file(source, in_folder("hard")));
    assert_false(source_is_file(source, in_folder("other")));
    assert_false(source_is_file(source, in_folder("nothing")));
    source_free(source);
}

/* What is not there. */

static void assert_not_opened(const char *path, const struct source_policy *policy,
                              enum error_kind kind, const char *part)
{
    error_clear(&err);
    assert_null(source_new_file(path, policy, &err));
    assert_failed(kind, part);
}

static void a_missing_file_is_absent_only_where_the_policy_says_so(void **state)
{
    (void)state;
    put("neighbour", 1);
    assert_not_opened(in_folder("missing"), &decrypting, ERROR_ABSENT, "missing: no such file");
    assert_not_opened(in_folder("missing"), &encrypting, ERROR_IO, "No such file or directory");
}

static void a_missing_file_in_an_empty_directory_is_broken(void **state)
{
    (void)state;
    assert_not_opened(in_folder("missing"), &decrypting, ERROR_IO,
                      "directory is empty: is the archive mounted?");
    /* One hidden file is enough to tell that it is mounted. */
    put(".hidden", 0);
    assert_not_opened(in_folder("missing"), &decrypting, ERROR_ABSENT, "no such file");
}

static void a_missing_file_in_a_missing_directory_is_broken(void **state)
{
    (void)state;
    put("neighbour", 1);
    assert_not_opened(in_folder("nowhere/missing"), &decrypting, ERROR_IO,
                      "is the archive mounted");
    assert_not_opened(in_folder("neighbour/missing"), &decrypting, ERROR_IO, "Not a directory");
    assert_not_opened("", &decrypting, ERROR_IO, "cannot be opened");
}

static void a_dangling_link_is_broken(void **state)
{
    (void)state;
    assert_int_equal(symlink("nothing", in_folder("link")), 0);
    assert_not_opened(in_folder("link"), &decrypting, ERROR_IO, "link to something that doesn't");
}

static void a_directory_that_may_not_be_listed_or_entered_is_broken(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("closed"), 0755), 0);
    put("closed/neighbour", 1);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(in_folder("closed"), 0333), 0);
    bool root = geteuid() == 0;
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    struct source *unlisted = source_new_file(in_folder("closed/missing"), &decrypting, &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_null(unlisted);
    assert_failed(ERROR_IO, "Permission denied");

    error_clear(&err);
    assert_int_equal(chmod(in_folder("closed"), 0600), 0);
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    struct source *unentered = source_new_file(in_folder("closed/missing"), &decrypting, &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    chmod(in_folder("closed"), 0700);
    assert_null(unentered);
    assert_failed(ERROR_IO, "Permission denied");
}

static void to_a_standby_everything_broken_is_absent(void **state)
{
    (void)state;
    assert_not_opened(in_folder("missing"), &on_standby, ERROR_ABSENT, "is the archive mounted?");
    assert_not_opened(in_folder("nowhere/missing"), &on_standby, ERROR_ABSENT, "mounted?");
    assert_not_opened(folder, &on_standby, ERROR_ABSENT, "is a directory");
    put("file", 10);
    error_clear(&err);
    struct source *source = source_new_file(in_folder("file"), &on_standby, &err);
    assert_non_null(source);
    put("file", 11);
    assert_end_fails(source);
    assert_failed(ERROR_ABSENT, "changed size");
    source_free(source);
}

/* Named pipes. */

static void a_named_pipe_waits_for_its_writer(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    pid_t pid = fork();
    if (pid == 0) {
        sleep_ms(50);
        int fd = open(in_folder("pipe"), O_WRONLY);
        _exit(fd >= 0 && write(fd, pattern(), 6) == 6 ? 0 : 1);
    }
    struct source *source = open_file("pipe");
    assert_reads(source, 6, 100);
    assert_child_good(pid);
    source_free(source);
}

static void wake_later(int signal_number)
{
    (void)signal_number;
    wait_wake();
}

static void set_timer_ms(int first, int interval)
{
    struct itimerval timer = {.it_value = {.tv_usec = first * 1000},
                              .it_interval = {.tv_usec = interval * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void waiting_for_a_writer_can_be_called_off(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    struct source *source = open_file("pipe");
    signal(SIGALRM, wake_later);
    set_timer_ms(30, 0);
    assert_end_fails(source);
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    source_free(source);
}

/* Standard input. */

static void standard_input_is_read_from_where_it_stands(void **state)
{
    (void)state;
    put("file", 100000);
    set_stdin(open(in_folder("file"), O_RDONLY));
    assert_int_equal(lseek(0, 99990, SEEK_SET), 99990);
    struct source *source = open_stdin(&decrypting);
    uint64_t size;
    assert_true(source_size(source, &size));
    assert_int_equal(size, 10);
    size_t got;
    assert_true(source_read(source, bytes, 100, &got, &err));
    assert_int_equal(got, 10);
    assert_memory_equal(bytes, pattern() + 99990, 10);
    source_free(source);
}

static void standard_input_that_changes_size_fails(void **state)
{
    (void)state;
    put("file", 100);
    set_stdin(open(in_folder("file"), O_RDONLY));
    struct source *source = open_stdin(&decrypting);
    put("file", 90);
    assert_end_fails(source);
    assert_failed(ERROR_IO, "standard input: changed size while it was read");
    source_free(source);
}

static void standard_input_that_another_process_reads_from_too_fails(void **state)
{
    (void)state;
    put("file", 100);
    set_stdin(open(in_folder("file"), O_RDONLY));
    struct source *source = open_stdin(&decrypting);
    size_t got;
    assert_true(source_read(source, bytes, 10, &got, &err));
    assert_int_equal(lseek(0, 30, SEEK_CUR), 40);
    assert_end_fails(source);
    assert_failed(ERROR_IO, "changed size while it was read");
    source_free(source);
}

/* Standard input becomes a pipe with a writer of len bytes; flags as of pipe2. */
static pid_t pipe_to_stdin(int flags, size_t len, size_t piece, long pause_ms)
{
    int ends[2];
    assert_int_equal(pipe2(ends, flags | O_CLOEXEC), 0);
    pid_t pid = start_writer(ends[1], len, piece, pause_ms);
    close(ends[1]);
    set_stdin(ends[0]);
    return pid;
}

static void pipes_blocking_or_not_give_every_byte(void **state)
{
    (void)state;
    const size_t lens[] = {0, 6, BIG};
    for (size_t i = 0; i < 3; i++)
        for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
            pid_t pid = pipe_to_stdin(flags, lens[i], 50000, 0);
            struct source *source = open_stdin(&decrypting);
            assert_reads(source, lens[i], 1 << 20);
            source_free(source);
            assert_child_good(pid);
        }
}

static void short_reads_are_put_together(void **state)
{
    (void)state;
    pid_t pid = pipe_to_stdin(O_NONBLOCK, 40, 3, 1);
    struct source *source = open_stdin(&decrypting);
    const unsigned char *peeked;
    size_t got;
    assert_true(source_peek(source, 24, &peeked, &got, &err));
    assert_int_equal(got, 24);
    assert_reads(source, 40, 30);
    source_free(source);
    assert_child_good(pid);
}

static void signals_that_mean_nothing_disturb_no_read(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = do_nothing};
    sigaction(SIGALRM, &action, NULL);
    pid_t pid = pipe_to_stdin(0, 200000, 2000, 1);
    struct source *source = open_stdin(&decrypting);
    set_timer_ms(1, 1);
    assert_reads(source, 200000, 1 << 20);
    set_timer_ms(0, 0);
    source_free(source);
    assert_child_good(pid);
}

static void closed_standard_input_fails(void **state)
{
    (void)state;
    close(0);
    assert_null(source_new_stdin(&decrypting, &err));
    assert_failed(ERROR_IO, "standard input: is closed");
}

static void standard_input_not_open_for_reading_fails(void **state)
{
    (void)state;
    set_stdin(open("/dev/null", O_WRONLY));
    assert_null(source_new_stdin(&decrypting, &err));
    assert_failed(ERROR_IO, "standard input: is not open for reading");
}

static void a_directory_on_standard_input_is_refused(void **state)
{
    (void)state;
    set_stdin(open(folder, O_RDONLY));
    assert_null(source_new_stdin(&decrypting, &err));
    assert_failed(ERROR_IO, "standard input: is a directory");
}

static void empty_standard_input_is_absent_only_from_a_pipe_or_socket_and_where_said(void **state)
{
    (void)state;
    struct source_policy policy = {.missing_empty = true};
    pid_t pid = pipe_to_stdin(0, 0, 1, 0);
    struct source *source = open_stdin(&policy);
    assert_end_fails(source);
    assert_failed(ERROR_ABSENT, "--missing");
    source_free(source);
    assert_child_good(pid);

    error_clear(&err);
    pid = pipe_to_stdin(0, 1, 1, 0);
    source = open_stdin(&policy);
    assert_reads(source, 1, 100);
    source_free(source);
    assert_child_good(pid);

    error_clear(&err);
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    close(ends[1]);
    set_stdin(ends[0]);
    source = open_stdin(&policy);
    assert_end_fails(source);
    assert_failed(ERROR_ABSENT, "--missing");
    source_free(source);

    put("empty", 0);
    const char *const no_pipes[] = {in_folder("empty"), "/dev/null"};
    for (size_t i = 0; i < sizeof no_pipes / sizeof no_pipes[0]; i++) {
        set_stdin(open(no_pipes[i], O_RDONLY));
        source = open_stdin(&policy);
        assert_reads(source, 0, 100);
        source_free(source);
    }
}

/* Commands. */

/* Starts command and opens its output. */
static struct source *open_command(const char *command, const struct source_policy *policy,
                                   struct children **children)
{
    struct child_spec spec = {.role = CHILD_FROM, .command = command};
    *children = children_start(&spec, 1, &err);
    assert_non_null(*children);
    struct source *source = source_new_command(*children, 0, policy, &err);
    assert_non_null(source);
    return source;
}

static void assert_command_fails(const char *command, const struct source_policy *policy,
                                 enum error_kind kind, const char *part)
{
    error_clear(&err);
    struct children *children;
    struct source *source = open_command(command, policy, &children);
    assert_end_fails(source);
    assert_failed(kind, part);
    source_free(source);
    children_free(children);
}

static void the_output_of_a_command_is_read_to_its_last_byte(void **state)
{
    (void)state;
    put("file", BIG);
    struct children *children;
    struct source *source = open_command("cat \"$D\"/file", &decrypting, &children);
    assert_string_equal(source_name(source), "command \"cat \"$D\"/file\"");
    assert_reads(source, BIG, 1 << 20);
    uint64_t size;
    assert_false(source_size(source, &size));
    assert_false(source_is_file(source, in_folder("file")));
    source_free(source);
    children_free(children);
}

static void a_command_that_fails_after_its_last_byte_fails_the_end(void **state)
{
    (void)state;
    assert_command_fails("echo x; exit 3", &decrypting, ERROR_IO, "exited with status 3");
    assert_command_fails("echo x; kill -9 $$", &decrypting, ERROR_IO, "signal 9");
    assert_command_fails("exec >&-; sleep .1; exit 7", &decrypting, ERROR_IO, "status 7");
}

static void peeking_at_the_end_of_a_failed_command_fails_too(void **state)
{
    (void)state;
    struct children *children;
    struct source *source = open_command("echo x; exit 3", &decrypting, &children);
    const unsigned char *peeked;
    size_t got;
    assert_true(source_peek(source, 2, &peeked, &got, &err));
    assert_int_equal(got, 2);
    assert_false(source_peek(source, 3, &peeked, &got, &err));
    assert_failed(ERROR_IO, "exited with status 3");
    source_free(source);
    children_free(children);
}

static void listed_statuses_mean_absent_when_nothing_was_written(void **state)
{
    (void)state;
    struct source_policy policy = {.absent_file = true, .missing_status = {[3] = true, [4] = true}};
    assert_command_fails("exit 3", &policy, ERROR_ABSENT, "exited with status 3");
    assert_command_fails("exit 4", &policy, ERROR_ABSENT, "--missing");
    assert_command_fails("exit 5", &policy, ERROR_IO, "exited with status 5");
    assert_command_fails("kill -3 $$", &policy, ERROR_IO, "signal 3");
    assert_command_fails("echo x; exit 3", &policy, ERROR_IO, "but only after 2 bytes");
}

static void an_empty_output_means_absent_only_where_said_and_after_success(void **state)
{
    (void)state;
    struct source_policy policy = {.absent_file = true, .missing_empty = true};
    assert_command_fails("true", &policy, ERROR_ABSENT, "wrote nothing");
    assert_command_fails("exit 3", &policy, ERROR_IO, "exited with status 3");
    put("file", 6);
    const struct source_policy *policies[] = {&decrypting, &policy};
    const char *commands[] = {"true", "cat \"$D\"/file"};
    for (size_t i = 0; i < 2; i++) {
        struct children *children;
        error_clear(&err);
        struct source *source = open_command(commands[i], policies[i], &children);
        assert_reads(source, i == 0 ? 0 : 6, 10);
        source_free(source);
        children_free(children);
    }
}

static void the_hint_at_missing_is_given_where_it_could_help(void **state)
{
    (void)state;
    assert_command_fails("exit 3", &decrypting, ERROR_IO, "give --missing 3");
    assert_command_fails("exit 123", &decrypting, ERROR_IO, "give --missing 123");
    const char *commands[] = {"echo x; exit 3", "exit 124", "exit 125", "exit 126", "kill -9 $$"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_command_fails(commands[i], &decrypting, ERROR_IO, "");
        assert_null(strstr(err.text, "--missing"));
    }
    assert_command_fails("exit 3", &encrypting, ERROR_IO, "");
    assert_null(strstr(err.text, "--missing"));
}

static void to_a_standby_a_failed_command_is_absent(void **state)
{
    (void)state;
    assert_command_fails("exit 9", &on_standby, ERROR_ABSENT, "exited with status 9");
    assert_command_fails("echo x; kill -9 $$", &on_standby, ERROR_ABSENT, "signal 9");
}

static void waiting_for_a_command_can_be_called_off(void **state)
{
    (void)state;
    const char *commands[] = {"sleep 50", "exec >&-; sleep 50"};
    for (size_t i = 0; i < 2; i++) {
        error_clear(&err);
        struct children *children;
        struct source *source = open_command(commands[i], &on_standby, &children);
        signal(SIGALRM, wake_later);
        set_timer_ms(50, 0);
        assert_end_fails(source);
        assert_int_equal(err.kind, ERROR_INTERRUPTED);
        source_free(source);
        children_free(children);
        wait_end();
        assert_true(wait_begin(&err));
    }
}

static void a_long_command_leaves_room_for_what_became_of_it(void **state)
{
    (void)state;
    static char command[3000];
    memset(command, ' ', sizeof command - 1);
    memcpy(command, "exit 3 #", 8);
    assert_command_fails(command, &decrypting, ERROR_IO, "...\" exited with status 3");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_to_its_last_byte),
        TEST(after_the_end_there_are_zero_bytes_again),
        TEST(peeking_takes_nothing_away),
        TEST(peeking_between_reads_shows_what_comes_next),
        TEST(peeking_beyond_the_end_gives_what_there_is),
        TEST(the_size_of_a_regular_file_is_known),
        TEST(a_file_of_proc_whose_size_says_zero_is_read),
        TEST(a_file_that_grows_while_it_is_read_fails),
        TEST(a_file_that_shrinks_while_it_is_read_fails),
        TEST(a_file_to_encrypt_that_is_written_to_while_it_is_read_fails),
        TEST(a_file_to_decrypt_may_be_written_to_while_it_is_read),
        TEST(an_empty_file_that_is_filled_too_late_fails),
        TEST(a_file_that_is_written_to_as_it_is_read_comes_to_an_end),
        TEST(a_directory_is_refused),
        TEST(a_file_is_recognised_by_every_name_it_has),
        TEST(a_missing_file_is_absent_only_where_the_policy_says_so),
        TEST(a_missing_file_in_an_empty_directory_is_broken),
        TEST(a_missing_file_in_a_missing_directory_is_broken),
        TEST(a_dangling_link_is_broken),
        TEST(a_directory_that_may_not_be_listed_or_entered_is_broken),
        TEST(to_a_standby_everything_broken_is_absent),
        TEST(a_named_pipe_waits_for_its_writer),
        TEST(waiting_for_a_writer_can_be_called_off),
        TEST(standard_input_is_read_from_where_it_stands),
        TEST(standard_input_that_changes_size_fails),
        TEST(standard_input_that_another_process_reads_from_too_fails),
        TEST(pipes_blocking_or_not_give_every_byte),
        TEST(short_reads_are_put_together),
        TEST(signals_that_mean_nothing_disturb_no_read),
        TEST(closed_standard_input_fails),
        TEST(standard_input_not_open_for_reading_fails),
        TEST(a_directory_on_standard_input_is_refused),
        TEST(empty_standard_input_is_absent_only_from_a_pipe_or_socket_and_where_said),
        TEST(the_output_of_a_command_is_read_to_its_last_byte),
        TEST(a_command_that_fails_after_its_last_byte_fails_the_end),
        TEST(peeking_at_the_end_of_a_failed_command_fails_too),
        TEST(listed_statuses_mean_absent_when_nothing_was_written),
        TEST(an_empty_output_means_absent_only_where_said_and_after_success),
        TEST(the_hint_at_missing_is_given_where_it_could_help),
        TEST(to_a_standby_a_failed_command_is_absent),
        TEST(waiting_for_a_command_can_be_called_off),
        TEST(a_long_command_leaves_room_for_what_became_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
