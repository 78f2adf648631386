#include "commands/run.h"

#include "base/secret.h"
#include "commands/confine.h"
#include "commands/run_commands.h"
#include "io/terminal.h"
#include "pipeline.h"
#include "signals.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_THREADS_MAX = 4 };

static bool add_keys(struct run *run, const struct key_environment *environment, struct error *err)
{
    const struct options *options = run->options;
    if (options->key_path_count == 0)
        return keyring_add_environment(run->keys, environment,
                                       options->transform_given ? &options->transform : NULL,
                                       options->method, &run->notes, err);
    for (size_t i = 0; i < options->key_path_count; i++)
        if (!keyring_add_path(run->keys, options->key_paths[i], options->transform, &run->notes,
                              err))
            return false;
    return true;
}

static bool ask(const char *prompt, char *text, size_t *len, struct error *err)
{
    progress_pause(true);
    bool answered = terminal_ask(prompt, text, PASSPHRASE_MAX, len, err);
    progress_pause(false);
    return answered;
}

bool run_load_passphrase(struct run *run, const struct key_environment *environment,
                         struct error *err)
{
    run->passphrase = passphrase_new(ask);
    if (run->passphrase == NULL)
        return fail_memory(err);
    const char *variable = key_environment_passphrase(environment);
    const struct options *options = run->options;
    for (size_t i = 0; i < options->passphrase_path_count; i++)
        if (!passphrase_add_file(run->passphrase, options->passphrase_paths[i], err))
            return false;
    return options->passphrase_path_count > 0 || variable == NULL ||
           passphrase_add(run->passphrase, "WALG_PGP_KEY_PASSPHRASE", variable, strlen(variable),
                          err);
}

static bool load_formats(struct run *run, enum key_purpose purpose, struct error *err)
{
    const struct options *options = run->options;
    bool given = passphrase_is_given(run->passphrase);
    bool has_terminal = !given && terminal_hold();
    bool passphrase = given || (has_terminal && terminal_is_there());
    const struct format_settings settings = {.allow_expired = options->allow_expired,
                                             .hide_recipients = options->hide_recipients,
                                             .no_passphrase = !given && !has_terminal};
    if (!keyring_complete(run->keys, options->method, passphrase, err))
        return false;
    if (options->openpgp_option != NULL && keyring_method(run->keys) != KEY_METHOD_OPENPGP)
        return fail(err, ERROR_USAGE, "--%s is for OpenPGP keys, and the key is a sodium key",
                    options->openpgp_option);
    run->formats = formats_new(run->keys, purpose, run->passphrase, &settings, &run->notes, err);
    return run->formats != NULL;
}

bool run_load_keys(struct run *run, enum key_purpose purpose, struct error *err)
{
    run->keys = keyring_new(purpose);
    if (run->keys == NULL)
        return fail_memory(err);
    /* taken also where -k makes it irrelevant: the commands of --from and --to must not inherit
     * it */
    struct key_environment *environment = key_environment_take(err);
    bool good = environment != NULL && add_keys(run, environment, err) &&
                run_load_passphrase(run, environment, err);
    key_environment_free(environment);
    good = good && load_formats(run, purpose, err);
    if (good && secret_lock_refused())
        notes_add(&run->notes, NOTE_VERBOSE,
                  "the memory-lock limit is too low to keep the keys from being swapped out");
    message_notes(&run->notes);
    return good;
}

/* A key that was read to its end there, or that would be replaced, is a slip of the hand. */
bool run_check_key_files(const struct run *run, struct error *err)
{
    const struct options *options = run->options;
    struct stat status;
    if (options->output != NULL && stat(options->output, &status) == 0 &&
        (keyring_was_read_from(run->keys, &status) ||
         passphrase_was_read_from(run->passphrase, &status)))
        return fail(err, ERROR_USAGE, "%s: is a key: the output would replace it", options->output);
    bool from_stdin = options->input == NULL && options->from == NULL;
    if (from_stdin && fstat(STDIN_FILENO, &status) == 0 &&
        (keyring_was_read_from(run->keys, &status) ||
         passphrase_was_read_from(run->passphrase, &status)))
        return fail(err, ERROR_USAGE,
                    "standard input was read for a key: name an INPUT or give --from");
    return true;
}

