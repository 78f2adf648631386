#include "commands/commands.h"

#include "commands/run.h"

/* The passphrase may have been asked for in the first pass; it isn't asked for again. */
static bool verify(struct run *run, struct error *err)
{
    struct run pass = *run;
    if (!source_can_rewind(run->source))
        return fail(err, ERROR_USAGE, "%s: is no regular file: --verify-first reads it twice",
                    source_name(run->source));
    const char *wal_name = run->options->wal_name;
    bool checked;
    pass.sink = sink_new_count(err);
    struct codec codec;
    bool good =
        pass.sink != NULL &&
        (wal_name == NULL || run_check_wal(run->options, wal_name, &pass.sink, &checked, err)) &&
        formats_decrypter(pass.formats, pass.source, &codec, err) &&
        run_codec(&pass, &codec, "verified", err) && source_rewind(run->source, err);
    sink_free(pass.sink);
    return good;
}

static bool decrypt(struct run *run, struct error *err)
{
    struct codec codec;
    return (!run->options->verify_first || verify(run, err)) &&
           formats_decrypter(run->formats, run->source, &codec, err) &&
           run_codec(run, &codec, "decrypted", err);
}

bool command_decrypt(const struct options *options, struct error *err)
{
    struct run run = {.options = options};
    bool good = run_load_keys(&run, KEY_FOR_DECRYPT, err) && run_open(&run, false, err) &&
                decrypt(&run, err);
    if (!good && run.sink != NULL)
        sink_abandon(run.sink, err);
    run_close(&run);
    return good;
}
