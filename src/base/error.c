#include "base/error.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

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
        text_append(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool fail_errno(struct error *err, enum error_kind kind, int errno_value, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (begin_reason(err, kind)) {
        text_append(err->text, sizeof err->text, format, args);
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
    text_append(err->text, sizeof err->text, format, args);
    va_end(args);
}

void error_clear(struct error *err)
{
    *err = (struct error){.kind = ERROR_NONE};
}
