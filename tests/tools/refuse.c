/*
 * Runs a command as if the kernel or a container refused it a sandbox:
 *
 *     refuse calls|files|both|privileges ERRNO COMMAND...
 *
 * calls: seccomp; files: Landlock; privileges: PR_SET_NO_NEW_PRIVS, without which a kernel refuses
 * both. ERRNO is a number: 1 (EPERM) is what a container's filter says, 38 (ENOSYS) an old kernel.
 * A filter of the kernel's own machine language, so that it shares nothing with what it is to fool.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LANDLOCK_FIRST = 444, LANDLOCK_LAST = 446, RULES_MAX = 32 };

struct filter {
    struct sock_filter rule[RULES_MAX];
    unsigned short len;
};

/* The number, or a part of the first argument. */
static void load(struct filter *filter, size_t offset)
{
    filter->rule[filter->len++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset);
}

static void answer_if(struct filter *filter, unsigned value, unsigned answer)
{
    filter->rule[filter->len++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    filter->rule[filter->len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer);
}

/* prctl is refused by its first argument. On a big-endian machine that is behind the upper half. */
static void answer_if_prctl(struct filter *filter, unsigned option, unsigned answer)
{
    const size_t low = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;
    filter->rule[filter->len++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 4);
    load(filter, offsetof(struct seccomp_data, args[0]) + low);
    answer_if(filter, option, answer);
    load(filter, offsetof(struct seccomp_data, nr));
}

static int usage(void)
{
    fputs("usage: refuse calls|files|both|privileges ERRNO COMMAND...\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return usage();
    int both = strcmp(argv[1], "both") == 0;
    unsigned answer = SECCOMP_RET_ERRNO | (unsigned)atoi(argv[2]);
    struct filter filter = {.len = 0};
    load(&filter, offsetof(struct seccomp_data, nr));
    if (both || strcmp(argv[1], "calls") == 0) {
        answer_if(&filter, SYS_seccomp, answer);
        answer_if_prctl(&filter, PR_SET_SECCOMP, answer);
    }
    if (both || strcmp(argv[1], "files") == 0)
        for (unsigned call = LANDLOCK_FIRST; call <= LANDLOCK_LAST; call++)
            answer_if(&filter, call, answer);
    if (strcmp(argv[1], "privileges") == 0)
        answer_if_prctl(&filter, PR_SET_NO_NEW_PRIVS, answer);
    if (filter.len == 1)
        return usage();
    filter.rule[filter.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = filter.len, .filter = filter.rule};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("refuse");
        return 2;
    }
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    return 2;
}
