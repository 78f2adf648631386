/*
 * The one table of options: parsing, help and completions come from it.
 */
#ifndef WALSEAL_OPTIONS_TABLE_H
#define WALSEAL_OPTIONS_TABLE_H

#include "options.h"

#include <getopt.h>

enum option_id {
    OPTION_KEY_FILE,
    OPTION_NEW_KEY_FILE,
    OPTION_METHOD,
    OPTION_KEY_TRANSFORM,
    OPTION_NEW_KEY_TRANSFORM,
    OPTION_PASSPHRASE_FILE,
    OPTION_OUTPUT,
    OPTION_PUBLIC,
    OPTION_NO_CLOBBER,
    OPTION_COMPARE_KEY,
    OPTION_FROM,
    OPTION_FILTER,
    OPTION_TO,
    OPTION_MISSING,
    OPTION_STANDBY,
    OPTION_AGAINST,
    OPTION_WAL_NAME,
    OPTION_SYSTEM_ID,
    OPTION_VERIFY_FIRST,
    OPTION_PROFILE,
    OPTION_HIDE_RECIPIENTS,
    OPTION_ALLOW_EXPIRED,
    OPTION_RSA,
    OPTION_USER_ID,
    OPTION_EXPIRES,
    OPTION_JSON,
    OPTION_SANDBOX,
    OPTION_THREADS,
    OPTION_PROGRESS,
    OPTION_SIZE,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_COUNT,
};

/* What an option means to some commands; it may have another row for others. */
struct option_row {
    enum option_id id;
    const char *name;
    char letter;          /* or 0 */
    int has_argument;     /* as getopt_long's */
    const char *argument; /* its name in help */
    unsigned commands;    /* bits 1 << COMMAND_.. */
    const char *help;     /* lines separated by newlines */
};

extern const struct option_row options_table[];
extern const size_t options_table_len;

/* Fills what getopt_long needs. longs has OPTION_COUNT + 1 elements, shorts 2 * OPTION_COUNT +
 * 3. */
void options_table_for_getopt(struct option *longs, char *shorts);

/* The row for what getopt_long returned: command's own, or else another command's. */
const struct option_row *options_table_find(int found, enum command command);

/* Whether command knows the option of row. */
bool options_table_is_of(const struct option_row *row, enum command command);

/* "encrypt", ..; NULL for what is no command of its own. */
const char *options_command_name(enum command command);

#endif
