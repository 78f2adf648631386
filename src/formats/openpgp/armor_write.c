#include "formats/openpgp/armor_write.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_OCTETS = 48, /* 64 characters; go-crypto and others bound the length of a line */
    LINE_SIZE = sodium_base64_ENCODED_LEN(LINE_OCTETS, sodium_base64_VARIANT_ORIGINAL),
    CRC_LEN = 3,
};

/* Section 6.1.1. A secret's bits are no branch. */
static uint32_t crc24(struct bytes octets)
{
    uint32_t crc = 0xB704CE;
    for (size_t i = 0; i < octets.len; i++) {
        crc ^= (uint32_t)octets.at[i] << 16;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (0x1864CFB & (0 - (crc >> 23 & 1)));
    }
    return crc & 0xFFFFFF;
}

static void add_text(struct writer *out, const char *text)
{
    writer_add(out, text, strlen(text));
}

static void add_base64(struct writer *out, const unsigned char *octets, size_t len)
{
    char line[LINE_SIZE];
    sodium_bin2base64(line, sizeof line, octets, len, sodium_base64_VARIANT_ORIGINAL);
    add_text(out, line);
    add_text(out, "\n");
    sodium_memzero(line, sizeof line);
}

static void add_mark(struct writer *out, const char *word, enum armor_kind kind)
{
    char line[64];
    snprintf(line, sizeof line, "-----%s PGP %s KEY BLOCK-----\n", word,
             kind == ARMOR_PRIVATE_KEY ? "PRIVATE" : "PUBLIC");
    add_text(out, line);
}

void armor_write(struct writer *out, enum armor_kind kind, struct bytes octets)
{
    uint32_t crc = crc24(octets);
    const unsigned char check[CRC_LEN] = {(unsigned char)(crc >> 16), (unsigned char)(crc >> 8),
                                          (unsigned char)crc};
    add_mark(out, "BEGIN", kind);
    add_text(out, "\n");
    for (size_t at = 0; at < octets.len; at += LINE_OCTETS)
        add_base64(out, octets.at + at,
                   octets.len - at < LINE_OCTETS ? octets.len - at : LINE_OCTETS);
    add_text(out, "=");
    add_base64(out, check, sizeof check);
    add_mark(out, "END", kind);
}
