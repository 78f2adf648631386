#define _GNU_SOURCE /* NSIG */
#include "io/command.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static void default_signals(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &by_default, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void command_become(const struct guardian_command *command, int null_fd,
                              pid_t guardian_pid)
{
    setpgid(0, 0);
#ifdef __linux__
    /* The second line of defence, for a guardian that is killed itself. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    int input_fd = command->input_fd >= 0 ? command->input_fd : null_fd;
    int output_fd = command->output_fd >= 0 ? command->output_fd : STDERR_FILENO;
    if (getppid() == guardian_pid && dup2(input_fd, STDIN_FILENO) >= 0 &&
        dup2(output_fd, STDOUT_FILENO) >= 0) {
        default_signals();
        /* A named pipe without a writer yet would look like one that has ended. */
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        if (command->given)
            poll(&input, 1, -1);
        /* All that the guardian has above 2 is closed on exec. */
        execl("/bin/sh", "sh", "-c", command->command, (char *)NULL);
    }
    _exit(127); /* what a shell says of a program it doesn't find */
}
