#define _DEFAULT_SOURCE /* syscall */
#include "sandbox_landlock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __linux__

/* linux/landlock.h; the numbers of the calls are the same on every processor. */
enum {
    CREATE_RULESET = 444,
    ADD_RULE = 445,
    RESTRICT_SELF = 446,
    CREATE_RULESET_VERSION = 1, /* flag: says the version */
    RULE_PATH_BENEATH = 1,
};

enum {
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_REG = 1 << 8,
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
    NET_BIND_TCP = 1 << 0,
    NET_CONNECT_TCP = 1 << 1,
    SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0,
};

enum {
    FS_READ = FS_READ_FILE | FS_READ_DIR,
    FS_MAKE = FS_READ | FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_REG,
    FS_OF_FILES = FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV | 1, /* execute */
};

struct ruleset {
    uint64_t fs;     /* what is forbidden but where a rule allows it */
    uint64_t net;    /* from version 4 */
    uint64_t scoped; /* from version 6 */
};

/* As the kernel has it: without room between. */
struct path_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

/* All that a version knows: a kernel refuses what it doesn't. */
static uint64_t fs_of_version(int version)
{
    if (version >= 5)
        return 0xffff;
    if (version >= 3)
        return 0x7fff;
    return version == 2 ? 0x3fff : 0x1fff;
}

void sandbox_landlock_begin(struct sandbox_landlock *landlock)
{
    *landlock = (struct sandbox_landlock){.rules_fd = -1};
    long version = syscall(CREATE_RULESET, NULL, (size_t)0, CREATE_RULESET_VERSION);
    if (version < 1) {
        landlock->errno_value = errno;
        return;
    }
    landlock->version = (int)version;
    struct ruleset ruleset = {.fs = fs_of_version(landlock->version)};
    size_t size = offsetof(struct ruleset, net);
    if (version >= 4) {
        ruleset.net = NET_BIND_TCP | NET_CONNECT_TCP;
        size = offsetof(struct ruleset, scoped);
    }
    if (version >= 6) {
        ruleset.scoped = SCOPE_ABSTRACT_UNIX_SOCKET;
        size = sizeof ruleset;
    }
    landlock->rules_fd = (int)syscall(CREATE_RULESET, &ruleset, size, 0);
    landlock->errno_value = errno;
}

void sandbox_landlock_allow(struct sandbox_landlock *landlock, int fd, enum sandbox_access access)
{
    struct stat status;
    uint64_t all = fs_of_version(landlock->version);
    uint64_t allowed = access == SANDBOX_READ ? FS_READ : access == SANDBOX_MAKE ? FS_MAKE : all;
    if (landlock->rules_fd < 0 || fstat(fd, &status) != 0)
        return;
    if (!S_ISDIR(status.st_mode))
        allowed &= FS_OF_FILES;
    const struct path_beneath rule = {.allowed = allowed & all, .parent_fd = fd};
    /* A rule that is refused allows nothing: what it was for says so when it comes to that. */
    (void)syscall(ADD_RULE, landlock->rules_fd, RULE_PATH_BENEATH, &rule, 0);
}

bool sandbox_landlock_close(struct sandbox_landlock *landlock)
{
    if (landlock->rules_fd < 0)
        return false;
    if (syscall(RESTRICT_SELF, landlock->rules_fd, 0) == 0)
        return true;
    landlock->errno_value = errno;
    return false;
}

void sandbox_landlock_end(struct sandbox_landlock *landlock)
{
    if (landlock->rules_fd >= 0)
        close(landlock->rules_fd);
    landlock->rules_fd = -1;
}

#else

void sandbox_landlock_begin(struct sandbox_landlock *landlock)
{
    *landlock = (struct sandbox_landlock){.rules_fd = -1, .errno_value = ENOSYS};
}

void sandbox_landlock_allow(struct sandbox_landlock *landlock, int fd, enum sandbox_access access)
{
    (void)landlock;
    (void)fd;
    (void)access;
}

bool sandbox_landlock_close(struct sandbox_landlock *landlock)
{
    (void)landlock;
    return false;
}

void sandbox_landlock_end(struct sandbox_landlock *landlock)
{
    (void)landlock;
}

#endif
