/*
 * A file that appears whole or not at all. Every property is asked of both ways to make one: with
 * an unnamed file, and under the temporary name from the start, as where O_TMPFILE doesn't exist.
 */
#define _GNU_SOURCE
#include "io/atomic_file.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

typedef struct atomic_file *make(const char *path, bool no_clobber, struct error *reason);

static make *const ways[] = {atomic_file_new, atomic_file_new_named};

enum { WAYS = 2, LEN = 100000, OLD_LEN = 777, KILLS = 500 };

/* How many entries the folder has, dot files included. */
static int entry_count(void)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    int count = -2;
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

static bool write_len(struct atomic_file *file, size_t len)
{
    return write(atomic_file_fd(file), pattern(), len) == (ssize_t)len;
}

/* Makes path with LEN bytes of pattern. */
static bool make_whole(make *way, const char *path, bool no_clobber, struct error *reason)
{
    struct atomic_file *file = way(path, no_clobber, reason);
    bool ok = file && write_len(file, LEN) && atomic_file_commit(file, reason);
    atomic_file_free(file);
    return ok;
}

static void a_file_appears_only_when_it_is_committed(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        struct atomic_file *file = ways[i](in_folder("file"), false, &err);
        assert_non_null(file);
        assert_false(is_there("file"));
        assert_true(write_len(file, LEN));
        assert_false(is_there("file"));
        assert_true(atomic_file_commit(file, &err));
        assert_true(is_pattern("file", LEN));
        atomic_file_free(file);
        assert_true(is_pattern("file", LEN));
        assert_int_equal(entry_count(), 1);
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void an_empty_file_can_be_made(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        struct atomic_file *file = ways[i](in_folder("file"), false, &err);
        assert_true(atomic_file_commit(file, &err));
        atomic_file_free(file);
        assert_true(is_pattern("file", 0));
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void what_is_not_committed_leaves_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        struct atomic_file *file = ways[i](in_folder("file"), false, &err);
        assert_true(write_len(file, LEN));
        atomic_file_free(file);
        assert_int_equal(entry_count(), 0);
    }
    atomic_file_free(NULL);
}

static void an_old_file_stays_until_it_is_replaced_whole(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        put("file", OLD_LEN);
        struct atomic_file *file = ways[i](in_folder("file"), false, &err);
        assert_true(write_len(file, LEN));
        assert_true(is_pattern("file", OLD_LEN));
        atomic_file_free(file);
        assert_true(is_pattern("file", OLD_LEN));

        assert_true(make_whole(ways[i], in_folder("file"), false, &err));
        assert_true(is_pattern("file", LEN));
        assert_int_equal(entry_count(), 1);
    }
}

static void a_file_that_appears_while_writing_is_replaced(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        struct atomic_file *file = ways[i](in_folder("file"), false, &err);
        assert_true(write_len(file, LEN));
        put("file", OLD_LEN);
        assert_true(atomic_file_commit(file, &err));
        atomic_file_free(file);
        assert_true(is_pattern("file", LEN));
        assert_int_equal(entry_count(), 1);
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void without_clobbering_an_existing_file_is_refused_at_once(void **state)
{
    (void)state;
    put("file", OLD_LEN);
    for (int i = 0; i < WAYS; i++) {
        error_clear(&err);
        assert_null(ways[i](in_folder("file"), true, &err));
        assert_failed(ERROR_IO, "file: file exists");
        assert_true(is_pattern("file", OLD_LEN));
        assert_int_equal(entry_count(), 1);
    }
}

static void without_clobbering_a_file_that_appears_while_writing_is_kept(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        error_clear(&err);
        struct atomic_file *file = ways[i](in_folder("file"), true, &err);
        assert_true(write_len(file, LEN));
        put("file", OLD_LEN);
        assert_false(atomic_file_commit(file, &err));
        assert_failed(ERROR_IO, "file: file exists");
        atomic_file_free(file);
        assert_true(is_pattern("file", OLD_LEN));
        assert_int_equal(entry_count(), 1);
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void without_clobbering_a_free_name_is_made(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        assert_true(make_whole(ways[i], in_folder("file"), true, &err));
        assert_true(is_pattern("file", LEN));
        assert_int_equal(entry_count(), 1);
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void the_mode_comes_from_the_umask(void **state)
{
    (void)state;
    const mode_t masks[] = {0, 022, 027, 077};
    for (int i = 0; i < WAYS; i++)
        for (size_t j = 0; j < sizeof masks / sizeof masks[0]; j++) {
            umask(masks[j]);
            struct stat status;
            assert_true(make_whole(ways[i], in_folder("file"), false, &err));
            assert_int_equal(stat(in_folder("file"), &status), 0);
            assert_int_equal(status.st_mode & 07777, 0666 & ~masks[j]);
        }
}

static void names_as_long_as_may_be_are_made(void **state)
{
    (void)state;
    char name[NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    /* Two bytes a character: the temporary name must not end within one. */
    for (size_t i = 0; i + 1 < NAME_MAX; i += 2)
        memcpy(name + i, "\xc3\xa9", 2);
    name[NAME_MAX] = '\0';
    for (int i = 0; i < WAYS; i++) {
        put(name, OLD_LEN);
        assert_true(make_whole(ways[i], in_folder(name), false, &err));
        assert_true(is_pattern(name, LEN));
        assert_int_equal(entry_count(), 1);
    }
    name[NAME_MAX] = 'n';
    name[NAME_MAX + 1] = '\0';
    assert_null(atomic_file_new(in_folder(name), false, &err));
    assert_failed(ERROR_IO, "File name too long");
}

static void assert_refused(const char *path, const char *part)
{
    for (int i = 0; i < WAYS; i++) {
        error_clear(&err);
        assert_null(ways[i](path, false, &err));
        assert_failed(ERROR_IO, part);
    }
}

static void what_cannot_be_a_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("directory"), 0755), 0);
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_refused(in_folder("directory"), "is a directory");
    assert_refused(in_folder("directory/"), "is no name of a file");
    assert_refused(in_folder("directory/."), "is no name of a file");
    assert_refused(in_folder("pipe"), "is no regular file");
    assert_refused(in_folder("nowhere/file"), "directory cannot be opened");
    assert_refused("", "is no name of a file");
    assert_int_equal(entry_count(), 2);
}

static void a_read_only_directory_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder, 0555), 0);
    bool root = geteuid() == 0;
    for (int i = 0; i < WAYS; i++) {
        error_clear(&err);
        assert_int_equal(root ? seteuid(65534) : 0, 0);
        struct atomic_file *file = ways[i](in_folder("file"), false, &err);
        assert_int_equal(root ? seteuid(0) : 0, 0);
        assert_null(file);
        assert_failed(ERROR_IO, "Permission denied");
    }
    chmod(folder, 0755);
}

