#include "commands/commands.h"

#include "commands/run.h"

static bool decrypt(struct run *run, struct error *err)
{
    struct codec codec;
    return formats_decrypter(run->source, run->keys, &codec, err) &&
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
