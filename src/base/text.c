#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define GAP "..."

enum {
    GAP_LEN = sizeof GAP - 1,
    WHOLE_SIZE = 16384, /* two paths as long as they may be, and what there is to say of them */
};

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

void text_append(char *text, size_t size, const char *format, va_list args)
{
    char whole[WHOLE_SIZE];
    size_t used = strlen(text);
    memcpy(whole, text, used);
    whole[used] = '\0';
    vsnprintf(whole + used, sizeof whole - used, format, args);
    size_t len = strlen(whole);
    if (len < size) {
        memcpy(text, whole, len + 1);
        return;
    }
    /* The reason behind the object is the longer part of what is worth keeping. */
    size_t head = size / 3;
    size_t tail = len - (size - 1 - GAP_LEN - head);
    while (head > 0 && is_inside_character(whole[head]))
        head--;
    while (tail < len && is_inside_character(whole[tail]))
        tail++;
    snprintf(text, size, "%.*s" GAP "%s", (int)head, whole, whole + tail);
}
