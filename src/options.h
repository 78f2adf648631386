/*
 * The command line, as one struct that was judged as a whole. One table names every option:
 * parsing, help and (later) completions come from it.
 */
#ifndef WALSEAL_OPTIONS_H
#define WALSEAL_OPTIONS_H

#include "base/error.h"
#include "io/source.h"
#include "keys/keyring.h"
#include "message.h"
#include "progress.h"

#include <stdint.h>

enum command {
    COMMAND_ENCRYPT,
    COMMAND_DECRYPT,
    COMMAND_HELP, /* options->topic: which command's, or COMMAND_HELP for the whole */
    COMMAND_VERSION,
    COMMAND_NONE, /* none was recognised */
};

enum { OPTIONS_KEYS_MAX = 256 };

/* All strings point into argv and live as long as it does. */
struct options {
    enum command command;
    enum command topic;
    const char *key_paths[OPTIONS_KEYS_MAX];
    size_t key_path_count;
    enum key_method method;
    bool transform_given;
    enum key_transform transform; /* hex for encrypt, auto for decrypt, unless given */
    const char *passphrase_path;  /* or NULL */
    const char *input;            /* NULL: standard input */
    const char *from;             /* a command, or NULL */
    const char *output;           /* NULL: standard output */
    const char *to;               /* a command, or NULL */
    bool no_clobber;
    const char *compare_key_paths[OPTIONS_KEYS_MAX];
    size_t compare_key_path_count;
    struct source_policy policy; /* --missing, --standby, and absent_file for decrypt */
    bool verify_first;
    const char *openpgp_option; /* the first one given that only openpgp knows, or NULL */
    bool hide_recipients;
    bool allow_expired;
    unsigned threads; /* 0: not given */
    enum progress_mode progress;
    uint64_t size; /* 0: not given */
    enum message_verbosity verbosity;
};

/* Reads and judges argv. False: ERROR_USAGE with a hint; options->command is then still the
 * command, where one was recognised (the exit status of a failure depends on it), otherwise
 * COMMAND_NONE. */
bool options_parse(int argc, char **argv, struct options *options, struct error *err);

/* The help of the topic (COMMAND_HELP: of the whole), as text that ends in a newline. Made from the
 * table. */
const char *options_help(enum command topic);

#endif
