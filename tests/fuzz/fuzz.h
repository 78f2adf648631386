/*
 * What the fuzz targets share. A target is one function that libFuzzer, or replay.c, calls for each
 * input; it aborts where something doesn't hold that must. Targets run from the top of the tree.
 */
#ifndef WALSEAL_TESTS_FUZZ_H
#define WALSEAL_TESTS_FUZZ_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* data is allocated to its very size, so that a sanitizer sees what reads behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name for the objects of messages. */
#define FUZZ_NAME "input"

#define must(condition) ((condition) ? (void)0 : fuzz_stop(#condition, __FILE__, __LINE__))

static inline void fuzz_stop(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: doesn't hold: %s\n", file, line, condition);
    abort();
}

/* What failed says why, in one line. */
static inline void must_tell(bool good, const struct error *err)
{
    must(good == (err->kind == ERROR_NONE));
    must(good || (err->text[0] != '\0' && strlen(err->text) < ERROR_TEXT_SIZE));
}

/* Two ways ended alike. */
static inline void must_be_same(const struct error *one, const struct error *other)
{
    must(one->kind == other->kind);
    must(strcmp(one->text, other->text) == 0);
}

static inline void must_be_within(struct bytes part, const uint8_t *data, size_t size)
{
    must(part.len == 0 ||
         (part.at >= data && part.len <= size && (size_t)(part.at - data) <= size - part.len));
}

/* Sizes of the pieces in which something is fed that must not care: one octet, and odd ones. */
static inline size_t fuzz_piece(size_t number, size_t left)
{
    static const size_t sizes[] = {1, 1, 1, 2, 3, 1, 7, 64, 5, 1, 333};
    size_t size = sizes[number % (sizeof sizes / sizeof sizes[0])];
    return size < left ? size : left;
}

#endif
