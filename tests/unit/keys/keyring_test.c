/* Which keys, in which readings and in which order, come of files and directories. */
#define _GNU_SOURCE
#include "keys/keyring_add.h"
#include "base/secret.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BASE64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OTHER_HEX "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define PHRASE "correct horse battery staple"
#define PGP "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----\n"

static char directory[256];
static char path_buffer[4][512];
static size_t path_next;
static struct notes notes;
static struct error err;
static struct keyring *ring;

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/walseal-keyring-XXXXXX",
             parent != NULL ? parent : "/tmp");
    memset(&notes, 0, sizeof notes);
    error_clear(&err);
    ring = keyring_new(KEY_FOR_DECRYPT);
    return ring != NULL && mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    keyring_free(ring);
    return nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *at(const char *name)
{
    char *path = path_buffer[path_next++ % 4];
    snprintf(path, sizeof path_buffer[0], "%s/%s", directory, name);
    return path;
}

static const char *file_of(const char *name, const void *bytes, size_t len)
{
    const char *path = at(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    return path;
}

static const char *file_with(const char *name, const char *text)
{
    return file_of(name, text, strlen(text));
}

static void for_encrypting(void)
{
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_ENCRYPT);
    assert_non_null(ring);
}

static bool add(const char *path, enum key_transform transform)
{
    return keyring_add_path(ring, path, transform, &notes, &err);
}

static void assert_key(size_t index, const void *bytes, enum key_transform transform, bool hint)
{
    const struct key *key = keyring_get(ring, index);
    assert_memory_equal(key->bytes, bytes, SODIUM_KEY_LEN);
    assert_int_equal(key->transform, transform);
    assert_int_equal(key->hint_only, hint);
}

static void assert_counting_key(size_t index, enum key_transform transform, bool hint)
{
    unsigned char bytes[SODIUM_KEY_LEN];
    for (unsigned char i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    assert_key(index, bytes, transform, hint);
}

static bool has_note(enum note_level level, const char *text)
{
    for (size_t i = 0; i < notes.count; i++)
        if (notes.note[i].level == level && strstr(notes.note[i].text, text) != NULL)
            return true;
    return false;
}

static void assert_fails_with(enum error_kind kind, const char *text)
{
    assert_int_equal(err.kind, kind);
    if (strstr(err.text, text) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static void a_new_keyring_is_empty_and_incomplete(void **state)
{
    (void)state;
    assert_int_equal(keyring_count(ring), 0);
    assert_int_equal(keyring_origins(ring), 0);
    assert_false(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_fails_with(ERROR_KEY, "no key is given: name a key file with -k");
}

static void encrypting_takes_one_key_in_the_given_reading(void **state)
{
    (void)state;
    for_encrypting();
    const char *path = file_with("key", HEX "\n");
    assert_true(add(path, KEY_TRANSFORM_HEX));
    assert_int_equal(keyring_count(ring), 1);
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    assert_string_equal(keyring_get(ring, 0)->origin, path);
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_int_equal(notes.count, 0);
}

static void encrypting_refuses_two_keys_but_not_one_given_twice(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("a", HEX), KEY_TRANSFORM_HEX));
    assert_true(add(file_with("same", HEX "\n"), KEY_TRANSFORM_HEX));
    assert_int_equal(keyring_count(ring), 1);
    assert_int_equal(keyring_origins(ring), 1);
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_true(add(file_with("b", OTHER_HEX), KEY_TRANSFORM_HEX));
    assert_int_equal(keyring_origins(ring), 2);
    assert_false(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_fails_with(ERROR_USAGE,
                      "2 different sodium keys are given to encrypt with: there can be one");
}

static void encrypting_refuses_a_directory(void **state)
{
    (void)state;
    for_encrypting();
    file_with("key", HEX);
    assert_false(add(directory, KEY_TRANSFORM_HEX));
    assert_fails_with(ERROR_KEY,
                      ": is a directory, which only decrypting takes: name a key's file");
}

static void encrypting_refuses_auto(void **state)
{
    (void)state;
    for_encrypting();
    assert_false(add(file_with("key", HEX), KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_USAGE, "-t auto is for decrypting");
}

static void encrypting_takes_any_number_of_openpgp_keys_as_they_are(void **state)
{
    (void)state;
    for_encrypting();
    const char *path = file_with("a.asc", PGP);
    assert_true(add(path, KEY_TRANSFORM_HEX));
    assert_true(add(file_with("b.asc", "another\n" PGP), KEY_TRANSFORM_HEX));
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_int_equal(keyring_method(ring), KEY_METHOD_OPENPGP);
    assert_int_equal(keyring_block_count(ring), 2);
    const struct key_block *block = keyring_block(ring, 0);
    assert_int_equal(block->len, strlen(PGP));
    assert_memory_equal(block->text, PGP, block->len);
    assert_false(block->from_directory);
    assert_non_null(strstr(block->origin, "a.asc"));
}

static void the_same_openpgp_key_again_adds_nothing(void **state)
{
    (void)state;
    assert_true(add(file_with("a.asc", PGP), KEY_TRANSFORM_AUTO));
    assert_true(add(file_with("b.asc", PGP), KEY_TRANSFORM_AUTO));
    assert_int_equal(keyring_block_count(ring), 1);
}

static void encrypting_with_both_kinds_of_key_needs_a_method(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("a.asc", PGP), KEY_TRANSFORM_HEX));
    assert_true(add(file_with("key", HEX), KEY_TRANSFORM_HEX));
    assert_true(keyring_complete(ring, KEY_METHOD_SODIUM, false, &err));
    assert_int_equal(keyring_method(ring), KEY_METHOD_SODIUM);
    assert_true(keyring_complete(ring, KEY_METHOD_OPENPGP, false, &err));
    assert_int_equal(keyring_method(ring), KEY_METHOD_OPENPGP);
    assert_false(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_fails_with(ERROR_USAGE, "an OpenPGP key: choose with -m");
}

static void a_method_without_a_key_of_it_is_refused(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("key", HEX), KEY_TRANSFORM_HEX));
    assert_false(keyring_complete(ring, KEY_METHOD_OPENPGP, false, &err));
    assert_fails_with(ERROR_USAGE, "is no OpenPGP key");
    error_clear(&err);
    for_encrypting();
    assert_true(add(file_with("a.asc", PGP), KEY_TRANSFORM_HEX));
    assert_false(keyring_complete(ring, KEY_METHOD_SODIUM, false, &err));
    assert_fails_with(ERROR_USAGE, "-m sodium, but ");
}

static void a_passphrase_alone_serves_for_decrypting_only(void **state)
{
    (void)state;
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, true, &err));
    for_encrypting();
    assert_false(keyring_complete(ring, KEY_METHOD_ANY, true, &err));
    assert_fails_with(ERROR_KEY, "no key is given");
}

