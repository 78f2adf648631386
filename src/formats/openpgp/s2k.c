#include "formats/openpgp/s2k.h"

#include "base/secret.h"
#include "crypto/kdf.h"
#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/s2k_memory.h"
#include "io/work.h"

#include <string.h>

enum {
    KIND_GNU = 101, /* GnuPG's own, in the private range */
    GNU_DUMMY = 1,
    GNU_CARD = 2,
    CARD_SERIAL_LEN_MAX = 16,
    SALT_LEN = 8,
    ARGON2_SALT_LEN = 16,
    ARGON2_MEMORY_EXPONENT_MIN = 3, /* 8 KiB a lane (RFC 9106 section 3.1) */
    /* Hashed at once: a salt with a short passphrase would cost a call every dozen octets. */
    RUN_LEN = 8192,
    KEY_LEN_MAX = 32,
};

static bool fail_cut(struct error *err)
{
    return fail(err, ERROR_DAMAGED, "ends inside its string-to-key specifier");
}

static bool take_salt(struct bytes *from, size_t len, struct s2k *s2k)
{
    struct bytes salt;
    if (!bytes_take(from, len, &salt))
        return false;
    memcpy(s2k->salt, salt.at, len);
    return true;
}

/* A KiB takes either of them about as long. A hash is shorter than the longest key, but never less
 * than half as long. */
uint64_t s2k_work(const struct s2k *s2k)
{
    enum { HASHES_MAX = 2 };
    if (s2k->kind == S2K_ARGON2)
        return (uint64_t)s2k->passes << s2k->memory_exponent;
    return HASHES_MAX * (uint64_t)(s2k->count / 1024);
}

static bool check_argon2(const struct s2k *s2k, struct error *err)
{
    unsigned exponent_min = ARGON2_MEMORY_EXPONENT_MIN;
    while (1U << exponent_min < 8U * s2k->lanes)
        exponent_min++;
    if (s2k->passes == 0 || s2k->lanes == 0 || s2k->memory_exponent < exponent_min ||
        s2k->memory_exponent > 31)
        return fail(err, ERROR_DAMAGED,
                    "has impossible parameters for Argon2: %u passes, %u lanes, 2^%u KiB",
                    s2k->passes, s2k->lanes, s2k->memory_exponent);
    if (s2k->memory_exponent > S2K_ARGON2_MEMORY_EXPONENT_MAX ||
        s2k->passes > S2K_WORK_MAX >> s2k->memory_exponent)
        return fail(err, ERROR_UNSUPPORTED,
                    "asks for too much work by Argon2: %u passes over 2^%u KiB, where at most 2^%u "
                    "KiB, and 2^24 KiB in all passes, are served",
                    s2k->passes, s2k->memory_exponent, S2K_ARGON2_MEMORY_EXPONENT_MAX);
    return true;
}

static bool take_argon2(struct bytes *from, struct s2k *s2k, struct error *err)
{
    if (!take_salt(from, ARGON2_SALT_LEN, s2k) || !bytes_take_u8(from, &s2k->passes) ||
        !bytes_take_u8(from, &s2k->lanes) || !bytes_take_u8(from, &s2k->memory_exponent))
        return fail_cut(err);
    return check_argon2(s2k, err);
}

/* GnuPG's doc/DETAILS: the hash octet (ignored), "GNU", the mode, and a card's serial number. */
static bool take_gnu(struct bytes *from, struct s2k *s2k, struct error *err)
{
    struct bytes mark;
    struct bytes serial;
    uint8_t mode;
    uint8_t serial_len;
    if (!bytes_take_u8(from, &s2k->hash) || !bytes_take(from, 3, &mark) ||
        !bytes_take_u8(from, &mode))
        return fail_cut(err);
    if (!bytes_equal(mark, "GNU", 3) || (mode != GNU_DUMMY && mode != GNU_CARD))
        return fail(err, ERROR_UNSUPPORTED, "has a string-to-key kind of its maker's own");
    s2k->kind = mode == GNU_DUMMY ? S2K_GNU_DUMMY : S2K_GNU_CARD;
    if (mode == GNU_DUMMY)
        return true;
    if (!bytes_take_u8(from, &serial_len))
        return fail_cut(err);
    return bytes_take(from, serial_len < CARD_SERIAL_LEN_MAX ? serial_len : CARD_SERIAL_LEN_MAX,
                      &serial) ||
           fail_cut(err);
}

