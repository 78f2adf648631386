#define _GNU_SOURCE /* strdup */
#include "io/proof.h"

#include "base/secret.h"
#include "io/sink_kind.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_LEN = 1 << 20, DIGEST_LEN = 32, PAGE_ALIGNMENT = 4096 };

struct proof {
    unsigned char (*digests)[DIGEST_LEN];
    size_t count;
    size_t room;
    size_t compared;   /* by the second reading */
    bool is_recording; /* the first one */
    size_t piece_len;  /* octets of a piece that isn't whole yet */
    unsigned char *piece;
};

struct proof *proof_new(void)
{
    struct proof *proof = calloc(1, sizeof *proof);
    if (proof == NULL)
        return NULL;
    proof->piece = aligned_alloc(PAGE_ALIGNMENT, PIECE_LEN);
    if (proof->piece == NULL) {
        free(proof);
        return NULL;
    }
    secret_hide_from_dumps(proof->piece, PIECE_LEN);
    return proof;
}

void proof_free(struct proof *proof)
{
    if (proof == NULL)
        return;
    free(proof->digests);
    free(proof->piece);
    free(proof);
}

static void digest_piece(const struct proof *proof, unsigned char digest[DIGEST_LEN])
{
    crypto_generichash(digest, DIGEST_LEN, proof->piece, proof->piece_len, NULL, 0);
}

static bool remember(struct proof *proof, struct error *err)
{
    if (proof->count == proof->room) {
        size_t room = proof->room == 0 ? 64 : 2 * proof->room;
        void *digests = realloc(proof->digests, room * sizeof proof->digests[0]);
        if (digests == NULL)
            return fail_memory(err);
        proof->digests = digests;
        proof->room = room;
    }
    digest_piece(proof, proof->digests[proof->count++]);
    return true;
}

static bool compare(struct sink *sink, struct error *err)
{
    struct proof *proof = sink->proof;
    unsigned char digest[DIGEST_LEN];
    digest_piece(proof, digest);
    if (proof->compared == proof->count ||
        sodium_memcmp(digest, proof->digests[proof->compared], DIGEST_LEN) != 0)
        return fail(err, ERROR_IO, "the input has changed since it was verified");
    proof->compared++;
    return sink_write(sink->inner, proof->piece, proof->piece_len, err);
}

/* The piece is whole, or the last. */
static bool end_piece(struct sink *sink, struct error *err)
{
    struct proof *proof = sink->proof;
    bool good = proof->is_recording ? remember(proof, err) : compare(sink, err);
    proof->piece_len = 0;
    return good;
}

static bool write_proof(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    struct proof *proof = sink->proof;
    const unsigned char *from = bytes;
    sink->bytes += len;
    while (len > 0) {
        size_t room = PIECE_LEN - proof->piece_len;
        size_t taken = len < room ? len : room;
        memcpy(proof->piece + proof->piece_len, from, taken);
        proof->piece_len += taken;
        from += taken;
        len -= taken;
        if (proof->piece_len == PIECE_LEN && !end_piece(sink, err))
            return false;
    }
    return true;
}

/* The last piece counts even if it is empty: so the length is compared, too. */
static bool finish_proof(struct sink *sink, struct error *err)
{
    struct proof *proof = sink->proof;
    if (!end_piece(sink, err))
        return false;
    if (proof->is_recording) {
        proof->is_recording = false;
        return true;
    }
    if (proof->compared < proof->count)
        return fail(err, ERROR_IO, "the input has changed since it was verified");
    return sink_finish(sink->inner, err);
}

static void abandon_proof(struct sink *sink, struct error *reason)
{
    if (sink->inner != NULL)
        sink_abandon(sink->inner, reason);
}

static const struct sink_ops proof_ops = {write_proof, finish_proof, abandon_proof};

struct sink *sink_new_record(struct proof *proof, struct error *err)
{
    struct sink *sink = sink_new(&proof_ops, strdup("nothing"), err);
    if (sink != NULL)
        sink->proof = proof;
    proof->is_recording = true;
    return sink;
}

struct sink *sink_new_proven(struct sink *inner, struct proof *proof, struct error *err)
{
    struct sink *sink = sink_new(&proof_ops, strdup(sink_name(inner)), err);
    if (sink == NULL)
        return NULL;
    sink->proof = proof;
    sink->inner = inner;
    return sink;
}
