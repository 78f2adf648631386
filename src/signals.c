#define _DEFAULT_SOURCE
#include "signals.h"

#include "io/wait.h"
#include "progress.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const int ending_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGXCPU};

enum { ENDING_COUNT = sizeof ending_signals / sizeof ending_signals[0] };

static volatile sig_atomic_t caught;
static _Atomic(struct children *) commands;

static void handle_ending(int signal_number)
{
    int saved = errno;
    if (caught == 0)
        caught = signal_number;
    wait_wake();
    errno = saved;
}

static void handle_progress(int signal_number)
{
    (void)signal_number;
    progress_request();
}

/* Stops the commands, then the process itself; SIGCONT makes it go on from here. */
static void handle_stop(int signal_number)
{
    int saved = errno;
    children_forward(atomic_load(&commands), signal_number);
    raise(SIGSTOP);
    errno = saved;
}

static void handle_continue(int signal_number)
{
    int saved = errno;
    children_forward(atomic_load(&commands), signal_number);
    errno = saved;
}

static void handle_with(int signal_number, void (*handler)(int), int flags)
{
    struct sigaction before;
    if (sigaction(signal_number, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return;
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigfillset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

/* Without SA_RESTART: a blocked call is to notice. */
static void handle(int signal_number, void (*handler)(int))
{
    handle_with(signal_number, handler, 0);
}

void signals_boot(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&by_default.sa_mask);
    sigemptyset(&ignore.sa_mask);
    /* There is no progress yet, and reading the keys isn't to fail of it. */
    handle_with(SIGUSR1, handle_progress, SA_RESTART);
    sigaction(SIGCHLD, &by_default, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

void signals_begin(void)
{
    for (size_t i = 0; i < ENDING_COUNT; i++)
        handle(ending_signals[i], handle_ending);
    handle(SIGUSR1, handle_progress);
    handle(SIGTSTP, handle_stop);
    handle(SIGCONT, handle_continue);
}

void signals_hold_stop(bool hold)
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTSTP);
    sigaddset(&stops, SIGCONT);
    pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &stops, NULL);
}

void signals_set_children(struct children *children)
{
    atomic_store(&commands, children);
}

int signals_caught(void)
{
    return caught;
}

void signals_reraise(int signal_number)
{
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal_number);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
    raise(signal_number);
    _exit(128 + signal_number);
}
