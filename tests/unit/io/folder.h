/*
 * A folder of its own for each test of io, with the wake pipe made and standard input and output
 * put back behind it. Included after cmocka.h.
 */
#ifndef WALSEAL_TESTS_IO_FOLDER_H
#define WALSEAL_TESTS_IO_FOLDER_H

#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BIG = 3000000 };

static char folder[256];
static struct error err;
static int saved_stdin = -1;
static int saved_stdout = -1;

/* The path of name in the folder; valid for the next seven calls. */
static inline const char *in_folder(const char *name)
{
    static char paths[8][4096];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline int folder_setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/walseal-io.XXXXXX", base ? base : "/tmp");
    error_clear(&err);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGALRM, SIG_DFL);
    alarm(300); /* a test that hangs ends them all */
    umask(022);
    saved_stdin = fcntl(0, F_DUPFD_CLOEXEC, 10);
    saved_stdout = fcntl(1, F_DUPFD_CLOEXEC, 10);
    return mkdtemp(folder) && setenv("D", folder, 1) == 0 && wait_begin(&err) ? 0 : -1;
}

static inline int folder_remove_one(const char *path, const struct stat *status, int type,
                                    struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int folder_teardown(void **state)
{
    (void)state;
    wait_end();
    dup2(saved_stdin, 0);
    dup2(saved_stdout, 1);
    close(saved_stdin);
    close(saved_stdout);
    return nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* BIG bytes that no shift of them equals. */
static inline const unsigned char *pattern(void)
{
    static unsigned char bytes[BIG];
    uint32_t x = 1;
    for (size_t i = 0; i < BIG && bytes[BIG - 1] == 0; i++) {
        x = x * 1664525U + 1013904223U;
        bytes[i] = (unsigned char)(x >> 24 | 1);
    }
    return bytes;
}

/* Makes the file name of the first len bytes of pattern. */
static inline void put(const char *name, size_t len)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(pattern(), 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* Whether the file at path is exactly the first len bytes of pattern. */
static inline bool is_pattern_at(const char *path, size_t len)
{
    static unsigned char bytes[BIG + 1];
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t got = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return got == len && memcmp(bytes, pattern(), len) == 0;
}

static inline bool is_pattern(const char *name, size_t len)
{
    return is_pattern_at(in_folder(name), len);
}

static inline bool is_there(const char *name)
{
    struct stat status;
    return lstat(in_folder(name), &status) == 0;
}

static inline void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Ends well: a child of a test that finished. */
static inline void assert_child_good(pid_t pid)
{
    int status;
    pid_t ended;
    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    assert_int_equal(ended, pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static inline void do_nothing(int signal_number)
{
    (void)signal_number;
}

/* A child that writes len bytes of pattern to fd in pieces, pausing between them. */
static inline pid_t start_writer(int fd, size_t len, size_t piece, long pause_ms)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    const unsigned char *bytes = pattern();
    for (size_t done = 0; done < len;) {
        size_t want = len - done < piece ? len - done : piece;
        ssize_t count = write(fd, bytes + done, want);
        if (count > 0)
            done += (size_t)count;
        else if (errno != EAGAIN)
            _exit(1);
        sleep_ms(pause_ms);
    }
    _exit(0);
}

#define assert_failed(expected_kind, part)                                                         \
    do {                                                                                           \
        assert_int_equal(err.kind, expected_kind);                                                 \
        if (!strstr(err.text, part))                                                               \
            fail_msg("not in \"%s\": %s", err.text, part);                                         \
    } while (0)

#endif
