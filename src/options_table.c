#define _GNU_SOURCE /* getopt_long */
#include "options_table.h"

#include <stddef.h>

enum { LONG_ONLY = 256 }; /* what getopt_long returns for an option without a letter: + its id */

#define SAME(text)                                                                                 \
    {                                                                                              \
        text, text                                                                                 \
    }

const struct option_row options_table[OPTION_COUNT] = {
    {OPTION_KEY_FILE,
     "key-file",
     'k',
     required_argument,
     "FILE",
     OPTION_BOTH,
     {"the sodium key, or an OpenPGP key; OpenPGP keys may\nrepeat: each of them opens it",
      "a key, or a directory of keys; may repeat: the one\nthat opens the stream is found"}},
    {OPTION_METHOD, "method", 'm', required_argument, "METHOD", OPTION_ENCRYPT,
     SAME("sodium or openpgp: what is written; needed only\nwhere both kinds of key are given")},
    {OPTION_KEY_TRANSFORM,
     "key-transform",
     't',
     required_argument,
     "T",
     OPTION_BOTH,
     {"how a sodium key's text becomes 32 bytes: hex\n(default), base64, none",
      "how a sodium key's text becomes 32 bytes: hex,\nbase64, none, auto (default): whichever "
      "opens it"}},
    {OPTION_PASSPHRASE_FILE,
     "passphrase-file",
     'p',
     required_argument,
     "FILE",
     OPTION_BOTH,
     {"with --no-clobber: the secret key's passphrase, to\ncompare",
      "the passphrase of the OpenPGP keys or of the message\n(or WALG_PGP_KEY_PASSPHRASE, or it is "
      "asked for)"}},
    {OPTION_OUTPUT, "output", 'o', required_argument, "FILE", OPTION_BOTH,
     SAME("FILE appears whole and durable, or not at all")},
    {OPTION_NO_CLOBBER,
     "no-clobber",
     0,
     no_argument,
     NULL,
     OPTION_BOTH,
     {"with -o: an existing FILE is compared, never replaced",
      "with -o: an existing FILE is never replaced"}},
    {OPTION_COMPARE_KEY, "compare-key", 0, required_argument, "FILE|DIR", OPTION_ENCRYPT,
     SAME("keys that an existing FILE may have been encrypted\nwith; may repeat")},
    {OPTION_FROM, "from", 0, required_argument, "COMMAND", OPTION_BOTH,
     SAME("read what COMMAND writes; its failure is a failure")},
    {OPTION_TO, "to", 0, required_argument, "COMMAND", OPTION_BOTH,
     SAME("write to COMMAND; it is killed before it could take\na failed stream for a whole one")},
    {OPTION_MISSING, "missing", 0, required_argument, "LIST", OPTION_DECRYPT,
     SAME("exit statuses of --from's COMMAND, and \"empty\", that\nmean: there is no such file "
          "(exit status 1)")},
    {OPTION_STANDBY, "standby", 0, no_argument, NULL, OPTION_DECRYPT,
     SAME("a fetch that fails is exit status 1, so that a standby\nasks again; never for a "
          "point-in-time recovery")},
    {OPTION_VERIFY_FIRST, "verify-first", 0, no_argument, NULL, OPTION_DECRYPT,
     SAME("read INPUT twice: not a byte is written before all of\nit was authenticated")},
    {OPTION_PROFILE, "profile", 0, required_argument, "P", OPTION_ENCRYPT,
     SAME("openpgp: rfc4880 (default), which everything reads")},
    {OPTION_HIDE_RECIPIENTS, "hide-recipients", 0, no_argument, NULL, OPTION_ENCRYPT,
     SAME("openpgp: the stream doesn't say who can open it")},
    {OPTION_ALLOW_EXPIRED, "allow-expired", 0, no_argument, NULL, OPTION_ENCRYPT,
     SAME("openpgp: take an expired key where there is no other")},
    {OPTION_THREADS, "threads", 'T', required_argument, "N", OPTION_BOTH,
     SAME("most threads that work at once (default: the\nprocessors, 4 at most)")},
    {OPTION_PROGRESS, "progress", 0, optional_argument, "WHEN", OPTION_BOTH,
     SAME("show progress: auto (on a terminal), always, never")},
    {OPTION_SIZE, "size", 0, required_argument, "BYTES", OPTION_BOTH,
     SAME("how long the input will be, for --progress")},
    {OPTION_QUIET, "quiet", 'q', no_argument, NULL, OPTION_BOTH, SAME("no notes or warnings")},
    {OPTION_VERBOSE, "verbose", 'v', no_argument, NULL, OPTION_BOTH,
     SAME("say what was chosen: key, engine, threads, bytes")},
    {OPTION_HELP, "help", 'h', no_argument, NULL, OPTION_BOTH, SAME("this text")},
};

/* The leading '-' of shorts has operands returned in their place, POSIXLY_CORRECT or not; the
 * ':' tells a missing argument from an unknown option. */
void options_table_for_getopt(struct option *longs, char *shorts)
{
    *shorts++ = '-';
    *shorts++ = ':';
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &options_table[i];
        int value = row->letter != 0 ? row->letter : LONG_ONLY + (int)row->id;
        longs[i] = (struct option){row->name, row->has_argument, NULL, value};
        if (row->letter == 0)
            continue;
        *shorts++ = row->letter;
        if (row->has_argument == required_argument)
            *shorts++ = ':';
    }
    longs[OPTION_COUNT] = (struct option){NULL, 0, NULL, 0};
    *shorts = '\0';
}

const struct option_row *options_table_find(int found)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (found == options_table[i].letter || found == LONG_ONLY + (int)options_table[i].id)
            return &options_table[i];
    return NULL;
}
