/*
 * The one table of options: parsing, help and whatever else needs to know an option come from it.
 */
#ifndef WALSEAL_OPTIONS_TABLE_H
#define WALSEAL_OPTIONS_TABLE_H

#include <getopt.h>

enum option_id {
    OPTION_KEY_FILE,
    OPTION_METHOD,
    OPTION_KEY_TRANSFORM,
    OPTION_PASSPHRASE_FILE,
    OPTION_OUTPUT,
    OPTION_NO_CLOBBER,
    OPTION_COMPARE_KEY,
    OPTION_FROM,
    OPTION_TO,
    OPTION_MISSING,
    OPTION_STANDBY,
    OPTION_VERIFY_FIRST,
    OPTION_PROFILE,
    OPTION_HIDE_RECIPIENTS,
    OPTION_ALLOW_EXPIRED,
    OPTION_THREADS,
    OPTION_PROGRESS,
    OPTION_SIZE,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_COUNT,
};

enum { OPTION_ENCRYPT = 1, OPTION_DECRYPT = 2, OPTION_BOTH = 3 };

struct option_row {
    enum option_id id;
    const char *name;
    char letter;          /* or 0 */
    int has_argument;     /* as getopt_long's */
    const char *argument; /* its name in help */
    unsigned commands;    /* which know it */
    const char *help[2];  /* for encrypt and for decrypt; lines separated by newlines */
};

extern const struct option_row options_table[OPTION_COUNT];

/* Fills what getopt_long needs. longs has OPTION_COUNT + 1 elements, shorts 2 * OPTION_COUNT +
 * 3. */
void options_table_for_getopt(struct option *longs, char *shorts);

/* The row for what getopt_long returned. */
const struct option_row *options_table_find(int found);

#endif
