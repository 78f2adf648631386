/*
 * ASCII armor, written (RFC 9580 section 6).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_ARMOR_WRITE_H
#define WALSEAL_FORMATS_OPENPGP_ARMOR_WRITE_H

#include "formats/openpgp/armor.h"
#include "formats/openpgp/writer.h"

/* Writes one block of kind, ARMOR_PUBLIC_KEY or ARMOR_PRIVATE_KEY, with its CRC-24, which old
 * readers want. The time taken depends on the length alone. */
void armor_write(struct writer *out, enum armor_kind kind, struct bytes octets);

#endif
