#include "commands/confine.h"

#include "io/terminal.h"
#include "message.h"

static void let_read(struct sandbox *sandbox, const struct confinement *what)
{
    for (size_t i = 0; i < what->path_count; i++)
        sandbox_let_read(sandbox, what->paths[i]);
    for (size_t i = 0; what->files != NULL && i < what->files->count; i++)
        if (what->files->entries[i].kind != FILE_PROBLEM)
            sandbox_let_read(sandbox, what->files->entries[i].path);
}

static void let_kill(struct sandbox *sandbox, const struct children *children)
{
    size_t count = children != NULL ? children_count(children) : 0;
    for (size_t i = 0; i < count; i++)
        sandbox_let_kill(sandbox, children_group(children, i));
}

bool confine(const struct confinement *what, struct sandbox_state *state, struct error *err)
{
    struct sandbox_state in_force = {.text = "off"};
    if (what->options->sandbox != SANDBOX_OFF) {
        struct sandbox *sandbox = sandbox_new(err);
        if (sandbox == NULL)
            return false;
        if (what->passphrase != NULL && !passphrase_is_given(what->passphrase))
            (void)terminal_hold();
        sandbox_let_make(sandbox, what->output_directory_fd);
        let_read(sandbox, what);
        let_kill(sandbox, what->children);
        sandbox_close(sandbox, &in_force);
        sandbox_free(sandbox);
    }
    if (state != NULL)
        *state = in_force;
    if (what->options->sandbox == SANDBOX_REQUIRE &&
        (!in_force.limits_calls || !in_force.limits_files))
        return fail(err, ERROR_IO, "--sandbox=require: %s", in_force.text);
    message_note(NOTE_VERBOSE, "sandbox: %s", in_force.text);
    return true;
}
