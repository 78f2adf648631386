/*
 * Makes a walseal of what it is linked to that uses none of the processor's instructions for AES, SHA
 * or vectors, by the switches of OpenSSL and libgcrypt; libsodium has none. It ends with NOT_PLAIN
 * where a library used them nevertheless.
 */
#define _GNU_SOURCE
#include <gcrypt.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOT_PLAIN = 99 };

/* OpenSSL reads its switches before any code of the program runs: so they need a program before. */
static void start_again(char **argv)
{
    setenv("OPENSSL_ia32cap", "0x0:0x0", 1);
    setenv("OPENSSL_armcap", "0", 1);
    setenv("OPENSSL_s390xcap", "z900", 1);
    execv("/proc/self/exe", argv);
    perror("/proc/self/exe");
    _exit(NOT_PLAIN);
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
    (void)argc;
    if (getenv("OPENSSL_ia32cap") == NULL)
        start_again(argv);
    gcry_control(GCRYCTL_DISABLE_HWF, "all", NULL);
}

static void assert_plain(bool good, const char *said)
{
    if (good)
        return;
    fprintf(stderr, "not plain: %s\n", said != NULL ? said : "nothing said");
    _exit(NOT_PLAIN);
}

__attribute__((destructor)) static void end(void)
{
    const char *settings = OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS);
    assert_plain(settings != NULL && strstr(settings, " env:") != NULL, settings);
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) == 0)
        return;
    char *features = gcry_get_config(0, "hwflist");
    assert_plain(features != NULL && strcmp(features, "hwflist:") == 0, features);
    gcry_free(features);
}
