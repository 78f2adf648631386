#define _POSIX_C_SOURCE 200809L
#include "base/facts.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { INDENT_LEN = 2, NUMBER_SIZE = 32 };

void facts_begin(struct facts *facts, enum facts_form form)
{
    facts->form = form;
    facts->in_row = false;
    facts->row_has_member = false;
    facts->indent = 0;
    facts->len = 0;
    facts->text[0] = '\0';
    json_begin(&facts->json);
}

/* What doesn't fit is left out from there on. */
static void put(struct facts *facts, const char *text, size_t len)
{
    if (len > sizeof facts->text - 1 - facts->len)
        return;
    memcpy(facts->text + facts->len, text, len);
    facts->len += len;
    facts->text[facts->len] = '\0';
}

static void put_text(struct facts *facts, const char *text)
{
    put(facts, text, strlen(text));
}

static void put_shown(struct facts *facts, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        char shown[TEXT_SHOWN_SIZE];
        size_t taken = text_show(text, left, shown);
        put_text(facts, shown);
        text += taken;
        left -= taken;
    }
}

static void put_indent(struct facts *facts)
{
    for (unsigned i = 0; i < facts->indent * INDENT_LEN; i++)
        put(facts, " ", 1);
}

static void put_name(struct facts *facts, const char *name)
{
    for (; *name != '\0'; name++)
        put(facts, *name == '_' ? " " : name, 1);
}

static void put_member(struct facts *facts, const char *name, const char *value)
{
    if (facts->in_row) {
        put_text(facts, facts->row_has_member ? ", " : " ");
        facts->row_has_member = true;
        put_name(facts, name);
        put_text(facts, " ");
        put_shown(facts, value);
        return;
    }
    put_indent(facts);
    put_name(facts, name);
    put_text(facts, ": ");
    put_shown(facts, value);
    put_text(facts, "\n");
}

void facts_text(struct facts *facts, const char *name, const char *value)
{
    if (facts->form == FACTS_JSON)
        json_string(&facts->json, name, value);
    else
        put_member(facts, name, value);
}

static void add_number(struct facts *facts, const char *name, uint64_t value, const char *unit)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRIu64 "%s", value, unit);
    if (facts->form == FACTS_JSON)
        json_number(&facts->json, name, value);
    else
        put_member(facts, name, text);
}

void facts_number(struct facts *facts, const char *name, uint64_t value)
{
    add_number(facts, name, value, "");
}

void facts_bytes(struct facts *facts, const char *name, uint64_t value)
{
    add_number(facts, name, value, value == 1 ? " byte" : " bytes");
}

void facts_bool(struct facts *facts, const char *name, bool value)
{
    if (facts->form == FACTS_JSON)
        json_bool(&facts->json, name, value);
    else
        put_member(facts, name, value ? "yes" : "no");
}

void facts_write_date(uint64_t seconds_since_1970, char date[FACTS_DATE_SIZE])
{
    struct tm parts;
    time_t when = (time_t)seconds_since_1970;
    if (when < 0 || gmtime_r(&when, &parts) == NULL ||
        strftime(date, FACTS_DATE_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(date, FACTS_DATE_SIZE, "a far day");
}

void facts_date(struct facts *facts, const char *name, uint64_t seconds_since_1970)
{
    char date[FACTS_DATE_SIZE];
    facts_write_date(seconds_since_1970, date);
    facts_text(facts, name, date);
}

void facts_none(struct facts *facts, const char *name, const char *why)
{
    if (facts->form == FACTS_JSON)
        json_null(&facts->json, name);
    else
        put_member(facts, name, why);
}

void facts_open_list(struct facts *facts, const char *name)
{
    if (facts->form == FACTS_JSON)
        json_open_array(&facts->json, name);
}

void facts_close_list(struct facts *facts)
{
    if (facts->form == FACTS_JSON)
        json_close(&facts->json);
}

static void open_item(struct facts *facts, const char *label)
{
    if (facts->form == FACTS_JSON) {
        json_open_object(&facts->json, NULL);
        return;
    }
    put_indent(facts);
    put_shown(facts, label);
    put_text(facts, ":");
}

void facts_open_row(struct facts *facts, const char *label)
{
    open_item(facts, label);
    facts->in_row = true;
    facts->row_has_member = false;
}

void facts_open_block(struct facts *facts, const char *label)
{
    open_item(facts, label);
    if (facts->form == FACTS_LINES)
        put_text(facts, "\n");
    facts->indent++;
}

void facts_close_item(struct facts *facts)
{
    if (facts->form == FACTS_JSON)
        json_close(&facts->json);
    else if (facts->in_row)
        put_text(facts, "\n");
    if (!facts->in_row)
        facts->indent--;
    facts->in_row = false;
}

bool facts_have_room(const struct facts *facts)
{
    size_t used = facts->form == FACTS_JSON ? facts->json.len : facts->len;
    return used < FACTS_TEXT_SIZE - 2 * FACTS_ITEM_MAX;
}

const char *facts_end(struct facts *facts)
{
    return facts->form == FACTS_JSON ? json_end(&facts->json) : facts->text;
}
