/*
 * The output of commands as a source: what their end means.
 */
#define _POSIX_C_SOURCE 200809L
#include "io/source_kind.h"
#include "io/chain.h"
#include "io/descriptor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>

struct source *source_new_command(struct children *children, size_t index,
                                  const struct source_policy *policy, struct error *err)
{
    size_t last = children_chain_end(children, index) - 1;
    char *name = descriptor_command_name(children_command(children, last));
    struct source *source = source_new(name, policy, err);
    if (!source)
        return NULL;
    source->children = children;
    source->index = index;
    source->fd = children_fd(children, last);
    return source;
}

struct source *source_new_filters(struct children *children, size_t index, struct source *input,
                                  const struct source_policy *policy, struct error *err)
{
    struct source *source = source_new_command(children, index, policy, err);
    if (source)
        source->input = input;
    return source;
}

/* A command that didn't exit with 0: absent where the policy says so, otherwise broken. */
static bool fail_command(const struct source *source, int wait_status, struct error *err)
{
    const struct source_policy *policy = &source->policy;
    char ending[128];
    children_describe_status(wait_status, ending, sizeof ending);
    size_t exit_status = WIFEXITED(wait_status) ? (size_t)WEXITSTATUS(wait_status) : 0;
    bool listable = exit_status > 0 && exit_status < 126;
    bool listed = listable && policy->missing_status[exit_status];
    if (listed && source->arrived == 0)
        return fail(err, ERROR_ABSENT, "%s %s, which --missing names", source->name, ending);
    if (listed)
        return fail(err, source_broken(policy),
                    "%s %s, which --missing names, but only after %" PRIu64 " bytes", source->name,
                    ending, source->arrived);
    fail(err, source_broken(policy), "%s %s", source->name, ending);
    /* 124 and 125 are timeout(1)'s own: no command says with them that there is no such file. */
    if (listable && exit_status < 124 && source->arrived == 0 && policy->absent_file)
        error_append(err, ": if that says that there is no such file, give --missing %zu",
                     exit_status);
    return false;
}

bool source_judge_commands(const struct source *source, struct error *err)
{
    struct chain_end end;
    struct error own = {.kind = ERROR_NONE};
    if (!chain_wait(source->children, source->index, &end, &own)) {
        enum error_kind kind = own.kind == ERROR_IO ? source_broken(&source->policy) : own.kind;
        return fail(err, kind, "%s", own.text);
    }
    /* Before any haste of theirs: what has grown looks as if it wasn't read up. */
    if (source->input && end.end != CHILD_FAILED && !source_judge_kept(source->input, err))
        return false;
    bool alone = children_chain_end(source->children, source->index) == source->index + 1;
    if (end.end == CHILD_FAILED && alone)
        return fail_command(source, end.wait_status, err);
    if (end.end != CHILD_SUCCEEDED) {
        char text[CHAIN_TEXT_SIZE];
        chain_describe(source->children, source->index, &end, text);
        return fail(err, source_broken(&source->policy), "%s", text);
    }
    if (source->arrived == 0 && source->policy.missing_empty)
        return fail(err, ERROR_ABSENT, "%s wrote nothing, which --missing names", source->name);
    return true;
}
