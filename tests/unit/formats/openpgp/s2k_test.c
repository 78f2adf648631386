/* Keys from passphrases: every kind against other implementations, and what is refused. */
#define _GNU_SOURCE /* secrets_held.h */
#include "formats/openpgp/s2k.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/s2k_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#undef fail

#include "../../secrets_held.h"
#include "hex.h"

#define SALT "0102030405060708"
#define PASSPHRASE "correct horse"
#define SALT_16 "30313233343536373839616263646566"

static struct error err;

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    error_clear(&err);
    return 0;
}

static bool takes(const char *specifier, struct s2k *s2k)
{
    struct bytes octets = hex_octets(specifier);
    struct bytes from = octets;
    error_clear(&err);
    bool taken = s2k_take(&from, s2k, &err);
    if (taken)
        assert_int_equal(from.len, 0);
    hex_free(octets);
    return taken;
}

static void assert_refused(const char *specifier, enum error_kind kind, const char *text)
{
    struct s2k s2k;
    assert_false(takes(specifier, &s2k));
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, text));
}

static void assert_derives_of(const char *specifier, const void *passphrase, size_t passphrase_len,
                              const char *expected)
{
    struct s2k s2k;
    unsigned char key[32];
    size_t len = strlen(expected) / 2;
    assert_true(takes(specifier, &s2k));
    assert_true(s2k_derive(&s2k, (struct bytes){passphrase, passphrase_len}, key, len, &err));
    assert_hex(key, len, expected);
}

static void assert_derives(const char *specifier, const char *passphrase, const char *expected)
{
    assert_derives_of(specifier, passphrase, strlen(passphrase), expected);
}

static void simple_is_a_hash_of_the_passphrase(void **state)
{
    (void)state;
    assert_derives("0001", PASSPHRASE, "3cb4e732631f47e6eb961f34554b7cde");
}

static void a_key_longer_than_the_hash_is_several_hashes(void **state)
{
    (void)state;
    assert_derives("0002", PASSPHRASE, "2f9e53523b62abc141a2b4d6019d23cba835dbd01ab402c9");
}

static void salt_goes_before_the_passphrase(void **state)
{
    (void)state;
    assert_derives("0108" SALT, PASSPHRASE,
                   "3e495b43172139554b5aebec3b9001747d29bd7a3b7d99fd5d8279470d070109");
}

static void iterated_hashes_as_many_octets_as_the_count_says(void **state)
{
    (void)state;
    assert_derives("0302" SALT "00", PASSPHRASE,
                   "0ba0425e48b058a3583037e5bbb71701db34ccbf54868da1083aabd4e23c78d6");
    assert_derives("0302" SALT "60", PASSPHRASE,
                   "9ffff1848930172663f7c4005f725465235cfa70bf12ab7e86c29c18b6f1f249");
    assert_derives("030a" SALT "e0", PASSPHRASE, "399857e854542e1e92806e5b59858ba0");
}

static void the_highest_count_is_65011712(void **state)
{
    (void)state;
    struct s2k s2k;
    assert_true(takes("0302" SALT "ff", &s2k));
    assert_int_equal(s2k.count, 65011712);
    assert_derives("0302" SALT "ff", PASSPHRASE, "1a05b4fd138d5975cf6391260f5cdb2d");
}

static void a_passphrase_longer_than_the_count_is_hashed_whole_once(void **state)
{
    (void)state;
    unsigned char passphrase[5000];
    memset(passphrase, 'x', sizeof passphrase);
    assert_derives_of("0308" SALT "00", passphrase, sizeof passphrase,
                      "b67fcab27df0ec2d8a8ebad0e8883c1dfb25c4d04b174b2b2561f49c07c5389d");
}

static void a_passphrase_may_be_very_long(void **state)
{
    (void)state;
    unsigned char passphrase[20000];
    memset(passphrase, 'y', sizeof passphrase);
    assert_derives_of("0308" SALT "60", passphrase, sizeof passphrase,
                      "c58d354842dffac7fba3b80c6a7fe097c15886ab382ff7b3311aa7cc4561fd4a");
}

static void the_empty_passphrase_is_one(void **state)
{
    (void)state;
    assert_derives("0002", "", "da39a3ee5e6b4b0d3255bfef95601890afd807095ba93c9db0cff93f52b521d7");
    assert_derives("0101" SALT, "",
                   "0ee0646c1c77d8131cc8f4ee65c7673ba6e7d3b46fdfaf0bde2a1f832a00d2de");
    assert_derives("0308" SALT "60", "",
                   "c6424019940597505250191c94dbc41927188becf20cd3bde26cedd9a824df66");
    assert_derives_of("0002", NULL, 0, "da39a3ee5e6b4b0d3255bfef95601890");
}

