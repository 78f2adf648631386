/*
 * The command line, as one struct that was judged as a whole. One table names every option:
 * parsing, help and completions come from it.
 */
#ifndef WALSEAL_OPTIONS_H
#define WALSEAL_OPTIONS_H

#include "base/error.h"
#include "io/source.h"
#include "keys/keyring.h"
#include "keys/passphrase.h"
#include "message.h"
#include "progress.h"
#include "sandbox.h"

#include <stdint.h>

enum command {
    COMMAND_ENCRYPT,
    COMMAND_DECRYPT,
    COMMAND_VERIFY,
    COMMAND_REKEY,
    COMMAND_INSPECT,
    COMMAND_KEYGEN,
    COMMAND_CHECK,
    COMMAND_HELP, /* options->topic: which command's, or COMMAND_HELP for the whole */
    COMMAND_VERSION,
    COMMAND_NONE, /* none was recognised */
};

enum { OPTIONS_KEYS_MAX = 256, OPTIONS_FILTERS_MAX = 16 };

/* All strings point into argv and live as long as it does. */
struct options {
    enum command command;
    enum command topic;
    const char *key_paths[OPTIONS_KEYS_MAX];
    size_t key_path_count;
    enum key_method method;
    bool transform_given;
    enum key_transform transform; /* auto for decrypt, verify and rekey, else hex, unless given */
    const char *new_key_paths[OPTIONS_KEYS_MAX]; /* rekey */
    size_t new_key_path_count;
    enum key_transform new_transform;
    const char *passphrase_paths[PASSPHRASES_MAX];
    size_t passphrase_path_count;
    const char *input;   /* NULL: standard input; the first of inputs */
    const char **inputs; /* verify, inspect: all of them */
    size_t input_count;
    const char *from; /* a command, or NULL */
    const char *filters[OPTIONS_FILTERS_MAX];
    size_t filter_count;
    const char *output; /* NULL: standard output */
    const char *to;     /* a command, or NULL */
    const char *against;
    const char *wal_name;
    bool system_id_given;
    uint64_t system_id;
    bool no_clobber;
    const char *compare_key_paths[OPTIONS_KEYS_MAX];
    size_t compare_key_path_count;
    const char *missing;         /* --missing's list, or NULL */
    struct source_policy policy; /* --missing, --standby; of the rest what the command needs */
    bool verify_first;
    const char *openpgp_option; /* the first one given that only openpgp knows, or NULL */
    bool hide_recipients;
    bool allow_expired;
    bool keygen_openpgp; /* keygen: openpgp, not sodium */
    const char *public_path;
    unsigned rsa_bits; /* 0: not RSA */
    const char *user_id;
    const char *expires;
    bool json;
    unsigned threads; /* 0: not given */
    enum sandbox_mode sandbox;
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
