/*
 * completions bash|zsh|fish: prints that shell's completions of the command line, made from the
 * program's own table of options. What it prints is in contrib/completions (make completions).
 */
#include "options_table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What may stand where a value is wanted: words (NULL: none are known), or a file's name. */
struct value {
    bool file;
    const char *words;
};

static const char *const summaries[] = {
    [COMMAND_ENCRYPT] = "encrypt with a sodium key, or to OpenPGP keys",
    [COMMAND_DECRYPT] = "decrypt, and prove all of it",
    [COMMAND_VERIFY] = "prove that it can be decrypted, and write nothing",
    [COMMAND_REKEY] = "give a stream new keys",
    [COMMAND_INSPECT] = "say what a stream or a key file is, without a key",
    [COMMAND_KEYGEN] = "make a key",
    [COMMAND_CHECK] = "prove that keys work, before an archive depends on them",
};

/* Only what decrypts can find out which it was. */
static const char *transforms(const struct option_row *row)
{
    if ((row->commands & 1u << COMMAND_KEYGEN) != 0)
        return "hex base64";
    return (row->commands & (1u << COMMAND_DECRYPT | 1u << COMMAND_REKEY)) != 0
               ? "hex base64 none auto"
               : "hex base64 none";
}

static struct value value_of(const struct option_row *row)
{
    struct value value = {.file = strncmp(row->argument, "FILE", 4) == 0};
    switch (row->id) {
    case OPTION_AGAINST:
        value.file = true;
        break;
    case OPTION_METHOD:
        value.words = "sodium openpgp";
        break;
    case OPTION_KEY_TRANSFORM:
        value.words = transforms(row);
        break;
    case OPTION_NEW_KEY_TRANSFORM:
        value.words = "hex base64 none";
        break;
    case OPTION_MISSING:
        value.words = "empty 3,4,empty";
        break;
    case OPTION_PROFILE:
        value.words = "rfc4880";
        break;
    case OPTION_SANDBOX:
        value.words = "auto require off";
        break;
    case OPTION_PROGRESS:
        value.words = "auto always never";
        break;
    case OPTION_RSA:
        value.words = "2048 3072 4096";
        break;
    default:
        break;
    }
    return value;
}

static struct value operand_of(enum command command)
{
    struct value value = {.file = command != COMMAND_KEYGEN && command != COMMAND_CHECK};
    if (command == COMMAND_KEYGEN)
        value.words = "sodium openpgp";
    return value;
}

static bool takes_many(enum command command)
{
    return command == COMMAND_VERIFY || command == COMMAND_INSPECT;
}

/* In single quotes of the shell, on one line; escaped: a backslash before each of these, too. */
static void print_quoted(const char *text, const char *escaped)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (*text == '\n')
            putchar(' ');
        else {
            if (strchr(escaped, *text) != NULL)
                putchar('\\');
            putchar(*text);
        }
    }
}

/* --- bash */

static void bash_names(const struct option_row *row, enum command command)
{
    if (row->letter != 0)
        printf("'%s -%c' | ", options_command_name(command), row->letter);
    printf("'%s --%s'", options_command_name(command), row->name);
}

static void bash_value(struct value value)
{
    if (value.file)
        puts(") _walseal_files ;;");
    else if (value.words != NULL)
        printf(") _walseal_words '%s' ;;\n", value.words);
    else
        puts(") ;;");
}

static void bash_values(void)
{
    for (enum command command = 0; command <= COMMAND_CHECK; command++)
        for (size_t i = 0; i < options_table_len; i++) {
            const struct option_row *row = &options_table[i];
            if (row->has_argument == no_argument || !options_table_is_of(row, command))
                continue;
            fputs("    ", stdout);
            bash_names(row, command);
            bash_value(value_of(row));
        }
}

