/*
 * Certificates for tests: those in tests/vectors/openpgp/keys and made ones, and what is asked of
 * them. Included after cmocka.h.
 */
#ifndef WALSEAL_TESTS_CERTIFICATE_FIXTURE_H
#define WALSEAL_TESTS_CERTIFICATE_FIXTURE_H

#include "crypto/libgcrypt.h"
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/packet.h"
#include "key_maker.h"

#include <stdio.h>

enum {
    DAY = 24 * 3600,

    DAY_2022_01_01 = 1640995200, /* on which gpg's keys were made */
    DAY_2022_03_01 = 1646092800,
    DAY_2022_05_15 = 1652572800,
    DAY_2022_07_15 = 1657843200,
    DAY_2022_09_01 = 1661990400,
    DAY_2023_06_01 = 1685577600,
    DAY_2027_01_01 = 1798761600, /* later than all that were made by others */
};

static unsigned char file[16384];
static struct bytes rest;
static struct certificate certificate;
static struct notes notes;
static struct error err;
static const struct openpgp_key *chosen;

static inline int clear(void **state)
{
    (void)state;
    memset(&certificate, 0xEE, sizeof certificate);
    memset(&notes, 0, sizeof notes);
    error_clear(&err);
    chosen = NULL;
    return 0;
}

static inline void load(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/openpgp/keys/%s.pgp", name);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    rest = (struct bytes){file, fread(file, 1, sizeof file, stream)};
    assert_true(rest.len > 0 && rest.len < sizeof file);
    assert_int_equal(fclose(stream), 0);
}

static inline void take(const void *at, size_t len, time_t now)
{
    rest = (struct bytes){at, len};
    error_clear(&err);
    assert_true(certificate_take(&rest, now, &certificate, &notes, "key.asc", &err));
}

static const struct openpgp_key *choose(time_t now, bool allow_expired)
{
    error_clear(&err);
    notes.count = 0;
    chosen = certificate_encryption_key(&certificate, "key.asc", now, allow_expired, &notes, &err);
    assert_int_equal(err.kind, chosen == NULL ? ERROR_KEY : ERROR_NONE);
    return chosen;
}

static inline bool encrypts(const char *name, time_t now)
{
    load(name);
    take(file, rest.len, now);
    assert_int_equal(rest.len, 0);
    return choose(now, false) != NULL;
}

/* Whether text is pattern, in which a # stands for a key's ID. */
static inline bool is_like(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '#') {
            if (*text++ != *pattern)
                return false;
            continue;
        }
        if (strspn(text, "0123456789ABCDEF") != 16)
            return false;
        text += 16;
    }
    return *text == '\0';
}

static inline void assert_like(const char *text, const char *pattern)
{
    if (is_like(text, pattern))
        return;
    assert_string_equal(text, pattern); /* which can't be: it shows both */
}

static inline void assert_refused(const char *pattern)
{
    assert_null(chosen);
    assert_like(err.text, pattern);
}

static inline void assert_one_warning(const char *pattern)
{
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.note[0].level, NOTE_WARNING);
    assert_like(notes.note[0].text, pattern);
}

/* ---- made ones ---- */

static struct maker_key primary;
static struct maker_key subkey;
static struct buffer made;

enum { MADE = DAY_2022_01_01 };

static inline struct maker_signature signature_of(uint8_t type, uint32_t created)
{
    struct maker_signature signature = {.type = type, .primary = &primary};
    put_number_subpacket(&signature.hashed, 2, 4, created);
    return signature;
}

static inline struct maker_signature binding_of(uint32_t created, uint8_t flags)
{
    struct maker_signature signature = signature_of(SIGNATURE_SUBKEY_BINDING, created);
    signature.subkey = &subkey;
    put_number_subpacket(&signature.hashed, 27, 1, flags);
    return signature;
}

static inline void add_signature(const struct maker_signature *signature)
{
    struct buffer body = {0};
    put_signature(&body, signature);
    put_packet(&made, PACKET_SIGNATURE, body.at, body.len);
}

static inline void begin_primary(void)
{
    made.len = 0;
    make_signing_key(&primary, 1, MADE);
    put_packet(&made, PACKET_PUBLIC_KEY, primary.body.at, primary.body.len);
}

static inline void add_subkey(void)
{
    make_encrypting_key(&subkey, 2, MADE);
    put_packet(&made, PACKET_PUBLIC_SUBKEY, subkey.body.at, subkey.body.len);
}

/* Another one, of later. */
static inline void add_other_subkey(uint32_t later)
{
    make_encrypting_key(&subkey, 2, MADE + later);
    put_packet(&made, PACKET_PUBLIC_SUBKEY, subkey.body.at, subkey.body.len);
}

/* A primary key bound by a direct-key signature, and a subkey whose signatures the test adds. */
static inline void begin_made(void)
{
    begin_primary();
    struct maker_signature direct = signature_of(SIGNATURE_DIRECT_KEY, MADE);
    put_number_subpacket(&direct.hashed, 27, 1, 3);
    add_signature(&direct);
    add_subkey();
}

static inline bool made_encrypts(time_t now)
{
    take(made.at, made.len, now);
    return choose(now, false) != NULL;
}

static const char unbound[] = "key.asc: no key can encrypt: subkey # has no valid signature by "
                              "the primary key; primary key # can only sign (EdDSA)";

static inline int begin_library(void **state)
{
    (void)state;
    return sodium_init() < 0 || !libgcrypt_begin(&err) ? -1 : 0;
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

#endif
