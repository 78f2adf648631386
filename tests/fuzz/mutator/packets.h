/*
 * OpenPGP packets taken apart and put together again, for the mutator: lengths are written anew,
 * and armor with its CRC-24, so that a change inside one packet doesn't break all that stand around
 * it. It shares no line with the program that it attacks.
 */
#ifndef WALSEAL_TESTS_FUZZ_MUTATOR_PACKETS_H
#define WALSEAL_TESTS_FUZZ_MUTATOR_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PIECES_MAX = 64, PIECES_ROOM = 256 * 1024 };

/* How a packet's length is written. */
enum piece_form {
    FORM_NEW,
    FORM_NEW_LONG, /* five octets, whatever the length */
    FORM_OLD,
    FORM_PARTIAL,
    FORM_INDETERMINATE, /* old: to the end */
    FORM_COUNT,
};

struct piece {
    uint8_t tag;
    bool is_raw; /* octets that no header stands before */
    enum piece_form form;
    size_t at; /* of the body in store */
    size_t len;
};

struct pieces {
    bool is_armored;
    size_t count;
    struct piece piece[PIECES_MAX];
    size_t used; /* of store */
    uint8_t store[PIECES_ROOM];
};

/* Takes data apart. What can't be read as a packet is one raw piece at the end. False: there is
 * nothing, or it is too large. */
bool pieces_split(struct pieces *pieces, const uint8_t *data, size_t size);

/* Room for a body of len octets, or NULL: pieces->used isn't changed. */
uint8_t *pieces_room(struct pieces *pieces, size_t len);

/* Writes all of them to out; 0: more than room octets. */
size_t pieces_join(const struct pieces *pieces, uint8_t *out, size_t room);

#endif
