/*
 * Feeds: a whole message to the decrypter, which has keys and a passphrase that fit the messages the
 * corpus began with.
 * Holds: of version 1 nothing comes out unless the end was right or more than is held back was there;
 * what failed says why. What a passphrase may cost is bounded before it starts.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats/openpgp/openpgp.h"
#include "formats/openpgp/container.h"
#include "formats/openpgp/skesk.h"
#include "run.h"

#define VECTORS "tests/vectors/openpgp/good/"

/* Octets that all passphrases of a message may be hashed to, so that one input doesn't take seconds. */
enum { CHEAP_COUNT = 1024 * 1024 };

static struct notes notes;

/* The keys are read once; the passphrase is the caller's: only secret memory would know of it, where
 * the leak sanitizer doesn't look. */
static struct format_run begin_run(void)
{
    static const char *const keys[] = {VECTORS "cv25519-gpg/key", VECTORS "rsa2048-gpg/key",
                                       VECTORS "x25519-v6-openpgpjs6/key"};
    static struct format_run run;
    struct error err = {.kind = ERROR_NONE};
    if (run.ring == NULL) {
        run_start();
        struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            must(keyring_add_path(ring, keys[i], KEY_TRANSFORM_AUTO, &notes, &err));
        run = (struct format_run){.ring = ring, .notes = &notes};
        must(openpgp_format.load_keys(&run, KEY_FOR_DECRYPT, &err));
    }
    struct format_run begun = run;
    begun.passphrase = passphrase_new(NULL);
    must(passphrase_add(begun.passphrase, FUZZ_NAME, "sym pub", 7, &err));
    return begun;
}

static bool skesk_is_cheap(struct bytes body, size_t *count)
{
    struct error err = {.kind = ERROR_NONE};
    struct skesk skesk;
    if (!skesk_parse(body, &skesk, &err))
        return true;
    *count += skesk.s2k.count;
    return skesk.s2k.kind != S2K_ARGON2 && *count <= CHEAP_COUNT;
}

/* Whether the packets before the container ask for little work. *holds_back: it is of version 1. */
static bool is_cheap(const uint8_t *data, size_t size, bool *holds_back)
{
    static unsigned char body[ESK_PACKET_MAX];
    struct error err = {.kind = ERROR_NONE};
    struct source *source = run_source(0, data, size);
    struct octets *octets = octets_new(source, &err);
    struct packet_stream stream = {.octets = octets};
    bool more = octets != NULL;
    bool cheap = true;
    size_t count = 0;
    size_t len;
    *holds_back = false;
    while (more && cheap && packet_stream_next(&stream, &more, &err) && more) {
        uint8_t tag = stream.header.tag;
        if (tag == PACKET_SEIPD && packet_stream_read(&stream, body, 1, &len, &err))
            *holds_back = len == 1 && body[0] == 1;
        if (tag == PACKET_SEIPD || tag == PACKET_AEAD)
            break;
        if (tag == PACKET_SKESK && packet_stream_read(&stream, body, sizeof body, &len, &err))
            cheap = skesk_is_cheap((struct bytes){body, len}, &count);
    }
    octets_free(octets);
    source_free(source);
    return cheap;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {.kind = ERROR_NONE};
    struct codec codec;
    bool holds_back;
    uint64_t written = 0;
    run_start();
    if (!is_cheap(data, size, &holds_back))
        return 0;
    struct format_run run = begin_run();
    struct source *source = run_source(0, data, size);
    struct sink *sink = sink_new_count(&err);
    must(sink != NULL);
    notes.count = 0;
    bool good = openpgp_decrypter(&run, source, &codec, &err) &&
                run_codec(&codec, source, sink, &notes, 1, &written, &err);
    must_tell(good, &err);
    must(err.kind != ERROR_IO && err.kind != ERROR_INTERRUPTED);
    must(good || !holds_back || written == 0 || written > CONTAINER_HOLD_LEN);
    sink_free(sink);
    source_free(source);
    passphrase_free(run.passphrase);
    return 0;
}
