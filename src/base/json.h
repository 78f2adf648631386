/*
 * One JSON object (RFC 8259) as one line of text, member by member. Strings that aren't UTF-8 come
 * out with U+FFFD in the place of each wrong octet.
 */
#ifndef WALSEAL_BASE_JSON_H
#define WALSEAL_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_SIZE = 64 * 1024, JSON_DEPTH_MAX = 4 };

/* What is written so far. What doesn't fit any more is left out whole, and is_cut says so: the text
 * stays well-formed. */
struct json {
    bool is_cut;
    bool needs_comma;
    size_t depth;
    char closers[JSON_DEPTH_MAX + 1];
    size_t len;
    char text[JSON_SIZE];
};

/* Begins the object. */
void json_begin(struct json *json);

/* Members of the innermost open object. In an array name is NULL. */
void json_string(struct json *json, const char *name, const char *value);
void json_number(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

/* Opens an array or an object; json_close closes the innermost. Depth is bounded by JSON_DEPTH_MAX.
 */
void json_open_array(struct json *json, const char *name);
void json_open_object(struct json *json, const char *name);
void json_close(struct json *json);

/* Closes everything and returns the text, which ends in a newline. Owned by json. */
const char *json_end(struct json *json);

#endif
