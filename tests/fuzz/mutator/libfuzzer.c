/*
 * The mutator as libFuzzer calls it. Every fourth time libFuzzer's own mutations have their turn:
 * damage that respects nothing.
 */
#include "mutate.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_len, const uint8_t *other,
                                 size_t other_len, uint8_t *out, size_t room, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
    size_t len = seed % 4 == 0 ? 0 : packets_mutate(data, size, room, seed, LLVMFuzzerMutate);
    return len > 0 ? len : LLVMFuzzerMutate(data, size, room);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_len, const uint8_t *other,
                                 size_t other_len, uint8_t *out, size_t room, unsigned seed)
{
    return packets_cross(one, one_len, other, other_len, out, room, seed);
}
