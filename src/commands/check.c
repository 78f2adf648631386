#include "commands/commands.h"

#include "base/secret.h"
#include "commands/confine.h"
#include "commands/run.h"
#include "pipeline.h"
#include "signals.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Room for the stream of PLAIN_LEN bytes to the largest number of the largest keys. */
enum { PLAIN_LEN = 8 * 1024, SEALED_MAX = 1024 * 1024 };

struct check {
    struct run run;                          /* its keys: all of them */
    struct keyring *writing;                 /* those that encrypt would be given */
    struct keyring *rings[OPTIONS_KEYS_MAX]; /* .. one by one, as they were given */
    size_t ring_count;
    bool is_unreadable; /* some key; the others are still told of */
    struct sandbox_state sandbox;
    struct findings findings;
};

/* ---- keys ---- */

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool add_file(struct check *check, struct keyring *ring, struct error *err)
{
    check->rings[check->ring_count++] = ring;
    return keyring_add_ring(check->writing, ring, err) &&
           keyring_add_ring(check->run.keys, ring, err);
}

static bool read_path(struct check *check, const char *path, struct error *err)
{
    const struct options *options = check->run.options;
    enum key_transform transform =
        options->transform_given ? options->transform : KEY_TRANSFORM_AUTO;
    if (is_directory(path))
        return keyring_add_path(check->run.keys, path, transform, &check->run.notes, err);
    struct keyring *ring = keyring_new(KEY_FOR_ENCRYPT);
    if (ring == NULL)
        return fail_memory(err);
    if (keyring_add_path(ring, path, options->transform, &check->run.notes, err))
        return add_file(check, ring, err);
    keyring_free(ring);
    return false;
}

/* A key that can't be read spoils no other. */
static bool read_paths(struct check *check, struct error *err)
{
    const struct options *options = check->run.options;
    for (size_t i = 0; i < options->key_path_count; i++) {
        struct error reason = {.kind = ERROR_NONE};
        if (read_path(check, options->key_paths[i], &reason))
            continue;
        if (reason.kind != ERROR_KEY)
            return fail(err, reason.kind, "%s", reason.text);
        message_error(&reason);
        check->is_unreadable = true;
    }
    return true;
}

static bool read_environment(struct check *check, const struct key_environment *environment,
                             struct error *err)
{
    const struct options *options = check->run.options;
    struct keyring *ring = keyring_new(KEY_FOR_ENCRYPT);
    if (ring == NULL)
        return fail_memory(err);
    if (keyring_add_environment(ring, environment,
                                options->transform_given ? &options->transform : NULL,
                                KEY_METHOD_ANY, &check->run.notes, err))
        return add_file(check, ring, err);
    keyring_free(ring);
    return false;
}

static bool read_keys(struct check *check, struct error *err)
{
    check->run.keys = keyring_new(KEY_FOR_DECRYPT);
    check->writing = keyring_new(KEY_FOR_ENCRYPT);
    struct key_environment *environment = key_environment_take(err);
    bool good = check->run.keys != NULL && check->writing != NULL && environment != NULL;
    if (!good)
        fail_memory(err);
    if (good && check->run.options->key_path_count == 0)
        good = read_environment(check, environment, err);
    good = good && read_paths(check, err) && run_load_passphrase(&check->run, environment, err);
    key_environment_free(environment);
    if (good && check->is_unreadable && keyring_count(check->run.keys) == 0 &&
        keyring_block_count(check->run.keys) == 0)
        return fail(err, ERROR_KEY, "%s", "");
    return good && keyring_complete(check->run.keys, KEY_METHOD_ANY, false, err);
}

/* ---- the proof: encrypt, decrypt, compare ---- */

/* Frees codec. */
static bool transfer(const struct codec *codec, struct source *source, struct sink *sink,
                     struct notes *notes, struct error *err)
{
    bool good = codec->ops->begin(codec->state, source, sink, notes, err) &&
                pipeline_run(codec, source, sink, 1, err) && sink_finish(sink, err);
    codec->ops->free(codec->state);
    return good;
}

