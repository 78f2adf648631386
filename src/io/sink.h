/*
 * Where bytes go: standard output, a file that appears whole or not at all, the standard input of a
 * command, or a comparison.
 *
 * Every sink ends in one of two ways. sink_finish: all is well, and it is true only when the last
 * byte was accepted, the file is durable and under its name, the command has exited with 0.
 * sink_abandon: nothing that was made stays, and a command is dead before its input ends.
 */
#ifndef WALSEAL_IO_SINK_H
#define WALSEAL_IO_SINK_H

#include "base/error.h"
#include "io/child.h"
#include "io/conduit.h"
#include "io/source.h"
#include "io/wal_segment.h"

#include <stdint.h>

struct sink;

/* Descriptor 1. Refused (ERROR_IO): closed at start or not open for writing; a terminal
 * (ERROR_USAGE). */
struct sink *sink_new_stdout(struct error *err);

/* path: a regular file or a free name is made through atomic_file.h; a named pipe, socket or device
 * is opened and written to. input (or NULL) is what the run reads: being the same file is
 * ERROR_USAGE. no_clobber: an existing regular file is ERROR_IO, also when it appears while
 * writing. */
struct sink *sink_new_file(const char *path, bool no_clobber, const struct source *input,
                           struct error *err);

/* The input of the chain that begins with the command number index of children (a CHILD_TO).
 * children must outlive it. */
struct sink *sink_new_command(struct children *children, size_t index, struct error *err);

/* As sink_new_command, of commands that write to inner (sink_output_fd) by themselves: inner is
 * finished once all of them have succeeded; before that, of what they left running, whatever isn't
 * to be left alone is killed. inner is owned from here on, but not where this fails. */
struct sink *sink_new_filters(struct children *children, size_t index, struct sink *inner,
                              struct error *err);

/* As sink_new_filters, of commands of which the last returns: what they write is handed on to
 * inner. */
struct sink *sink_new_through(struct children *children, size_t index, struct sink *inner,
                              struct error *err);

/* The descriptor of standard output or a file, for a command to write to. Writes to a file block.
 */
int sink_output_fd(const struct sink *sink);

/* The directory in which a sink of sink_new_file will give its file a name; -1: it won't. */
int sink_directory_fd(const struct sink *sink);

/* Counts what it is given, and keeps nothing. */
struct sink *sink_new_count(struct error *err);

/* Takes bytes that must equal what plain gives, to the last byte: otherwise ERROR_DIFFERS, from
 * sink_write or sink_finish, with the offset of the first difference. plain is not owned. */
struct sink *sink_new_compare(struct source *plain, struct error *err);

/* Hands what proves to be the WAL segment wal, of the cluster system_id (NULL: any), on to inner,
 * and is ERROR_DAMAGED where it doesn't: before the first byte, or before the end. inner is owned
 * from here on, but not where this fails. */
struct sink *sink_new_wal(struct sink *inner, const struct wal_segment *wal,
                          const uint64_t *system_id, struct error *err);

/* Keeps what it is given, up to max bytes (more is ERROR_IO), until it is freed. */
struct sink *sink_new_memory(size_t max, struct error *err);

/* What a sink of sink_new_memory was given so far; valid until the next write. */
struct bytes sink_memory(const struct sink *sink);

/* The writer's side of conduit, which is not owned. */
struct sink *sink_new_conduit(struct conduit *conduit, struct error *err);

/* Writes all of len bytes. False: ERROR_IO, ERROR_DIFFERS, ERROR_INTERRUPTED, or what plain's
 * source said. */
bool sink_write(struct sink *sink, const void *bytes, size_t len, struct error *err);

/* See above. After a failure sink_abandon is still to be called. */
bool sink_finish(struct sink *sink, struct error *err);

/* See above. Never fails, never waits for a reader. A second call, or one after sink_finish, does
 * nothing. reason: why the run failed; where it is this sink's own write to a command that left
 * early, the command's name and status are added to it. */
void sink_abandon(struct sink *sink, struct error *reason);

/* Bytes accepted so far. */
uint64_t sink_bytes(const struct sink *sink);

/* How messages call it: the path, "standard output", or the command in quotes. */
const char *sink_name(const struct sink *sink);

/* Frees, after abandoning what was neither finished nor abandoned; NULL is allowed. */
void sink_free(struct sink *sink);

#endif
