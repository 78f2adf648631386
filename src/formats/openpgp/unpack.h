/*
 * What is inside an encrypted container: literal data, perhaps compressed (several times), perhaps
 * signed, with markers and padding around it (RFC 9580 sections 5.6, 5.9, 10.3). Fed piece by piece
 * with the decrypted octets, it hands the literal's octets on. Nothing depends on the literal's
 * mode, name or date: data are bytes.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_UNPACK_H
#define WALSEAL_FORMATS_OPENPGP_UNPACK_H

#include "base/bytes.h"
#include "base/error.h"

enum { UNPACK_DEPTH_MAX = 8 };

/* The octets, of all levels together, that may be decompressed without giving data; each octet of
 * the literal that was given allows some more. An honest message decompresses each of those once a
 * level, and a few kilobytes of signatures. Without this, levels of a thousandfold each would keep
 * the processor busy for years and give nothing. */
enum { UNPACK_IDLE_MAX = 64 * 1024 * 1024 };

/* Where the literal's octets go. */
typedef bool unpack_deliver(void *context, const unsigned char *bytes, size_t len,
                            struct error *err);

struct unpacker;

/* NULL without memory. name: how errors call the message; it isn't copied. */
struct unpacker *unpacker_new(const char *name, unpack_deliver *deliver, void *context);

/* Takes the next octets. False: ERROR_DAMAGED (malformed), ERROR_UNSUPPORTED (an unknown
 * compression or critical packet, encrypted again), or what deliver failed with. Memory doesn't
 * depend on the compression ratio. */
bool unpacker_add(struct unpacker *unpacker, const unsigned char *bytes, size_t len,
                  struct error *err);

/* There are no more octets. False: ERROR_DAMAGED, no literal, two, or not to its end. */
bool unpacker_end(struct unpacker *unpacker, struct error *err);

/* Whether there were signatures, which are not checked: worth a note. */
bool unpacker_was_signed(const struct unpacker *unpacker);

/* Whether bytes, the first octets of a decrypted container, can begin what an unpacker takes: a
 * cheap test for a right session key among several. */
bool unpacker_may_begin(struct bytes bytes);

/* Frees; NULL is allowed. */
void unpacker_free(struct unpacker *unpacker);

#endif
