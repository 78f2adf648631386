/*
 * Stands for walseal where the tests look for it, and runs the one for another processor under its
 * emulator. A program and not a script: the tests start it without descriptors, with few of them, or
 * with signals ignored, all of which a shell would change.
 *
 * COMMAND is the emulator and what it is to run: "qemu-armhf-static", "/path/walseal"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char *command[] = {COMMAND};
    size_t command_count = sizeof command / sizeof command[0];
    char **all = calloc(command_count + (size_t)argc + 1, sizeof *all);
    if (all == NULL)
        return 126;
    memcpy(all, command, sizeof command);
    for (int i = 1; i < argc; i++)
        all[command_count + (size_t)i - 1] = argv[i];
    execv(all[0], all);
    perror(all[0]);
    return 126;
}