static bool take_hashed(struct bytes *from, struct s2k *s2k, struct error *err)
{
    enum digest_kind digest;
    uint8_t count;
    if (!bytes_take_u8(from, &s2k->hash))
        return fail_cut(err);
    if (!openpgp_hash_digest(s2k->hash, &digest))
        return fail(err, ERROR_UNSUPPORTED, "hashes the passphrase with unknown algorithm %u",
                    s2k->hash);
    if (s2k->kind != S2K_SIMPLE && !take_salt(from, SALT_LEN, s2k))
        return fail_cut(err);
    if (s2k->kind != S2K_ITERATED)
        return true;
    if (!bytes_take_u8(from, &count))
        return fail_cut(err);
    s2k->count = (16U + (count & 15U)) << ((count >> 4) + 6); /* section 3.7.1.3 */
    return true;
}

bool s2k_take(struct bytes *from, struct s2k *s2k, struct error *err)
{
    uint8_t kind;
    memset(s2k, 0, sizeof *s2k);
    if (!bytes_take_u8(from, &kind))
        return fail_cut(err);
    switch (kind) {
    case S2K_SIMPLE:
    case S2K_SALTED:
    case S2K_ITERATED:
        s2k->kind = (enum s2k_kind)kind;
        return take_hashed(from, s2k, err);
    case S2K_ARGON2:
        s2k->kind = S2K_ARGON2;
        return take_argon2(from, s2k, err);
    case KIND_GNU:
        return take_gnu(from, s2k, err);
    default:
        return fail(err, ERROR_UNSUPPORTED, "has unknown string-to-key kind %u", kind);
    }
}

/* Salt and passphrase, over and over, in one piece that holds whole turns: at least one. */
struct run {
    unsigned char *octets;
    size_t len;
    size_t turn_len;
};

static bool make_run(const struct s2k *s2k, struct bytes passphrase, struct run *run,
                     struct error *err)
{
    size_t salt_len = s2k->kind == S2K_SIMPLE ? 0 : SALT_LEN;
    if (passphrase.len > SIZE_MAX / 2)
        return fail_memory(err);
    run->turn_len = salt_len + passphrase.len;
    size_t turns =
        s2k->kind == S2K_ITERATED && run->turn_len < RUN_LEN ? RUN_LEN / run->turn_len : 1;
    run->len = turns * run->turn_len;
    run->octets = secret_new(run->len > 0 ? run->len : 1);
    if (run->octets == NULL)
        return fail_memory(err);
    for (size_t at = 0; at < run->len; at += run->turn_len) {
        memcpy(run->octets + at, s2k->salt, salt_len);
        if (passphrase.len > 0)
            memcpy(run->octets + at + salt_len, passphrase.at, passphrase.len);
    }
    return true;
}

static bool add_run(const struct s2k *s2k, const struct run *run, struct digest *digest)
{
    size_t left = run->turn_len; /* all of it once, however small the count */
    if (s2k->kind == S2K_ITERATED && s2k->count > left)
        left = s2k->count;
    while (left > 0) {
        size_t len = left < run->len ? left : run->len;
        if (!digest_add(digest, run->octets, len))
            return false;
        left -= len;
    }
    return true;
}

/* Hash n of those that together make the key begins with n zero octets. */
static bool hash_all(const struct s2k *s2k, const struct run *run, struct digest *digest,
                     size_t hash_len, unsigned char *hash, unsigned char *key, size_t len)
{
    static const unsigned char zeros[KEY_LEN_MAX];
    for (size_t made = 0, n = 0; made < len; made += hash_len, n++) {
        if (!digest_add(digest, zeros, n) || !add_run(s2k, run, digest) ||
            !digest_take(digest, hash))
            return false;
        memcpy(key + made, hash, len - made < hash_len ? len - made : hash_len);
    }
    return true;
}

