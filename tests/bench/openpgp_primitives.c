/*
 * What this machine's libraries allow OpenPGP in memory, on one core: CFB each way and SHA-1, as
 * walseal calls them. Prints MB/s, one line a primitive, best of the rounds.
 */
#define _POSIX_C_SOURCE 200809L
#include "base/secret.h"
#include "crypto/cfb.h"
#include "crypto/digest.h"
#include "crypto/libgcrypt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUFFER_LEN = 1 << 19, PASSES = 256, ROUNDS = 5 };

static unsigned char plain[BUFFER_LEN];
static unsigned char sealed[BUFFER_LEN];

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct primitive {
    const char *name;
    struct cfb *cfb;
    bool decrypts;
    struct digest *digest;
};

static void pass(const struct primitive *primitive)
{
    bool good = primitive->digest != NULL ? digest_add(primitive->digest, plain, sizeof plain)
                : primitive->decrypts ? cfb_decrypt(primitive->cfb, plain, sealed, sizeof sealed)
                                      : cfb_encrypt(primitive->cfb, sealed, plain, sizeof plain);
    if (!good)
        abort();
}

static void measure(const struct primitive *primitive)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        for (int i = 0; i < PASSES; i++)
            pass(primitive);
        double rate = (double)BUFFER_LEN * PASSES / (cpu_seconds() - start) / 1e6;
        if (rate > best)
            best = rate;
    }
    printf("  %-34s %21.0f MB/s\n", primitive->name, best);
}

int main(void)
{
    static const unsigned char key[32] = {1};
    struct error err = {.kind = ERROR_NONE};
    if (!secret_begin(&err) || !libgcrypt_begin(&err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    struct primitive primitives[] = {
        {.name = "AES-128-CFB encrypt", .cfb = cfb_new(GCRY_CIPHER_AES128, key, 16)},
        {.name = "AES-256-CFB encrypt", .cfb = cfb_new(GCRY_CIPHER_AES256, key, 32)},
        {.name = "AES-128-CFB decrypt",
         .cfb = cfb_new(GCRY_CIPHER_AES128, key, 16),
         .decrypts = true},
        {.name = "AES-256-CFB decrypt",
         .cfb = cfb_new(GCRY_CIPHER_AES256, key, 32),
         .decrypts = true},
        {.name = "SHA-1", .digest = digest_new(DIGEST_SHA1)},
    };
    printf("OpenPGP's primitives in memory, one core\n");
    for (size_t i = 0; i < sizeof primitives / sizeof primitives[0]; i++) {
        measure(&primitives[i]);
        cfb_free(primitives[i].cfb);
        digest_free(primitives[i].digest);
    }
    return 0;
}
