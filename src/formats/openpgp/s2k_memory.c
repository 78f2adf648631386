#include "formats/openpgp/s2k_memory.h"

#include <stdbool.h>

static const char proc_folder[] = "/proc";
static const char cgroup_folder[] = "/sys/fs/cgroup";

static bool remembered;
static uint64_t remembered_kib;

static uint64_t find_memory_kib(const char *proc, const char *cgroup);

void s2k_memory_begin(void)
{
    if (!remembered)
        s2k_memory_begin_in(proc_folder, cgroup_folder);
}

void s2k_memory_begin_in(const char *proc, const char *cgroup)
{
    remembered_kib = find_memory_kib(proc, cgroup);
    remembered = true;
}

uint64_t s2k_memory_kib(void)
{
    return remembered ? remembered_kib : find_memory_kib(proc_folder, cgroup_folder);
}

#ifdef __linux__

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, LINE_SIZE = 4096 };

/* What the files in a cgroup's folder are called, and in memory.stat those numbers that count all
 * cgroups below it, too. */
struct cgroup_names {
    const char *limit;
    const char *usage;
    const char *inactive_file;
    const char *active_file;
};

static const struct cgroup_names version_1 = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                                              "total_inactive_file ", "total_active_file "};
static const struct cgroup_names version_2 = {"memory.max", "memory.current", "inactive_file ",
                                              "active_file "};

/* The number after start in the first line that begins with start; UINT64_MAX: none. */
static uint64_t number_in(const char *path, const char *start)
{
    char line[LINE_SIZE];
    uint64_t number = UINT64_MAX;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return UINT64_MAX;
    while (number == UINT64_MAX && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, start, strlen(start)) == 0)
            (void)sscanf(line + strlen(start), "%" SCNu64, &number); /* or "max" */
    fclose(file);
    return number;
}

/* This process's place in a hierarchy of cgroups, which begins with a slash: that of version 2
 * ("0::/path"), or of version 1's memory controller ("7:memory:/path"). */
static bool find_cgroup(const char *proc, const char *mark, char path[PATH_SIZE])
{
    char name[PATH_SIZE];
    char line[LINE_SIZE];
    bool found = false;
    snprintf(name, sizeof name, "%s/self/cgroup", proc);
    FILE *file = fopen(name, "re");
    if (file == NULL)
        return false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        const char *at = strstr(line, mark);
        if (at == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(path, PATH_SIZE, "%s", at + strlen(mark));
        found = path[0] == '/' || path[0] == '\0';
    }
    fclose(file);
    return found;
}

static uint64_t number_in_folder(const char *folder, const char *file, const char *start)
{
    char name[2 * PATH_SIZE + sizeof "/memory.limit_in_bytes"];
    snprintf(name, sizeof name, "%s/%s", folder, file);
    return number_in(name, start);
}

/* number: UINT64_MAX, it isn't known. */
static uint64_t less(uint64_t from, uint64_t number)
{
    if (number == UINT64_MAX)
        return from;
    return number < from ? from - number : 0;
}

/* What a cgroup may still take. The pages of files that it holds are given up for more. */
static uint64_t left_in(const char *folder, const struct cgroup_names *names)
{
    uint64_t limit = number_in_folder(folder, names->limit, "");
    if (limit == UINT64_MAX)
        return limit;
    uint64_t usage = number_in_folder(folder, names->usage, "");
    if (usage == UINT64_MAX)
        return limit;
    usage = less(usage, number_in_folder(folder, "memory.stat", names->inactive_file));
    usage = less(usage, number_in_folder(folder, "memory.stat", names->active_file));
    return less(limit, usage);
}

/* The least of what is left between a cgroup and the root of its hierarchy. A container sees its
 * own cgroup as the root, whatever the path says. */
static uint64_t cgroup_left_kib(const char *root, char path[PATH_SIZE],
                                const struct cgroup_names *names)
{
    uint64_t least = UINT64_MAX;
    for (;;) {
        char folder[2 * PATH_SIZE];
        snprintf(folder, sizeof folder, "%s%s", root, path);
        uint64_t left = left_in(folder, names);
        if (left < least)
            least = left;
        char *slash = strrchr(path, '/');
        if (slash == NULL)
            return least == UINT64_MAX ? least : least / 1024;
        *slash = '\0';
    }
}

static uint64_t find_memory_kib(const char *proc, const char *cgroup)
{
    char name[PATH_SIZE];
    char path[PATH_SIZE];
    snprintf(name, sizeof name, "%s/meminfo", proc);
    uint64_t least = number_in(name, "MemAvailable:");
    if (!find_cgroup(proc, "0::", path))
        path[0] = '\0';
    uint64_t left = cgroup_left_kib(cgroup, path, &version_2);
    if (left < least)
        least = left;
    if (!find_cgroup(proc, ":memory:", path))
        path[0] = '\0';
    snprintf(name, sizeof name, "%s/memory", cgroup);
    left = cgroup_left_kib(name, path, &version_1);
    return left < least ? left : least;
}

#else

static uint64_t find_memory_kib(const char *proc, const char *cgroup)
{
    (void)proc;
    (void)cgroup;
    return UINT64_MAX;
}

#endif
