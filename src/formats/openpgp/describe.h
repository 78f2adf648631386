/*
 * What can be told of keys and of what protects them, as facts: never the keys themselves.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_DESCRIBE_H
#define WALSEAL_FORMATS_OPENPGP_DESCRIBE_H

#include "base/facts.h"
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/s2k.h"

enum { DESCRIBE_SIZE = 192, DESCRIBE_FINGERPRINT_SIZE = 2 * OPENPGP_FINGERPRINT_MAX + 1 };

/* Adds what the certificate is: its fingerprint, version and user ID, and a list of its keys. */
void describe_certificate(const struct certificate *certificate, time_t now, struct facts *facts);

/* Adds fingerprint, version and user ID alone. */
void describe_owner(const struct certificate *certificate, struct facts *facts);

/* "iterated S2K, SHA-256, 65011712 octets", .. */
void describe_s2k(const struct s2k *s2k, char text[DESCRIBE_SIZE]);

/* "ECDH on Curve25519", "RSA of 2048 bits", .. */
void describe_algorithm(const struct openpgp_key *key, char text[DESCRIBE_SIZE]);

/* Upper-case hexadecimal digits. */
void describe_fingerprint(const struct openpgp_key *key, char text[DESCRIBE_FINGERPRINT_SIZE]);

#endif
