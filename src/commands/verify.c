#include "commands/commands.h"

#include "commands/confine.h"
#include "commands/verify.h"
#include "io/file_list.h"
#include "pipeline.h"
#include "signals.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PLACES_EACH = 4,              /* verdicts for each thread */
    ALONE_LEN = 32 * 1024 * 1024, /* less isn't worth the threads of a run of its own */
};

struct verification {
    struct run run;
    struct file_list files;
    uint64_t bytes_left; /* of files that weren't begun */
    _Atomic uint64_t bytes_read;
    unsigned threads;
    size_t first; /* of the files that are verified side by side */
    struct verdict *verdicts;
    size_t places;
    struct verify_report report;
};

/* ---- one input ---- */

static bool verify_one(struct verification *all, struct error *err)
{
    struct run *run = &all->run;
    const struct options *options = run->options;
    const struct source_policy strict = {.standby = false};
    struct verdict *verdict = all->verdicts;
    struct source *plain = NULL;
    struct wal_segment wal;
    bool opened = run_open(run, true, &verdict->reason);
    if (opened && options->against != NULL)
        plain = source_new_file(options->against, &strict, &verdict->reason);
    opened = opened && (options->against == NULL || plain != NULL);
    if (opened && run_confine(run, NULL, 0, &verdict->reason))
        verify_source(options, run->formats, run->source, options->wal_name, plain, run,
                      all->threads, verdict);
    source_free(plain);
    progress_end();
    message_notes(&run->notes);
    if (options->wal_name != NULL && !wal_segment_parse(options->wal_name, &wal))
        message_note(NOTE_VERBOSE, "%s: is no WAL segment's name: not checked", options->wal_name);
    if (verdict->reason.kind == ERROR_USAGE) /* of the line, not of what it names */
        return fail(err, ERROR_USAGE, "%s", verdict->reason.text);
    const char *name = options->from != NULL    ? options->from
                       : options->input != NULL ? options->input
                                                : "standard input";
    return verify_report_add(&all->report, name, verdict, err) &&
           (verdict->reason.kind == ERROR_NONE ||
            fail(err, verdict->reason.kind, "%s", verdict->reason.text));
}

/* ---- many ---- */

/* In a directory a file's name says what it is; of a file that was named itself, a person says. */
static const char *wal_name_of(const struct verification *all, const struct file_entry *file)
{
    if (!file->in_directory && !all->run.options->system_id_given)
        return NULL;
    const char *slash = strrchr(file->path, '/');
    return slash != NULL ? slash + 1 : file->path;
}

/* Since the file was listed another can have come to its place, and who waited for a pipe's writer
 * among the threads would keep all of them. */
static struct source *open_file(const struct options *options, const struct file_entry *file,
                                struct error *err)
{
    if (strcmp(file->path, "-") == 0)
        return source_new_stdin(&options->policy, err);
    struct source *source = source_new_file(file->path, &options->policy, err);
    if (source == NULL || file->kind == FILE_OTHER || source_can_rewind(source))
        return source;
    fail(err, ERROR_IO, "%s: is no regular file any more", file->path);
    source_free(source);
    return NULL;
}

static void verify_file(struct verification *all, const struct file_entry *file, unsigned threads,
                        struct verdict *verdict)
{
    const struct options *options = all->run.options;
    memset(verdict, 0, sizeof *verdict);
    if (file->kind == FILE_PROBLEM) {
        verdict->reason = *file->problem;
        return;
    }
    struct source *source = open_file(options, file, &verdict->reason);
    struct formats *formats =
        source != NULL ? formats_share(all->run.formats, &verdict->notes, &verdict->reason) : NULL;
    if (formats != NULL) {
        source_add_to(source, &all->bytes_read);
        verify_source(options, formats, source, wal_name_of(all, file), NULL, NULL, threads,
                      verdict);
        /* what damage leaves unread is done, too */
        if (file->size > source_bytes(source))
            atomic_fetch_add(&all->bytes_read, file->size - source_bytes(source));
    }
    formats_free(formats);
    source_free(source);
}

static void run_job(void *state, size_t index)
{
    struct verification *all = state;
    verify_file(all, &all->files.entries[all->first + index], 1,
                &all->verdicts[index % all->places]);
}

