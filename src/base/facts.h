/*
 * What is known of something, as named values that come out in one of two forms: lines for a person
 * ("armored: yes"), or one JSON object as one line. Names are JSON's, words joined by underscores;
 * a person sees spaces. Control characters in values are shown as \xNN.
 */
#ifndef WALSEAL_BASE_FACTS_H
#define WALSEAL_BASE_FACTS_H

#include "base/json.h"

/* A list has more items only while there is room for an item of this many bytes, and more. */
enum { FACTS_ITEM_MAX = 6 * 1024, FACTS_TEXT_SIZE = JSON_SIZE };

enum facts_form { FACTS_LINES, FACTS_JSON };

struct facts {
    enum facts_form form;
    struct json json;
    bool in_row;
    bool row_has_member;
    unsigned indent;
    size_t len;
    char text[FACTS_TEXT_SIZE];
};

/* Begins anew. */
void facts_begin(struct facts *facts, enum facts_form form);

/* JSON: a string, a number, a number, true or false, a string (ISO 8601). For a person: as it is,
 * as it is, "N bytes", "yes" or "no", the same date. */
void facts_text(struct facts *facts, const char *name, const char *value);
void facts_number(struct facts *facts, const char *name, uint64_t value);
void facts_bytes(struct facts *facts, const char *name, uint64_t value);
void facts_bool(struct facts *facts, const char *name, bool value);
void facts_date(struct facts *facts, const char *name, uint64_t seconds_since_1970);

/* JSON: null. For a person: why there is no value. */
void facts_none(struct facts *facts, const char *name, const char *why);

/* A list of items. Items hold values and, unless they are rows, lists. For a person an item begins
 * with its label: a row is one line of "name value", a block has its values on lines of
 * their own. */
void facts_open_list(struct facts *facts, const char *name);
void facts_close_list(struct facts *facts);
void facts_open_row(struct facts *facts, const char *label);
void facts_open_block(struct facts *facts, const char *label);
void facts_close_item(struct facts *facts);

/* Whether one more item has room. */
bool facts_have_room(const struct facts *facts);

/* The whole as text that ends in a newline, in JSON without any other. Owned by facts. */
const char *facts_end(struct facts *facts);

/* "2026-11-24T15:00:00Z", or "a far day" beyond what a clock can say. */
enum { FACTS_DATE_SIZE = 32 };
void facts_write_date(uint64_t seconds_since_1970, char date[FACTS_DATE_SIZE]);

#endif
