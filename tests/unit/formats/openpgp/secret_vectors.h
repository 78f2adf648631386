/*
 * The known answers of tests/vectors/openpgp/secrets: lines of fields, hexadecimal where they are
 * octets, "-" for none. Included after cmocka.h.
 */
#ifndef WALSEAL_TESTS_OPENPGP_SECRET_VECTORS_H
#define WALSEAL_TESTS_OPENPGP_SECRET_VECTORS_H

#include "formats/openpgp/secret_key.h"

#include "hex.h"

#include <openssl/crypto.h>
#include <stdio.h>

enum { VECTOR_LINE_SIZE = 16384, VECTOR_FIELDS_MAX = 6 };

struct vector {
    char line[VECTOR_LINE_SIZE];
    char *field[VECTOR_FIELDS_MAX]; /* the first is the name */
};

static inline bool vector_split(struct vector *vector, size_t field_count)
{
    size_t count = 0;
    char *rest = vector->line;
    for (char *word = strtok_r(rest, " \n", &rest); word != NULL;
         word = strtok_r(NULL, " \n", &rest))
        if (count < VECTOR_FIELDS_MAX)
            vector->field[count++] = strcmp(word, "-") == 0 ? word + 1 : word;
    return count == field_count;
}

/* Group teardown: OpenSSL's random generators hang on its secure memory, which a leak checker can't
 * see into, and nothing else frees them. */
static inline int vectors_end(void **state)
{
    (void)state;
    OPENSSL_cleanup();
    return 0;
}

/* Calls check with each line of a file, and prints the name of one that fails. */
static inline void vectors_each(const char *file_name, size_t field_count,
                                void check(const struct vector *vector))
{
    static struct vector vector;
    char path[256];
    size_t lines = 0;
    snprintf(path, sizeof path, "tests/vectors/openpgp/secrets/%s", file_name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(vector.line, sizeof vector.line, file) != NULL) {
        if (vector.line[0] == '#')
            continue;
        assert_true(vector_split(&vector, field_count));
        lines++;
        print_message("# %s\n", vector.field[0]);
        check(&vector);
    }
    fclose(file);
    assert_true(lines > 5);
}

/* A key packet of hexadecimal digits, and the octets it points into. */
struct vector_key {
    struct openpgp_key key;
    struct bytes octets;
};

static inline void vector_key_begin(struct vector_key *key, const char *tag, const char *body)
{
    struct error err = {.kind = ERROR_NONE};
    key->octets = hex_octets(body);
    assert_true(openpgp_key_parse((uint8_t)atoi(tag), key->octets, &key->key, &err));
}

static inline void vector_key_end(struct vector_key *key)
{
    hex_free(key->octets);
}

/* Unlocks key, which the test is not about. */
static inline struct secret_key *vector_unlock(const struct openpgp_key *key,
                                               const char *passphrase)
{
    struct error err = {.kind = ERROR_NONE};
    struct secret_key *secret;
    struct bytes octets = hex_octets(passphrase);
    assert_int_equal(secret_key_unlock(key, octets, &secret, &err), SECRET_KEY_UNLOCKED);
    hex_free(octets);
    return secret;
}

#endif
