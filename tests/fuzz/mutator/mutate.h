/*
 * Mutations of OpenPGP data that respect its structure.
 */
#ifndef WALSEAL_TESTS_FUZZ_MUTATOR_MUTATE_H
#define WALSEAL_TESTS_FUZZ_MUTATOR_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes size octets somehow and returns how many there are now, at most room: libFuzzer's own, or
 * a stand-in. */
typedef size_t octets_mutate(uint8_t *octets, size_t size, size_t room);

/* Changes data, in place, by a packet, an MPI, a signature's subpacket or the order; the same seed
 * does the same where octets does. Returns the new size, 0: data has no packets, or no room. */
size_t packets_mutate(uint8_t *data, size_t size, size_t room, unsigned seed,
                      octets_mutate *octets);

/* Packets of one and of other, in turns, to out. Returns the size, 0: as above. */
size_t packets_cross(const uint8_t *one, size_t one_len, const uint8_t *other, size_t other_len,
                     uint8_t *out, size_t room, unsigned seed);

#endif
