#include "commands/commands.h"

#include "commands/run.h"
#include "io/atomic_file.h"

#include <sys/stat.h>

/* With --no-clobber: what is there already decides. */
static bool is_there(const struct options *options)
{
    struct stat status;
    return options->no_clobber && stat(options->output, &status) == 0 && S_ISREG(status.st_mode);
}

static bool encrypt(struct run *run, struct error *err)
{
    struct codec codec;
    if (!formats_encrypter(run->formats, &codec, err) || !run_codec(run, &codec, "encrypted", err))
        return false;
    if (source_bytes(run->source) == 0)
        message_note(NOTE_WARNING, "%s: is empty: what was encrypted is nothing",
                     source_name(run->source));
    return true;
}

static struct keyring *compare_keys(struct run *run, struct error *err)
{
    const struct options *options = run->options;
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    if (ring == NULL) {
        fail_memory(err);
        return NULL;
    }
    bool good = keyring_add_ring(ring, run->keys, err);
    for (size_t i = 0; good && i < options->compare_key_path_count; i++)
        good = keyring_add_path(ring, options->compare_key_paths[i], KEY_TRANSFORM_AUTO,
                                &run->notes, err);
    if (good)
        return ring;
    keyring_free(ring);
    return NULL;
}

/* Every failure to find the content the same is a failure of output, told with its reason. */
static bool fail_exists(const char *path, const struct error *reason, struct error *err)
{
    switch (reason->kind) {
    case ERROR_DIFFERS:
        return fail(err, ERROR_IO, "%s: exists already and its content differs: %s", path,
                    reason->text);
    case ERROR_KEY:
        return fail(
            err, ERROR_IO,
            "%s: exists already and can't be compared: %s; --compare-key names keys that open it",
            path, reason->text);
    case ERROR_NO_KEY_FITS:
        return fail(err, ERROR_IO,
                    "%s: exists already and no key given opens it: name the older keys with "
                    "--compare-key, if it isn't a plaintext or the rest of an interrupted copy",
                    path);
    case ERROR_DAMAGED:
    case ERROR_TRUNCATED:
    case ERROR_UNSUPPORTED:
        return fail(err, ERROR_IO, "%s: exists already and is damaged: %s", path, reason->text);
    default:
        *err = *reason;
        return false;
    }
}

/* Opens what is there, to be decrypted with the keys there are. Why not is told in *reason, or else
 * in *err. */
static bool open_there(struct run *run, struct run *there, struct error *reason, struct error *err)
{
    const struct source_policy strict = {.standby = false};
    const struct format_settings settings = {.allow_expired = false};
    there->threads = run->threads;
    there->keys = compare_keys(run, err);
    message_notes(&run->notes);
    if (there->keys != NULL)
        there->formats = formats_new(there->keys, KEY_FOR_DECRYPT, run->passphrase, &settings,
                                     &there->notes, err);
    message_notes(&there->notes);
    if (there->formats == NULL)
        return false;
    there->source = source_new_file(run->options->output, &strict, reason);
    return there->source != NULL;
}

/* Decrypts what is there into a comparison with what was to be encrypted. */
static bool compare(struct run *run, struct error *err)
{
    const char *path = run->options->output;
    static struct run there;
    struct error reason = {.kind = ERROR_NONE};
    struct codec codec;
    there.options = run->options;
    bool good = open_there(run, &there, &reason, err) && run_confine(run, &path, 1, err) &&
                (there.sink = sink_new_compare(run->source, &reason)) != NULL &&
                formats_decrypter(there.formats, there.source, &codec, &reason) &&
                run_codec(&there, &codec, "compared", &reason);
    if (!good && err->kind == ERROR_NONE)
        fail_exists(path, &reason, err);
    if (good)
        good = atomic_file_sync_existing(path, err);
    sink_free(there.sink);
    source_free(there.source);
    formats_free(there.formats);
    keyring_free(there.keys);
    return good;
}

bool command_encrypt(const struct options *options, struct error *err)
{
    static struct run run;
    run.options = options;
    bool exists = is_there(options);
    bool good =
        run_load_keys(&run, KEY_FOR_ENCRYPT, err) && run_open(&run, exists, err) &&
        (exists ? compare(&run, err) : run_confine(&run, NULL, 0, err) && encrypt(&run, err));
    if (!good && run.sink != NULL)
        sink_abandon(run.sink, err);
    run_close(&run);
    return good;
}
