#include "commands/verify.h"

#include "pipeline.h"

#include <stdio.h>
#include <string.h>

static struct sink *open_sink(const struct options *options, const char *wal_name,
                              struct source *plain, const struct run *filtered,
                              struct verdict *verdict)
{
    struct error *err = &verdict->reason;
    struct sink *sink = plain != NULL ? sink_new_compare(plain, err) : sink_new_count(err);
    if (sink == NULL)
        return NULL;
    bool checked = false;
    if ((wal_name == NULL || run_check_wal(options, wal_name, &sink, &checked, err)) &&
        (filtered == NULL || run_put_filters(filtered, &sink, err))) {
        verdict->wal_name = checked ? wal_name : NULL;
        return sink;
    }
    sink_free(sink);
    return NULL;
}

static bool decrypt(const struct codec *codec, struct source *source, struct sink *sink,
                    unsigned threads, struct verdict *verdict)
{
    const struct codec_ops *ops = codec->ops;
    struct error *err = &verdict->reason;
    bool begun = ops->begin(codec->state, source, sink, &verdict->notes, err);
    if (begun) {
        verdict->method = codec->method;
        snprintf(verdict->key, sizeof verdict->key, "%s", ops->opened_by(codec->state));
    }
    if (begun && pipeline_run(codec, source, sink, threads, err) && sink_finish(sink, err))
        return true;
    sink_abandon(sink, err);
    return false;
}

/* A sink knows nothing of the input whose content it refuses. */
static void name_source(const struct source *source, struct error *reason)
{
    const char *name = source_name(source);
    struct error named = {.kind = ERROR_NONE};
    if (reason->text[0] == '\0' || strncmp(reason->text, name, strlen(name)) == 0)
        return;
    fail(&named, reason->kind, "%s: %s", name, reason->text);
    *reason = named;
}

void verify_source(const struct options *options, const struct formats *formats,
                   struct source *source, const char *wal_name, struct source *plain,
                   const struct run *filtered, unsigned threads, struct verdict *verdict)
{
    struct codec codec = {.method = KEY_METHOD_ANY};
    struct sink *sink = open_sink(options, wal_name, plain, filtered, verdict);
    verdict->has_bytes = source_size(source, &verdict->bytes);
    bool good = sink != NULL && formats_decrypter(formats, source, &codec, &verdict->reason);
    if (codec.is_recognised)
        verdict->method = codec.method;
    if (good) {
        if (decrypt(&codec, source, sink, threads, verdict)) {
            verdict->has_bytes = true;
            verdict->bytes = source_bytes(source);
            verdict->plain_bytes = sink_bytes(sink);
        }
        codec.ops->free(codec.state);
    }
    if (verdict->reason.kind != ERROR_NONE)
        name_source(source, &verdict->reason);
    sink_free(sink);
}
