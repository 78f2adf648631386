#include "base/json.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Room that is kept for the brackets that are still to be closed, and the newline. */
enum { RESERVE = JSON_DEPTH_MAX + 4, LIMIT = JSON_SIZE - RESERVE };

void json_begin(struct json *json)
{
    json->is_cut = false;
    json->needs_comma = false;
    json->depth = 1;
    json->closers[0] = '}';
    json->len = 1;
    json->text[0] = '{';
}

/* A member is written behind its start and kept only if all of it fitted. */
struct mark {
    size_t len;
    bool needs_comma;
};

static void put(struct json *json, const char *text, size_t len)
{
    /* a bracket that was closed may stand behind the limit */
    if (json->len > LIMIT || len > LIMIT - json->len)
        json->is_cut = true;
    if (json->is_cut)
        return;
    memcpy(json->text + json->len, text, len);
    json->len += len;
}

static void put_text(struct json *json, const char *text)
{
    put(json, text, strlen(text));
}

static void put_quoted(struct json *json, const char *text)
{
    size_t left = strlen(text);
    put(json, "\"", 1);
    while (left > 0) {
        char escape[8];
        unsigned char first = (unsigned char)*text;
        size_t len = text_utf8_len((const unsigned char *)text, left);
        if (len == 0) {
            put_text(json, "\xEF\xBF\xBD");
            len = 1;
        } else if (first < 0x20 || first == '"' || first == '\\') {
            snprintf(escape, sizeof escape, "\\u%04x", first);
            put_text(json, escape);
        } else {
            put(json, text, len);
        }
        text += len;
        left -= len;
    }
    put(json, "\"", 1);
}

static struct mark begin_member(struct json *json, const char *name)
{
    struct mark mark = {json->len, json->needs_comma};
    if (json->needs_comma)
        put(json, ",", 1);
    if (name != NULL) {
        put_quoted(json, name);
        put(json, ":", 1);
    }
    return mark;
}

/* is_cut stays, so nothing that comes later is taken for all there is. */
static void end_member(struct json *json, struct mark mark)
{
    if (json->is_cut)
        json->len = mark.len;
    else
        json->needs_comma = true;
}

void json_string(struct json *json, const char *name, const char *value)
{
    struct mark mark = begin_member(json, name);
    put_quoted(json, value);
    end_member(json, mark);
}

static void put_plain(struct json *json, const char *name, const char *value)
{
    struct mark mark = begin_member(json, name);
    put_text(json, value);
    end_member(json, mark);
}

void json_number(struct json *json, const char *name, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    put_plain(json, name, digits);
}

void json_bool(struct json *json, const char *name, bool value)
{
    put_plain(json, name, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
    put_plain(json, name, "null");
}

static void open_nested(struct json *json, const char *name, const char *opener, char closer)
{
    if (json->depth > JSON_DEPTH_MAX)
        json->is_cut = true;
    struct mark mark = begin_member(json, name);
    put_text(json, opener);
    if (json->is_cut) {
        json->len = mark.len;
        return;
    }
    json->closers[json->depth++] = closer;
    json->needs_comma = false;
}

void json_open_array(struct json *json, const char *name)
{
    open_nested(json, name, "[", ']');
}

void json_open_object(struct json *json, const char *name)
{
    open_nested(json, name, "{", '}');
}

void json_close(struct json *json)
{
    if (json->depth <= 1 || json->is_cut)
        return;
    json->text[json->len++] = json->closers[--json->depth];
    json->needs_comma = true;
}

const char *json_end(struct json *json)
{
    while (json->depth > 0)
        json->text[json->len++] = json->closers[--json->depth];
    json->text[json->len++] = '\n';
    json->text[json->len] = '\0';
    return json->text;
}
