/*
 * Lines of messages, made harmless and written at once.
 */
#include "message.h"
#include "base/text.h"
#include "progress.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* POSIX's least PIPE_BUF is 512, Linux's is 4096: a write of no more than this stays in one piece
 * where a log is a pipe. */
enum { LINE_SIZE = 4096 };

static enum message_verbosity verbosity_now = MESSAGE_NORMAL;

struct line {
    char text[LINE_SIZE];
    size_t len;
};

/* True: everything was accepted; otherwise errno tells. */
static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written >= 0) {
            bytes += written;
            len -= (size_t)written;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* Keeps one byte free for the newline; a character is added whole or not at all. */
static bool line_add(struct line *line, const char *text, size_t len)
{
    if (len > sizeof line->text - 1 - line->len)
        return false;
    memcpy(line->text + line->len, text, len);
    line->len += len;
    return true;
}

static void line_add_shown(struct line *line, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        char shown[TEXT_SHOWN_SIZE];
        size_t taken = text_show(text, left, shown);
        if (!line_add(line, shown, strlen(shown)))
            return;
        text += taken;
        left -= taken;
    }
}

static void print_line(const char *label, const char *text)
{
    struct line line = {.len = 0};
    line_add_shown(&line, "walseal: ");
    line_add_shown(&line, label);
    line_add_shown(&line, text);
    line.text[line.len++] = '\n';
    progress_clear();
    /* There is nowhere left to say that standard error takes nothing; the exit status still does.
     */
    (void)write_all(STDERR_FILENO, line.text, line.len);
}

static bool is_shown(enum note_level level)
{
    if (level == NOTE_VERBOSE)
        return verbosity_now == MESSAGE_VERBOSE;
    return verbosity_now != MESSAGE_QUIET;
}

static void print_note(enum note_level level, const char *text)
{
    if (is_shown(level))
        print_line(level == NOTE_WARNING ? "warning: " : "", text);
}

void message_set_verbosity(enum message_verbosity verbosity)
{
    verbosity_now = verbosity;
}

void message_error(const struct error *err)
{
    if (err->kind != ERROR_NONE && err->kind != ERROR_INTERRUPTED && err->text[0] != '\0')
        print_line("", err->text);
}

void message_note(enum note_level level, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE] = "";
    va_list args;
    va_start(args, format);
    text_append(text, sizeof text, format, args);
    va_end(args);
    print_note(level, text);
}

void message_notes(struct notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        print_note(notes->note[i].level, notes->note[i].text);
    size_t lost = notes->lost + (is_shown(NOTE_VERBOSE) ? notes->lost_verbose : 0);
    if (lost > 0)
        message_note(NOTE_PLAIN, "%zu more note%s left out", lost, lost == 1 ? " was" : "s were");
    notes->count = 0;
    notes->lost = 0;
    notes->lost_verbose = 0;
}

bool message_print(const char *text, struct error *err)
{
    if (!write_all(STDOUT_FILENO, text, strlen(text)))
        return fail_errno(err, ERROR_IO, errno, "standard output");
    /* A file on a network may tell only on close that it was full. */
    int copy = dup(STDOUT_FILENO);
    if (copy < 0 || (close(copy) != 0 && errno != EINTR))
        return fail_errno(err, ERROR_IO, errno, "standard output");
    return true;
}
