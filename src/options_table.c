#define _GNU_SOURCE /* getopt_long */
#include "options_table.h"

#include <stddef.h>

enum {
    LONG_ONLY = 256, /* what getopt_long returns for an option without a letter: + its id */
    E = 1 << COMMAND_ENCRYPT,
    D = 1 << COMMAND_DECRYPT,
    V = 1 << COMMAND_VERIFY,
    R = 1 << COMMAND_REKEY,
    I = 1 << COMMAND_INSPECT,
    K = 1 << COMMAND_KEYGEN,
    C = 1 << COMMAND_CHECK,
    ALL = E | D | V | R | I | K | C,
};

/* Rows of one option stand together. */
const struct option_row options_table[] = {
    {OPTION_KEY_FILE, "key-file", 'k', required_argument, "FILE", E,
     "the sodium key, or an OpenPGP key; OpenPGP keys may\nrepeat: each of them opens it"},
    {OPTION_KEY_FILE, "key-file", 'k', required_argument, "FILE", D | V,
     "a key, or a directory of keys; may repeat: the one\nthat opens the stream is found"},
    {OPTION_KEY_FILE, "key-file", 'k', required_argument, "FILE", R,
     "an old key, or a directory of them; may repeat: the\none that opens the stream is found"},
    {OPTION_KEY_FILE, "key-file", 'k', required_argument, "FILE", C,
     "a key that the archive is to depend on; may repeat,\nand be a directory"},
    {OPTION_NEW_KEY_FILE, "new-key-file", 'n', required_argument, "FILE", R,
     "the new key, as encrypt's -k"},
    {OPTION_METHOD, "method", 'm', required_argument, "METHOD", E | R,
     "sodium or openpgp: what is written; needed only\nwhere both kinds of key are given"},
    {OPTION_KEY_TRANSFORM, "key-transform", 't', required_argument, "T", E | C,
     "how a sodium key's text becomes 32 bytes: hex\n(default), base64, none"},
    {OPTION_KEY_TRANSFORM, "key-transform", 't', required_argument, "T", D | V,
     "how a sodium key's text becomes 32 bytes: hex,\nbase64, none, auto (default): whichever "
     "opens it"},
    {OPTION_KEY_TRANSFORM, "key-transform", 't', required_argument, "T", R,
     "how an old sodium key's text becomes 32 bytes: hex,\nbase64, none, auto (default): whichever "
     "opens it"},
    {OPTION_KEY_TRANSFORM, "key-transform", 't', required_argument, "T", K,
     "how a sodium key is written: hex (default), base64"},
    {OPTION_NEW_KEY_TRANSFORM, "new-key-transform", 0, required_argument, "T", R,
     "as -t, of the new key: hex (default), base64, none"},
    {OPTION_PASSPHRASE_FILE, "passphrase-file", 'p', required_argument, "FILE", E,
     "with --no-clobber: the secret key's passphrase, to\ncompare; may repeat"},
    {OPTION_PASSPHRASE_FILE, "passphrase-file", 'p', required_argument, "FILE", D | V | R | C,
     "the passphrase of the OpenPGP keys or of the message\n(or WALG_PGP_KEY_PASSPHRASE, or it is "
     "asked for); may\nrepeat: each is tried, in order"},
    {OPTION_PASSPHRASE_FILE, "passphrase-file", 'p', required_argument, "FILE", K,
     "openpgp: protect the secret key with this passphrase"},
    {OPTION_OUTPUT, "output", 'o', required_argument, "FILE", E | D | R,
     "FILE appears whole and durable, or not at all"},
    {OPTION_OUTPUT, "output", 'o', required_argument, "FILE", K,
     "the key (openpgp: the secret one) as a new FILE, which\nonly its owner can read; nothing is "
     "ever replaced"},
    {OPTION_PUBLIC, "public", 0, required_argument, "FILE", K,
     "openpgp: also the public key, as a new FILE"},
    {OPTION_NO_CLOBBER, "no-clobber", 0, no_argument, NULL, E,
     "with -o: an existing FILE is compared, never replaced"},
    {OPTION_NO_CLOBBER, "no-clobber", 0, no_argument, NULL, D | R,
     "with -o: an existing FILE is never replaced"},
    {OPTION_COMPARE_KEY, "compare-key", 0, required_argument, "FILE|DIR", E,
     "keys that an existing FILE may have been encrypted\nwith; may repeat"},
    {OPTION_FROM, "from", 0, required_argument, "COMMAND", E | D | V | R,
     "read what COMMAND writes; its failure is a failure"},
    {OPTION_FILTER, "filter", 0, required_argument, "COMMAND", E,
     "the plaintext passes through COMMAND before it is\nencrypted; may repeat, in order"},
    {OPTION_FILTER, "filter", 0, required_argument, "COMMAND", D | V,
     "what was decrypted passes through COMMAND; may\nrepeat, in order"},
    {OPTION_TO, "to", 0, required_argument, "COMMAND", E | D | R,
     "write to COMMAND; it is killed before it could take\na failed stream for a whole one"},
    {OPTION_MISSING, "missing", 0, required_argument, "LIST", D | V | R,
     "exit statuses of --from's COMMAND, and \"empty\", that\nmean: there is no such file (exit "
     "status 1)"},
    {OPTION_STANDBY, "standby", 0, no_argument, NULL, D,
     "a fetch that fails is exit status 1, so that a standby\nasks again; never for a "
     "point-in-time recovery"},
    {OPTION_AGAINST, "against", 0, required_argument, "PLAIN", V,
     "the content must be that of the file PLAIN"},
    {OPTION_WAL_NAME, "wal-name", 0, required_argument, "NAME", D | V,
     "the content must be the WAL segment that NAME (%f)\nsays"},
    {OPTION_SYSTEM_ID, "system-id", 0, required_argument, "N", D,
     "with --wal-name: .. and of the cluster with this\nsystem identifier"},
    {OPTION_SYSTEM_ID, "system-id", 0, required_argument, "N", V,
     "a WAL segment's cluster must have this system\nidentifier; without --wal-name, each INPUT's "
     "own name\nis checked"},
    {OPTION_VERIFY_FIRST, "verify-first", 0, no_argument, NULL, D,
     "read INPUT twice: not a byte is written before all of\nit was authenticated"},
    {OPTION_PROFILE, "profile", 0, required_argument, "P", E | R,
     "openpgp: rfc4880 (default), which everything reads"},
    {OPTION_HIDE_RECIPIENTS, "hide-recipients", 0, no_argument, NULL, E | R,
     "openpgp: the stream doesn't say who can open it"},
    {OPTION_ALLOW_EXPIRED, "allow-expired", 0, no_argument, NULL, E | R,
     "openpgp: take an expired key where there is no other"},
    {OPTION_RSA, "rsa", 0, required_argument, "BITS", K,
     "openpgp: RSA of 2048, 3072 or 4096 bits (default:\nEd25519 and Curve25519)"},
    {OPTION_USER_ID, "user-id", 0, required_argument, "TEXT", K,
     "openpgp: what the key is called (default: \"walseal\nbackup key\")"},
    {OPTION_EXPIRES, "expires", 0, required_argument, "WHEN", K,
     "openpgp: YYYY-MM-DD, or a number of days (default:\nnever)"},
    {OPTION_JSON, "json", 0, no_argument, NULL, V | I | C,
     "one JSON object a line on standard output"},
    {OPTION_THREADS, "threads", 'T', required_argument, "N", E | D | V | R,
     "most threads that work at once (default: the\nprocessors, 4 at most)"},
    {OPTION_PROGRESS, "progress", 0, optional_argument, "WHEN", E | D | V | R,
     "show progress: auto (on a terminal), always, never"},
    {OPTION_SIZE, "size", 0, required_argument, "BYTES", E | D | V | R,
     "how long the input will be, for --progress"},
    {OPTION_SANDBOX, "sandbox", 0, required_argument, "WHEN", E | D | V | R | I | C,
     "auto (default): the process gives up what it doesn't\nneed, where the system can; require: "
     "or "
     "it fails; off"},
    {OPTION_QUIET, "quiet", 'q', no_argument, NULL, ALL, "no notes or warnings"},
    {OPTION_VERBOSE, "verbose", 'v', no_argument, NULL, ALL,
     "say what was chosen: key, engine, threads, bytes"},
    {OPTION_HELP, "help", 'h', no_argument, NULL, ALL, "this text"},
};

