/*
 * Boot order and the end.
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
    case COMMAND_VERIFY:
        return command_verify(options, err);
    case COMMAND_REKEY:
        return command_rekey(options, err);
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
    return command_status(options.command, err.kind);
}
