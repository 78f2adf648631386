#include "base/notes.h"

#include <stdarg.h>
#include <stdio.h>

void notes_add(struct notes *notes, enum note_level level, const char *format, ...)
{
    if (notes->count == NOTES_MAX) {
        notes->lost++;
        return;
    }
    struct note *note = &notes->note[notes->count++];
    note->level = level;
    va_list args;
    va_start(args, format);
    vsnprintf(note->text, sizeof note->text, format, args);
    va_end(args);
}
