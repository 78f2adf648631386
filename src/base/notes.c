#include "base/notes.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

static void count_lost(struct notes *notes, enum note_level level)
{
    if (level == NOTE_VERBOSE)
        notes->lost_verbose++;
    else
        notes->lost++;
}

/* Drops the last of the least important notes that matter less than level. False: there is none. */
static bool make_room(struct notes *notes, enum note_level level)
{
    size_t least = 0;
    for (size_t i = 1; i < notes->count; i++)
        if (notes->note[i].level <= notes->note[least].level)
            least = i;
    if (notes->note[least].level >= level)
        return false;
    count_lost(notes, notes->note[least].level);
    notes->count--;
    memmove(&notes->note[least], &notes->note[least + 1],
            (notes->count - least) * sizeof notes->note[0]);
    return true;
}

void notes_add(struct notes *notes, enum note_level level, const char *format, ...)
{
    if (notes->count == NOTES_MAX && !make_room(notes, level)) {
        count_lost(notes, level);
        return;
    }
    struct note *note = &notes->note[notes->count++];
    note->level = level;
    note->text[0] = '\0';
    va_list args;
    va_start(args, format);
    text_append(note->text, sizeof note->text, format, args);
    va_end(args);
}
