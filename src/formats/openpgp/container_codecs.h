/*
 * The codecs behind container.h, one a file, and what they share.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_CONTAINER_CODECS_H
#define WALSEAL_FORMATS_OPENPGP_CONTAINER_CODECS_H

#include "formats/openpgp/container.h"

/* Each takes container->octets over only if it succeeds; the version octet was read already. */
bool seipd1_decrypter(const struct container *container, struct codec *codec, struct error *err);
bool aead_decrypter(const struct container *container, uint8_t version, struct codec *codec,
                    struct error *err);

bool seipd1_encrypter(const struct session_key *session, struct bytes head, struct codec *codec,
                      struct error *err);

/* Whether a session key goes with the container (RFC 9580 section 10.3.2.1): an attacker who can
 * change the version of either must not get the other's data opened. */
bool container_goes_with(const struct container *container, uint8_t version,
                         const struct session_candidate *candidate);

/* Reads to the end of the message, behind the container. False: something is there that counts
 * (ERROR_DAMAGED), or what the stream fails with. */
bool container_read_end(struct packet_stream *stream, struct error *err);

/* ERROR_NO_KEY_FITS for a message whose only session keys come from passphrases; ERROR_UNSUPPORTED
 * where not all of these were tried. */
bool container_fail_passphrase(const struct container *container, const char *name,
                               struct error *err);

/* A note that there were signatures, which say nothing to walseal. */
void container_note_signed(const char *name, struct notes *notes);

bool container_fail_library(struct error *err);

/* The decrypters have nothing left to do before the threads or behind the last run. */
bool container_begin(void *codec, struct source *source, struct sink *sink, struct notes *notes,
                     struct error *err);
bool container_end(void *codec, struct error *err);

#endif