static void the_files_that_keys_were_read_from_are_known(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(stat(file_with("other", "x"), &status), 0);
    const char *path = file_with("key", HEX);
    assert_true(add(path, KEY_TRANSFORM_AUTO));
    assert_false(keyring_was_read_from(ring, &status));
    assert_int_equal(stat(path, &status), 0);
    assert_true(keyring_was_read_from(ring, &status));
}

static void encrypting_refuses_a_misplaced_file_as_none(void **state)
{
    (void)state;
    for_encrypting();
    assert_false(
        add(file_with("id", "# created: 2026-01-01T00:00:00Z\nAGE-SECRET"), KEY_TRANSFORM_NONE));
    assert_fails_with(ERROR_KEY, "id: looks like an age identity: cut to 32 bytes it would be a "
                                 "key that everybody knows");
    assert_int_equal(keyring_count(ring), 0);
}

static void none_that_reads_as_hex_or_base64_is_warned_of(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("hex", HEX), KEY_TRANSFORM_NONE));
    assert_true(has_note(NOTE_WARNING, "hex: reads as 64 hexadecimal digits: a forgotten -t hex? "
                                       "as none it has half the strength"));
    assert_true(has_note(NOTE_WARNING, "hex: is cut to the first 32 of 64 bytes"));
    assert_true(add(file_with("b64", BASE64), KEY_TRANSFORM_NONE));
    assert_true(has_note(NOTE_WARNING, "b64: reads as base64 of 32 bytes: a forgotten -t base64?"));
}

static void none_of_25_to_32_bytes_is_not_warned_of(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("key", PHRASE), KEY_TRANSFORM_NONE));
    assert_int_equal(notes.count, 0);
    assert_key(0, PHRASE "\0\0\0", KEY_TRANSFORM_NONE, false);
}

static void white_space_that_makes_another_key_of_none_is_cut_off_and_warned_of(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("key", PHRASE "\n"), KEY_TRANSFORM_NONE));
    assert_key(0, PHRASE "\0\0\0", KEY_TRANSFORM_NONE, false);
    assert_true(has_note(NOTE_WARNING, "key: has white space around it, which is cut off"));
}

