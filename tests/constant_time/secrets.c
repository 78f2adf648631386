/*
 * Cases that handle a secret, one a run, for valgrind's memcheck: what is secret is marked as
 * undefined, so that memcheck tells of every branch and every address that depends on it.
 * Without an argument the names come out; those that begin with "a fault" must be told of.
 */
#define _GNU_SOURCE
#include "crypto/libgcrypt.h"
#include "crypto/secretstream.h"
#include "base/secret.h"
#include "format.h"
#include "formats/openpgp/openpgp.h"
#include "formats/openpgp/pkcs1.h"
#include "formats/openpgp/pkesk_kinds.h"
#include "formats/openpgp/secret_key.h"
#include "formats/openpgp/keybox.h"
#include "io/wait.h"
#include "keys/key_text.h"
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __has_include
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif

#ifdef VALGRIND_MAKE_MEM_UNDEFINED

#define VECTORS "tests/vectors/openpgp/good/"

enum { FILE_MAX = 64 * 1024, MDC_HASH_LEN = 20, AEAD_END_LEN = 16 };

static void hide(const void *secret, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(secret, len);
}

static void show(const void *outcome, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(outcome, len);
}

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    exit(EXIT_FAILURE);
}

static unsigned char *read_file(const char *path, size_t *len)
{
    static unsigned char file_bytes[FILE_MAX];
    FILE *file = fopen(path, "rb");
    must(file != NULL, path);
    *len = fread(file_bytes, 1, FILE_MAX, file);
    fclose(file);
    return file_bytes;
}

/* ---- what memcheck must see ---- */

static volatile int sink_of_faults;

static void a_fault_branch(void)
{
    unsigned char secret = 1;
    hide(&secret, 1);
    if (secret == 7)
        sink_of_faults++;
}

static void a_fault_address(void)
{
    static const unsigned char table[256] = {1};
    volatile unsigned char secret = 1;
    hide((const void *)&secret, 1);
    sink_of_faults = table[secret];
}

static void a_fault_memcmp(void)
{
    unsigned char secret[32] = {0};
    static const unsigned char other[32] = {1};
    hide(secret, sizeof secret);
    sink_of_faults = memcmp(secret, other, sizeof secret);
}

/* ---- padding ---- */

enum { KEY_LEN = 32, SUM_LEN = 2, RSA_LEN = 256 };

/* [padding 00] cipher key sum, as versions 3 and 6 have it. Returns how long it is. */
static size_t put_key(unsigned char *at, uint8_t version)
{
    size_t len = 0;
    if (version == 3)
        at[len++] = OPENPGP_AES256;
    memset(at + len, 1, KEY_LEN);
    len += KEY_LEN;
    at[len++] = 0;
    at[len++] = KEY_LEN; /* the sum of so many ones */
    return len;
}

static void decode_pkcs1(uint8_t version, bool right)
{
    unsigned char padded[RSA_LEN];
    unsigned char key[1 + KEY_LEN + SUM_LEN];
    unsigned char substitute[OPENPGP_SESSION_KEY_MAX] = {7};
    struct session_key session;
    size_t len = put_key(key, version);
    memset(padded, 0x55, sizeof padded);
    padded[0] = 0;
    padded[1] = 2;
    padded[RSA_LEN - len - 1] = 0;
    memcpy(padded + RSA_LEN - len, key, len);
    padded[2] = right ? 0x55 : 0;
    hide(padded, sizeof padded);
    hide(substitute, sizeof substitute);
    pkcs1_decode((struct bytes){padded, sizeof padded}, version, substitute, &session);
    show(&session, sizeof session);
    must(session.len == KEY_LEN && session.bytes[0] == (right ? 1 : 7), "another session key");
}

static void pkcs1_padding(void)
{
    decode_pkcs1(3, true);
    decode_pkcs1(3, false);
    decode_pkcs1(6, true);
    decode_pkcs1(6, false);
}