static void bash_options(enum command command)
{
    printf("    %s)\n        _walseal_words '", options_command_name(command));
    for (size_t i = 0, column = 0; i < options_table_len; i++) {
        const struct option_row *row = &options_table[i];
        if (!options_table_is_of(row, command))
            continue;
        if (column > 60) {
            fputs("\n            ", stdout);
            column = 0;
        } else if (column > 0)
            putchar(' ');
        if (row->letter != 0)
            column += (size_t)printf("-%c ", row->letter);
        column += (size_t)printf("--%s", row->name) + 1;
    }
    puts("'\n        ;;");
}

static const char bash_head[] =
    "# Completions of walseal for bash. Made by `make completions`: don't edit.\n"
    "# shellcheck shell=bash\n\n"
    "_walseal_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\")\n"
    "}\n\n"
    "_walseal_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "}\n\n";

static const char bash_tail[] =
    " help --help --version'\n"
    "        return\n"
    "    fi\n"
    "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
    "        if [ \"${COMP_WORDS[i]}\" = -- ]; then\n"
    "            _walseal_operand \"$command\"\n"
    "            return\n"
    "        fi\n"
    "    done\n"
    "    # bash cuts --progress=al into three words\n"
    "    if [ \"$word\" = = ]; then\n"
    "        word=''\n"
    "        _walseal_value \"$command\" \"$before\"\n"
    "    elif [ \"$before\" = = ]; then\n"
    "        _walseal_value \"$command\" \"${COMP_WORDS[COMP_CWORD - 2]}\"\n"
    "    # which takes its value behind = alone\n"
    "    elif [ \"$before\" != --progress ] && _walseal_value \"$command\" \"$before\"; then\n"
    "        :\n"
    "    elif [ \"${word#-}\" != \"$word\" ]; then\n"
    "        _walseal_options \"$command\"\n"
    "    else\n"
    "        _walseal_operand \"$command\"\n"
    "    fi\n"
    "}\n\n"
    "complete -F _walseal walseal\n";

static void print_bash(void)
{
    fputs(bash_head, stdout);
    puts("# _walseal_value COMMAND OPTION: false where it's no option that takes a value.\n"
         "_walseal_value() {\n"
         "    case \"$1 $2\" in");
    bash_values();
    puts("    *) return 1 ;;\n    esac\n}\n\n_walseal_options() {\n    case $1 in");
    for (enum command command = 0; command <= COMMAND_CHECK; command++)
        bash_options(command);
    puts("    esac\n}\n\n_walseal_operand() {\n    case $1 in");
    for (enum command command = 0; command <= COMMAND_CHECK; command++) {
        printf("    %s", options_command_name(command));
        bash_value(operand_of(command));
    }
    fputs("    esac\n}\n\n_walseal() {\n"
          "    local word=$2 before=$3 command=${COMP_WORDS[1]} i\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        _walseal_words '",
          stdout);
    for (enum command command = 0; command <= COMMAND_CHECK; command++)
        printf("%s%s", command > 0 ? " " : "", options_command_name(command));
    fputs(bash_tail, stdout);
}

/* --- zsh */

static void zsh_value(const char *name, struct value value)
{
    printf(":%s:", name);
    if (value.file)
        fputs("_files", stdout);
    else if (value.words != NULL)
        printf("(%s)", value.words);
    else
        putchar(' ');
}

static void zsh_option(const struct option_row *row)
{
    const char *equals = row->has_argument == required_argument   ? "="
                         : row->has_argument == optional_argument ? "=-"
                                                                  : "";
    fputs("            '*'", stdout);
    if (row->letter != 0)
        printf("{-%c%s,--%s%s}'", row->letter, row->has_argument == required_argument ? "+" : "",
               row->name, equals);
    else
        printf("'--%s%s", row->name, equals);
    putchar('[');
    print_quoted(row->help, "[]:\\");
    putchar(']');
    if (row->has_argument == optional_argument)
        putchar(':');
    if (row->has_argument != no_argument)
        zsh_value(row->argument, value_of(row));
    puts("' \\");
}