/* Opened before there is anything to clean up: signals still end the process at once then. */
static bool open_input(struct run *run, struct error *err)
{
    const struct options *options = run->options;
    if (options->from != NULL)
        return true;
    run->source = options->input != NULL ? source_new_file(options->input, &options->policy, err)
                                         : source_new_stdin(&options->policy, err);
    return run->source != NULL;
}

bool run_check_wal(const struct options *options, const char *name, struct sink **sink,
                   bool *checked, struct error *err)
{
    struct wal_segment wal;
    *checked = wal_segment_parse(name, &wal);
    if (!*checked)
        return true;
    struct sink *check =
        sink_new_wal(*sink, &wal, options->system_id_given ? &options->system_id : NULL, err);
    if (check == NULL)
        return false;
    *sink = check;
    return true;
}

static bool check_wal(struct run *run, struct error *err)
{
    const struct options *options = run->options;
    bool checked;
    if (options->wal_name == NULL || run->sink == NULL)
        return true;
    if (!run_check_wal(options, options->wal_name, &run->sink, &checked, err))
        return false;
    if (!checked)
        message_note(NOTE_VERBOSE, "%s: is no WAL segment's name: not checked", options->wal_name);
    return true;
}

bool run_open(struct run *run, bool compare, struct error *err)
{
    const struct options *options = run->options;
    run->threads = run_threads(options);
    run->output_directory_fd = -1;
    if (!run_check_key_files(run, err) || !open_input(run, err))
        return false;
    signals_begin();
    if (!compare && options->to == NULL) {
        run->sink = options->output != NULL
                        ? sink_new_file(options->output, options->no_clobber, run->source, err)
                        : sink_new_stdout(err);
        if (run->sink == NULL)
            return false;
        if (options->output != NULL)
            run->output_directory_fd = sink_directory_fd(run->sink);
    }
    if (!run_start_commands(run, err) || !check_wal(run, err))
        return false;
    if (run->sink != NULL && !run_put_filters(run, &run->sink, err))
        return false;
    progress_begin(run->source, options->progress, options->size);
    return true;
}

bool run_confine(const struct run *run, const char *const *paths, size_t path_count,
                 struct error *err)
{
    const struct confinement what = {.options = run->options,
                                     .output_directory_fd = run->output_directory_fd,
                                     .paths = paths,
                                     .path_count = path_count,
                                     .children = run->children,
                                     .passphrase = run->passphrase};
    return confine(&what, NULL, err);
}

unsigned run_threads(const struct options *options)
{
    if (options->threads != 0)
        return options->threads;
    unsigned processors = pipeline_processors();
    return processors < DEFAULT_THREADS_MAX ? processors : DEFAULT_THREADS_MAX;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

void run_say_done(const struct run *run, const char *doing, const struct timespec *start)
{
    message_note(NOTE_VERBOSE,
                 "%s %" PRIu64 " bytes from %s to %" PRIu64
                 " bytes in %s, %.3f s, at most %u threads",
                 doing, source_bytes(run->source), source_name(run->source), sink_bytes(run->sink),
                 sink_name(run->sink), seconds_since(start), run->threads);
}

bool run_codec(struct run *run, const struct codec *codec, const char *doing, struct error *err)
{
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    bool good = codec->ops->begin(codec->state, run->source, run->sink, &run->notes, err);
    message_notes(&run->notes);
    good = good && pipeline_run(codec, run->source, run->sink, run->threads, err) &&
           sink_finish(run->sink, err);
    message_notes(&run->notes);
    if (!good)
        sink_abandon(run->sink, err);
    progress_end();
    if (good)
        run_say_done(run, doing, &start);
    codec->ops->free(codec->state);
    return good;
}

void run_close(struct run *run)
{
    progress_end();
    message_notes(&run->notes); /* also of what failed before it was run */
    sink_free(run->sink);
    source_free(run->source);
    signals_set_children(NULL);
    children_free(run->children);
    formats_free(run->formats);
    passphrase_free(run->passphrase);
    keyring_free(run->keys);
}