static void decode_ecdh(uint8_t version, bool right)
{
    enum { PADDED = 40 };
    unsigned char plain[PADDED];
    struct session_key session = {.len = 0};
    size_t len = put_key(plain, version);
    memset(plain + len, (int)(PADDED - len), PADDED - len);
    plain[PADDED - 1] ^= right ? 0 : 1;
    hide(plain, sizeof plain);
    bool decoded = pkesk_ecdh_decode((struct bytes){plain, PADDED}, version, &session);
    show(&decoded, sizeof decoded);
    show(&session, sizeof session);
    must(decoded == right && session.len == (right ? KEY_LEN : 0), "another session key");
}

static void ecdh_padding(void)
{
    decode_ecdh(3, true);
    decode_ecdh(3, false);
    decode_ecdh(6, true);
    decode_ecdh(6, false);
}

/* ---- key texts ---- */

static void read_text(const char *given, enum key_transform transform, bool right)
{
    char text[128];
    unsigned char key[SODIUM_KEY_LEN];
    struct error err = {.kind = ERROR_NONE};
    size_t len = strlen(given);
    memcpy(text, given, len);
    text[len / 2] = right ? text[len / 2] : '!';
    hide(text, len);
    bool read = right ? key_text_read(text, len, transform, key, &err)
                      : key_text_fits(text, len, transform);
    show(&read, sizeof read);
    must(read == right, "the key is read wrongly");
}

static void key_text_in_hex(void)
{
    static const char text[] = "89c833e3500d0f389bc0e649d2ecf99b11aa325429a621ac22dc1d79389ba7cb";
    read_text(text, KEY_TRANSFORM_HEX, true);
    read_text(text, KEY_TRANSFORM_HEX, false);
}

static void key_text_in_base64(void)
{
    static const char text[] = "icgz41ANDzibwOZJ0uz5mxGqMlQppiGsItwdeTibp8s=";
    read_text(text, KEY_TRANSFORM_BASE64, true);
    read_text(text, KEY_TRANSFORM_BASE64, false);
}

/* ---- authentication: the tag is hidden, with it what is compared with it ---- */

static void pull(enum secretstream_engine engine, bool right)
{
    static const unsigned char key[SECRETSTREAM_KEY_LEN] = {1};
    static const unsigned char header[SECRETSTREAM_HEADER_LEN] = {2};
    unsigned char chunk[100 + SECRETSTREAM_OVERHEAD];
    unsigned char message[100] = {3};
    unsigned char tag;
    secretstream_state state;
    struct secretstream *stream = secretstream_new(engine);
    if (stream == NULL)
        return; /* an engine that isn't here */
    secretstream_begin(&state, key, header);
    must(secretstream_push(stream, &state, chunk, message, sizeof message, 0), "no chunk");
    secretstream_begin(&state, key, header);
    chunk[sizeof chunk - 1] ^= right ? 0 : 1;
    hide(chunk + sizeof chunk - SECRETSTREAM_MAC_LEN, SECRETSTREAM_MAC_LEN);
    bool opened = secretstream_pull(stream, &state, message, &tag, chunk, sizeof chunk);
    show(&opened, sizeof opened);
    must(opened == right, "the MAC is judged wrongly");
    secretstream_free(stream);
}

static void secretstream_mac(void)
{
    for (int right = 0; right < 2; right++) {
        pull(SECRETSTREAM_OPENSSL, right == 1);
        pull(SECRETSTREAM_LIBSODIUM, right == 1);
    }
}

