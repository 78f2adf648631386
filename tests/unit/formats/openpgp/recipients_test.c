/* Who can open a message: written for keys, and read against them. */
#define _GNU_SOURCE
#include "formats/openpgp/recipients.h"

#include "formats/openpgp/s2k_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vector.h"

static struct keyring *ring;
static struct keybox *box;
static struct passphrase *passphrase;
static struct notes notes;
static struct session_candidates *candidates;
static struct unlocked_keys unlocked;
static const time_t now = 1900000000; /* 2030 */

static void load_keys(const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_key_file(ring, paths[i]);
    box = keybox_new(ring, now, &notes, &err);
    assert_non_null(box);
}

#define LOAD(...)                                                                                  \
    load_keys((const char *const[]){__VA_ARGS__},                                                  \
              sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *))

/* Reads the packets before the container of the message at path. */
static bool read_message(const char *path)
{
    const struct format_run run = {.ring = ring, .passphrase = passphrase, .notes = &notes};
    struct source *source = open_vector(path);
    struct octets *octets = octets_new(source, &err);
    assert_non_null(octets);
    struct packet_stream stream = {.octets = octets};
    bool good = recipients_read(&run, box, &unlocked, &stream, candidates, &err);
    octets_free(octets);
    source_free(source);
    return good;
}