/* What becomes of bytes by the keys of ring, in memory; NULL: err. */
static struct sink *run_through(const struct check *check, const struct keyring *ring,
                                enum key_purpose purpose, struct bytes bytes, struct error *err)
{
    const struct format_settings settings = {.allow_expired = false};
    struct codec codec;
    struct notes *notes = calloc(1, sizeof *notes); /* all of it was told of the keys already */
    struct source *source = source_new_memory("what was written", bytes, err);
    struct sink *sink = sink_new_memory(SEALED_MAX, err);
    struct formats *formats = NULL;
    bool good = notes != NULL || fail_memory(err);
    good = good && source != NULL && sink != NULL;
    if (good)
        formats = formats_new(ring, purpose, check->run.passphrase, &settings, notes, err);
    good = formats != NULL &&
           (purpose == KEY_FOR_ENCRYPT ? formats_encrypter(formats, &codec, err)
                                       : formats_decrypter(formats, source, &codec, err)) &&
           transfer(&codec, source, sink, notes, err);
    formats_free(formats);
    source_free(source);
    free(notes);
    if (good)
        return sink;
    sink_free(sink);
    return NULL;
}

static void tell_proof(struct check *check, const char *name, const struct sink *sealed, bool same,
                       const struct error *why)
{
    struct findings *findings = &check->findings;
    struct facts *facts = findings_open(findings, "proof");
    facts_text(facts, "origin", name);
    facts_bool(facts, "encrypted", sealed != NULL);
    facts_bool(facts, "opened", same);
    /* No key opens it: as bad as what the keys told of themselves, and well where they are public
     * ones. */
    bool no_key = why->kind == ERROR_KEY || why->kind == ERROR_NO_KEY_FITS;
    if (same)
        findings_close(findings, FINDING_OK, "%s: %d bytes were encrypted, and opened again", name,
                       PLAIN_LEN);
    else if (sealed == NULL)
        findings_close(findings, FINDING_CRITICAL, "%s: nothing can be encrypted: %s", name,
                       why->text);
    else
        findings_close(findings, no_key ? findings_worst(findings) : FINDING_CRITICAL,
                       "%s: %d bytes were encrypted, but not opened again: %s", name, PLAIN_LEN,
                       why->text);
}

/* Encrypts with the keys of ring, and opens that with all there are. */
static bool prove(struct check *check, const struct keyring *ring, const char *name,
                  struct error *err)
{
    unsigned char plain[PLAIN_LEN];
    struct error why = {.kind = ERROR_NONE};
    struct sink *opened = NULL;
    randombytes_buf(plain, sizeof plain);
    struct sink *sealed =
        run_through(check, ring, KEY_FOR_ENCRYPT, (struct bytes){plain, sizeof plain}, &why);
    if (sealed != NULL)
        opened = run_through(check, check->run.keys, KEY_FOR_DECRYPT, sink_memory(sealed), &why);
    bool same = opened != NULL && bytes_equal(sink_memory(opened), plain, sizeof plain);
    if (opened != NULL && !same)
        fail(&why, ERROR_DAMAGED, "it came out as something else");
    bool interrupted = why.kind == ERROR_INTERRUPTED;
    if (interrupted)
        fail(err, why.kind, "%s", "");
    else
        tell_proof(check, name, sealed, same, &why);
    sink_free(opened);
    sink_free(sealed);
    return !interrupted;
}

static bool prove_all(struct check *check, struct error *err)
{
    bool any = false;
    for (size_t i = 0; i < check->ring_count; i++) {
        struct keyring *ring = check->rings[i];
        if (keyring_count(ring) == 0)
            continue;
        any = true;
        if (!keyring_complete(ring, KEY_METHOD_SODIUM, false, err) ||
            !prove(check, ring, keyring_get(ring, 0)->origin, err))
            return false;
    }
    if (keyring_block_count(check->writing) > 0)
        return keyring_complete(check->writing, KEY_METHOD_OPENPGP, false, err) &&
               prove(check, check->writing, "openpgp", err);
    if (!any) {
        findings_open(&check->findings, "proof");
        findings_close(
            &check->findings, FINDING_CRITICAL,
            "no key encrypts: the keys in a directory are for decrypting alone, name one "
            "as a file");
    }
    return true;
}

