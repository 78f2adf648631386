/* Starting the libraries: where locking memory is refused, and without a word. */
#define _DEFAULT_SOURCE
#include "crypto/libgcrypt.h"

#include <gcrypt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#undef fail
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;

/* What begin returns and memory can do in a process that may lock none: 0 is well. */
static int begin_without_locking(void)
{
    static const struct rlimit none;
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
        return 1;
    if (!libgcrypt_begin(&err) || !libgcrypt_begin(&err))
        return 2;
    /* more than the memory that there is at first */
    for (int i = 0; i < 100; i++) {
        unsigned char *secret = gcry_malloc_secure(4096);
        if (secret == NULL || !gcry_is_secure(secret))
            return 3;
        memset(secret, i, 4096);
    }
    return 0;
}

static void secure_memory_serves_and_grows_where_locking_is_refused_and_says_nothing(void **state)
{
    (void)state;
    int said[2], status;
    char byte;
    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(said[1], STDOUT_FILENO);
        dup2(said[1], STDERR_FILENO);
        close(said[1]);
        _exit(begin_without_locking());
    }
    close(said[1]);
    assert_int_equal(read(said[0], &byte, 1), 0);
    close(said[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void beginning_twice_is_beginning_once(void **state)
{
    (void)state;
    assert_true(libgcrypt_begin(&err));
    assert_true(libgcrypt_begin(&err));
    assert_int_equal(err.kind, ERROR_NONE);
    assert_int_not_equal(gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P), 0);
    assert_int_equal(gcry_fips_mode_active(), 0);
}

int main(void)
{
    /* the one that forks before any begin, first */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secure_memory_serves_and_grows_where_locking_is_refused_and_says_nothing),
        cmocka_unit_test(beginning_twice_is_beginning_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
