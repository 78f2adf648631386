#include "formats.h"

#include "base/magic.h"
#include "formats/sodium/sodium.h"

static const struct format *const formats[] = {
    &sodium_format,
};

enum { FORMAT_COUNT = sizeof formats / sizeof formats[0], PREFIX_LEN = 64 };

bool formats_encrypter(const struct keyring *ring, struct codec *codec, struct error *err)
{
    return formats[0]->encrypter(ring, codec, err);
}

bool formats_decrypter(struct source *source, const struct keyring *ring, struct codec *codec,
                       struct error *err)
{
    const unsigned char *prefix;
    size_t prefix_len;
    if (!source_peek(source, PREFIX_LEN, &prefix, &prefix_len, err))
        return false;
    const struct format *chosen = NULL;
    enum format_claim best = FORMAT_NO;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        enum format_claim claim = formats[i]->claims(prefix, prefix_len);
        if (claim > best) {
            best = claim;
            chosen = formats[i];
        }
    }
    bool certain;
    const char *name = magic_name(prefix, prefix_len, &certain);
    if (best != FORMAT_SURE && name != NULL && certain)
        return fail(err, ERROR_UNSUPPORTED, "%s: is %s, which this version can't open",
                    source_name(source), name);
    if (chosen == NULL)
        return fail(err, ERROR_UNSUPPORTED, "%s: is no format that walseal knows",
                    source_name(source));
    return chosen->decrypter(ring, codec, err);
}
