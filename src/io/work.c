#define _POSIX_C_SOURCE 200809L
#include "io/work.h"

#include "io/wait.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct run {
    void (*work)(void *job);
    void *job;
    int done_fds[2]; /* the second is closed when it is done */
};

/* So that what a thread keeps isn't lost to those who look for leaks. */
static struct run *volatile left_alone;

static void *run_main(void *argument)
{
    const struct run *run = argument;
    run->work(run->job);
    close(run->done_fds[1]); /* unlike a write, nothing keeps this from being seen */
    return NULL;
}

/* Its thread never handles a signal: the one that waits does. */
static bool start(struct run *run, pthread_t *thread)
{
    sigset_t all;
    sigset_t before;
    if (pipe(run->done_fds) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        (void)fcntl(run->done_fds[i], F_SETFD, FD_CLOEXEC);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, NULL, run_main, run) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; !started && i < 2; i++)
        close(run->done_fds[i]);
    return started;
}

bool work_run(void (*work)(void *job), void *job)
{
    pthread_t thread;
    if (wait_woken())
        return false;
    struct run *run = malloc(sizeof *run);
    if (run != NULL)
        *run = (struct run){.work = work, .job = job};
    if (run == NULL || !start(run, &thread)) {
        free(run);
        work(job); /* better late to notice a signal than not at all */
        return true;
    }
    if (wait_ready(run->done_fds[0], POLLIN, -1) != 1) {
        pthread_detach(thread);
        left_alone = run; /* the thread keeps it: the run as a whole is over */
        return false;
    }
    pthread_join(thread, NULL);
    close(run->done_fds[0]);
    free(run);
    return true;
}