static bool derive_hashed(const struct s2k *s2k, struct bytes passphrase, unsigned char *key,
                          size_t len, struct error *err)
{
    enum digest_kind kind;
    struct run run = {NULL, 0, 0};
    if (!openpgp_hash_digest(s2k->hash, &kind) || !make_run(s2k, passphrase, &run, err))
        return fail(err, ERROR_UNSUPPORTED, "hashes the passphrase with unknown algorithm %u",
                    s2k->hash);
    struct digest *digest = digest_new(kind);
    unsigned char *hash = secret_new(DIGEST_LEN_MAX);
    bool ok = digest != NULL && hash != NULL &&
              hash_all(s2k, &run, digest, digest_len(kind), hash, key, len);
    secret_free(hash);
    digest_free(digest);
    secret_free(run.octets);
    return ok ||
           fail(err, ERROR_UNSUPPORTED,
                "hashes the passphrase with an algorithm that this machine's libraries refuse");
}

/* Argon2 takes up to half a minute, and can't be told to stop: what it works on is its own. */
struct argon2_job {
    struct s2k s2k;
    struct bytes passphrase; /* secret memory */
    unsigned char key[KEY_LEN_MAX];
    size_t len;
    bool done;
};

static void run_argon2(void *argument)
{
    struct argon2_job *job = argument;
    const struct s2k *s2k = &job->s2k;
    job->done =
        kdf_argon2id(job->passphrase, (struct bytes){s2k->salt, ARGON2_SALT_LEN}, s2k->passes,
                     s2k->lanes, (uint32_t)1 << s2k->memory_exponent, job->key, job->len);
}

/* *interrupted: the job is still at work on its memory, which is left to it. */
static bool work_out(const struct s2k *s2k, struct bytes passphrase, unsigned char *key, size_t len,
                     bool *interrupted)
{
    struct argon2_job *job = secret_new(sizeof *job);
    unsigned char *copy = secret_new(passphrase.len + 1); /* the libraries want an address */
    bool good = job != NULL && copy != NULL;
    *interrupted = false;
    if (good) {
        if (passphrase.len > 0)
            memcpy(copy, passphrase.at, passphrase.len);
        *job = (struct argon2_job){.s2k = *s2k, .passphrase = {copy, passphrase.len}, .len = len};
        *interrupted = !work_run(run_argon2, job);
        if (*interrupted)
            return false;
        good = job->done;
        memcpy(key, job->key, len);
    }
    secret_free(copy);
    secret_free(job);
    return good;
}

static bool derive_argon2(const struct s2k *s2k, struct bytes passphrase, unsigned char *key,
                          size_t len, struct error *err)
{
    bool interrupted;
    if (!check_argon2(s2k, err))
        return false;
    if (passphrase.len == 0 && s2k->lanes > 1)
        return fail(
            err, ERROR_UNSUPPORTED,
            "hashes the passphrase with Argon2 on %u lanes, which doesn't take an empty one",
            s2k->lanes);
    uint32_t memory_kib = (uint32_t)1 << s2k->memory_exponent;
    uint64_t available_kib = s2k_memory_kib();
    if (memory_kib > available_kib)
        return fail(err, ERROR_UNSUPPORTED,
                    "needs %lu MiB of memory for Argon2, and there are %lu MiB",
                    (unsigned long)memory_kib / 1024, (unsigned long)(available_kib / 1024));
    if (work_out(s2k, passphrase, key, len, &interrupted))
        return true;
    if (interrupted)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    return fail(err, ERROR_UNSUPPORTED, "needs %lu KiB of memory for Argon2, which failed",
                (unsigned long)memory_kib);
}

bool s2k_derive(const struct s2k *s2k, struct bytes passphrase, unsigned char *key, size_t len,
                struct error *err)
{
    if (len > KEY_LEN_MAX)
        return fail(err, ERROR_UNSUPPORTED, "wants a key of %zu octets from a passphrase", len);
    switch (s2k->kind) {
    case S2K_SIMPLE:
    case S2K_SALTED:
    case S2K_ITERATED:
        return derive_hashed(s2k, passphrase, key, len, err);
    case S2K_ARGON2:
        return derive_argon2(s2k, passphrase, key, len, err);
    case S2K_GNU_DUMMY:
    case S2K_GNU_CARD:
        break;
    }
    return fail(err, ERROR_UNSUPPORTED, "holds a stub that no passphrase opens");
}