static void assert_error(enum error_kind kind, const char *text)
{
    assert_int_equal(err.kind, kind);
    if (strstr(err.text, text) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static bool has_note(enum note_level level, const char *text)
{
    for (size_t i = 0; i < notes.count; i++)
        if (notes.note[i].level == level && strstr(notes.note[i].text, text) != NULL)
            return true;
    return false;
}

/* ---- writing ---- */

static bool choose(struct recipients *recipients)
{
    return recipients_choose(box, now, false, recipients, &notes, &err);
}

static void every_certificate_is_a_recipient(void **state)
{
    (void)state;
    struct recipients recipients;
    LOAD(VECTORS "walg/rsa.pub.asc", VECTORS "walg/cv25519.pub.asc");
    assert_true(choose(&recipients));
    assert_int_equal(recipients.count, 2);
    assert_true(has_note(NOTE_VERBOSE, "encrypting to " VECTORS "walg/rsa.pub.asc, key "));
    assert_true(has_note(NOTE_VERBOSE, "the cipher is AES-"));
}

static void one_key_that_cannot_encrypt_refuses_all(void **state)
{
    (void)state;
    struct recipients recipients;
    LOAD(VECTORS "walg/rsa.pub.asc", VECTORS "keys/sign-only.pgp");
    assert_false(choose(&recipients));
    assert_error(ERROR_KEY, VECTORS "keys/sign-only.pgp: ");
}

/* The session key of a message for one key and no other, read back with each of them. */
static void what_is_written_for_several_keys_opens_with_each(void **state)
{
    (void)state;
    static const char *const secrets[] = {VECTORS "walg/rsa.sec.asc",
                                          VECTORS "walg/cv25519.sec.asc"};
    for (int hide = 0; hide < 2; hide++) {
        struct recipients recipients;
        struct session_key session;
        unsigned char *head;
        size_t head_len;
        LOAD(VECTORS "walg/rsa.pub.asc", VECTORS "walg/cv25519.pub.asc");
        assert_true(choose(&recipients));
        assert_true(recipients_write(&recipients, hide != 0, &session, &head, &head_len, &err));
        assert_int_equal(session.len, openpgp_cipher_key_len(session.cipher));
        FILE *file = fopen(in_folder("head"), "wb");
        assert_non_null(file);
        fwrite(head, 1, head_len, file);
        fwrite("\xD2\x01\x01", 1, 3, file);
        fclose(file);
        free(head);
        for (size_t i = 0; i < 2; i++) {
            unlocked_keys_free(&unlocked);
            keybox_free(box);
            keyring_free(ring);
            ring = keyring_new(KEY_FOR_DECRYPT);
            LOAD(secrets[i]);
            assert_true(read_message(in_folder("head")));
            bool found = false;
            for (size_t c = 0; c < candidates->count; c++)
                found = found || (candidates->candidate[c].key.len == session.len &&
                                  memcmp(candidates->candidate[c].key.bytes, session.bytes,
                                         session.len) == 0);
            assert_true(found);
        }
        keybox_free(box);
        keyring_free(ring);
        ring = keyring_new(KEY_FOR_ENCRYPT);
        box = NULL;
    }
}

static void hidden_recipients_are_named_nowhere(void **state)
{
    (void)state;
    struct recipients recipients;
    struct session_key session;
    unsigned char *head;
    size_t head_len;
    LOAD(VECTORS "walg/cv25519.pub.asc");
    assert_true(choose(&recipients));
    const unsigned char *id = recipients.keys[0]->id;
    assert_true(recipients_write(&recipients, false, &session, &head, &head_len, &err));
    assert_non_null(memmem(head, head_len, id, 8));
    free(head);
    assert_true(recipients_write(&recipients, true, &session, &head, &head_len, &err));
    assert_null(memmem(head, head_len, id, 8));
    free(head);
}

/* ---- reading ---- */

static void a_key_that_is_named_gives_one_candidate(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/rsa.sec.asc");
    assert_true(read_message(VECTORS "walg/rsa.100.enc"));
    assert_int_equal(candidates->count, 1);
    assert_int_equal(candidates->candidate[0].esk_version, 3);
    assert_false(candidates->candidate[0].is_passphrase);
    assert_false(candidates->candidate[0].is_unwrapped);
    const struct certificate *certificate = keybox_certificate(box, 0);
    assert_string_equal(candidates->candidate[0].opened_by,
                        certificate->keys[certificate->key_count - 1].key.id_text);
}

static void a_session_key_is_unwrapped_with_curve25519(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/cv25519.sec.asc");
    assert_true(read_message(VECTORS "walg/cv25519.100.enc"));
    assert_int_equal(candidates->count, 1);
    assert_true(candidates->candidate[0].is_unwrapped);
}

static void another_key_is_told_with_the_ids_wanted_and_given(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/cv25519.sec.asc");
    assert_false(read_message(VECTORS "walg/rsa.100.enc"));
    assert_error(ERROR_NO_KEY_FITS, "rsa.100.enc: no key given opens it: it is encrypted to ");
    const struct certificate *certificate = keybox_certificate(box, 0);
    char given[64];
    snprintf(given, sizeof given, "given: %s",
             certificate->keys[certificate->key_count - 1].key.id_text);
    assert_error(ERROR_NO_KEY_FITS, given);
}

static void a_key_that_is_named_by_its_fingerprint_is_told_by_its_id(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/cv25519.sec.asc");
    assert_false(read_message(VECTORS "good/seipd2-v4-ecdh/message.pgp"));
    assert_error(ERROR_NO_KEY_FITS, "it is encrypted to B1EC7A6A6E598D60; given: ");
    error_clear(&err);
    assert_false(read_message(VECTORS "good/seipd2-eax/message.pgp"));
    assert_error(ERROR_NO_KEY_FITS, "it is encrypted to BE5AD966C444AD11; given: ");
}

static void no_openpgp_key_at_all_is_told_as_such(void **state)
{
    (void)state;
    box = keybox_new(ring, now, &notes, &err);
    assert_false(read_message(VECTORS "walg/rsa.100.enc"));
    assert_error(ERROR_NO_KEY_FITS, "given: no OpenPGP key that can decrypt");
}

static void a_public_key_is_told_that_the_secret_one_is_needed(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/rsa.pub.asc");
    assert_false(read_message(VECTORS "walg/rsa.100.enc"));
    assert_error(ERROR_KEY, "is the public key: the secret key is needed");
}

static void a_passphrase_unlocks_the_key(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/rsapass.sec.asc");
    assert_false(read_message(VECTORS "walg/rsapass.100.enc"));
    assert_error(ERROR_KEY, "needs a passphrase");
    unlocked_keys_free(&unlocked);
    error_clear(&err);
    assert_true(passphrase_add(passphrase, "p", "wrong", 5, &err));
    assert_false(read_message(VECTORS "walg/rsapass.100.enc"));
    assert_error(ERROR_KEY, "the passphrase isn't this key's");
    unlocked_keys_free(&unlocked);
    error_clear(&err);
    assert_true(passphrase_add_file(passphrase, VECTORS "walg/rsapass.pass", &err));
    assert_true(read_message(VECTORS "walg/rsapass.100.enc"));
    assert_int_equal(candidates->count, 1);
}

static void a_key_is_unlocked_once_for_all_messages(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/rsapass.sec.asc");
    assert_true(passphrase_add_file(passphrase, VECTORS "walg/rsapass.pass", &err));
    assert_true(read_message(VECTORS "walg/rsapass.100.enc"));
    assert_true(passphrase_add(passphrase, "p", "wrong", 5, &err));
    assert_true(read_message(VECTORS "walg/rsapass.100.enc"));
}

static void every_message_is_told_why_its_key_is_locked(void **state)
{
    (void)state;
    LOAD(VECTORS "walg/rsapass.sec.asc");
    assert_true(passphrase_add(passphrase, "p", "wrong", 5, &err));
    for (int i = 0; i < 2; i++) {
        error_clear(&err);
        assert_false(read_message(VECTORS "walg/rsapass.100.enc"));
        assert_error(ERROR_KEY, "the passphrase isn't this key's");
    }
}

static void hidden_recipients_are_tried_with_every_key(void **state)
{
    (void)state;
    LOAD(VECTORS "good/throw-keyids-many-keys/key");
    assert_true(read_message(VECTORS "good/throw-keyids-many-keys/message.pgp"));
    assert_true(candidates->count >= 1);
}

static void a_passphrase_message_needs_no_key(void **state)
{
    (void)state;
    box = keybox_new(ring, now, &notes, &err);
    assert_true(passphrase_add_file(passphrase, VECTORS "good/sym-go/pass", &err));
    assert_true(read_message(VECTORS "good/sym-go/message.pgp"));
    assert_int_equal(candidates->count, 1);
    assert_true(candidates->candidate[0].is_passphrase);
    assert_string_equal(candidates->candidate[0].opened_by, "passphrase");
}

static void passphrases_are_tried_in_their_order_and_counted_where_none_fits(void **state)
{
    (void)state;
    box = keybox_new(ring, now, &notes, &err);
    assert_true(passphrase_add(passphrase, "p", "wrong", 5, &err));
    assert_true(passphrase_add(passphrase, "p", "wrong too", 9, &err));
    assert_false(read_message(VECTORS "good/sym-v5-rnp/message.pgp"));
    assert_error(ERROR_NO_KEY_FITS, "none of the 2 passphrases opens it");
    error_clear(&err);
    assert_true(passphrase_add_file(passphrase, VECTORS "good/sym-v5-rnp/pass", &err));
    assert_true(read_message(VECTORS "good/sym-v5-rnp/message.pgp"));
    assert_int_equal(candidates->count, 1);
}

/* Writes a message whose only packet is for a passphrase and asks for 2 GiB four times over, and has a
 * machine without memory: what is tried fails at once. */
static const char *dear_message(void)
{
    static const unsigned char message[] = {0xC3, 22, 4, 9, 4, 1, 2, 3, 4, 5,  6,    7, 8, 1,
                                            2,    3,  4, 5, 6, 7, 8, 4, 1, 21, 0xD2, 1, 1};
    const char *path = in_folder("message");
    FILE *file = fopen(path, "wb");
    assert_true(file != NULL && fwrite(message, 1, sizeof message, file) == sizeof message &&
                fclose(file) == 0);
    file = fopen(in_folder("meminfo"), "w");
    assert_true(file != NULL && fputs("MemAvailable: 1 kB\n", file) >= 0 && fclose(file) == 0);
    s2k_memory_begin_in(folder, folder);
    return path;
}

static void all_passphrases_share_the_work_that_is_done_for_one_message(void **state)
{
    (void)state;
    const char *path = dear_message();
    box = keybox_new(ring, now, &notes, &err);
    assert_true(passphrase_add(passphrase, "p", "one", 3, &err));
    assert_true(passphrase_add(passphrase, "p", "two", 3, &err));
    assert_false(read_message(path));
    assert_error(ERROR_UNSUPPORTED, "needs 2048 MiB of memory for Argon2");
    error_clear(&err);
    assert_true(passphrase_add(passphrase, "p", "three", 5, &err));
    assert_false(read_message(path));
    assert_error(ERROR_UNSUPPORTED,
                 "ask for more work than is done for one message: give fewer passphrases");
}

/* Writes a message that begins with count of packet. */
static const char *message_of(const void *packet, size_t packet_len, size_t count)
{
    const char *path = in_folder("message");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(fwrite(packet, 1, packet_len, file), packet_len);
    assert_true(fwrite("\xD2\1\1", 1, 3, file) == 3 && fclose(file) == 0);
    return path;
}

static void a_passphrase_is_not_told_to_be_wrong_while_packets_are_left_out(void **state)
{
    (void)state;
    enum { TRIED = RECIPIENTS_PASSPHRASES_MAX };
    /* version 5, AES-256, OCB, simple S2K with SHA-256; then nonce, session key, tag */
    static const unsigned char proven[2 + 68] = {0xC3, 68, 5, 9, 2, 0, 8};
    static const unsigned char unproven[] = {0xC3, 4, 4, 9, 0, 8}; /* version 4, no session key */
    box = keybox_new(ring, now, &notes, &err);
    assert_true(passphrase_add(passphrase, "p", "one", 3, &err));
    assert_false(read_message(message_of(proven, sizeof proven, TRIED)));
    assert_error(ERROR_NO_KEY_FITS, "the passphrase is wrong");
    error_clear(&err);
    assert_false(read_message(message_of(proven, sizeof proven, TRIED + 1)));
    assert_error(ERROR_UNSUPPORTED, "is for more passphrases than the 16 that are tried");
    error_clear(&err);
    assert_true(read_message(message_of(unproven, sizeof unproven, TRIED)));
    assert_int_equal(notes.count, 0);
    assert_false(candidates->is_passphrase_untried);
    assert_true(read_message(message_of(unproven, sizeof unproven, TRIED + 1)));
    assert_true(candidates->is_passphrase_untried);
    assert_true(has_note(NOTE_PLAIN, "is for more passphrases than the 16 that are tried"));
}

static void a_named_key_that_opens_nothing_gives_a_random_candidate(void **state)
{
    (void)state;
    LOAD(VECTORS "bad/ecdh-bad-padding/key");
    assert_true(read_message(VECTORS "bad/ecdh-bad-padding/message.pgp"));
    assert_int_equal(candidates->count, 1);
    unsigned char before[OPENPGP_SESSION_KEY_MAX];
    memcpy(before, candidates->candidate[0].key.bytes, sizeof before);
    assert_true(read_message(VECTORS "bad/ecdh-bad-padding/message.pgp"));
    assert_memory_not_equal(candidates->candidate[0].key.bytes, before, sizeof before);
}

/* Who changes the packet for a key would otherwise learn from the answer whether it still opens. */
static void a_named_key_that_opens_nothing_is_not_hidden_by_a_passphrase(void **state)
{
    (void)state;
    enum { PKESK_LEN = 96 };
    static const unsigned char unproven[] = {0xC3, 4, 4, 9, 0, 8};
    unsigned char packets[PKESK_LEN + sizeof unproven];
    FILE *file = fopen(VECTORS "bad/ecdh-bad-padding/message.pgp", "rb");
    assert_non_null(file);
    assert_int_equal(fread(packets, 1, PKESK_LEN, file), PKESK_LEN);
    fclose(file);
    memcpy(packets + PKESK_LEN, unproven, sizeof unproven);
    LOAD(VECTORS "bad/ecdh-bad-padding/key");
    assert_true(passphrase_add(passphrase, "p", "one", 3, &err));
    assert_true(read_message(message_of(packets, sizeof packets, 1)));
    assert_int_equal(candidates->count, 2);
    assert_true(candidates->candidate[0].is_passphrase);
    assert_false(candidates->candidate[1].is_passphrase);
    assert_int_equal(candidates->candidate[1].esk_version, 3);
}

static void an_old_key_opens_an_old_message_with_a_note(void **state)
{
    (void)state;
    LOAD(VECTORS "good/expired-subkey/key");
    assert_true(read_message(VECTORS "good/expired-subkey/message.pgp"));
    assert_true(has_note(NOTE_PLAIN, "has expired"));
    keybox_free(box);
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_DECRYPT);
    LOAD(VECTORS "good/revoked-subkey/key");
    assert_true(read_message(VECTORS "good/revoked-subkey/message.pgp"));
    assert_true(has_note(NOTE_PLAIN, "is revoked"));
}

static void what_is_not_encrypted_is_refused_each_with_its_reason(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {VECTORS "unsupported/outer-plain-literal/message.pgp", "isn't encrypted"},
        {VECTORS "unsupported/outer-plain-compressed/message.pgp", "isn't encrypted"},
        {VECTORS "unsupported/outer-plain-signed/message.pgp", "isn't encrypted"},
        {VECTORS "unsupported/outer-sed-tag9/message.pgp", "without integrity protection"},
        {VECTORS "unsupported/outer-critical-unknown/message.pgp", "of the unknown type"},
    };
    LOAD(VECTORS "walg/rsa.sec.asc");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        error_clear(&err);
        assert_false(read_message(cases[i][0]));
        assert_error(ERROR_UNSUPPORTED, cases[i][1]);
    }
}

