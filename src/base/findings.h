/*
 * What a check found: a line each, in words or as a JSON object, the worst first.
 */
#ifndef WALSEAL_BASE_FINDINGS_H
#define WALSEAL_BASE_FINDINGS_H

#include "base/facts.h"

/* In the order of their badness. */
enum finding_level { FINDING_OK, FINDING_WARNING, FINDING_CRITICAL, FINDING_LEVELS };

struct findings {
    enum facts_form form;
    size_t count[FINDING_LEVELS];
    struct {
        char *text; /* malloc'ed, or NULL */
        size_t len;
    } lines[FINDING_LEVELS];
    bool is_short_of_memory;
    struct facts facts; /* of the finding that is open */
};

void findings_begin(struct findings *findings, enum facts_form form);

/* Opens a finding. What is added to the facts returned comes out in JSON only. about: "key", .. */
struct facts *findings_open(struct findings *findings, const char *about);

/* Closes it; the text, in the style of error.h's, names the object first. */
void findings_close(struct findings *findings, enum finding_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The worst level that was found; OK where nothing was. */
enum finding_level findings_worst(const struct findings *findings);

/* All lines of a level, each with its newline; "" where there are none. Owned by findings. */
const char *findings_lines(const struct findings *findings, enum finding_level level);

/* Frees the lines. */
void findings_end(struct findings *findings);

#endif