/* ---- this machine ---- */

static void check_memory(struct findings *findings)
{
    struct rlimit limit = {.rlim_cur = 0};
    bool refused = secret_lock_refused();
    struct facts *facts = findings_open(findings, "memory-lock");
    facts_bool(facts, "locked", !refused);
    getrlimit(RLIMIT_MEMLOCK, &limit);
    if (refused)
        findings_close(findings, FINDING_WARNING,
                       "memory lock: refused (the limit is %" PRIu64
                       " bytes): keys may be swapped out",
                       (uint64_t)limit.rlim_cur);
    else
        findings_close(findings, FINDING_OK, "memory lock: keys stay out of swap");
    facts = findings_open(findings, "core-dumps");
    facts_bool(facts, "dumpable", secret_is_dumpable());
    if (secret_is_dumpable())
        findings_close(findings, FINDING_WARNING, "core dumps: a crash may leave one");
    else
        findings_close(findings, FINDING_OK, "core dumps: a crash leaves none");
}

/* Never a warning: who runs it in a container can't help it, and a monitor that always warns warns
 * nobody. Whoever counts on it says --sandbox=require. */
static void check_sandbox(struct findings *findings, const struct sandbox_state *sandbox)
{
    struct facts *facts = findings_open(findings, "sandbox");
    facts_bool(facts, "limits_calls", sandbox->limits_calls);
    facts_bool(facts, "limits_files", sandbox->limits_files);
    findings_close(findings, FINDING_OK, "sandbox: %s", sandbox->text);
}

/* ---- all of it ---- */

/* The keys come from whoever runs it; but what they encrypt is opened as a stranger's would be. */
static bool close_sandbox(struct check *check, struct error *err)
{
    const struct confinement what = {.options = check->run.options,
                                     .output_directory_fd = -1,
                                     .passphrase = check->run.passphrase};
    return formats_prepare(err) && confine(&what, &check->sandbox, err);
}

static bool find_all(struct check *check, struct error *err)
{
    struct run *run = &check->run;
    bool good = read_keys(check, err) && close_sandbox(check, err) &&
                formats_check(check->writing, run->keys, run->passphrase, &run->notes,
                              &check->findings, err) &&
                prove_all(check, err);
    message_notes(&run->notes);
    check_memory(&check->findings);
    check_sandbox(&check->findings, &check->sandbox);
    return good;
}

/* The worst first, since whoever watches may show one line only. */
static bool print_all(const struct check *check, struct error *err)
{
    bool quiet = check->run.options->verbosity == MESSAGE_QUIET;
    for (int level = FINDING_CRITICAL; level >= (quiet ? FINDING_WARNING : FINDING_OK); level--)
        if (!message_print(findings_lines(&check->findings, (enum finding_level)level), err))
            return false;
    return !check->findings.is_short_of_memory || fail_memory(err);
}

static bool conclude(const struct check *check, struct error *err)
{
    enum finding_level worst = findings_worst(&check->findings);
    if (check->is_unreadable)
        return fail(err, ERROR_KEY, "%s", "");
    return worst == FINDING_OK ||
           fail(err, worst == FINDING_WARNING ? ERROR_WARNING : ERROR_CRITICAL, "%s", "");
}

bool command_check(const struct options *options, struct error *err)
{
    struct check *check = calloc(1, sizeof *check);
    if (check == NULL)
        return fail_memory(err);
    check->run.options = options;
    findings_begin(&check->findings, options->json ? FACTS_JSON : FACTS_LINES);
    /* a passphrase may be asked for, and the terminal is to be left as it was */
    signals_begin();
    bool good = find_all(check, err) && print_all(check, err) && conclude(check, err);
    findings_end(&check->findings);
    for (size_t i = 0; i < check->ring_count; i++)
        keyring_free(check->rings[i]);
    keyring_free(check->writing);
    run_close(&check->run);
    free(check);
    return good;
}