static void a_packet_for_a_key_that_is_malformed_is_told_as_what_it_is(void **state)
{
    (void)state;
    LOAD(VECTORS "bad/seipd2-pkesk-length-octet/key");
    assert_false(read_message(VECTORS "bad/seipd2-pkesk-length-octet/message.pgp"));
    assert_error(ERROR_DAMAGED, "damaged: a PKESK packet is malformed: it is cut short");
}

static void an_end_before_the_container_is_truncation(void **state)
{
    (void)state;
    LOAD(VECTORS "bad/trunc-after-pkesk/key");
    assert_false(read_message(VECTORS "bad/trunc-after-pkesk/message.pgp"));
    assert_error(ERROR_TRUNCATED, "ends before its encrypted data");
}

/* ---- */

static int setup(void **state)
{
    notes.count = 0;
    ring = keyring_new(KEY_FOR_DECRYPT);
    passphrase = passphrase_new(NULL);
    candidates = secret_new(sizeof *candidates);
    return folder_setup(state);
}

static int setup_encrypt(void **state)
{
    int result = setup(state);
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_ENCRYPT);
    return result;
}

static int teardown(void **state)
{
    unlocked_keys_free(&unlocked);
    keybox_free(box);
    box = NULL;
    keyring_free(ring);
    passphrase_free(passphrase);
    secret_free(candidates);
    s2k_memory_begin_in("/proc", "/sys/fs/cgroup");
    return folder_teardown(state);
}

