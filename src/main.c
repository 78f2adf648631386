/*
 * Boot order and exit status.
 */
#include "base/secret.h"
#include "commands/commands.h"
#include "io/guardian.h"
#include "io/wait.h"
#include "signals.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* PostgreSQL takes 1 to 125 of an archive_command for "try again" and of a restore_command for
 * "no such file"; encrypt's failures must be the former, decrypt's must never be. */
enum { ENCRYPT_STATUS = 100, DECRYPT_STATUS = 200, ABSENT_STATUS = 1 };

/* check's, as Nagios and its kin read them. */
enum { WARNING_STATUS = 1, CRITICAL_STATUS = 2 };

/* The guardian of the commands will have another title than this process. */
static void give_arguments(int argc, char **argv)
{
    size_t size = 0;
    for (int i = 0; i < argc && argv[i] == argv[0] + size; i++)
        size += strlen(argv[i]) + 1;
    if (size > 0)
        guardian_set_title_room(argv[0], size);
}

/* A descriptor that was closed at the start must not become that of a file. It is opened the
 * wrong way round, so that using it fails. */
static bool fill_standard_descriptors(struct error *err)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) != -1)
            continue;
        int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        if (opened != fd)
            return fail(err, ERROR_IO, "/dev/null: can't be opened");
    }
    return true;
}

static bool run_command(const struct options *options, struct error *err)
{
    switch (options->command) {
    case COMMAND_ENCRYPT:
        return command_encrypt(options, err);
    case COMMAND_DECRYPT:
        return command_decrypt(options, err);
    case COMMAND_CHECK:
        return command_check(options, err);
    case COMMAND_INSPECT:
        return command_inspect(options, err);
    case COMMAND_KEYGEN:
        return command_keygen(options, err);
    case COMMAND_HELP:
        return command_help(options, err);
    case COMMAND_VERSION:
        return command_version(options, err);
    default:
        break;
    }
    return fail(err, ERROR_USAGE, "unknown command");
}

static int exit_status(enum command command, enum error_kind kind)
{
    bool reads = command == COMMAND_DECRYPT || command == COMMAND_VERIFY ||
                 command == COMMAND_REKEY || command == COMMAND_NONE;
    int base = reads ? DECRYPT_STATUS : ENCRYPT_STATUS;
    if (kind == ERROR_ABSENT)
        return ABSENT_STATUS;
    if (kind == ERROR_WARNING)
        return WARNING_STATUS;
    if (kind == ERROR_CRITICAL)
        return CRITICAL_STATUS;
    if (kind >= ERROR_USAGE && kind <= ERROR_DIFFERS)
        return base + (int)kind;
    return base + ERROR_IO;
}

int main(int argc, char **argv)
{
    signals_boot();
    struct error err = {.kind = ERROR_NONE};
    struct error unfilled = {.kind = ERROR_NONE};
    struct options options = {.command = COMMAND_NONE};
    /* Told after the options, since only they say which command's status it is to end with. */
    bool filled = fill_standard_descriptors(&unfilled);
    bool good = options_parse(argc, argv, &options, &err);
    if (good && !filled) {
        err = unfilled;
        good = false;
    }
    if (good) {
        message_set_verbosity(options.verbosity);
        give_arguments(argc, argv);
        good = secret_begin(&err) && wait_begin(&err) && run_command(&options, &err);
    }
    if (good)
        return EXIT_SUCCESS;
    if (signals_caught() != 0)
        signals_reraise(signals_caught());
    message_error(&err);
    return exit_status(options.command, err.kind);
}