static void argon2_has_one_lane_or_several(void **state)
{
    (void)state;
    assert_derives("04" SALT_16 "020105", PASSPHRASE, "1220c9555a6ecd883f1e75fcce18deba");
    assert_derives("04" SALT_16 "030406", PASSPHRASE,
                   "d0266a319d5004c687423de9f9af630e2c0d70ba0b1eee8de6383bdeae80fcce");
}

static void an_empty_passphrase_goes_with_one_lane_only(void **state)
{
    (void)state;
    struct s2k s2k;
    unsigned char key[16];
    assert_derives("04" SALT_16 "020105", "", "7c0bf2f917cecda6f1a4b5fcac881082");
    assert_true(takes("04" SALT_16 "020205", &s2k));
    assert_false(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
    assert_non_null(strstr(err.text, "doesn't take an empty one"));
}

static void argon2_that_cannot_be_is_refused(void **state)
{
    (void)state;
    assert_refused("04" SALT_16 "000105", ERROR_DAMAGED, "impossible");
    assert_refused("04" SALT_16 "010005", ERROR_DAMAGED, "impossible");
    assert_refused("04" SALT_16 "010102", ERROR_DAMAGED, "impossible");
    assert_refused("04" SALT_16 "010504", ERROR_DAMAGED, "impossible"); /* 5 lanes need 2^6 */
    assert_refused("04" SALT_16 "010505", ERROR_DAMAGED, "impossible");
    assert_refused("04" SALT_16 "010120", ERROR_DAMAGED, "impossible");
    struct s2k s2k;
    assert_true(takes("04" SALT_16 "010506", &s2k));
    assert_true(takes("04" SALT_16 "010103", &s2k));
    assert_true(takes("04" SALT_16 "01ff0b", &s2k));
}

static void argon2_that_asks_for_too_much_is_refused_when_it_is_read(void **state)
{
    (void)state;
    struct s2k s2k;
    assert_true(takes("04" SALT_16 "080415", &s2k)); /* 8 passes over 2 GiB */
    assert_refused("04" SALT_16 "090415", ERROR_UNSUPPORTED, "9 passes over 2^21 KiB");
    assert_refused("04" SALT_16 "010416", ERROR_UNSUPPORTED, "2^22 KiB");
    assert_refused("04" SALT_16 "01041f", ERROR_UNSUPPORTED, "2^31 KiB");
    assert_refused("04" SALT_16 "ffff16", ERROR_UNSUPPORTED, "255 passes");
    assert_true(takes("04" SALT_16 "ff0110", &s2k));
}

static void argon2_bounds_hold_for_parameters_that_were_never_read(void **state)
{
    (void)state;
    struct s2k s2k = {.kind = S2K_ARGON2, .passes = 1, .lanes = 1, .memory_exponent = 31};
    unsigned char key[16];
    assert_false(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
}

static void stubs_are_told_and_give_no_key(void **state)
{
    (void)state;
    struct s2k s2k;
    unsigned char key[16];
    assert_true(takes("6500474e5501", &s2k));
    assert_int_equal(s2k.kind, S2K_GNU_DUMMY);
    assert_false(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_true(takes("6500474e550210d2760001240102000005000012340000", &s2k));
    assert_int_equal(s2k.kind, S2K_GNU_CARD);
    error_clear(&err);
    assert_false(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
}

static void other_kinds_and_hashes_are_refused(void **state)
{
    (void)state;
    assert_refused("0208" SALT, ERROR_UNSUPPORTED, "unknown string-to-key kind 2");
    assert_refused("05", ERROR_UNSUPPORTED, "kind 5");
    assert_refused("06", ERROR_UNSUPPORTED, "kind 6");
    assert_refused("6500474e5503", ERROR_UNSUPPORTED, "its maker's own");
    assert_refused("6500474e5601", ERROR_UNSUPPORTED, "its maker's own");
    assert_refused("0004", ERROR_UNSUPPORTED, "unknown algorithm 4");
    assert_refused("0363" SALT "60", ERROR_UNSUPPORTED, "unknown algorithm 99");
}

static void specifiers_that_are_cut_short_are_refused(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "0002",           "0108" SALT,
        "0308" SALT "60", "04" SALT_16 "010103",
        "6500474e5501",   "6500474e550210d2760001240102000005000012340000"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t len = 0; len < strlen(whole[i]); len += 2) {
            char cut[128];
            snprintf(cut, sizeof cut, "%.*s", (int)len, whole[i]);
            assert_refused(cut, ERROR_DAMAGED, "ends inside its string-to-key specifier");
        }
}

static void a_key_of_more_than_32_octets_is_not_made(void **state)
{
    (void)state;
    struct s2k s2k;
    unsigned char key[33];
    assert_true(takes("0002", &s2k));
    assert_false(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
}

static void work_is_what_is_hashed_at_most_or_memory_times_passes(void **state)
{
    (void)state;
    static const struct {
        const char *specifier;
        uint64_t kib;
    } cases[] = {
        {"0002", 0},
        {"0108" SALT, 0},
        {"0308" SALT "60", 2 * 64},
        {"0308" SALT "ff", 2 * 65011712 / 1024},
        {"04" SALT_16 "03040a", 3 * 1024},
        {"04" SALT_16 "080115", S2K_WORK_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct s2k s2k;
        assert_true(takes(cases[i].specifier, &s2k));
        assert_int_equal(s2k_work(&s2k), cases[i].kib);
    }
}

/* ---- how much memory there is ---- */

static char folder[128];

static int make_folder(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/walseal-s2k.XXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static const char *const folders[] = {"proc",       "proc/self",     "cgroup",         "cgroup/a",
                                      "cgroup/a/b", "cgroup/memory", "cgroup/memory/c"};
static const char *const files[] = {"proc/meminfo",
                                    "proc/self/cgroup",
                                    "cgroup/a/memory.max",
                                    "cgroup/a/memory.current",
                                    "cgroup/a/memory.stat",
                                    "cgroup/a/b/memory.max",
                                    "cgroup/memory.max",
                                    "cgroup/memory/memory.limit_in_bytes",
                                    "cgroup/memory/c/memory.limit_in_bytes",
                                    "cgroup/memory/c/memory.usage_in_bytes",
                                    "cgroup/memory/c/memory.stat"};

static int remove_folder(void **state)
{
    (void)state;
    char path[512];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    for (size_t i = sizeof folders / sizeof folders[0]; i > 0; i--) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i - 1]);
        rmdir(path);
    }
    return rmdir(folder);
}

static void put(const char *name, const char *text)
{
    char path[512];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        mkdir(path, 0700);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static uint64_t memory_kib(void)
{
    char proc[256];
    char cgroup[256];
    snprintf(proc, sizeof proc, "%s/proc", folder);
    snprintf(cgroup, sizeof cgroup, "%s/cgroup", folder);
    s2k_memory_begin_in(proc, cgroup);
    return s2k_memory_kib();
}

static void without_anything_that_tells_memory_is_boundless(void **state)
{
    (void)state;
    assert_true(memory_kib() == UINT64_MAX);
}

static void available_memory_is_a_bound(void **state)
{
    (void)state;
    put("proc/meminfo",
        "MemTotal:       24683520 kB\nMemFree:  1 kB\nMemAvailable:   1234567 kB\n");
    assert_int_equal(memory_kib(), 1234567);
}

static void the_limit_of_every_cgroup_above_is_a_bound(void **state)
{
    (void)state;
    put("proc/meminfo", "MemAvailable:   1234567 kB\n");
    put("proc/self/cgroup", "0::/a/b\n");
    put("cgroup/a/b/memory.max", "max\n");
    assert_int_equal(memory_kib(), 1234567);
    put("cgroup/a/memory.max", "104857600\n");
    assert_int_equal(memory_kib(), 102400);
    put("cgroup/a/b/memory.max", "52428800\n");
    assert_int_equal(memory_kib(), 51200);
    put("cgroup/memory.max", "1048576\n");
    assert_int_equal(memory_kib(), 1024);
}

static void a_container_that_sees_its_cgroup_as_the_root_is_bound_by_it(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/\n");
    put("cgroup/memory.max", "104857600\n");
    assert_int_equal(memory_kib(), 102400);
    put("proc/self/cgroup", "0::/of/the/host\n");
    assert_int_equal(memory_kib(), 102400);
}

static void cgroups_of_version_1_are_bounds_too(void **state)
{
    (void)state;
    put("proc/self/cgroup", "9:cpu,cpuacct:/x\n7:memory:/c\n");
    put("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("cgroup/memory/c/memory.limit_in_bytes", "104857600\n");
    assert_int_equal(memory_kib(), 102400);
}

static void what_a_cgroup_uses_already_is_not_there_but_for_pages_of_files(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/a\n");
    put("cgroup/a/memory.max", "104857600\n");
    put("cgroup/a/memory.current", "73400320\n"); /* 70 of 100 MiB */
    assert_int_equal(memory_kib(), 30 * 1024);
    /* 10 of them are shared memory, which counts as file, and isn't given up as files are */
    put("cgroup/a/memory.stat",
        "anon 20971520\nfile 52428800\nshmem 10485760\ninactive_file 31457280\n"
        "active_file 10485760\n");
    assert_int_equal(memory_kib(), 70 * 1024);
    put("cgroup/a/memory.current", "10485760\n"); /* was read a moment later than the others */
    assert_int_equal(memory_kib(), 100 * 1024);
    put("cgroup/a/memory.stat", "anon 0\n");
    put("cgroup/a/memory.current", "209715200\n"); /* the limit was lowered */
    assert_int_equal(memory_kib(), 0);
}

static void what_a_cgroup_of_version_1_uses_already_is_not_there_either(void **state)
{
    (void)state;
    put("proc/self/cgroup", "7:memory:/c\n");
    put("cgroup/memory/c/memory.limit_in_bytes", "104857600\n");
    put("cgroup/memory/c/memory.usage_in_bytes", "73400320\n");
    put("cgroup/memory/c/memory.stat",
        "inactive_file 1\nactive_file 1\ntotal_inactive_file 20971520\n"
        "total_active_file 10485760\n");
    assert_int_equal(memory_kib(), 60 * 1024);
}

static void argon2_that_asks_for_more_than_there_is_is_refused(void **state)
{
    (void)state;
    struct s2k s2k;
    unsigned char key[16];
    assert_true(takes("04" SALT_16 "01010b", &s2k)); /* 2 MiB */
    put("proc/meminfo", "MemAvailable:   2047 kB\n");
    memory_kib();
    assert_false(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "needs 2 MiB of memory for Argon2, and there are 1 MiB"));
    put("proc/meminfo", "MemAvailable:   2048 kB\n");
    memory_kib();
    error_clear(&err);
    assert_true(s2k_derive(&s2k, (struct bytes){NULL, 0}, key, sizeof key, &err));
}

static void no_secret_is_left_behind(void **state)
{
    (void)state;
    assert_int_equal(secrets_held, 0);
}

#define memory_test(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_what_is_hashed_at_most_or_memory_times_passes),
        cmocka_unit_test(simple_is_a_hash_of_the_passphrase),
        cmocka_unit_test(a_key_longer_than_the_hash_is_several_hashes),
        cmocka_unit_test(salt_goes_before_the_passphrase),
        cmocka_unit_test(iterated_hashes_as_many_octets_as_the_count_says),
        cmocka_unit_test(the_highest_count_is_65011712),
        cmocka_unit_test(a_passphrase_longer_than_the_count_is_hashed_whole_once),
        cmocka_unit_test(a_passphrase_may_be_very_long),
        cmocka_unit_test(the_empty_passphrase_is_one),
        cmocka_unit_test(argon2_has_one_lane_or_several),
        cmocka_unit_test(an_empty_passphrase_goes_with_one_lane_only),
        cmocka_unit_test(argon2_that_cannot_be_is_refused),
        cmocka_unit_test(argon2_that_asks_for_too_much_is_refused_when_it_is_read),
        cmocka_unit_test_setup(argon2_bounds_hold_for_parameters_that_were_never_read, clear),
        cmocka_unit_test(stubs_are_told_and_give_no_key),
        cmocka_unit_test(other_kinds_and_hashes_are_refused),
        cmocka_unit_test(specifiers_that_are_cut_short_are_refused),
        cmocka_unit_test_setup(a_key_of_more_than_32_octets_is_not_made, clear),
        memory_test(without_anything_that_tells_memory_is_boundless),
        memory_test(available_memory_is_a_bound),
        memory_test(the_limit_of_every_cgroup_above_is_a_bound),
        memory_test(a_container_that_sees_its_cgroup_as_the_root_is_bound_by_it),
        memory_test(cgroups_of_version_1_are_bounds_too),
        memory_test(what_a_cgroup_uses_already_is_not_there_but_for_pages_of_files),
        memory_test(what_a_cgroup_of_version_1_uses_already_is_not_there_either),
        memory_test(argon2_that_asks_for_more_than_there_is_is_refused),
        cmocka_unit_test(no_secret_is_left_behind),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