/* Decrypts a vector whose last octets, the message's authentication, are hidden. */
static void decrypt(const char *name, size_t hidden_len, bool right)
{
    static struct notes notes;
    char path[256];
    struct error err = {.kind = ERROR_NONE};
    struct codec codec;
    size_t len;
    snprintf(path, sizeof path, VECTORS "%s/key", name);
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    must(keyring_add_path(ring, path, KEY_TRANSFORM_AUTO, &notes, &err), err.text);
    struct format_run run = {.ring = ring, .notes = &notes, .passphrase = passphrase_new(NULL)};
    must(openpgp_format.load_keys(&run, KEY_FOR_DECRYPT, &err), err.text);
    snprintf(path, sizeof path, VECTORS "%s/message.pgp", name);
    unsigned char *message = read_file(path, &len);
    message[len - 1] ^= right ? 0 : 1;
    hide(message + len - hidden_len, hidden_len);
    struct source *source = source_new_memory("message", (struct bytes){message, len}, &err);
    struct sink *sink = sink_new_count(&err);
    bool good = openpgp_format.decrypter(&run, source, &codec, &err) &&
                codec.ops->begin(codec.state, source, sink, &notes, &err) &&
                pipeline_run(&codec, source, sink, 1, &err);
    show(&good, sizeof good);
    must(good == right && (right || err.kind == ERROR_DAMAGED), "the message is judged wrongly");
    codec.ops->free(codec.state);
    sink_free(sink);
    source_free(source);
    openpgp_format.free_keys(run.keys);
    passphrase_free(run.passphrase);
    keyring_free(ring);
}

static void seipd1_mdc(void)
{
    decrypt("cv25519-gpg", MDC_HASH_LEN, true);
    decrypt("cv25519-gpg", MDC_HASH_LEN, false);
}

static void seipd2_tag(void)
{
    decrypt("x25519-v6-openpgpjs6", AEAD_END_LEN, true);
    decrypt("x25519-v6-openpgpjs6", AEAD_END_LEN, false);
}

/* The proof behind the numbers of a secret key, which a wrong passphrase doesn't make. */
static void unlock(const char *name)
{
    static struct notes notes;
    char path[256];
    unsigned char passphrase[] = "not this one";
    struct error err = {.kind = ERROR_NONE};
    struct secret_key *secret = NULL;
    snprintf(path, sizeof path, VECTORS "%s/key", name);
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    must(keyring_add_path(ring, path, KEY_TRANSFORM_AUTO, &notes, &err), err.text);
    struct keybox *box = keybox_new(ring, time(NULL), &notes, &err);
    must(box != NULL, err.text);
    hide(passphrase, sizeof passphrase);
    enum secret_key_unlock outcome =
        secret_key_unlock(&keybox_certificate(box, 0)->keys[0].key,
                          (struct bytes){passphrase, sizeof passphrase}, &secret, &err);
    show(&outcome, sizeof outcome);
    must(outcome == SECRET_KEY_WRONG_PASSPHRASE, "another passphrase unlocks it");
    keybox_free(box);
    keyring_free(ring);
}

static void passphrase_of_a_key(void)
{
    unlock("protect-gpg22");
}

/* ---- */

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"a fault: a branch", a_fault_branch},
    {"a fault: an address", a_fault_address},
    {"a fault: memcmp", a_fault_memcmp},
    {"PKCS#1 padding of a session key", pkcs1_padding},
    {"ECDH's padding of a session key", ecdh_padding},
    {"a sodium key's text in hex", key_text_in_hex},
    {"a sodium key's text in base64", key_text_in_base64},
    {"the MAC of a sodium chunk", secretstream_mac},
    {"the MDC of an OpenPGP message", seipd1_mdc},
    {"the tag of an OpenPGP message", seipd2_tag},
    {"the passphrase of a secret key", passphrase_of_a_key},
};

enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

int main(int argc, char **argv)
{
    struct error err = {.kind = ERROR_NONE};
    must(secret_begin(&err) && wait_begin(&err) && libgcrypt_begin(&err), err.text);
    (void)secretstream_best_engine();
    for (size_t i = 0; i < CASE_COUNT; i++) {
        if (argc < 2)
            puts(cases[i].name);
        else if (strcmp(argv[1], cases[i].name) == 0)
            return cases[i].run(), EXIT_SUCCESS;
    }
    return argc < 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

/* Without the header there are no cases: the runner says so. */
int main(void)
{
    return EXIT_SUCCESS;
}

#endif
