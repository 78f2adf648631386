#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "commands/commands.h"

#include "commands/run.h"
#include "pipeline.h"

#include <time.h>

/* Two runs in one: the old keys and the whole's source and sink are `old`'s, the new keys `new`'s.
 * Each has options of its own, as decrypt and encrypt would have been given them. */
struct rekeying {
    struct options old_options;
    struct options new_options;
    struct run old;
    struct run new;
    struct conduit *conduit;
    struct sink *conduit_sink;
    struct source *conduit_source;
    struct codec decrypter;
    struct codec encrypter;
};

static void share_out_options(struct rekeying *rekeying, const struct options *options)
{
    struct options *old = &rekeying->old_options;
    struct options *new = &rekeying->new_options;
    *old = *options;
    old->method = KEY_METHOD_ANY;
    old->openpgp_option = NULL;
    /* one thread for each of the two is the least */
    old->threads = run_threads(options) < 2 ? 2 : run_threads(options);
    *new = *options;
    for (size_t i = 0; i < options->new_key_path_count; i++)
        new->key_paths[i] = options->new_key_paths[i];
    new->key_path_count = options->new_key_path_count;
    new->transform = options->new_transform;
    /* the passphrases are the old keys', and what they come from may be readable only once */
    new->passphrase_path_count = 0;
    rekeying->old.options = old;
    rekeying->new.options = new;
}

static bool open_conduit(struct rekeying *rekeying, struct error *err)
{
    return (rekeying->conduit = conduit_new(err)) != NULL &&
           (rekeying->conduit_sink = sink_new_conduit(rekeying->conduit, err)) != NULL &&
           (rekeying->conduit_source = source_new_conduit(rekeying->conduit, err)) != NULL;
}

static bool begin(struct run *run, const struct codec *codec, struct source *source,
                  struct sink *sink, struct error *err)
{
    bool good = codec->ops->begin(codec->state, source, sink, &run->notes, err);
    message_notes(&run->notes);
    return good;
}

/* Not a byte is written before a key was found that opens the old stream. */
static bool begin_both(struct rekeying *rekeying, struct error *err)
{
    struct run *old = &rekeying->old;
    struct run *new = &rekeying->new;
    return open_conduit(rekeying, err) &&
           formats_decrypter(old->formats, old->source, &rekeying->decrypter, err) &&
           begin(old, &rekeying->decrypter, old->source, rekeying->conduit_sink, err) &&
           formats_encrypter(new->formats, &rekeying->encrypter, err) &&
           begin(new, &rekeying->encrypter, rekeying->conduit_source, old->sink, err);
}

static bool rekey(struct rekeying *rekeying, struct error *err)
{
    struct run *run = &rekeying->old;
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    bool good = begin_both(rekeying, err);
    if (good) {
        const struct pipeline_stage decrypting = {&rekeying->decrypter, run->source,
                                                  rekeying->conduit_sink};
        const struct pipeline_stage encrypting = {&rekeying->encrypter, rekeying->conduit_source,
                                                  run->sink};
        good = pipeline_run_pair(&decrypting, &encrypting, run->threads, err) &&
               sink_finish(run->sink, err);
    }
    message_notes(&run->notes);
    if (!good)
        sink_abandon(run->sink, err);
    progress_end();
    if (good)
        run_say_done(run, "rekeyed", &start);
    return good;
}

static void free_codec(const struct codec *codec)
{
    if (codec->ops != NULL)
        codec->ops->free(codec->state);
}

static void close_all(struct rekeying *rekeying)
{
    free_codec(&rekeying->encrypter);
    free_codec(&rekeying->decrypter);
    source_free(rekeying->conduit_source);
    sink_free(rekeying->conduit_sink);
    conduit_free(rekeying->conduit);
    run_close(&rekeying->old);
    run_close(&rekeying->new);
}

bool command_rekey(const struct options *options, struct error *err)
{
    static struct rekeying rekeying;
    share_out_options(&rekeying, options);
    bool good = run_load_keys(&rekeying.old, KEY_FOR_DECRYPT, err) &&
                run_load_keys(&rekeying.new, KEY_FOR_ENCRYPT, err) &&
                run_check_key_files(&rekeying.new, err) && run_open(&rekeying.old, false, err) &&
                run_confine(&rekeying.old, NULL, 0, err) && rekey(&rekeying, err);
    if (!good && rekeying.old.sink != NULL)
        sink_abandon(rekeying.old.sink, err);
    close_all(&rekeying);
    return good;
}
