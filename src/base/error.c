#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append_text(struct error *err, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void append_text(struct error *err, const char *format, va_list args)
{
    size_t used = strlen(err->text);
    vsnprintf(err->text + used, sizeof err->text - used, format, args);
}

/* False: there is a reason already, and it stays. */
static bool begin_reason(struct error *err, enum error_kind kind)
{
    if (err->kind != ERROR_NONE)
        return false;
    err->kind = kind;
    err->text[0] = '\0';
    return true;
}

bool fail(struct error *err, enum error_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (begin_reason(err, kind))
        append_text(err, format, args);
    va_end(args);
    return false;
}

bool fail_errno(struct error *err, enum error_kind kind, int errno_value, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (begin_reason(err, kind)) {
        append_text(err, format, args);
        error_append(err, ": %s", strerror(errno_value));
    }
    va_end(args);
    return false;
}

bool fail_memory(struct error *err)
{
    return fail(err, ERROR_IO, "out of memory");
}

void error_append(struct error *err, const char *format, ...)
{
    if (err->kind == ERROR_NONE)
        return;
    va_list args;
    va_start(args, format);
    append_text(err, format, args);
    va_end(args);
}

void error_clear(struct error *err)
{
    *err = (struct error){.kind = ERROR_NONE};
}
