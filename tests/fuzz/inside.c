/*
 * Feeds: what is inside an encrypted container, straight to the unpacker: no mutation would pass the
 * integrity check before it.
 * Holds: the same octets come out, with the same outcome, whether it comes whole or in pieces; what
 * unpacks may begin so.
 */
#include "formats/openpgp/unpack.h"
#include "fuzz.h"

/* Octets after which the rest isn't waited for: an input may unpack to a thousandfold and more. */
enum { ENOUGH = 4 * 1024 * 1024 };

struct delivered {
    size_t len;
    uint64_t sum;
    bool was_signed;
    struct error err;
};

static bool deliver(void *context, const unsigned char *bytes, size_t len, struct error *err)
{
    struct delivered *delivered = context;
    for (size_t i = 0; i < len && delivered->len < ENOUGH; i++, delivered->len++)
        delivered->sum = (delivered->sum ^ bytes[i]) * 0x100000001b3;
    return delivered->len < ENOUGH || fail(err, ERROR_IO, "enough");
}

static void unpack(const uint8_t *data, size_t size, bool whole, struct delivered *delivered)
{
    struct unpacker *unpacker = unpacker_new(FUZZ_NAME, deliver, delivered);
    must(unpacker != NULL);
    bool good = true;
    for (size_t i = 0, at = 0; good && at < size; i++) {
        size_t len = whole ? size : fuzz_piece(i, size - at);
        good = unpacker_add(unpacker, data + at, len, &delivered->err);
        at += len;
    }
    good = good && unpacker_end(unpacker, &delivered->err);
    must_tell(good, &delivered->err);
    delivered->was_signed = unpacker_was_signed(unpacker);
    unpacker_free(unpacker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct delivered whole = {.len = 0};
    struct delivered pieces = {.len = 0};
    unpack(data, size, true, &whole);
    unpack(data, size, false, &pieces);
    must_be_same(&whole.err, &pieces.err);
    must(whole.len == pieces.len && whole.sum == pieces.sum);
    must(whole.was_signed == pieces.was_signed);
    must(whole.err.kind != ERROR_NONE || unpacker_may_begin((struct bytes){data, size}));
    return 0;
}
