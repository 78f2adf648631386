/*
 * Which call fails, and the counts; see fault.h.
 */
#define _GNU_SOURCE /* RTLD_NEXT, dl_iterate_phdr */
#include "fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern struct fault_site *const __start_fault_sites[];
extern struct fault_site *const __stop_fault_sites[];

struct strike {
    const struct fault_site *site;
    unsigned role;
    unsigned scope;
    uint32_t number;
    bool lasting;
    enum fault_form form;
};

static struct fault_table *table; /* NULL: nothing is counted, nothing fails */
static struct strike strike;
static unsigned role;
static uintptr_t program_start;
static uintptr_t program_end;

/* Also before the constructor has run: the libraries' own come first. */
void *fault_next(struct fault_site *site)
{
    if (site->next == NULL)
        site->next = dlsym(RTLD_NEXT, site->name);
    return site->next;
}

static void note_caller(const void *caller, unsigned scope)
{
    Dl_info info;
    if (scope == 0)
        table->at = (uintptr_t)caller - program_start;
    else if (dladdr(caller, &info) != 0)
        snprintf(table->library, sizeof table->library, "%s", basename(info.dli_fname));
}

static enum fault_form met(struct fault_site *site, const void *caller)
{
    uintptr_t address = (uintptr_t)caller;
    unsigned scope = address >= program_start && address < program_end ? 0 : 1;
    if (scope == 1 && (site->forms & FAULT_OWN) != 0)
        return FAULT_NONE;
    uint32_t *count = &table->records[site->index].counts[role][scope];
    uint32_t number = __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    bool strikes = site == strike.site && role == strike.role && scope == strike.scope &&
                   (number == strike.number || (strike.lasting && number > strike.number));
    if (!strikes)
        return FAULT_NONE;
    __atomic_add_fetch(&table->struck, 1, __ATOMIC_RELAXED);
    note_caller(caller, scope);
    return strike.form;
}

enum fault_form fault_meet(struct fault_site *site, const void *caller)
{
    enum fault_form form = table != NULL ? met(site, caller) : FAULT_NONE;
    if (form == FAULT_FAIL || form == FAULT_INTERRUPT)
        errno = form == FAULT_FAIL ? site->cause : EINTR;
    return form;
}

FAULT_SITE(fork, EAGAIN, FAULT_FAIL);

pid_t fork(void)
{
    if (FAULT_MEET(fork) != FAULT_NONE)
        return -1;
    pid_t pid = FAULT_NEXT(fork)();
    if (pid == 0 && role < FAULT_ROLES - 1)
        role++;
    return pid;
}

/* The program itself is the first that is told of. */
static int find_program(struct dl_phdr_info *info, size_t size, void *argument)
{
    (void)size;
    (void)argument;
    program_start = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD)
            continue;
        program_start = start < program_start ? start : program_start;
        program_end = start + part->p_memsz > program_end ? start + part->p_memsz : program_end;
    }
    return 1;
}

static unsigned word(const char *text, const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    fprintf(stderr, "faults: what is %s?\n", text);
    _exit(99);
}

static void read_strike(const char *text)
{
    static const char *const roles[] = {"main", "guardian", "command"};
    static const char *const scopes[] = {"own", "library"};
    static const char *const forms[] = {"fail", "short", "interrupt"};
    char role_text[16];
    char scope_text[16];
    char name[FAULT_NAME_SIZE];
    char number[16];
    char form_text[16];
    if (sscanf(text, "%15s %15s %55s %15s %15s", role_text, scope_text, name, number, form_text) !=
        5)
        word(text, NULL, 0);
    strike.role = word(role_text, roles, 3);
    strike.scope = word(scope_text, scopes, 2);
    strike.form = (enum fault_form)(1U << word(form_text, forms, 3));
    strike.number = (uint32_t)strtoul(number, NULL, 10);
    strike.lasting = strchr(number, '+') != NULL;
    for (struct fault_site *const *site = __start_fault_sites; site < __stop_fault_sites; site++)
        if (strcmp((*site)->name, name) == 0)
            strike.site = *site;
    if (strike.site == NULL)
        word(name, NULL, 0);
}

static struct fault_table *map_table(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    void *mapped = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, sizeof(struct fault_table)) == 0)
        mapped = mmap(NULL, sizeof(struct fault_table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        word(path, NULL, 0);
    close(fd);
    return mapped;
}

static void list_sites(struct fault_table *made)
{
    for (struct fault_site *const *site = __start_fault_sites; site < __stop_fault_sites; site++) {
        (*site)->index = made->sites;
        if (made->sites == FAULT_SITES_MAX)
            word("one more site", NULL, 0);
        struct fault_record *record = &made->records[made->sites++];
        snprintf(record->name, sizeof record->name, "%s", (*site)->name);
        record->forms = (*site)->forms;
        fault_next(*site);
    }
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULTS_TABLE");
    const char *wanted = getenv("FAULTS_STRIKE");
    if (path == NULL)
        return;
    dl_iterate_phdr(find_program, NULL);
    struct fault_table *made = map_table(path);
    list_sites(made);
    if (wanted != NULL)
        read_strike(wanted);
    unsetenv("LD_PRELOAD");
    unsetenv("FAULTS_TABLE");
    unsetenv("FAULTS_STRIKE");
    table = made;
}
