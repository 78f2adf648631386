#include "formats/sodium/sodium.h"

/* The header is random: any stream may be one, none can be told to be. */
static enum format_claim claims(const unsigned char *prefix, size_t prefix_len)
{
    (void)prefix;
    (void)prefix_len;
    return FORMAT_PERHAPS;
}

const struct format sodium_format = {
    .name = "sodium",
    .claims = claims,
    .encrypter = sodium_encrypter,
    .decrypter = sodium_decrypter,
};
