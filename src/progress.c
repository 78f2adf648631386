/*
 * The progress line: drawn from the ticks of whoever waits, so that no thread of its own is needed.
 */
#define _GNU_SOURCE
#include "progress.h"

#include "base/text.h"
#include "io/wait.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REDRAW_MS = 500, LOG_LINE_MS = 60 * 1000, LINE_SIZE = 160 };

/* 9999:59:59. What would be longer is as good as never, and would not fit the line. */
enum { TIME_MAX_S = 10000 * 3600 - 1 };

static struct {
    const struct source *source; /* this, or .. */
    const _Atomic uint64_t *sum; /* .. that; both NULL: nothing is watched */
    uint64_t size;
    bool redraws; /* in place, on a terminal */
    bool logs;    /* a line now and then, elsewhere */
    atomic_bool on_screen;
    atomic_bool is_paused; /* by whichever thread asks */
    uint64_t start_ms;
    uint64_t next_ms;
} watch;

static atomic_bool requested;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void write_text(const char *text, size_t len)
{
    /* a progress line that can't be shown is no reason to fail */
    if (write(STDERR_FILENO, text, len) < 0)
        return;
}

static void format_time(double passed, char *text, size_t text_size)
{
    uint64_t seconds = passed < TIME_MAX_S ? (uint64_t)passed : TIME_MAX_S;
    snprintf(text, text_size, "%" PRIu64 ":%02u:%02u", seconds / 3600,
             (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

static size_t format_line(char *line, size_t line_size)
{
    char amount[32];
    char rate[32];
    char elapsed[32];
    uint64_t bytes = watch.source != NULL ? source_bytes(watch.source) : atomic_load(watch.sum);
    uint64_t passed_ms = now_ms() - watch.start_ms;
    double per_second = passed_ms == 0 ? 0 : (double)bytes * 1000 / (double)passed_ms;
    text_bytes((double)bytes, amount, sizeof amount);
    text_bytes(per_second, rate, sizeof rate);
    format_time((double)passed_ms / 1000, elapsed, sizeof elapsed);
    int len = snprintf(line, line_size, "walseal: %s, %s/s, %s", amount, rate, elapsed);
    if (watch.size > 0 && bytes <= watch.size && per_second > 0) {
        char left[32];
        format_time((double)(watch.size - bytes) / per_second, left, sizeof left);
        len += snprintf(line + len, line_size - (size_t)len, ", %.0f %%, %s left",
                        100 * (double)bytes / (double)watch.size, left);
    }
    return (size_t)len;
}

static void draw(bool in_place)
{
    char text[LINE_SIZE];
    size_t len = 0;
    if (watch.on_screen || in_place) {
        memcpy(text, "\r\033[K", 4);
        len = 4;
    }
    len += format_line(text + len, sizeof text - len - 1);
    if (!in_place)
        text[len++] = '\n';
    write_text(text, len);
    watch.on_screen = in_place;
}

static void begin(enum progress_mode mode, uint64_t size)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    watch.size = size;
    watch.redraws = mode != PROGRESS_NEVER && terminal;
    watch.logs = mode == PROGRESS_ALWAYS && !terminal;
    watch.on_screen = false;
    watch.start_ms = now_ms();
    watch.next_ms = watch.start_ms + (watch.redraws ? REDRAW_MS : LOG_LINE_MS);
    wait_set_tick(progress_tick);
}

void progress_begin(const struct source *source, enum progress_mode mode, uint64_t size)
{
    uint64_t known;
    watch.source = source;
    watch.sum = NULL;
    begin(mode, size != 0 || !source_size(source, &known) ? size : known);
}

void progress_begin_sum(const _Atomic uint64_t *bytes, enum progress_mode mode, uint64_t size)
{
    watch.source = NULL;
    watch.sum = bytes;
    begin(mode, size);
}

static bool watches(void)
{
    return watch.source != NULL || watch.sum != NULL;
}

void progress_tick(void)
{
    if (!watches() || watch.is_paused)
        return;
    if (atomic_exchange(&requested, false))
        draw(false);
    uint64_t now = now_ms();
    if (now < watch.next_ms || !(watch.redraws || watch.logs))
        return;
    draw(watch.redraws);
    watch.next_ms = now + (watch.redraws ? REDRAW_MS : LOG_LINE_MS);
}

void progress_request(void)
{
    atomic_store(&requested, true);
}

void progress_clear(void)
{
    if (atomic_exchange(&watch.on_screen, false))
        write_text("\r\033[K", 4);
}

void progress_pause(bool paused)
{
    progress_clear();
    watch.is_paused = paused;
}

void progress_end(void)
{
    if (!watches())
        return;
    progress_clear();
    if (watch.logs)
        draw(false);
    wait_set_tick(NULL);
    watch.source = NULL;
    watch.sum = NULL;
}
