#include "formats/openpgp/container_codecs.h"

bool container_goes_with(const struct container *container, uint8_t version,
                         const struct session_candidate *candidate)
{
    uint8_t esk = candidate->esk_version;
    if (container->stream.header.tag == PACKET_AEAD)
        return esk >= 3 && esk <= 5;
    return version == 1 ? esk == 3 || esk == 4 : esk == 6;
}

static bool any_goes_with(const struct container *container, uint8_t version)
{
    for (size_t i = 0; i < container->candidate_count; i++)
        if (container_goes_with(container, version, &container->candidates[i]))
            return true;
    return false;
}

bool container_read_end(struct packet_stream *stream, struct error *err)
{
    bool more;
    while (packet_stream_next(stream, &more, err)) {
        if (!more)
            return true;
        uint8_t tag = stream->header.tag;
        if (tag != PACKET_MARKER && tag != PACKET_PADDING && tag < PACKET_NOT_CRITICAL)
            return fail(err, ERROR_DAMAGED,
                        "%s: damaged: a packet of type %u follows the encrypted data, where "
                        "nothing may",
                        octets_name(stream->octets), tag);
        if (!packet_stream_skip(stream, err))
            return false;
    }
    return false;
}

bool container_fail_passphrase(const struct container *container, const char *name,
                               struct error *err)
{
    if (container->is_passphrase_untried)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: no passphrase that was tried opens it, and its packets ask for more than "
                    "is tried",
                    name);
    return fail(err, ERROR_NO_KEY_FITS, "%s: no passphrase given opens it", name);
}

void container_note_signed(const char *name, struct notes *notes)
{
    notes_add(notes, NOTE_PLAIN, "%s: is signed, which is not checked", name);
}

bool container_fail_library(struct error *err)
{
    return fail(err, ERROR_IO, "the cryptographic library failed");
}

bool container_begin(void *codec, struct source *source, struct sink *sink, struct notes *notes,
                     struct error *err)
{
    (void)codec;
    (void)source;
    (void)sink;
    (void)notes;
    (void)err;
    return true;
}

bool container_end(void *codec, struct error *err)
{
    (void)codec;
    (void)err;
    return true;
}

static bool choose_decrypter(const struct container *container, uint8_t version,
                             struct codec *codec, struct error *err)
{
    const char *name = octets_name(container->octets);
    bool is_aead = container->stream.header.tag == PACKET_AEAD;
    if (version != 1 && (version != 2 || is_aead))
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: its encrypted data are of version %u, which walseal doesn't know", name,
                    version);
    /* What was opened was not made for these data: as if it weren't there, it says nothing about a
     * key. Its version is told from what anybody can see, so this is no oracle. */
    if (!any_goes_with(container, version))
        return fail(err, ERROR_NO_KEY_FITS,
                    "%s: none of its session keys is of a version that goes with its encrypted "
                    "data",
                    name);
    return is_aead || version == 2 ? aead_decrypter(container, version, codec, err)
                                   : seipd1_decrypter(container, codec, err);
}

bool container_decrypter(struct container *container, struct codec *codec, struct error *err)
{
    uint8_t version;
    size_t got;
    bool good = packet_stream_read(&container->stream, &version, 1, &got, err);
    if (good && got == 0)
        good = fail(err, ERROR_DAMAGED, "%s: damaged: its encrypted data are empty",
                    octets_name(container->octets));
    good = good && choose_decrypter(container, version, codec, err);
    if (!good)
        octets_free(container->octets);
    return good;
}

bool container_encrypter(const struct session_key *session, struct bytes head, struct codec *codec,
                         struct error *err)
{
    return seipd1_encrypter(session, head, codec, err);
}
