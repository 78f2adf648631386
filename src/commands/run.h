/*
 * What encrypt and decrypt have in common: keys, source, sink and the commands of one run,
 * opened in the order that is safe, and closed in the reverse.
 */
#ifndef WALSEAL_COMMANDS_RUN_H
#define WALSEAL_COMMANDS_RUN_H

#include "formats.h"
#include "options.h"

#include <time.h>

/* Large, for its notes, and hardly used: static, it costs nothing until it is touched, whereas
 * the stack's pages are all touched when they are taken. A process runs one command, once. */
struct run {
    const struct options *options;
    struct keyring *keys;
    struct passphrase *passphrase;
    struct formats *formats;
    struct children *children;
    struct source *source;
    struct sink *sink;
    int output_directory_fd; /* the sink makes a file in it; -1: it doesn't */
    unsigned threads;        /* to work with */
    struct notes notes;
};

/* Reads the keys and the passphrase that the options or else the environment name, and has the
 * formats judge them. purpose: what for. */
bool run_load_keys(struct run *run, enum key_purpose purpose, struct error *err);

/* Makes the run's passphrase: those of the options, or that of environment, or one to ask for. */
bool run_load_passphrase(struct run *run, const struct key_environment *environment,
                         struct error *err);

/* Opens the source, the sink, and starts the commands, last of all what could not be undone; counts
 * the threads. compare: no sink of the options is opened, what is read will be compared. */
bool run_open(struct run *run, bool compare, struct error *err);

/* Closes the sandbox (confine.h) around what is left to be done once run_open was called. paths:
 * path_count files that are still to be opened. */
bool run_confine(const struct run *run, const char *const *paths, size_t path_count,
                 struct error *err);

/* Where the run's filters return what they write: puts them in front of *sink. False: no memory;
 * *sink is as it was. */
bool run_put_filters(const struct run *run, struct sink **sink, struct error *err);

/* Puts a check in front of *sink that what is written is the WAL segment that name says, where it
 * is a segment's name: *checked. False: no memory; *sink is as it was. */
bool run_check_wal(const struct options *options, const char *name, struct sink **sink,
                   bool *checked, struct error *err);

/* Refuses an output, or standard input as the input, that one of the run's keys was read from. Part
 * of run_open. */
bool run_check_key_files(const struct run *run, struct error *err);

/* Says with -v what was done since start, from the run's source to its sink. doing: as run_codec's.
 */
void run_say_done(const struct run *run, const char *doing, const struct timespec *start);

/* Runs codec over the run's source and sink to the end, and finishes the sink; on failure
 * abandons it. doing: the word for -v ("encrypted"). Frees the codec. */
bool run_codec(struct run *run, const struct codec *codec, const char *doing, struct error *err);

/* Threads to work with: as given, or by the machine, four at most. */
unsigned run_threads(const struct options *options);

/* Closes everything, ends the commands, wipes the keys. */
void run_close(struct run *run);

#endif
