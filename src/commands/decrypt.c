#include "commands/commands.h"

#include "commands/run.h"
#include "io/proof.h"

/* Reads it all into proof, and stands before it again. The passphrase may have been asked for here;
 * it isn't asked for again. */
static bool verify(struct run *run, struct proof *proof, struct error *err)
{
    struct run pass = *run;
    if (!source_can_rewind(run->source))
        return fail(err, ERROR_USAGE, "%s: is no regular file: --verify-first reads it twice",
                    source_name(run->source));
    /* what filters make of it is checked as it leaves */
    const char *wal_name = run->options->filter_count == 0 ? run->options->wal_name : NULL;
    bool checked;
    pass.sink = sink_new_record(proof, err);
    struct codec codec;
    bool good =
        pass.sink != NULL &&
        (wal_name == NULL || run_check_wal(run->options, wal_name, &pass.sink, &checked, err)) &&
        formats_decrypter(pass.formats, pass.source, &codec, err) &&
        run_codec(&pass, &codec, "verified", err) && source_rewind(run->source, err);
    sink_free(pass.sink);
    return good;
}

/* Nothing leaves that isn't what was verified, even if the input changes under our hands. */
static bool verify_first(struct run *run, struct proof *proof, struct error *err)
{
    if (proof == NULL)
        return fail_memory(err);
    if (!verify(run, proof, err))
        return false;
    struct sink *proven = sink_new_proven(run->sink, proof, err);
    if (proven != NULL)
        run->sink = proven;
    return proven != NULL;
}

static bool decrypt(struct run *run, struct proof *proof, struct error *err)
{
    struct codec codec;
    return (!run->options->verify_first || verify_first(run, proof, err)) &&
           formats_decrypter(run->formats, run->source, &codec, err) &&
           run_codec(run, &codec, "decrypted", err);
}

bool command_decrypt(const struct options *options, struct error *err)
{
    static struct run run;
    run.options = options;
    struct proof *proof = options->verify_first ? proof_new() : NULL;
    bool good = run_load_keys(&run, KEY_FOR_DECRYPT, err) && run_open(&run, false, err) &&
                run_confine(&run, NULL, 0, err) && decrypt(&run, proof, err);
    if (!good && run.sink != NULL)
        sink_abandon(run.sink, err);
    run_close(&run);
    proof_free(proof);
    return good;
}