static void white_space_behind_32_bytes_of_none_is_not_warned_of(void **state)
{
    (void)state;
    for_encrypting();
    assert_true(add(file_with("key", "0123456789abcdefghijklmnopqrstuv\n"), KEY_TRANSFORM_NONE));
    assert_int_equal(notes.count, 0);
}

static void a_malformed_key_is_refused_with_its_file_and_reason(void **state)
{
    (void)state;
    assert_false(add(file_with("key", BASE64 "\n"), KEY_TRANSFORM_HEX));
    assert_fails_with(ERROR_KEY, "/key: has 44 characters where hex needs 64 digits");
    assert_fails_with(ERROR_KEY, "it fits base64: try -t base64");
    assert_int_equal(keyring_count(ring), 0);
}

static void auto_tries_every_reading_that_fits(void **state)
{
    (void)state;
    assert_true(add(file_with("key", HEX), KEY_TRANSFORM_AUTO));
    assert_int_equal(keyring_count(ring), 2);
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    assert_key(1, HEX, KEY_TRANSFORM_NONE, false);
    assert_int_equal(keyring_origins(ring), 1);
    assert_true(add(file_with("b64", BASE64), KEY_TRANSFORM_AUTO));
    /* base64's bytes are those that hex had */
    assert_int_equal(keyring_count(ring), 3);
    assert_key(2, BASE64, KEY_TRANSFORM_NONE, false);
}

static void auto_tries_none_with_and_without_white_space(void **state)
{
    (void)state;
    assert_true(add(file_with("key", PHRASE "\n"), KEY_TRANSFORM_AUTO));
    assert_int_equal(keyring_count(ring), 2);
    assert_key(0, PHRASE "\0\0\0", KEY_TRANSFORM_NONE, false);
    assert_key(1, PHRASE "\n\0\0", KEY_TRANSFORM_NONE, false);
    assert_true(has_note(NOTE_VERBOSE, "key: is neither hex nor base64: taken as none"));
}