#define ENCRYPT(name) cmocka_unit_test_setup_teardown(name, setup_encrypt, teardown)
#define DECRYPT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENCRYPT(every_certificate_is_a_recipient),
        ENCRYPT(one_key_that_cannot_encrypt_refuses_all),
        ENCRYPT(what_is_written_for_several_keys_opens_with_each),
        ENCRYPT(hidden_recipients_are_named_nowhere),
        DECRYPT(a_key_that_is_named_gives_one_candidate),
        DECRYPT(a_session_key_is_unwrapped_with_curve25519),
        DECRYPT(another_key_is_told_with_the_ids_wanted_and_given),
        DECRYPT(a_key_that_is_named_by_its_fingerprint_is_told_by_its_id),
        DECRYPT(no_openpgp_key_at_all_is_told_as_such),
        DECRYPT(a_public_key_is_told_that_the_secret_one_is_needed),
        DECRYPT(a_passphrase_unlocks_the_key),
        DECRYPT(a_key_is_unlocked_once_for_all_messages),
        DECRYPT(every_message_is_told_why_its_key_is_locked),
        DECRYPT(hidden_recipients_are_tried_with_every_key),
        DECRYPT(a_passphrase_message_needs_no_key),
        DECRYPT(passphrases_are_tried_in_their_order_and_counted_where_none_fits),
        DECRYPT(all_passphrases_share_the_work_that_is_done_for_one_message),
        DECRYPT(a_passphrase_is_not_told_to_be_wrong_while_packets_are_left_out),
        DECRYPT(a_named_key_that_opens_nothing_gives_a_random_candidate),
        DECRYPT(a_named_key_that_opens_nothing_is_not_hidden_by_a_passphrase),
        DECRYPT(an_old_key_opens_an_old_message_with_a_note),
        DECRYPT(what_is_not_encrypted_is_refused_each_with_its_reason),
        DECRYPT(a_packet_for_a_key_that_is_malformed_is_told_as_what_it_is),
        DECRYPT(an_end_before_the_container_is_truncation),
    };
    return cmocka_run_group_tests(tests, start_libraries, NULL);
}
