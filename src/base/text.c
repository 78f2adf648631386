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

size_t text_utf8_len(const unsigned char *text, size_t len)
{
    unsigned char first = text[0];
    if (first < 0x80)
        return 1;
    size_t need = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || len < need)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (first == 0xe0 && text[1] < 0xa0) || (first == 0xf0 && text[1] < 0x90);
    bool surrogate = first == 0xed && text[1] > 0x9f;
    bool beyond = first == 0xf4 && text[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : need;
}

static bool is_control(const unsigned char *text)
{
    return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

/* The marks that reorder a line, so that a name shows as another one, and those that end it
 * (Unicode standard annex 9). */
static bool is_reordering(const unsigned char *text)
{
    if (text[0] != 0xe2)
        return false;
    return text[1] == 0x80
               ? text[2] == 0x8e || text[2] == 0x8f || (text[2] >= 0xa8 && text[2] <= 0xae)
               : text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9;
}

size_t text_show(const char *text, size_t len, char shown[TEXT_SHOWN_SIZE])
{
    const unsigned char *octets = (const unsigned char *)text;
    size_t valid_len = text_utf8_len(octets, len);
    size_t taken = valid_len > 0 ? valid_len : 1;
    if (valid_len > 0 && !is_control(octets) && !is_reordering(octets)) {
        memcpy(shown, text, taken);
        shown[taken] = '\0';
        return taken;
    }
    for (size_t i = 0; i < taken; i++)
        snprintf(shown + 4 * i, TEXT_SHOWN_SIZE - 4 * i, "\\x%02x", octets[i]);
    return taken;
}

void text_bytes(double bytes, char *text, size_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t unit = 0;
    while (bytes >= (unit == 0 ? 1024 : 1023.95) && unit + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, size, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}
