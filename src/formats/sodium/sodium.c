#include "formats/sodium/sodium.h"

/* The header is random: any stream may be one, none can be told to be. */
static enum format_claim claims(const unsigned char *prefix, size_t prefix_len)
{
    (void)prefix;
    (void)prefix_len;
    return FORMAT_PERHAPS;
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
    .name = "sodium",
    .claims = claims,
    .encrypter = sodium_encrypter,
    .decrypter = sodium_decrypter,
};