static void relative_paths_mean_the_working_directory(void **state)
{
    (void)state;
    assert_int_equal(chdir(folder), 0);
    for (int i = 0; i < WAYS; i++) {
        assert_true(make_whole(ways[i], "file", false, &err));
        assert_true(is_pattern("file", LEN));
    }
    assert_int_equal(chdir("/"), 0);
}

static void through_a_link_its_target_is_made_or_replaced(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("deep"), 0755), 0);
    assert_int_equal(symlink("deep/middle", in_folder("link")), 0);
    assert_int_equal(symlink("../target", in_folder("deep/middle")), 0);
    for (int i = 0; i < WAYS; i++) {
        for (int j = 0; j < 2; j++) { /* dangling, then not */
            assert_true(make_whole(ways[i], in_folder("link"), false, &err));
            assert_true(is_pattern("target", LEN));
            struct stat status;
            assert_int_equal(lstat(in_folder("link"), &status), 0);
            assert_true(S_ISLNK(status.st_mode));
            assert_int_equal(entry_count(), 3);
        }
        error_clear(&err);
        assert_null(ways[i](in_folder("link"), true, &err));
        assert_failed(ERROR_IO, "link: file exists");
        assert_int_equal(unlink(in_folder("target")), 0);
    }
    assert_int_equal(symlink("loop", in_folder("loop")), 0);
    assert_refused(in_folder("loop"), "symbolic links");
}

static void an_absolute_link_is_followed(void **state)
{
    (void)state;
    assert_int_equal(symlink(in_folder("target"), in_folder("link")), 0);
    assert_true(make_whole(atomic_file_new, in_folder("link"), false, &err));
    assert_true(is_pattern("target", LEN));
}

/* The temporary name. */

static void a_temporary_name_that_nobody_holds_is_reclaimed(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++)
        for (int exists = 0; exists < 2; exists++) {
            unlink(in_folder("file"));
            if (exists)
                put("file", OLD_LEN);
            put(".file.walseal", 12345);
            assert_true(make_whole(ways[i], in_folder("file"), false, &err));
            assert_true(is_pattern("file", LEN));
            assert_int_equal(entry_count(), 1);
        }
}

