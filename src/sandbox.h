/*
 * What a process that has opened all it needs gives up before it looks at the first byte that a
 * stranger may have made, and before its first thread: so that whoever takes it over by such bytes
 * has nothing in hand but what it was doing anyway.
 *
 * Three things, each where the system has it (Linux; elsewhere none):
 *
 *     seccomp     any system call but those on a list ends the process by SIGSYS: it opens nothing
 *                 that isn't named below, makes no socket, runs no program, starts no process, maps
 *                 no code. clone3 fails with ENOSYS, since its flags can't be seen: C libraries
 *                 then call clone, whose flags can.
 *     Landlock    no file can be opened, made or removed but where it is named below.
 *     no new      a program that it might run after all gains nothing from set-user-ID or file
 *     privileges  capabilities.
 *
 * What was opened before stays open, and processes started before (the guardian and the commands)
 * aren't touched.
 */
#ifndef WALSEAL_SANDBOX_H
#define WALSEAL_SANDBOX_H

#include "base/error.h"

#include <sys/types.h>

enum sandbox_mode {
    SANDBOX_AUTO, /* as far as the system can */
    SANDBOX_REQUIRE,
    SANDBOX_OFF,
};

/* What is still to be done from inside. */
struct sandbox;

/* What is in force. */
struct sandbox_state {
    bool limits_calls; /* by seccomp */
    bool limits_files; /* by Landlock */
    char text[256];    /* all of it in words, with what the system refused and why */
};

/* Begins with nothing allowed. NULL: no memory. */
struct sandbox *sandbox_new(struct error *err);

/* Files may be made, opened and removed in the directory of directory_fd and below (-1: nowhere;
 * not owned). */
void sandbox_let_make(struct sandbox *sandbox, int directory_fd);

/* The file of path, and others in its directory, may be opened for reading: another may have been
 * put in its place by then. Where path isn't a regular file: it alone. */
void sandbox_let_read(struct sandbox *sandbox, const char *path);

/* The process group may be sent signals. */
void sandbox_let_kill(struct sandbox *sandbox, pid_t group);

/* Closes it behind the calling thread, which must be the only one, for good, and says in *state
 * what is in force from here on. What the system refuses is no failure: what is left is in force.
 */
void sandbox_close(struct sandbox *sandbox, struct sandbox_state *state);

/* NULL is allowed. What was closed stays closed. */
void sandbox_free(struct sandbox *sandbox);

#endif
