#include "options.h"

#include "options_table.h"

#include <stdio.h>
#include <string.h>

enum { HELP_SIZE = 6144, TEXT_COLUMN = 26 };

static const char overview[] =
    "usage: walseal encrypt [-k FILE]...     [OPTION]... [SOURCE] [SINK]\n"
    "       walseal decrypt [-k FILE|DIR]... [OPTION]... [SOURCE] [SINK]\n"
    "         SOURCE = INPUT | --from COMMAND    SINK = -o FILE | --to COMMAND\n"
    "       walseal verify  [-k FILE|DIR]... [OPTION]... [INPUT... | --from COMMAND]\n"
    "       walseal rekey   [-k OLD]... -n NEW... [OPTION]... [SOURCE] [SINK]\n"
    "       walseal inspect [--json] [INPUT]...\n"
    "       walseal keygen [sodium|openpgp] [OPTION]... [-o FILE]\n"
    "       walseal check   [-k FILE|DIR]... [-t T] [-p FILE]... [--json]\n"
    "       walseal --help | --version | COMMAND --help\n"
    "\n"
    "Seals PostgreSQL backups: a filter between pg_basebackup, archive_command or\n"
    "restore_command and whatever stores the bytes. Standard input to standard\n"
    "output unless something else is said. Success is silent.\n"
    "\n"
    "A sodium key encrypts and decrypts; an OpenPGP public key encrypts, and its\n"
    "secret key decrypts. Keys come from -k or, as with WAL-G, from\n"
    "WALG_LIBSODIUM_KEY[_PATH], WALG_LIBSODIUM_KEY_TRANSFORM, WALG_PGP_KEY[_PATH]\n"
    "and WALG_PGP_KEY_PASSPHRASE.\n"
    "\n"
    " archive_command = 'walseal encrypt -k KEY --no-clobber -o /archive/%f %p'\n"
    " restore_command = 'exec walseal decrypt -k KEY --wal-name %f -o %p /archive/%f'\n"
    "\n"
    "The whole story: man walseal\n";

static const char encrypt_head[] =
    "usage: walseal encrypt [-k FILE]... [OPTION]... [INPUT | --from COMMAND]\n"
    "                       [-o FILE | --to COMMAND]\n"
    "\n"
    "Encrypts INPUT, what COMMAND writes, or standard input: with a sodium key, or to\n"
    "all OpenPGP keys given.\n"
    "\n";

static const char encrypt_tail[] =
    "\n"
    "exit status: 0 all of it; 101 usage; 102 key; 103 input or output\n"
    "example: walseal encrypt -k /etc/walseal/key -o base.tar.enc \\\n"
    "             --from \"pg_basebackup -D - -Ft -X fetch\"\n"
    "of \"a | b\" in a COMMAND sh sees only b fail: give b to --filter, or say\n"
    "             --from \"bash -o pipefail -c 'a | b'\"\n"
    "more: man walseal\n";

static const char decrypt_head[] =
    "usage: walseal decrypt [-k FILE|DIR]... [OPTION]... [INPUT | --from COMMAND]\n"
    "                       [-o FILE | --to COMMAND]\n"
    "\n"
    "Decrypts INPUT, what COMMAND writes, or standard input; ends with 0 only if all\n"
    "of it was authenticated. What precedes a failure may have been written, except\n"
    "with -o, with --verify-first, and of OpenPGP where it is 32 MiB or less.\n"
    "\n";

static const char decrypt_tail[] =
    "\n"
    "exit status: 0 all of it; 1 there is nothing here; 201 usage; 202 key; 203 input\n"
    "or output; 204 no key opens it; 205 damaged; 206 truncated; 207 unsupported\n"
    "example: walseal decrypt -k /etc/walseal/key \\\n"
    "             --from \"rclone cat store:base.tar.enc\" --to \"tar -x -C $PGDATA\"\n"
    "more: man walseal\n";

static const char verify_head[] =
    "usage: walseal verify [-k FILE|DIR]... [OPTION]... [INPUT... | --from COMMAND]\n"
    "\n"
    "Decrypts each INPUT, what COMMAND writes, or standard input, to prove that this\n"
    "can be done: authenticates all of it, to the last byte, and writes nothing. A\n"
    "directory stands for all the files below it; those with the name of a WAL\n"
    "segment must be that segment.\n"
    "\n";

static const char verify_tail[] =
    "\n"
    "exit status: 0 all of it; 1 there is nothing here; 201 usage; 202 key; 203 can't\n"
    "be read, or nothing found; 204 no key opens it; 205 damaged; 206 truncated; 207\n"
    "unsupported; 208 differs; of several inputs the worst\n"
    "example: walseal verify -k /etc/walseal/key /archive\n"
    "more: man walseal\n";

