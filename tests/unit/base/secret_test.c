/* Memory for secrets: empty at first, not dumped, not inherited, usable without a right to lock. */
#define _DEFAULT_SOURCE
#include "base/secret.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../emulated.h"

static int setup(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    return secret_begin(&err) ? 0 : -1;
}

/* The exit status of a child that runs body, or -1 for a signal. */
static int in_a_child(int (*body)(void *), void *argument)
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would print */
        _exit(body(argument));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_process_dumps_no_core(void **state)
{
    (void)state;
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    assert_false(secret_is_dumpable());
}

static void a_new_secret_is_zeroed_and_writable(void **state)
{
    (void)state;
    static const unsigned char zeros[100];
    unsigned char *secret = secret_new(sizeof zeros);
    assert_non_null(secret);
    assert_memory_equal(secret, zeros, sizeof zeros);
    memset(secret, 0xA5, sizeof zeros);
    secret_free(secret);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    secret_free(NULL);
}

static void an_impossible_size_is_null(void **state)
{
    (void)state;
    assert_null(secret_new(SIZE_MAX - 65536));
}

static void wiping_leaves_zeros_and_no_more(void **state)
{
    (void)state;
    char text[] = "secret, public";
    secret_wipe(text, 6);
    assert_memory_equal(text, "\0\0\0\0\0\0, public", sizeof text);
}

static int read_first_byte(void *secret)
{
    return *(volatile unsigned char *)secret == 0xFF ? 7 : 8;
}

static void a_forked_process_cannot_read_a_secret(void **state)
{
    (void)state;
    if (is_emulated("qemu does without MADV_DONTFORK"))
        return;
    unsigned char *secret = secret_new(32);
    assert_non_null(secret);
    memset(secret, 0xFF, 32);
    assert_int_equal(in_a_child(read_first_byte, secret), -1);
    assert_int_equal(secret[0], 0xFF);
    secret_free(secret);
}

static int write_past_the_end(void *unused)
{
    (void)unused;
    volatile unsigned char *secret = secret_new(32);
    secret[32] = 1;
    return 0;
}

static void writing_past_a_secret_ends_the_process(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(write_past_the_end, NULL), -1);
}

/* Sanitizers make mlock do nothing and succeed. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { LOCKING_IS_FAKED = true };
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { LOCKING_IS_FAKED = true };
#else
enum { LOCKING_IS_FAKED = false };
#endif
#else
enum { LOCKING_IS_FAKED = false };
#endif

static int allocate_without_lock(void *unused)
{
    (void)unused;
    /* root may lock whatever the limit says */
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
        return 1;
    if (secret_lock_refused())
        return 2;
    unsigned char *secret = secret_new(32);
    if (secret == NULL)
        return 3;
    secret[31] = 1;
    return secret_lock_refused() ? 0 : 4;
}

static void a_refused_lock_is_survived_and_told(void **state)
{
    (void)state;
    if (LOCKING_IS_FAKED || secret_lock_refused()) {
        print_message("# skipped: the lock is faked by a sanitizer, or was refused before\n");
        return;
    }
    assert_int_equal(in_a_child(allocate_without_lock, NULL), 0);
}

static void hidden_pages_keep_their_content(void **state)
{
    (void)state;
    size_t len = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    pages[0] = 'p';
    secret_hide_from_dumps(pages, len);
    assert_int_equal(pages[0], 'p');
    munmap(pages, len);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_process_dumps_no_core),
        cmocka_unit_test(a_new_secret_is_zeroed_and_writable),
        cmocka_unit_test(freeing_nothing_is_allowed),
        cmocka_unit_test(an_impossible_size_is_null),
        cmocka_unit_test(wiping_leaves_zeros_and_no_more),
        cmocka_unit_test(a_forked_process_cannot_read_a_secret),
        cmocka_unit_test(writing_past_a_secret_ends_the_process),
        cmocka_unit_test(a_refused_lock_is_survived_and_told),
        cmocka_unit_test(hidden_pages_keep_their_content),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