const size_t options_table_len = sizeof options_table / sizeof options_table[0];

static int value_of(const struct option_row *row)
{
    return row->letter != 0 ? row->letter : LONG_ONLY + (int)row->id;
}

/* The leading '-' of shorts has operands returned in their place, POSIXLY_CORRECT or not; the
 * ':' tells a missing argument from an unknown option. */
void options_table_for_getopt(struct option *longs, char *shorts)
{
    *shorts++ = '-';
    *shorts++ = ':';
    for (size_t i = 0; i < options_table_len; i++) {
        const struct option_row *row = &options_table[i];
        if (i > 0 && options_table[i - 1].id == row->id)
            continue;
        *longs++ = (struct option){row->name, row->has_argument, NULL, value_of(row)};
        if (row->letter == 0)
            continue;
        *shorts++ = row->letter;
        if (row->has_argument == required_argument)
            *shorts++ = ':';
    }
    *longs = (struct option){NULL, 0, NULL, 0};
    *shorts = '\0';
}

bool options_table_is_of(const struct option_row *row, enum command command)
{
    return (row->commands & 1u << command) != 0;
}

const struct option_row *options_table_find(int found, enum command command)
{
    const struct option_row *other = NULL;
    for (size_t i = 0; i < options_table_len; i++) {
        if (found != value_of(&options_table[i]))
            continue;
        if (options_table_is_of(&options_table[i], command))
            return &options_table[i];
        other = &options_table[i];
    }
    return other;
}

const char *options_command_name(enum command command)
{
    static const char *const names[] = {
        [COMMAND_ENCRYPT] = "encrypt", [COMMAND_DECRYPT] = "decrypt", [COMMAND_VERIFY] = "verify",
        [COMMAND_REKEY] = "rekey",     [COMMAND_INSPECT] = "inspect", [COMMAND_KEYGEN] = "keygen",
        [COMMAND_CHECK] = "check",
    };
    return command <= COMMAND_CHECK ? names[command] : NULL;
}
