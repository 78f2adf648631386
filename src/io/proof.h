/*
 * What was authenticated once, remembered so that a second reading can be held against it: a digest
 * for each mebibyte, and the length.
 */
#ifndef WALSEAL_IO_PROOF_H
#define WALSEAL_IO_PROOF_H

#include "io/sink.h"

struct proof;

/* Nothing was seen yet. NULL without memory. */
struct proof *proof_new(void);

/* Frees; NULL is allowed. */
void proof_free(struct proof *proof);

/* Remembers what it is given in proof (not owned, must outlive it), and keeps nothing else. */
struct sink *sink_new_record(struct proof *proof, struct error *err);

/* Hands on to inner what is the same as proof remembers, each mebibyte after it was compared:
 * otherwise ERROR_IO, the input has changed. inner is owned from here on, but not where this fails;
 * proof isn't. */
struct sink *sink_new_proven(struct sink *inner, struct proof *proof, struct error *err);

#endif
