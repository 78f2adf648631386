/* Which session key of several is taken for a version 1 container, and what is told where none is
 * right. */
#define _GNU_SOURCE
#include "container_headers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "container_run.h"
#include "formats/openpgp/container_codecs.h"

enum { LEN = 1000 };

#define BROKEN "damaged: its integrity check fails"

/* A message for candidate, which stays the only one. */
static struct session_candidate *seal(uint8_t cipher, uint8_t esk_version, bool is_passphrase)
{
    candidate_count = 0;
    struct session_candidate *candidate = add_candidate(cipher, esk_version);
    candidate->is_passphrase = is_passphrase;
    assert_true(encrypt(&candidate->key, (struct bytes){.at = plain, .len = 0}, LEN, 1));
    memcpy(stream, result, result_len);
    stream_len = result_len;
    return candidate;
}

/* Where the first octet of the container's ciphertext is. */
static unsigned char *ciphertext(void)
{
    return stream + 1 + (stream[1] < 192 ? 1 : 2) + 1;
}

/* Puts three wrong ones around the right one. */
static void surround(size_t place, bool wrong_are_passphrases)
{
    static const uint8_t ciphers[] = {OPENPGP_AES128, OPENPGP_CAST5, OPENPGP_AES256, OPENPGP_3DES};
    struct session_candidate right = candidates[0];
    candidate_count = 0;
    for (size_t i = 0; i < CANDIDATES_MAX; i++)
        add_candidate(ciphers[i], wrong_are_passphrases ? 4 : 3)->is_passphrase =
            wrong_are_passphrases;
    candidates[place] = right;
}

static void the_one_that_fits_is_found_wherever_it_is(void **state)
{
    (void)state;
    for (size_t place = 0; place < CANDIDATES_MAX; place++) {
        for (unsigned passphrases = 0; passphrases < 4; passphrases++) {
            seal(place % 2 == 0 ? OPENPGP_AES192 : OPENPGP_CAST5, 3, passphrases / 2 != 0);
            surround(place, passphrases % 2 != 0);
            assert_opens(LEN);
        }
    }
}

/* The repeated octets may be damage of their own: then the first of a public key goes on, and only
 * the integrity check tells. */
static void a_public_key_alone_is_never_tried(void **state)
{
    (void)state;
    seal(OPENPGP_AES256, 3, false);
    ciphertext()[16] ^= 1; /* a repeated octet */
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    surround(0, false);
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

static void no_public_key_that_fits_is_damage(void **state)
{
    (void)state;
    seal(OPENPGP_AES256, 3, false);
    surround(0, false);
    candidates[0].key.bytes[0] ^= 1;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    surround(3, true);
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

/* Who knows one session key and wants to know of another could put both before data of his making:
 * whether the first fits them would show. */
static void the_first_octets_choose_nothing_where_a_session_key_was_unwrapped(void **state)
{
    (void)state;
    for (size_t place = 0; place < CANDIDATES_MAX; place++) {
        seal(OPENPGP_AES256, 3, false);
        surround(place == 0 ? 1 : 0, false); /* the right one would fit, before or behind */
        candidates[place].is_unwrapped = true;
        assert_refused(ERROR_DAMAGED, BROKEN, 0);
    }
    for (size_t passphrases = 0; passphrases < 2; passphrases++) {
        seal(OPENPGP_AES256, 3, false)->is_unwrapped = true;
        surround(2, passphrases != 0);
        assert_opens(LEN);
    }
}

static void no_passphrase_that_fits_is_no_key(void **state)
{
    (void)state;
    seal(OPENPGP_AES256, 4, true)->key.bytes[0] ^= 1;
    assert_refused(ERROR_NO_KEY_FITS, "no passphrase given opens it", 0);
    surround(1, true);
    assert_refused(ERROR_NO_KEY_FITS, "no passphrase given opens it", 0);
}

/* A passphrase may give any cipher and length. */
static void a_passphrase_that_gives_no_key_is_no_key(void **state)
{
    (void)state;
    seal(OPENPGP_AES256, 4, true)->key.cipher = 77;
    assert_refused(ERROR_NO_KEY_FITS, "no passphrase given opens it", 0);
    candidates[0].key.cipher = OPENPGP_AES192;
    assert_refused(ERROR_NO_KEY_FITS, "no passphrase given opens it", 0);
}

static void damage_behind_the_first_octets_is_damage_with_a_passphrase_too(void **state)
{
    (void)state;
    seal(OPENPGP_AES256, 4, true);
    ciphertext()[500] ^= 1;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

static void session_keys_stay_with_their_container(void **state)
{
    (void)state;
    seal(OPENPGP_AES256, 6, false);
    assert_refused(ERROR_NO_KEY_FITS, "goes with", 0);
    candidates[0].esk_version = 5;
    assert_refused(ERROR_NO_KEY_FITS, "goes with", 0);
    candidates[0].esk_version = 3;
    assert_opens(LEN);
    struct session_candidate right = candidates[0];
    candidates[0].esk_version = 6; /* passed over, though its key would do */
    add_candidate(OPENPGP_AES256, 3);
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    candidates[1] = right;
    assert_opens(LEN);
}

static void nothing_of_a_session_key_shows_in_the_notes(void **state)
{
    (void)state;
    seal(OPENPGP_CAMELLIA192, 3, false);
    assert_opens(LEN);
    for (size_t i = 0; i < notes.count; i++)
        assert_null(strstr(notes.note[i].text, "Camellia"));
}

static void an_empty_container_and_an_unknown_version_are_told(void **state)
{
    (void)state;
    add_candidate(OPENPGP_AES256, 3);
    put_packet(PACKET_SEIPD, plain, 0);
    assert_refused(ERROR_DAMAGED, "empty", 0);
    stream_len = 0;
    put_packet(PACKET_SEIPD, "\x03 whatever comes then", 22);
    assert_refused(ERROR_UNSUPPORTED, "of version 3", 0);
    stream_len = 0;
    put_packet(PACKET_SEIPD, "\0", 1);
    assert_refused(ERROR_UNSUPPORTED, "of version 0", 0);
}

static void a_passphrase_is_called_wrong_only_where_all_was_tried(void **state)
{
    (void)state;
    struct container container = {.is_passphrase_untried = true};
    err = (struct error){0};
    assert_false(container_fail_passphrase(&container, "x", &err));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "its packets ask for more than is tried"));
    container.is_passphrase_untried = false;
    err = (struct error){0};
    assert_false(container_fail_passphrase(&container, "x", &err));
    assert_int_equal(err.kind, ERROR_NO_KEY_FITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_one_that_fits_is_found_wherever_it_is),
        IN_FOLDER(a_public_key_alone_is_never_tried),
        IN_FOLDER(no_public_key_that_fits_is_damage),
        IN_FOLDER(the_first_octets_choose_nothing_where_a_session_key_was_unwrapped),
        IN_FOLDER(no_passphrase_that_fits_is_no_key),
        IN_FOLDER(a_passphrase_that_gives_no_key_is_no_key),
        IN_FOLDER(a_passphrase_is_called_wrong_only_where_all_was_tried),
        IN_FOLDER(damage_behind_the_first_octets_is_damage_with_a_passphrase_too),
        IN_FOLDER(session_keys_stay_with_their_container),
        IN_FOLDER(nothing_of_a_session_key_shows_in_the_notes),
        IN_FOLDER(an_empty_container_and_an_unknown_version_are_told),
    };
    return cmocka_run_group_tests(tests, container_start, container_finish);
}
