#include "base/findings.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FINDING_TEXT_SIZE = 2048 };

static const char *const names[FINDING_LEVELS] = {"ok", "warning", "critical"};

void findings_begin(struct findings *findings, enum facts_form form)
{
    memset(findings->count, 0, sizeof findings->count);
    memset(findings->lines, 0, sizeof findings->lines);
    findings->form = form;
    findings->is_short_of_memory = false;
}

struct facts *findings_open(struct findings *findings, const char *about)
{
    facts_begin(&findings->facts, FACTS_JSON);
    facts_text(&findings->facts, "about", about);
    return &findings->facts;
}

static void add(struct findings *findings, enum finding_level level, const char *text)
{
    size_t len = strlen(text);
    size_t used = findings->lines[level].len;
    char *grown = realloc(findings->lines[level].text, used + len + 1);
    if (grown == NULL) {
        findings->is_short_of_memory = true;
        return;
    }
    memcpy(grown + used, text, len + 1);
    findings->lines[level].text = grown;
    findings->lines[level].len = used + len;
}

static void add_line(struct findings *findings, enum finding_level level, const char *text)
{
    size_t left = strlen(text);
    add(findings, level, names[level]);
    add(findings, level, ": ");
    while (left > 0) {
        char shown[TEXT_SHOWN_SIZE];
        size_t taken = text_show(text, left, shown);
        add(findings, level, shown);
        text += taken;
        left -= taken;
    }
    add(findings, level, "\n");
}

void findings_close(struct findings *findings, enum finding_level level, const char *format, ...)
{
    char text[FINDING_TEXT_SIZE] = "";
    va_list args;
    va_start(args, format);
    text_append(text, sizeof text, format, args);
    va_end(args);
    findings->count[level]++;
    if (findings->form == FACTS_LINES) {
        add_line(findings, level, text);
        return;
    }
    facts_text(&findings->facts, "level", names[level]);
    facts_text(&findings->facts, "text", text);
    add(findings, level, facts_end(&findings->facts));
}

enum finding_level findings_worst(const struct findings *findings)
{
    if (findings->count[FINDING_CRITICAL] > 0)
        return FINDING_CRITICAL;
    return findings->count[FINDING_WARNING] > 0 ? FINDING_WARNING : FINDING_OK;
}

const char *findings_lines(const struct findings *findings, enum finding_level level)
{
    return findings->lines[level].text != NULL ? findings->lines[level].text : "";
}

void findings_end(struct findings *findings)
{
    for (size_t i = 0; i < FINDING_LEVELS; i++)
        free(findings->lines[i].text);
}
