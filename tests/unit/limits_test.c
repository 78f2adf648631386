/*
 * The manual's LIMITS are the code's: each number there is made here from the constant that decides,
 * so that neither changes alone.
 */
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/container.h"
#include "formats/openpgp/keybox.h"
#include "formats/openpgp/mpi.h"
#include "formats/openpgp/octets.h"
#include "formats/openpgp/pkesk.h"
#include "formats/openpgp/recipients.h"
#include "formats/openpgp/s2k.h"
#include "formats/openpgp/self_signatures.h"
#include "formats/openpgp/unpack.h"
#include "keys/passphrase.h"
#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMITS_SIZE = 8192, KIB = 1024, MIB = 1024 * KIB, KIB_PER_GIB = MIB };

static char limits[LIMITS_SIZE];
static size_t said; /* numbers that were found */

/* The section as one line. */
static int read_limits(void **state)
{
    (void)state;
    char line[512];
    bool is_in = false;
    FILE *file = fopen("man/walseal.1", "r");
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, ".Sh ", 4) == 0)
            is_in = strcmp(line, ".Sh LIMITS\n") == 0;
        line[strcspn(line, "\n")] = ' ';
        if (is_in && strlen(limits) + strlen(line) < sizeof limits)
            strcat(limits, line);
    }
    fclose(file);
    return 0;
}

static void says(const char *format, long number)
{
    char text[128];
    snprintf(text, sizeof text, format, number);
    if (strstr(limits, text) == NULL)
        fail_msg("LIMITS doesn't say: %s", text);
    said++;
}

static void the_manual_tells_the_limits_of_keys(void **state)
{
    (void)state;
    says("%ld times .Fl k", OPTIONS_KEYS_MAX);
    says("%ld readings of sodium keys", KEYRING_MAX);
    says("%ld files of OpenPGP keys", KEYRING_BLOCKS_MAX);
    says("with %ld keys in all", KEYBOX_CERTIFICATES_MAX);
    says("%ld subkeys", CERTIFICATE_KEYS_MAX - 1);
    says("and %ld packets in one", CERTIFICATE_PACKETS_MAX);
    says("%ld recipients", RECIPIENTS_WRITE_MAX);
    says("%ld MiB for a key file", KEY_FILE_MAX / MIB);
    says("; %ld passphrases of", PASSPHRASES_MAX);
    says("of %ld bytes", PASSPHRASE_MAX);
    says("the newest %ld are looked at", SELF_SIGNATURES_MAX);
    says("%ld bits;", MPI_BITS_MAX);
    says("%ld in a DSA key", PUBLIC_KEY_DSA_BITS_MAX);
    assert_int_equal(MPI_BITS_MAX, 8 * PUBLIC_KEY_NUMBER_LEN_MAX);
}

static void the_manual_tells_the_limits_of_messages(void **state)
{
    (void)state;
    says(" %ld of", ESK_COUNT_MAX);
    says("of %ld KiB each", ESK_PACKET_MAX / KIB);
    says("give %ld session keys", SESSION_CANDIDATES_MAX);
    says("in %ld attempts", RECIPIENTS_ATTEMPTS_MAX);
    says("tried on %ld of them", RECIPIENTS_PASSPHRASES_MAX);
    says("%ld KiB of text before it", OCTETS_PEEK_MAX / KIB);
    says("AEAD chunks %ld MiB", CONTAINER_AEAD_CHUNK_MAX / MIB);
    says("%ld levels", UNPACK_DEPTH_MAX);
    says("unpacks to more than %ld MiB that isn't data", UNPACK_IDLE_MAX / MIB);
    says("Argon2 %ld GiB", (1L << S2K_ARGON2_MEMORY_EXPONENT_MAX) / KIB_PER_GIB);
    says("one message: %ld GiB in all", S2K_WORK_MAX / KIB_PER_GIB);
    says("%ld KiB for one object", FACTS_TEXT_SIZE / KIB);
}

/* What a person writes as a number, but for those that aren't the code's: "8 levels", not "Argon2". */
static void no_other_number_stands_there(void **state)
{
    (void)state;
    static const char *const others[] = {"stays below 256 MiB"};
    size_t numbers = 0;
    for (const char *at = limits; *at != '\0'; at++) {
        bool begins = at > limits && at[-1] == ' ' && *at >= '0' && *at <= '9';
        numbers += begins;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_non_null(strstr(limits, others[i]));
        numbers--;
    }
    assert_int_equal(numbers, said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_tells_the_limits_of_keys),
        cmocka_unit_test(the_manual_tells_the_limits_of_messages),
        cmocka_unit_test(no_other_number_stands_there),
    };
    return cmocka_run_group_tests_name("limits", tests, read_limits, NULL);
}