static void a_temporary_name_that_may_only_be_read_is_reclaimed(void **state)
{
    (void)state;
    put(".file.walseal", 12345);
    assert_int_equal(chmod(in_folder(".file.walseal"), 0444), 0);
    bool root = geteuid() == 0;
    assert_int_equal(root ? chown(folder, 65534, 65534) : 0, 0);
    assert_int_equal(root ? chown(in_folder(".file.walseal"), 65534, 65534) : 0, 0);
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    bool made = make_whole(atomic_file_new_named, in_folder("file"), false, &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_true(made);
    assert_true(is_pattern("file", LEN));
    assert_int_equal(entry_count(), 1);
}

static void without_unnamed_files_a_second_process_fails_at_once(void **state)
{
    (void)state;
    struct atomic_file *first = atomic_file_new_named(in_folder("file"), false, &err);
    assert_non_null(first);
    assert_null(atomic_file_new_named(in_folder("file"), false, &err));
    assert_failed(ERROR_IO, "file: another process is writing it");
    error_clear(&err);
    assert_true(write_len(first, LEN));
    assert_true(atomic_file_commit(first, &err));
    atomic_file_free(first);
    assert_true(is_pattern("file", LEN));
    assert_int_equal(entry_count(), 1);
}

static void replacing_waits_for_the_owner_of_the_temporary_name(void **state)
{
    (void)state;
    put("file", OLD_LEN);
    pid_t pid = fork();
    if (pid == 0) {
        struct atomic_file *file = atomic_file_new_named(in_folder("file"), false, &err);
        put("ready", 0);
        sleep_ms(100);
        bool ok = file && write_len(file, 10) && atomic_file_commit(file, &err);
        _exit(ok ? 0 : 1);
    }
    while (!is_there("ready"))
        sleep_ms(1);
    assert_true(make_whole(atomic_file_new, in_folder("file"), false, &err));
    assert_child_good(pid);
    assert_true(is_pattern("file", LEN));
    assert_int_equal(entry_count(), 2);
}

static void waiting_for_the_owner_can_be_called_off(void **state)
{
    (void)state;
    put("file", OLD_LEN);
    put(".file.walseal", 1);
    int fd = open(in_folder(".file.walseal"), O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    struct atomic_file *file = atomic_file_new(in_folder("file"), false, &err);
    assert_non_null(file);
    wait_wake();
    assert_false(atomic_file_commit(file, &err));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    atomic_file_free(file);
    close(fd);
    assert_true(is_pattern("file", OLD_LEN));
    assert_true(is_pattern(".file.walseal", 1));
}

static void what_is_no_file_under_the_temporary_name_is_left_alone(void **state)
{
    (void)state;
    put("victim", OLD_LEN);
    put("file", OLD_LEN);
    for (int i = 0; i < 3; i++) {
        const char *temporary = in_folder(".file.walseal");
        int made = i == 0   ? symlink("victim", temporary)
                   : i == 1 ? mkfifo(temporary, 0600)
                            : mkdir(temporary, 0700);
        assert_int_equal(made, 0);
        for (int j = 0; j < WAYS; j++) {
            error_clear(&err);
            assert_false(make_whole(ways[j], in_folder("file"), false, &err));
            assert_failed(ERROR_IO, "temporary name .file.walseal");
        }
        assert_true(is_there(".file.walseal"));
        assert_int_equal(remove(in_folder(".file.walseal")), 0);
    }
    assert_true(is_pattern("victim", OLD_LEN));
    assert_true(is_pattern("file", OLD_LEN));
}

/* Races and deaths. */

/* Children that all make the file at once: the number of those that succeed. Child n writes n more
 * bytes than LEN. */
static int race(make *way, bool no_clobber, int children)
{
    pid_t pids[8];
    for (int i = 0; i < children; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct atomic_file *file = way(in_folder("file"), no_clobber, &err);
            bool ok = file && write_len(file, LEN + (size_t)i) && atomic_file_commit(file, &err);
            atomic_file_free(file);
            _exit(ok ? 0 : err.kind == ERROR_IO ? 1 : 2);
        }
    }
    int good = 0;
    for (int i = 0; i < children; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        good += WEXITSTATUS(status) == 0;
    }
    return good;
}

static bool is_whole_of_race(void)
{
    for (size_t i = 0; i < 8; i++)
        if (is_pattern("file", LEN + i))
            return true;
    return false;
}

static void of_many_that_make_the_same_file_one_stays_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        make *way = ways[i % WAYS];
        int good = race(way, false, 4);
        assert_true(way == atomic_file_new ? good == 4 : good >= 1);
        assert_true(is_whole_of_race());
        assert_int_equal(entry_count(), 1);
    }
}

static void many_that_replace_the_same_file_again_and_again_all_succeed(void **state)
{
    (void)state;
    pid_t pids[6];
    for (int i = 0; i < 6; i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        for (int j = 0; j < 200; j++) {
            struct atomic_file *file = atomic_file_new(in_folder("file"), false, &err);
            if (!file || !atomic_file_commit(file, &err))
                _exit(1);
            atomic_file_free(file);
        }
        _exit(0);
    }
    for (int i = 0; i < 6; i++)
        assert_child_good(pids[i]);
    assert_true(is_pattern("file", 0));
    assert_int_equal(entry_count(), 1);
}