static const char rekey_head[] =
    "usage: walseal rekey [-k OLD]... -n NEW... [OPTION]... [INPUT | --from COMMAND]\n"
    "                     [-o FILE | --to COMMAND]\n"
    "\n"
    "Encrypts to new keys what INPUT, COMMAND's output or standard input holds under\n"
    "old ones, of either method, in one pass: what is written is whole only if all\n"
    "that was read was authenticated, and the plaintext never leaves the process. Old\n"
    "keys come from -k or, as with decrypt, the environment; new ones from -n alone.\n"
    "\n";

static const char rekey_tail[] =
    "\n"
    "exit status: 0 all of it; 1 there is nothing here; 201 usage; 202 key; 203 input\n"
    "or output; 204 no old key opens it; 205 damaged; 206 truncated; 207 unsupported\n"
    "example: walseal rekey -k old.key -n new.key -o base.new base.tar.enc\n"
    "a directory of objects: contrib/rekey/rekey-archive\n"
    "more: man walseal\n";

static const char inspect_head[] =
    "usage: walseal inspect [OPTION]... [INPUT]...\n"
    "\n"
    "Tells what each INPUT, or standard input, is, as far as that shows without a\n"
    "key: a stream (for whom, how, how long, whether it is whole) or a key file (its\n"
    "fingerprint and what it can be used for, never the key).\n"
    "\n";

static const char inspect_tail[] =
    "\n"
    "exit status: 0 nothing wrong shows; 101 usage; 102 malformed key; 103 can't be\n"
    "read; 105 damaged; 106 truncated; 107 nothing that walseal opens; of several\n"
    "inputs the worst\n"
    "example: walseal inspect /archive/000000010000000000000001\n"
    "more: man walseal\n";

static const char keygen_head[] =
    "usage: walseal keygen [sodium] [-t T] [-o FILE]\n"
    "       walseal keygen openpgp [-p FILE] [-o FILE] [--public FILE] [OPTION]...\n"
    "\n"
    "Makes a key and writes it as text, to standard output where there is no -o.\n"
    "\n";

static const char keygen_tail[] =
    "\n"
    "exit status: 0 the key is there; 101 usage; 102 passphrase; 103 input or output\n"
    "example: walseal keygen -o /etc/walseal/key\n"
    "more: man walseal\n";

static const char check_head[] =
    "usage: walseal check [-k FILE|DIR]... [OPTION]...\n"
    "\n"
    "Tries the keys before an archive depends on them: what do they encrypt, is that\n"
    "opened again, when does it end. A FILE is for encrypting and decrypting, the\n"
    "keys in a DIR are for decrypting alone.\n"
    "\n";

static const char check_tail[] =
    "\n"
    "exit status: 0 all is well; 1 a warning; 2 critical; 101 usage; 102 a key can't\n"
    "be read; 103 anything else\n"
    "example: walseal check -k /etc/walseal/key -k /etc/walseal/old.d\n"
    "more: man walseal\n";

static void add(char *text, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, HELP_SIZE - used, "%s", more);
}

static void add_option(char *text, const struct option_row *row)
{
    const char *help = row->help;
    char name[96];
    char letter[8] = "    ";
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(name, sizeof name, "  %s--%s%s%s%s", letter, row->name,
             row->argument == NULL                    ? ""
             : row->has_argument == optional_argument ? "[="
                                                      : " ",
             row->argument == NULL ? "" : row->argument,
             row->has_argument == optional_argument ? "]" : "");
    size_t used = strlen(text);
    const char *separator = strlen(name) < TEXT_COLUMN ? "" : "\n";
    int pad = separator[0] != '\0' ? TEXT_COLUMN : TEXT_COLUMN - (int)strlen(name);
    snprintf(text + used, HELP_SIZE - used, "%s%s%*s", name, separator, pad, "");
    for (; *help != '\0'; help++) {
        char one[2] = {*help, '\0'};
        add(text, one);
        if (*help == '\n')
            add(text, "                          ");
    }
    add(text, "\n");
}

static const struct {
    const char *head;
    const char *tail;
} texts[] = {
    [COMMAND_ENCRYPT] = {encrypt_head, encrypt_tail},
    [COMMAND_DECRYPT] = {decrypt_head, decrypt_tail},
    [COMMAND_VERIFY] = {verify_head, verify_tail},
    [COMMAND_REKEY] = {rekey_head, rekey_tail},
    [COMMAND_INSPECT] = {inspect_head, inspect_tail},
    [COMMAND_CHECK] = {check_head, check_tail},
    [COMMAND_KEYGEN] = {keygen_head, keygen_tail},
};

enum { TEXTS_LEN = sizeof texts / sizeof texts[0] };

const char *options_help(enum command topic)
{
    static char text[HELP_SIZE];
    if ((int)topic >= TEXTS_LEN || texts[topic].head == NULL)
        return overview;
    text[0] = '\0';
    add(text, texts[topic].head);
    for (size_t i = 0; i < options_table_len; i++)
        if (options_table_is_of(&options_table[i], topic))
            add_option(text, &options_table[i]);
    add(text, texts[topic].tail);
    return text;
}
