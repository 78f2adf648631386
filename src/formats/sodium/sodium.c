#include "formats/sodium/sodium.h"

static bool prepare(struct error *err)
{
    (void)err;
    return true;
}

/* The keyring has read them already. */
static bool load_keys(struct format_run *run, enum key_purpose purpose, struct error *err)
{
    (void)run;
    (void)purpose;
    (void)err;
    return true;
}

static void free_keys(void *keys)
{
    (void)keys;
}

void *sodium_worker_new(void *codec)
{
    (void)codec;
    return secretstream_new(secretstream_best_engine());
}

void sodium_worker_free(void *worker)
{
    secretstream_free(worker);
}

const struct format sodium_format = {
    .method = KEY_METHOD_SODIUM,
    .prepare = prepare,
    .load_keys = load_keys,
    .free_keys = free_keys,
    .make_key = sodium_make_key,
    .claims = sodium_claims,
    .encrypter = sodium_encrypter,
    .decrypter = sodium_decrypter,
    .inspect = sodium_inspect,
    .describe = sodium_describe,
    .check = sodium_check,
};