static bool tell(struct verification *all, const struct file_entry *file, struct verdict *verdict,
                 struct error *err)
{
    message_notes(&verdict->notes);
    if (file->in_directory && verdict->reason.kind == ERROR_ABSENT) {
        message_note(NOTE_VERBOSE, "%s: is gone: passed over", file->path);
        return true;
    }
    if (verdict->reason.kind != ERROR_INTERRUPTED)
        message_error(&verdict->reason);
    const char *name = strcmp(file->path, "-") == 0 ? "standard input" : file->path;
    return verify_report_add(&all->report, name, verdict, err);
}

static bool tell_job(void *state, size_t index, struct error *err)
{
    struct verification *all = state;
    return tell(all, &all->files.entries[all->first + index], &all->verdicts[index % all->places],
                err);
}

/* With one thread this file would take longer than all others behind it with all threads. */
static bool is_long(const struct verification *all, const struct file_entry *file)
{
    return all->threads > 1 && file->size >= ALONE_LEN &&
           file->size > all->bytes_left / all->threads;
}

/* How many files from first on are verified side by side; bytes_left is then what is behind them.
 */
static size_t count_short(struct verification *all)
{
    size_t count = 0;
    for (; all->first + count < all->files.count; count++) {
        const struct file_entry *file = &all->files.entries[all->first + count];
        if (file->kind == FILE_OTHER || is_long(all, file))
            break;
        all->bytes_left -= file->size;
    }
    return count;
}

static bool verify_short(struct verification *all, size_t count, struct error *err)
{
    const struct pipeline_jobs jobs = {
        .count = count, .window = all->places, .state = all, .run = run_job, .done = tell_job};
    bool good = pipeline_run_jobs(&jobs, all->threads, err);
    all->first += count;
    return good;
}

/* What may block is read by the calling thread alone, which a signal can interrupt, and ends no
 * other's wait when it fails. */
static bool verify_alone(struct verification *all, struct error *err)
{
    const struct file_entry *file = &all->files.entries[all->first++];
    all->bytes_left -= file->size;
    verify_file(all, file, file->kind == FILE_REGULAR ? all->threads : 1, &all->verdicts[0]);
    return tell(all, file, &all->verdicts[0], err);
}

static bool verify_files(struct verification *all, struct error *err)
{
    const struct options *options = all->run.options;
    const struct confinement what = {.options = options,
                                     .output_directory_fd = -1,
                                     .files = &all->files,
                                     .passphrase = all->run.passphrase};
    if (!confine(&what, NULL, err))
        return false;
    for (size_t i = 0; i < all->files.count; i++)
        all->bytes_left += all->files.entries[i].size;
    signals_begin();
    progress_begin_sum(&all->bytes_read, options->progress,
                       options->size != 0 ? options->size : all->bytes_left);
    bool good = true;
    while (good && all->first < all->files.count) {
        size_t count = count_short(all);
        good = count > 0 ? verify_short(all, count, err) : verify_alone(all, err);
    }
    progress_end();
    return good && verify_report_end(&all->report, err);
}

/* ---- */

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Before the keys are read: a passphrase may be asked for. */
static bool list_files(struct verification *all, struct error *err)
{
    const struct options *options = all->run.options;
    bool good = true;
    for (size_t i = 0; good && i < options->input_count; i++)
        good = file_list_add(&all->files, options->inputs[i], &all->run.notes, err);
    return good;
}

static bool verify(struct verification *all, struct error *err)
{
    const struct options *options = all->run.options;
    bool many =
        options->input_count > 1 || (options->input != NULL && is_directory(options->input));
    if (many &&
        (options->against != NULL || options->wal_name != NULL || options->filter_count > 0))
        return fail(err, ERROR_USAGE, "--%s is of one INPUT that is a file",
                    options->against != NULL    ? "against"
                    : options->wal_name != NULL ? "wal-name"
                                                : "filter");
    if (many && !list_files(all, err))
        return false;
    return run_load_keys(&all->run, KEY_FOR_DECRYPT, err) &&
           (many ? verify_files(all, err) : verify_one(all, err));
}

bool command_verify(const struct options *options, struct error *err)
{
    static struct verification all;
    all.run.options = options;
    all.report.options = options;
    all.threads = run_threads(options);
    all.places = PLACES_EACH * all.threads;
    all.verdicts = calloc(all.places, sizeof *all.verdicts);
    bool good = all.verdicts != NULL ? verify(&all, err) : fail_memory(err);
    run_close(&all.run);
    file_list_free(&all.files);
    free(all.verdicts);
    return good;
}
