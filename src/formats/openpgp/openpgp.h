/*
 * The OpenPGP format (RFC 9580; RFC 4880 and LibrePGP messages are read): one PKESK version 3 for
 * each recipient and SEIPD version 1 are written; everything that is encrypted and authenticated is
 * read.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_OPENPGP_H
#define WALSEAL_FORMATS_OPENPGP_OPENPGP_H

#include "format.h"

extern const struct format openpgp_format;

/* The codec for the recipients of run's keys. */
bool openpgp_encrypter(const struct format_run *run, struct codec *codec, struct error *err);

/* The codec for the message in source: reads the packets before the encrypted container and finds
 * the session key with run's keys and passphrase. ERROR_KEY: a passphrase or a secret key is
 * missing; ERROR_NO_KEY_FITS: it is encrypted to other keys, which the text names; once a key
 * matched, everything that fails is ERROR_DAMAGED, or ERROR_TRUNCATED at the end of the input. */
bool openpgp_decrypter(const struct format_run *run, struct source *source, struct codec *codec,
                       struct error *err);

#endif