static void without_clobbering_exactly_one_of_many_succeeds(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        assert_int_equal(race(ways[i % WAYS], true, 4), 1);
        assert_true(is_whole_of_race());
        assert_int_equal(entry_count(), 1);
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

/* Makes the file again and again, until it is killed. */
static pid_t start_victim(make *way)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    for (;;)
        if (!make_whole(way, in_folder("file"), false, &err))
            _exit(1);
}

/* How long a victim takes until it has made one file: milliseconds, or much more where it is emulated. */
static long way_ns(void)
{
    enum { LONGEST_NS = 500000000 };
    const struct timespec step = {.tv_nsec = 100000};
    long waited_ns = step.tv_nsec;
    pid_t pid = start_victim(ways[0]);
    for (; waited_ns < LONGEST_NS && !is_there("file"); waited_ns += step.tv_nsec)
        nanosleep(&step, NULL);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return waited_ns;
}

static void a_process_killed_at_any_moment_leaves_the_old_file_or_the_new(void **state)
{
    (void)state;
    int left_behind = 0;
    srand(1);
    long moments_ns = 3000000 + 2 * way_ns();
    for (int i = 0; i < KILLS; i++) {
        bool had_old = rand() % 2;
        unlink(in_folder("file"));
        if (had_old)
            put("file", OLD_LEN);
        pid_t pid = start_victim(ways[i % WAYS]);
        nanosleep(&(struct timespec){.tv_nsec = rand() % moments_ns % 1000000000}, NULL);
        kill(pid, SIGKILL);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        assert_true(is_pattern("file", LEN) ||
                    (had_old ? is_pattern("file", OLD_LEN) : !is_there("file")));
        left_behind += is_there(".file.walseal");
        if (i % 7 == 0) {
            assert_true(make_whole(ways[i / 7 % WAYS], in_folder("file"), false, &err));
            assert_int_equal(entry_count(), 1);
        }
    }
    assert_true(left_behind > 0); /* otherwise nothing was tried */
    assert_true(make_whole(atomic_file_new, in_folder("file"), false, &err));
    assert_int_equal(entry_count(), 1);
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
            setrlimit(RLIMIT_FSIZE, &limit);
            struct atomic_file *file = ways[i](in_folder("file"), false, &err);
            bool refused = file && !write_len(file, LEN) && !write_len(file, 1) && errno == EFBIG;
            atomic_file_free(file);
            _exit(refused ? 0 : 1);
        }
        assert_child_good(pid);
        assert_int_equal(entry_count(), 0);
    }
}

static void an_existing_file_can_be_synced(void **state)
{
    (void)state;
    put("file", 10);
    assert_int_equal(symlink("file", in_folder("link")), 0);
    assert_true(atomic_file_sync_existing(in_folder("file"), &err));
    assert_true(atomic_file_sync_existing(in_folder("link"), &err));
    assert_false(atomic_file_sync_existing(in_folder("nothing"), &err));
    assert_failed(ERROR_IO, "nothing: cannot be opened: No such file");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_only_when_it_is_committed),
        TEST(an_empty_file_can_be_made),
        TEST(what_is_not_committed_leaves_nothing),
        TEST(an_old_file_stays_until_it_is_replaced_whole),
        TEST(a_file_that_appears_while_writing_is_replaced),
        TEST(without_clobbering_an_existing_file_is_refused_at_once),
        TEST(without_clobbering_a_file_that_appears_while_writing_is_kept),
        TEST(without_clobbering_a_free_name_is_made),
        TEST(the_mode_comes_from_the_umask),
        TEST(names_as_long_as_may_be_are_made),
        TEST(what_cannot_be_a_file_is_refused),
        TEST(a_read_only_directory_is_refused_at_once),
        TEST(relative_paths_mean_the_working_directory),
        TEST(through_a_link_its_target_is_made_or_replaced),
        TEST(an_absolute_link_is_followed),
        TEST(a_temporary_name_that_nobody_holds_is_reclaimed),
        TEST(a_temporary_name_that_may_only_be_read_is_reclaimed),
        TEST(without_unnamed_files_a_second_process_fails_at_once),
        TEST(replacing_waits_for_the_owner_of_the_temporary_name),
        TEST(waiting_for_the_owner_can_be_called_off),
        TEST(what_is_no_file_under_the_temporary_name_is_left_alone),
        TEST(of_many_that_make_the_same_file_one_stays_whole),
        TEST(many_that_replace_the_same_file_again_and_again_all_succeed),
        TEST(without_clobbering_exactly_one_of_many_succeeds),
        TEST(a_process_killed_at_any_moment_leaves_the_old_file_or_the_new),
        TEST(a_full_disk_leaves_nothing),
        TEST(an_existing_file_can_be_synced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
