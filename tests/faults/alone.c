/*
 * Runs a command, and sees to it that nothing of it is left:
 *
 *     alone SECONDS RESULT [NAME=VALUE]... COMMAND...
 *
 * The variables are set for the command. RESULT is written in one line: its exit status or 128 + the
 * signal that it died of, or "hangs" where it didn't end within SECONDS; and then how many of the
 * processes that it has started were still there two seconds after its end (none: 0). They are killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEFT_SECONDS = 2 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int shell_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* Waits for the process (-1: any, until there is none). False: the time is up. */
static bool await(pid_t pid, double seconds, int *wait_status)
{
    double end = seconds_now() + seconds;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        pid_t reaped = waitpid(pid, wait_status, WNOHANG);
        if (reaped < 0 || (reaped > 0 && pid > 0))
            return true;
        if (reaped > 0)
            continue;
        double left = end - seconds_now();
        if (left <= 0)
            return false;
        const struct timespec pause = {.tv_sec = (time_t)left,
                                       .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
        sigtimedwait(&child, NULL, &pause);
    }
}

/* Those that lost their parents have become this process's own. */
static int kill_children(void)
{
    char path[64];
    int killed = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(path, "re");
    int pid;
    while (children != NULL && fscanf(children, "%d", &pid) == 1)
        killed += kill(pid, SIGKILL) == 0;
    if (children != NULL)
        fclose(children);
    return killed;
}

static int kill_all(void)
{
    int killed = 0;
    int ignored;
    do
        killed += kill_children();
    while (!await(-1, 0.05, &ignored));
    return killed;
}

_Noreturn static void become(char **argv, const sigset_t *mask)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    sigprocmask(SIG_SETMASK, mask, NULL);
    while (strchr(argv[0], '=') != NULL)
        putenv(*argv++);
    execvp(argv[0], argv);
    _exit(127);
}

int main(int argc, char **argv)
{
    int result = argc > 3 ? open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (result < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        return 1;
    sigset_t child;
    sigset_t before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    pid_t pid = fork();
    if (pid == 0)
        become(argv + 3, &before);
    int wait_status = 0;
    bool ended = await(pid, atof(argv[1]), &wait_status);
    int ignored;
    int left = ended && await(-1, LEFT_SECONDS, &ignored) ? 0 : kill_all();
    if (ended)
        dprintf(result, "%d %d\n", shell_status(wait_status), left);
    else
        dprintf(result, "hangs %d\n", left);
    return 0;
}
