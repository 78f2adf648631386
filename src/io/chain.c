#define _POSIX_C_SOURCE 200809L
#include "io/chain.h"

#include "io/descriptor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { SHELL_SIGNAL = 128 }; /* what a shell adds to the signal that its command died of */

static bool is_broken_pipe(int wait_status)
{
    return WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) == SIGPIPE
                                    : WEXITSTATUS(wait_status) == SHELL_SIGNAL + SIGPIPE;
}

/* The last one is to blame: that a command fails makes the ones before it fail (nobody reads them
 * any more), and never those behind it, which the guardian keeps from seeing an end. */
struct chain_end chain_look(struct children *children, size_t first)
{
    struct chain_end found = {.end = CHILD_SUCCEEDED, .index = first};
    for (size_t i = children_chain_end(children, first); i-- > first;) {
        int wait_status = 0;
        children_ended(children, i, &wait_status);
        enum child_end end = children_end(children, i);
        /* It closed its input, and was killed before it could end. */
        if (end == CHILD_FAILED && is_broken_pipe(wait_status) &&
            i + 1 < children_chain_end(children, first) &&
            children_end(children, i + 1) == CHILD_WAS_KILLED)
            return (struct chain_end){.end = CHILD_LEFT_EARLY, .index = i + 1};
        if (end == CHILD_FAILED || end == CHILD_LEFT_EARLY)
            return (struct chain_end){.end = end, .index = i, .wait_status = wait_status};
        if (end != CHILD_SUCCEEDED)
            found.end = CHILD_RUNS;
    }
    return found;
}

bool chain_wait(struct children *children, size_t first, struct chain_end *end, struct error *err)
{
    int wait_status;
    for (size_t i = first; i < children_chain_end(children, first); i++)
        if (!children_status(children, i, &wait_status, err))
            return false;
    *end = chain_look(children, first);
    return true;
}

static void describe_failure(struct children *children, size_t index, int wait_status, char *text,
                             size_t size)
{
    char how[128];
    char *name = descriptor_command_name(children_command(children, index));
    children_describe_status(wait_status, how, sizeof how);
    snprintf(text, size, "%s %s", name != NULL ? name : "a command", how);
    free(name);
}

void chain_describe(struct children *children, size_t first, const struct chain_end *end,
                    char text[CHAIN_TEXT_SIZE])
{
    if (end->end != CHILD_LEFT_EARLY) {
        describe_failure(children, end->index, end->wait_status, text, CHAIN_TEXT_SIZE);
        return;
    }
    char *name = descriptor_command_name(children_command(children, end->index));
    int used = snprintf(text, CHAIN_TEXT_SIZE, "%s stopped reading before the end of its input",
                        name != NULL ? name : "a command");
    free(name);
    /* It may have read all that there was to it, and the one before it have failed at its end. */
    int wait_status;
    if (end->index == first || !children_ended(children, end->index - 1, &wait_status) ||
        children_end(children, end->index - 1) != CHILD_FAILED || is_broken_pipe(wait_status))
        return;
    char before[CHAIN_TEXT_SIZE / 2];
    describe_failure(children, end->index - 1, wait_status, before, sizeof before);
    snprintf(text + used, CHAIN_TEXT_SIZE - (size_t)used, "; %s", before);
}
