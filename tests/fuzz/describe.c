/*
 * Feeds: a key file to what tells what it holds, and to what judges whether it can encrypt.
 * Holds: both forms end alike and show nothing that could pass for more than one line or for a
 * terminal's command.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats.h"
#include "formats/openpgp/openpgp.h"
#include "keys/keyring_add.h"
#include "run.h"
#include "shown.h"

static struct notes notes;

static void show_notes(void)
{
    for (size_t i = 0; i < notes.count; i++)
        must(notes.note[i].text[0] != '\0');
    notes.count = 0;
}

static void describe(const struct keyring *ring, enum facts_form form, struct error *err)
{
    static struct facts facts;
    facts_begin(&facts, form);
    must_tell(formats_describe(ring, &notes, &facts, err), err);
    if (form == FACTS_JSON)
        must_be_json(facts_end(&facts));
    else
        must_be_lines(facts_end(&facts));
    show_notes();
}

static struct keyring *read_key(const uint8_t *data, size_t size, enum key_purpose purpose)
{
    struct error err = {.kind = ERROR_NONE};
    const struct key_source source = {FUZZ_NAME, (const char *)data, size, false, false};
    struct keyring *ring = keyring_new(purpose);
    must(ring != NULL);
    bool added = keyring_add_text(
        ring, &source, purpose == KEY_FOR_DECRYPT ? KEY_TRANSFORM_AUTO : KEY_TRANSFORM_HEX, &notes,
        &err);
    must_tell(added, &err);
    show_notes();
    if (added)
        return ring;
    keyring_free(ring);
    return NULL;
}

/* Recipients are judged when keys are loaded. */
static void load(const struct keyring *ring, enum key_purpose purpose)
{
    struct error err = {.kind = ERROR_NONE};
    struct format_run run = {.ring = ring, .notes = &notes};
    if (keyring_block_count(ring) == 0)
        return;
    must_tell(openpgp_format.load_keys(&run, purpose, &err), &err);
    must(err.kind == ERROR_NONE || err.kind == ERROR_KEY);
    openpgp_format.free_keys(run.keys);
    show_notes();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error lines = {.kind = ERROR_NONE};
    struct error json = {.kind = ERROR_NONE};
    run_start();
    struct keyring *ring = read_key(data, size, KEY_FOR_DECRYPT);
    if (ring != NULL) {
        describe(ring, FACTS_LINES, &lines);
        describe(ring, FACTS_JSON, &json);
        must_be_same(&lines, &json);
        load(ring, KEY_FOR_DECRYPT);
    }
    keyring_free(ring);
    ring = read_key(data, size, KEY_FOR_ENCRYPT);
    if (ring != NULL)
        load(ring, KEY_FOR_ENCRYPT);
    keyring_free(ring);
    return 0;
}
