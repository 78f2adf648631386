/*
 * Whether octets are an OpenPGP message, told from the first of them.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_RECOGNISE_H
#define WALSEAL_FORMATS_OPENPGP_RECOGNISE_H

#include "base/bytes.h"
#include "format.h"

/* As format.h has it. */
bool openpgp_claims(const struct format_run *run, struct source *source, enum format_claim *claim,
                    struct error *err);

/* The claim by the first octets alone, at least 1024 where there are as many; is_whole: there are
 * no more. Random octets, as a sodium stream's are, are FORMAT_NO but for once in ten thousand
 * times; fewer than 16, of which there is no such stream, prove nothing either way. */
enum format_claim openpgp_claim(struct bytes prefix, bool is_whole);

/* Whether prefix is the beginning of a message for all that octets can prove: armor, packets that
 * lead to a container, or packets that end where the input does. Random octets pass less than once
 * in a hundred thousand times; where there are but a few hundred, once in some thousands. is_whole:
 * prefix is all there is. */
bool openpgp_is_message(struct bytes prefix, bool is_whole);

#endif
