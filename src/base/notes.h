/*
 * What a module would say and may not print: a bounded list of lines that it leaves behind for the
 * one who prints (message.c). Where there are more, the least important go first, and are counted.
 */
#ifndef WALSEAL_BASE_NOTES_H
#define WALSEAL_BASE_NOTES_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of their importance. */
enum note_level {
    NOTE_VERBOSE, /* what was chosen: shown with -v */
    NOTE_PLAIN,   /* worth knowing: shown unless -q */
    NOTE_WARNING, /* likely a mistake: shown unless -q, with the word warning */
};

enum { NOTES_MAX = 64, NOTE_TEXT_SIZE = 512 };

struct notes {
    size_t count;
    size_t lost;         /* plain ones and warnings */
    size_t lost_verbose; /* these nobody misses who didn't ask for them */
    struct note {
        enum note_level level;
        char text[NOTE_TEXT_SIZE];
    } note[NOTES_MAX];
};

/* Adds a line, in the style of error.h's texts. notes may not be NULL. */
void notes_add(struct notes *notes, enum note_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
