/*
 * Feeds: any input at all to inspect, which has no key, and its first octets to what tells formats.
 * Holds: both forms end alike and show nothing that could pass for more than one line or for a
 * terminal's command; what is a message by its packets isn't claimed to be none.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats.h"
#include "formats/openpgp/recognise.h"
#include "run.h"
#include "shown.h"

enum { TOLD_BY = 1024, FEW = 16 }; /* octets: recognise.h */

static void recognise(struct bytes octets)
{
    struct bytes prefix = {octets.at, octets.len < TOLD_BY ? octets.len : TOLD_BY};
    bool is_binary = octets.len > 0 && octets.at[0] >= 0x80;
    bool is_whole = prefix.len == octets.len;
    bool is_message = openpgp_is_message(prefix, is_whole);
    enum format_claim claim = openpgp_claim(prefix, is_whole);
    must(!is_message || octets.len == 0 || claim != FORMAT_NO);
    must(claim != FORMAT_PERHAPS || is_message || octets.len < FEW);
    must(!is_binary || claim != FORMAT_SURE);
}

static void inspect(const uint8_t *data, size_t size, enum facts_form form, struct error *err)
{
    static struct facts facts;
    struct source *source = run_source(0, data, size);
    facts_begin(&facts, form);
    must_tell(formats_inspect(source, &facts, err), err);
    if (form == FACTS_JSON)
        must_be_json(facts_end(&facts));
    else
        must_be_lines(facts_end(&facts));
    source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error lines = {.kind = ERROR_NONE};
    struct error json = {.kind = ERROR_NONE};
    run_start();
    recognise((struct bytes){data, size});
    inspect(data, size, FACTS_LINES, &lines);
    inspect(data, size, FACTS_JSON, &json);
    must_be_same(&lines, &json);
    must(lines.kind != ERROR_IO && lines.kind != ERROR_INTERRUPTED);
    return 0;
}