static void print_zsh(void)
{
    puts("#compdef walseal\n"
         "# Completions of walseal for zsh. Made by `make completions`: don't edit.\n\n"
         "_walseal() {\n"
         "    local -a commands\n"
         "    if (( CURRENT == 2 )); then\n"
         "        commands=(");
    for (enum command command = 0; command <= COMMAND_CHECK; command++) {
        printf("            '%s:", options_command_name(command));
        print_quoted(summaries[command], ":\\");
        puts("'");
    }
    puts("            'help:say what it can do'\n"
         "        )\n"
         "        _describe -t commands command commands\n"
         "        compadd -- --help --version\n"
         "        return\n"
         "    fi\n"
         "    shift words\n"
         "    (( CURRENT-- ))\n"
         "    case $words[1] in");
    for (enum command command = 0; command <= COMMAND_CHECK; command++) {
        printf("    %s)\n        _arguments -s -S \\\n", options_command_name(command));
        for (size_t i = 0; i < options_table_len; i++)
            if (options_table_is_of(&options_table[i], command))
                zsh_option(&options_table[i]);
        struct value operand = operand_of(command);
        if (operand.file || operand.words != NULL) {
            printf("            '%s", takes_many(command) ? "*" : "1:");
            zsh_value(operand.file ? "INPUT" : "kind of key", operand);
            puts("'");
        } else
            puts("            ':: :'");
        puts("        ;;");
    }
    puts("    esac\n}\n\n"
         "if [ \"$funcstack[1]\" = _walseal ]; then\n"
         "    _walseal \"$@\"\n"
         "else\n"
         "    compdef _walseal walseal\n"
         "fi");
}

/* --- fish */

static void fish_value(struct value value)
{
    if (value.file)
        fputs(" -F", stdout);
    else if (value.words != NULL)
        printf(" -a '%s'", value.words);
}

static void fish_option(const struct option_row *row, enum command command)
{
    printf("complete -c walseal -n '__walseal_is %s'", options_command_name(command));
    if (row->letter != 0)
        printf(" -s %c", row->letter);
    printf(" -l %s", row->name);
    if (row->has_argument == required_argument)
        fputs(value_of(row).file ? " -r" : " -x", stdout);
    if (row->has_argument != no_argument)
        fish_value(value_of(row));
    fputs(" -d '", stdout);
    print_quoted(row->help, "\\");
    puts("'");
}

static void print_fish(void)
{
    puts("# Completions of walseal for fish. Made by `make completions`: don't edit.\n\n"
         "function __walseal_is\n"
         "    set -l words (commandline -opc)\n"
         "    test (count $words) -gt 1 -a \"$words[2]\" = \"$argv[1]\"\n"
         "end\n\n"
         "function __walseal_has_no_command\n"
         "    test (count (commandline -opc)) -eq 1\n"
         "end\n\n"
         "complete -c walseal -f\n"
         "complete -c walseal -n __walseal_has_no_command -l help -d 'say what it can do'\n"
         "complete -c walseal -n __walseal_has_no_command -l version -d 'say which version it is'");
    for (enum command command = 0; command <= COMMAND_CHECK; command++) {
        printf("\ncomplete -c walseal -n __walseal_has_no_command -a %s -d '",
               options_command_name(command));
        print_quoted(summaries[command], "\\");
        puts("'");
        struct value operand = operand_of(command);
        if (operand.file || operand.words != NULL) {
            printf("complete -c walseal -n '__walseal_is %s'", options_command_name(command));
            fish_value(operand);
            putchar('\n');
        }
        for (size_t i = 0; i < options_table_len; i++)
            if (options_table_is_of(&options_table[i], command))
                fish_option(&options_table[i], command);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; argc == 2 && i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(argv[1], shells[i].shell) == 0) {
            shells[i].print();
            return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
        }
    fputs("usage: completions bash|zsh|fish\n", stderr);
    return 2;
}
