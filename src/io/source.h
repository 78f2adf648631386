/*
 * Where bytes come from: a file, standard input, or the standard output of a command.
 *
 * A source gives its own verdict at its end: source_read and source_peek report the end of input
 * only after they know that it is the true one (a command has exited with 0, a file has kept its
 * size, or more), and fail otherwise. So whoever sees the end may trust it.
 *
 * "There is nothing here" (ERROR_ABSENT) is told from "it is broken" (ERROR_IO) by the source's
 * policy; a source that is empty and may not be simply ends.
 */
#ifndef WALSEAL_IO_SOURCE_H
#define WALSEAL_IO_SOURCE_H

#include "base/bytes.h"
#include "base/error.h"
#include "io/child.h"
#include "io/conduit.h"

#include <stdatomic.h>
#include <stdint.h>

/* At most this many bytes can be peeked at. */
enum { SOURCE_PEEK_MAX = 64 * 1024 };

/* What a file has to be, and what means "there is no such file in the archive". */
struct source_policy {
    bool unchanged;   /* nobody may write to it meanwhile: what nothing authenticates (encrypt) */
    bool absent_file; /* a file that isn't there, in a directory that is there and isn't empty */
    bool missing_status[126]; /* exit statuses of the command, when it wrote nothing */
    bool missing_empty;       /* not one byte: a command that exited with 0, a pipe or a socket */
    bool standby;             /* anything the source fails with (ERROR_IO) is ERROR_ABSENT */
};

struct source;

/* Opens path for reading; a named pipe's writer is waited for by the first read. The policy is
 * copied. On failure NULL: ERROR_IO, or ERROR_ABSENT as the policy says. */
struct source *source_new_file(const char *path, const struct source_policy *policy,
                               struct error *err);

/* Descriptor 0. Closed at start, or not open for reading: ERROR_IO. */
struct source *source_new_stdin(const struct source_policy *policy, struct error *err);

/* The output of the chain that begins with the command number index of children (a CHILD_FROM).
 * children must outlive it. */
struct source *source_new_command(struct children *children, size_t index,
                                  const struct source_policy *policy, struct error *err);

/* As source_new_command, of commands of which the first was given input (source_input_fd), a file
 * or standard input: the end is good only if that is as it was. input is owned from here on, but
 * not where this fails. */
struct source *source_new_filters(struct children *children, size_t index, struct source *input,
                                  const struct source_policy *policy, struct error *err);

/* The descriptor of a file or standard input, for a command to read. Reads of a file's block. */
int source_input_fd(const struct source *source);

/* Bytes in memory, not NULL, which aren't owned and must outlive it. name: how messages call it. */
struct source *source_new_memory(const char *name, struct bytes bytes, struct error *err);

/* The reader's side of conduit, which is not owned. A writer that failed is ERROR_INTERRUPTED: its
 * own error says why. */
struct source *source_new_conduit(struct conduit *conduit, struct error *err);

/* Reads len bytes, fewer only at the end of input. *got < len: the end, with a good verdict.
 * False: ERROR_IO, ERROR_ABSENT, ERROR_INTERRUPTED. After the end it returns 0 bytes again. */
bool source_read(struct source *source, void *bytes, size_t len, size_t *got, struct error *err);

/* Like source_read of want (at most SOURCE_PEEK_MAX) bytes, without taking them: *bytes points into
 * the source and is valid until the next call. */
bool source_peek(struct source *source, size_t want, const unsigned char **bytes, size_t *got,
                 struct error *err);

/* Bytes that source_read has handed out so far. May be asked from any thread. */
uint64_t source_bytes(const struct source *source);

/* Adds what is handed out from here on to *sum, too, which must outlive the source. */
void source_add_to(struct source *source, _Atomic uint64_t *sum);

/* The length of the whole input, where it is known in advance (a regular file that isn't empty,
 * from where it stands): true and *size. */
bool source_size(const struct source *source, uint64_t *size);

/* How messages call it: the path, "standard input", or the command in quotes. */
const char *source_name(const struct source *source);

/* Says of a source that has ended without a byte, where there should be some, what that may mean.
 * Always false: ERROR_TRUNCATED. */
bool source_fail_empty(const struct source *source, struct error *err);

/* Whether path names the very file that the source reads (device and inode). */
bool source_is_file(const struct source *source, const char *path);

/* Goes back to where a regular file began, to read it again. False: ERROR_IO. */
bool source_rewind(struct source *source, struct error *err);

/* Whether source_rewind can: it is a regular file. */
bool source_can_rewind(const struct source *source);

/* Closes and frees; NULL is allowed. */
void source_free(struct source *source);

#endif