static void auto_with_no_reading_is_refused(void **state)
{
    (void)state;
    assert_false(add(file_with("key", "too short"), KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_KEY,
                      "key: has 9 bytes where none needs at least 25 (hex has 64 digits, "
                      "base64 44)");
}

static void an_empty_key_file_is_refused(void **state)
{
    (void)state;
    const char *path = file_with("key", "");
    assert_false(add(path, KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_KEY, "key: is empty");
    assert_null(strstr(err.text, "base64"));
}

static void a_given_transform_comes_first_and_the_others_are_hints(void **state)
{
    (void)state;
    assert_true(add(file_with("key", HEX), KEY_TRANSFORM_NONE));
    assert_int_equal(keyring_count(ring), 2);
    assert_key(0, HEX, KEY_TRANSFORM_NONE, false);
    assert_counting_key(1, KEY_TRANSFORM_HEX, true);
}

static void a_given_none_is_tried_trimmed_and_untrimmed(void **state)
{
    (void)state;
    assert_true(add(file_with("key", " " PHRASE), KEY_TRANSFORM_NONE));
    assert_int_equal(keyring_count(ring), 2);
    assert_key(0, PHRASE "\0\0\0", KEY_TRANSFORM_NONE, false);
    assert_key(1, " " PHRASE "\0\0", KEY_TRANSFORM_NONE, false);
}

static void hints_come_behind_the_candidates_of_every_file(void **state)
{
    (void)state;
    assert_true(add(file_with("a", HEX), KEY_TRANSFORM_HEX));
    assert_true(add(file_with("b", OTHER_HEX), KEY_TRANSFORM_HEX));
    assert_int_equal(keyring_count(ring), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(keyring_get(ring, i)->hint_only, i >= 2);
    assert_memory_equal(keyring_get(ring, 1)->bytes, "\xFF\x01", 2);
    assert_int_equal(keyring_origins(ring), 2);
}

static void a_hint_that_is_given_as_a_key_becomes_a_candidate(void **state)
{
    (void)state;
    assert_true(add(file_with("a", HEX), KEY_TRANSFORM_HEX));
    assert_true(keyring_get(ring, 1)->hint_only);
    const char *path = file_of("raw", HEX, 32);
    assert_true(add(path, KEY_TRANSFORM_NONE));
    assert_int_equal(keyring_count(ring), 2);
    assert_key(1, HEX, KEY_TRANSFORM_NONE, false);
    assert_string_equal(keyring_get(ring, 1)->origin, path);
    assert_int_equal(keyring_origins(ring), 2);
}

static void all_of_another_keyring_is_copied(void **state)
{
    (void)state;
    struct keyring *other = keyring_new(KEY_FOR_DECRYPT);
    assert_true(add(file_with("key", HEX), KEY_TRANSFORM_HEX));
    assert_true(add(file_with("a.asc", PGP), KEY_TRANSFORM_HEX));
    assert_true(keyring_add_ring(other, ring, &err));
    size_t count = keyring_count(ring);
    keyring_free(ring);
    ring = other;
    assert_int_equal(keyring_count(ring), count);
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    assert_non_null(strstr(keyring_get(ring, 0)->origin, "/key"));
    assert_int_equal(keyring_block_count(ring), 1);
}

static void fingerprints_tell_keys_apart_and_stay_the_same(void **state)
{
    (void)state;
    assert_true(add(file_with("a", HEX), KEY_TRANSFORM_HEX));
    assert_true(add(file_with("b", OTHER_HEX), KEY_TRANSFORM_HEX));
    /* python3: hashlib.blake2b(bytes(range(32)), digest_size=16, key=context).hexdigest()[:16] */
    assert_string_equal(keyring_get(ring, 0)->fingerprint, "8028b4c028f380b8");
    assert_string_not_equal(keyring_get(ring, 1)->fingerprint, "8028b4c028f380b8");
}

static void openpgp_and_sodium_keys_stand_side_by_side_for_decrypting(void **state)
{
    (void)state;
    assert_true(add(file_with("a.asc", PGP), KEY_TRANSFORM_AUTO));
    assert_int_equal(keyring_count(ring), 0);
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_true(add(file_with("key", HEX), KEY_TRANSFORM_AUTO));
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_int_equal(keyring_origins(ring), 1);
    assert_int_equal(keyring_block_count(ring), 1);
    assert_int_equal(notes.count, 0);
}

static void a_missing_file_is_refused_with_the_system_s_reason(void **state)
{
    (void)state;
    assert_false(add(at("absent"), KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_KEY, "/absent: No such file or directory");
}

static void a_file_of_the_greatest_length_is_read_and_a_longer_one_refused(void **state)
{
    (void)state;
    char *text = malloc(KEY_FILE_MAX + 1);
    memset(text, 'x', KEY_FILE_MAX + 1);
    assert_true(add(file_of("long", text, KEY_FILE_MAX), KEY_TRANSFORM_AUTO));
    assert_memory_equal(keyring_get(ring, 0)->bytes, text, 32);
    assert_false(add(file_of("longer", text, KEY_FILE_MAX + 1), KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_KEY, "longer: is longer than a key file may be (1048576 bytes)");
    free(text);
}

static void a_key_can_come_through_a_named_pipe(void **state)
{
    (void)state;
    const char *path = at("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t writer = fork();
    if (writer == 0) {
        int fd = open(path, O_WRONLY);
        /* in two pieces: the reader must go on to the end */
        bool written =
            write(fd, HEX, 10) == 10 && usleep(20000) == 0 && write(fd, &HEX[10], 54) == 54;
        _exit(written ? 0 : 1);
    }
    assert_true(add(path, KEY_TRANSFORM_HEX));
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
}

static void a_key_can_come_through_an_open_descriptor(void **state)
{
    (void)state;
    int fd = open(file_with("key", HEX), O_RDONLY);
    assert_true(fd > 2);
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    assert_true(add(path, KEY_TRANSFORM_HEX));
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    close(fd);
}

static void a_key_can_come_through_a_descriptor_that_cannot_be_opened_again(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], HEX, 64), 64);
    close(ends[1]);
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_true(add(path, KEY_TRANSFORM_HEX));
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    close(ends[0]);
}

static void a_directory_gives_every_key_in_it_by_name(void **state)
{
    (void)state;
    file_with("2", OTHER_HEX);
    file_with("1", HEX);
    assert_true(add(directory, KEY_TRANSFORM_HEX));
    assert_int_equal(keyring_origins(ring), 2);
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    assert_memory_equal(keyring_get(ring, 1)->bytes, "\xFF\x01", 2);
    assert_non_null(strstr(keyring_get(ring, 0)->origin, "/1"));
    assert_int_equal(notes.count, 0);
}

static void what_is_no_key_in_a_directory_is_passed_over_with_a_reason(void **state)
{
    (void)state;
    file_with("key", HEX);
    file_with("passphrase", "swordfish");
    file_with("cert.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    file_with(".hidden", OTHER_HEX);
    mkdir(at("folder"), 0700);
    mkfifo(at("pipe"), 0600);
    assert_true(add(directory, KEY_TRANSFORM_AUTO));
    assert_int_equal(keyring_origins(ring), 1);
    assert_true(has_note(NOTE_VERBOSE, "passphrase: has 9 bytes"));
    assert_true(has_note(NOTE_VERBOSE, "cert.pem: looks like a PEM block: passed over"));
    assert_true(has_note(NOTE_VERBOSE, "folder: is no regular file: passed over"));
    assert_true(has_note(NOTE_VERBOSE, "pipe: is no regular file: passed over"));
    assert_false(has_note(NOTE_VERBOSE, "hidden"));
    assert_false(has_note(NOTE_WARNING, ""));
}

static void a_file_that_cannot_be_opened_in_a_directory_is_warned_of(void **state)
{
    (void)state;
    file_with("key", HEX);
    /* a link to itself: no one may open it, root neither */
    assert_int_equal(symlink("loop", at("loop")), 0);
    assert_true(add(directory, KEY_TRANSFORM_AUTO));
    assert_true(has_note(NOTE_WARNING, "loop: Too many levels of symbolic links: passed over"));
}

static void a_dangling_link_beside_a_key_is_passed_over_once(void **state)
{
    (void)state;
    file_with("key", HEX);
    assert_int_equal(symlink("nowhere", at("gone")), 0);
    assert_true(add(directory, KEY_TRANSFORM_AUTO));
    assert_int_equal(keyring_origins(ring), 1);
    assert_int_equal(notes.count, 1);
    assert_true(has_note(NOTE_VERBOSE, "gone: No such file or directory: passed over"));
}

static void a_directory_of_vanished_files_is_refused_after_some_tries(void **state)
{
    (void)state;
    assert_int_equal(symlink("nowhere", at("gone")), 0);
    assert_false(add(directory, KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_KEY, "holds no usable key among its 1 entries; the first: ");
    assert_fails_with(ERROR_KEY, "gone: No such file or directory");
    assert_int_equal(notes.count, 1);
}

static void an_empty_directory_is_refused(void **state)
{
    (void)state;
    assert_false(add(directory, KEY_TRANSFORM_AUTO));
    assert_fails_with(ERROR_KEY, ": holds no key: the directory is empty");
}

static void a_directory_without_a_usable_key_is_refused_with_the_first_reason(void **state)
{
    (void)state;
    file_with("a", BASE64);
    file_with("b", "short");
    assert_false(add(directory, KEY_TRANSFORM_HEX));
    assert_fails_with(ERROR_KEY, "holds no usable key among its 2 entries; the first: ");
    assert_fails_with(ERROR_KEY, "/a: has 44 characters where hex needs 64 digits");
}

static void the_versions_of_a_kubernetes_mount_are_not_mixed(void **state)
{
    (void)state;
    mkdir(at("..2026_01"), 0700);
    file_with("..2026_01/key", HEX);
    assert_int_equal(symlink("..2026_01", at("..data")), 0);
    /* what a rotation under way looks like: the name in the directory itself is of another
     * version than ..data */
    file_with("key", OTHER_HEX);
    assert_true(add(directory, KEY_TRANSFORM_HEX));
    assert_int_equal(keyring_origins(ring), 1);
    assert_counting_key(0, KEY_TRANSFORM_HEX, false);
    char origin[512];
    snprintf(origin, sizeof origin, "%s/key", directory);
    assert_string_equal(keyring_get(ring, 0)->origin, origin);
}

static void openpgp_keys_of_a_directory_are_marked_as_such(void **state)
{
    (void)state;
    file_with("key.asc", PGP);
    assert_true(add(directory, KEY_TRANSFORM_AUTO));
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_int_equal(keyring_block_count(ring), 1);
    assert_true(keyring_block(ring, 0)->from_directory);
}

static void more_keys_than_the_greatest_number_are_refused(void **state)
{
    (void)state;
    unsigned char bytes[SODIUM_KEY_LEN] = {0};
    for (int i = 0; i < KEYRING_MAX; i++) {
        bytes[0] = (unsigned char)i;
        bytes[1] = (unsigned char)(i >> 8);
        assert_true(keyring_insert(ring, bytes, KEY_TRANSFORM_NONE, false, "o", &err));
    }
    for (size_t i = 0; i < KEYRING_MAX; i += 65) {
        assert_int_equal(keyring_get(ring, i)->bytes[0], i & 0xFF);
        assert_int_equal(keyring_get(ring, i)->bytes[1], i >> 8);
    }
    bytes[2] = 1;
    assert_false(keyring_insert(ring, bytes, KEY_TRANSFORM_NONE, false, "o", &err));
    assert_fails_with(ERROR_USAGE, "there are more than 4096 keys");
}

static void more_openpgp_keys_than_the_greatest_number_are_refused(void **state)
{
    (void)state;
    char text[2] = {'a'};
    const struct key_source source = {"o", text, sizeof text, false, false};
    for (int i = 0; i < KEYRING_BLOCKS_MAX; i++) {
        text[1] = (char)i;
        assert_true(keyring_insert_block(ring, &source, &err));
    }
    assert_true(keyring_insert_block(ring, &source, &err)); /* that one again */
    assert_int_equal(keyring_block_count(ring), KEYRING_BLOCKS_MAX);
    text[0] = 'b';
    assert_false(keyring_insert_block(ring, &source, &err));
    assert_fails_with(ERROR_USAGE, "there are more than 256 OpenPGP keys");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(a_new_keyring_is_empty_and_incomplete),
        TEST(encrypting_takes_one_key_in_the_given_reading),
        TEST(encrypting_refuses_two_keys_but_not_one_given_twice),
        TEST(encrypting_refuses_a_directory),
        TEST(encrypting_refuses_auto),
        TEST(encrypting_takes_any_number_of_openpgp_keys_as_they_are),
        TEST(the_same_openpgp_key_again_adds_nothing),
        TEST(encrypting_with_both_kinds_of_key_needs_a_method),
        TEST(a_method_without_a_key_of_it_is_refused),
        TEST(a_passphrase_alone_serves_for_decrypting_only),
        TEST(the_files_that_keys_were_read_from_are_known),
        TEST(encrypting_refuses_a_misplaced_file_as_none),
        TEST(none_that_reads_as_hex_or_base64_is_warned_of),
        TEST(none_of_25_to_32_bytes_is_not_warned_of),
        TEST(white_space_that_makes_another_key_of_none_is_cut_off_and_warned_of),
        TEST(white_space_behind_32_bytes_of_none_is_not_warned_of),
        TEST(a_malformed_key_is_refused_with_its_file_and_reason),
        TEST(auto_tries_every_reading_that_fits),
        TEST(auto_tries_none_with_and_without_white_space),
        TEST(auto_with_no_reading_is_refused),
        TEST(an_empty_key_file_is_refused),
        TEST(a_given_transform_comes_first_and_the_others_are_hints),
        TEST(a_given_none_is_tried_trimmed_and_untrimmed),
        TEST(hints_come_behind_the_candidates_of_every_file),
        TEST(a_hint_that_is_given_as_a_key_becomes_a_candidate),
        TEST(all_of_another_keyring_is_copied),
        TEST(fingerprints_tell_keys_apart_and_stay_the_same),
        TEST(openpgp_and_sodium_keys_stand_side_by_side_for_decrypting),
        TEST(a_missing_file_is_refused_with_the_system_s_reason),
        TEST(a_file_of_the_greatest_length_is_read_and_a_longer_one_refused),
        TEST(a_key_can_come_through_a_named_pipe),
        TEST(a_key_can_come_through_an_open_descriptor),
        TEST(a_key_can_come_through_a_descriptor_that_cannot_be_opened_again),
        TEST(a_directory_gives_every_key_in_it_by_name),
        TEST(what_is_no_key_in_a_directory_is_passed_over_with_a_reason),
        TEST(a_file_that_cannot_be_opened_in_a_directory_is_warned_of),
        TEST(a_dangling_link_beside_a_key_is_passed_over_once),
        TEST(a_directory_of_vanished_files_is_refused_after_some_tries),
        TEST(an_empty_directory_is_refused),
        TEST(a_directory_without_a_usable_key_is_refused_with_the_first_reason),
        TEST(the_versions_of_a_kubernetes_mount_are_not_mixed),
        TEST(openpgp_keys_of_a_directory_are_marked_as_such),
        TEST(more_keys_than_the_greatest_number_are_refused),
        TEST(more_openpgp_keys_than_the_greatest_number_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
