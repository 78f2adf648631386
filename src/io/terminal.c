#define _DEFAULT_SOURCE
#include "io/terminal.h"

#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What doesn't reach the person will be missed by nobody else. */
static void show(int fd, const char *text)
{
    ssize_t written = write(fd, text, strlen(text));
    (void)written;
}

static bool read_line(int fd, const char *prompt, char *text, size_t size, size_t *len,
                      struct error *err)
{
    for (*len = 0;;) {
        char next;
        if (wait_ready(fd, POLLIN, -1) < 0)
            return fail(err, ERROR_INTERRUPTED, "interrupted");
        ssize_t got = read(fd, &next, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return fail(err, ERROR_KEY, "%snothing was typed", prompt);
        if (next == '\n')
            return true;
        if (*len == size)
            return fail(err, ERROR_KEY, "what was typed is longer than %zu bytes", size);
        text[(*len)++] = next;
    }
}

static bool is_held;
static int held_fd;

static int open_anew(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool terminal_hold(void)
{
    if (!is_held)
        held_fd = open_anew();
    is_held = true;
    return held_fd >= 0;
}

static void close_terminal(int fd)
{
    if (!is_held)
        close(fd);
}

/* The terminal, if this process is in its foreground; otherwise -1. */
static int open_terminal(struct termios *settings)
{
    int fd = is_held ? held_fd : open_anew();
    if (fd < 0 || (tcgetattr(fd, settings) == 0 && tcgetpgrp(fd) == getpgrp()))
        return fd;
    close_terminal(fd);
    return -1;
}

bool terminal_is_there(void)
{
    struct termios settings;
    int fd = open_terminal(&settings);
    if (fd >= 0)
        close_terminal(fd);
    return fd >= 0;
}

bool terminal_ask(const char *prompt, char *text, size_t size, size_t *len, struct error *err)
{
    struct termios before;
    int fd = open_terminal(&before);
    if (fd < 0)
        return fail(err, ERROR_KEY,
                    "%sthere is no terminal to ask on: give it with -p or "
                    "WALG_PGP_KEY_PASSPHRASE",
                    prompt);
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON;
    bool good = tcsetattr(fd, TCSAFLUSH, &silent) == 0
                    ? true
                    : fail_errno(err, ERROR_KEY, errno, "/dev/tty");
    if (good) {
        show(fd, prompt);
        good = read_line(fd, prompt, text, size, len, err);
        show(fd, "\n");
        tcsetattr(fd, TCSAFLUSH, &before);
    }
    close_terminal(fd);
    return good;
}
