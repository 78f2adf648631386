/*
 * What may come out where a person or a program reads what an enemy wrote: one JSON object on one
 * line, or lines without a control character.
 */
#ifndef WALSEAL_TESTS_FUZZ_SHOWN_H
#define WALSEAL_TESTS_FUZZ_SHOWN_H

#include "fuzz.h"

#include <ctype.h>

static inline void shown_value(const char **at, unsigned depth);

static inline void shown_string(const char **at)
{
    must(*(*at)++ == '"');
    while (**at != '"') {
        must((unsigned char)**at >= ' ' && **at != 0x7f);
        if (*(*at)++ == '\\')
            must(strchr("\"\\/bfnrtu", *(*at)++) != NULL);
    }
    (*at)++;
}

/* An object or an array. */
static inline void shown_group(const char **at, unsigned depth)
{
    char closer = *(*at)++ == '{' ? '}' : ']';
    must(depth > 0);
    for (bool first = true; **at != closer; first = false) {
        must(first || *(*at)++ == ',');
        while (**at == ' ')
            (*at)++;
        if (closer == '}') {
            shown_string(at);
            must(*(*at)++ == ':');
        }
        shown_value(at, depth - 1);
    }
    (*at)++;
}

static inline void shown_value(const char **at, unsigned depth)
{
    static const char *const words[] = {"true", "false", "null"};
    while (**at == ' ')
        (*at)++;
    if (**at == '"') {
        shown_string(at);
        return;
    }
    if (**at == '{' || **at == '[') {
        shown_group(at, depth);
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strncmp(*at, words[i], strlen(words[i])) == 0) {
            *at += strlen(words[i]);
            return;
        }
    }
    must(isdigit((unsigned char)**at));
    while (isdigit((unsigned char)**at))
        (*at)++;
}

static inline void must_be_json(const char *text)
{
    enum { DEPTH_MAX = 8 };
    must(*text == '{');
    shown_value(&text, DEPTH_MAX);
    must(strcmp(text, "\n") == 0);
}

static inline void must_be_lines(const char *text)
{
    size_t len = strlen(text);
    must(len == 0 || text[len - 1] == '\n');
    for (; *text != '\0'; text++)
        must(*text == '\n' || ((unsigned char)*text >= ' ' && *text != 0x7f));
}

#endif
