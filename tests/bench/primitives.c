/*
 * What this machine's libraries allow in memory, on one core, without any input or output: pushing
 * and pulling secretstream chunks by each engine. Prints MB/s, one line a primitive, best of the
 * rounds. Usage: primitives [message bytes a chunk, default 8192]
 */
#define _POSIX_C_SOURCE 200809L
#include "crypto/secretstream.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUFFER_LEN = 1 << 20, PASSES = 96, ROUNDS = 5 };

static unsigned char plain[BUFFER_LEN];
static unsigned char sealed[BUFFER_LEN + BUFFER_LEN / 16 * SECRETSTREAM_OVERHEAD];

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void push_all(struct secretstream *stream, secretstream_state *state, size_t message_len)
{
    unsigned char *chunk = sealed;
    for (size_t at = 0; at + message_len <= BUFFER_LEN; at += message_len) {
        if (!secretstream_push(stream, state, chunk, plain + at, message_len, 0))
            abort();
        chunk += message_len + SECRETSTREAM_OVERHEAD;
    }
}

static void pull_all(struct secretstream *stream, secretstream_state *state, size_t message_len)
{
    const unsigned char *chunk = sealed;
    unsigned char tag;
    for (size_t at = 0; at + message_len <= BUFFER_LEN; at += message_len) {
        size_t chunk_len = message_len + SECRETSTREAM_OVERHEAD;
        if (!secretstream_pull(stream, state, plain + at, &tag, chunk, chunk_len))
            abort();
        chunk += chunk_len;
    }
}

static double best_rate(struct secretstream *stream, size_t message_len, bool pulling)
{
    static const unsigned char secret[32];
    secretstream_state begun, state;
    secretstream_begin(&begun, secret, secret);
    state = begun;
    push_all(stream, &state, message_len);
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        for (int pass = 0; pass < PASSES; pass++) {
            state = begun;
            if (pulling)
                pull_all(stream, &state, message_len);
            else
                push_all(stream, &state, message_len);
        }
        double bytes = (double)(BUFFER_LEN / message_len * message_len) * PASSES;
        double rate = bytes / (cpu_seconds() - start) / 1e6;
        if (rate > best)
            best = rate;
    }
    return best;
}

int main(int argc, char **argv)
{
    size_t message_len = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 8192;
    if (message_len < 16 || message_len > BUFFER_LEN || sodium_init() < 0)
        return 2;
    double start = cpu_seconds();
    secretstream_best_engine();
    double started_ms = (cpu_seconds() - start) * 1e3;
    double rate[2][2] = {{0}};
    for (int engine = SECRETSTREAM_LIBSODIUM; engine <= SECRETSTREAM_OPENSSL; engine++) {
        struct secretstream *stream = secretstream_new((enum secretstream_engine)engine);
        for (int pulling = 0; stream != NULL && pulling < 2; pulling++)
            rate[pulling][engine] = best_rate(stream, message_len, pulling != 0);
        secretstream_free(stream);
    }
    printf("secretstream in memory, one core, %zu-byte chunks (libsodium %s, %s), MB/s\n",
           message_len, sodium_version_string(), OpenSSL_version(OPENSSL_VERSION));
    printf("%-6s %12s %12s %8s\n", "", "libsodium", "openssl", "ratio");
    for (int pulling = 0; pulling < 2; pulling++)
        printf("%-6s %12.0f %12.0f %8.2f\n", pulling != 0 ? "pull" : "push", rate[pulling][0],
               rate[pulling][1], rate[pulling][1] / rate[pulling][0]);
    printf("starting OpenSSL: %.2f ms\n", started_ms);
    return 0;
}
