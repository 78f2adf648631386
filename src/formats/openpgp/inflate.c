#define ZLIB_CONST /* or its input would not be const */

#include "formats/openpgp/inflate.h"

#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct inflate {
    enum inflate_algorithm algorithm;
    union {
        z_stream deflate;
        bz_stream bzip2;
    };
};

static bool begin(struct inflate *stream)
{
    if (stream->algorithm == INFLATE_BZIP2)
        return BZ2_bzDecompressInit(&stream->bzip2, 0, 0) == BZ_OK;
    /* Negative: without zlib's head and checksum. */
    return inflateInit2(&stream->deflate,
                        stream->algorithm == INFLATE_ZIP ? -MAX_WBITS : MAX_WBITS) == Z_OK;
}

struct inflate *inflate_new(enum inflate_algorithm algorithm)
{
    struct inflate *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->algorithm = algorithm;
    if (begin(stream))
        return stream;
    free(stream);
    return NULL;
}

/* Both libraries count in 32 bits; what doesn't fit waits for the next turn. */
static unsigned count(size_t len)
{
    return len > UINT_MAX ? UINT_MAX : (unsigned)len;
}

static enum inflate_status run_deflate(z_stream *deflate, struct bytes from, unsigned char *out,
                                       size_t room)
{
    deflate->next_in = from.at;
    deflate->avail_in = count(from.len);
    deflate->next_out = out;
    deflate->avail_out = count(room);
    switch (inflate(deflate, Z_NO_FLUSH)) {
    case Z_OK:
        return INFLATE_GOES_ON;
    case Z_BUF_ERROR: /* without input there is nothing to do, which is no fault */
        return from.len == 0 ? INFLATE_GOES_ON : INFLATE_DAMAGED;
    case Z_STREAM_END:
        return INFLATE_ENDED;
    case Z_MEM_ERROR:
        return INFLATE_NO_MEMORY;
    default:
        return INFLATE_DAMAGED;
    }
}

static enum inflate_status run_bzip2(bz_stream *bzip2, struct bytes from, unsigned char *out,
                                     size_t room)
{
    bzip2->next_in = (char *)from.at; /* which it only reads */
    bzip2->avail_in = count(from.len);
    bzip2->next_out = (char *)out;
    bzip2->avail_out = count(room);
    switch (BZ2_bzDecompress(bzip2)) {
    case BZ_OK:
        return INFLATE_GOES_ON;
    case BZ_STREAM_END:
        return INFLATE_ENDED;
    case BZ_MEM_ERROR:
        return INFLATE_NO_MEMORY;
    default:
        return INFLATE_DAMAGED;
    }
}

enum inflate_status inflate_run(struct inflate *stream, struct bytes *from, unsigned char *out,
                                size_t room, size_t *out_len)
{
    bool is_bzip2 = stream->algorithm == INFLATE_BZIP2;
    enum inflate_status status = is_bzip2 ? run_bzip2(&stream->bzip2, *from, out, room)
                                          : run_deflate(&stream->deflate, *from, out, room);
    size_t in_left = is_bzip2 ? stream->bzip2.avail_in : stream->deflate.avail_in;
    size_t room_left = is_bzip2 ? stream->bzip2.avail_out : stream->deflate.avail_out;
    size_t used = count(from->len) - in_left;
    from->at += used;
    from->len -= used;
    *out_len = count(room) - room_left;
    return status;
}

void inflate_free(struct inflate *stream)
{
    if (!stream)
        return;
    if (stream->algorithm == INFLATE_BZIP2)
        BZ2_bzDecompressEnd(&stream->bzip2);
    else
        inflateEnd(&stream->deflate);
    free(stream);
}
