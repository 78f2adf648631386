/*
 * Calls that fail on demand: a library to be preloaded into walseal, for tests.
 *
 * It stands in front of every function that walseal or a library below it calls and that can fail
 * (system.c, memory.c, crypto.c), counts the calls, and lets the one fail that the environment names:
 *
 *     FAULTS_TABLE   the file that the counts go into, made anew (struct fault_table)
 *     FAULTS_STRIKE  "ROLE SCOPE NAME N FORM", or unset: nothing fails
 *
 * ROLE is the process: main, guardian (its child), command (the guardian's child, before it executes
 * its shell). SCOPE is who calls: own (walseal's code) or library. N is the number of the call, from
 * 1, or "N+": that one and all behind it. FORM is fail, short or interrupt.
 *
 * The table is mapped before main and its file closed: nothing is opened later, and what a sandbox
 * refuses to walseal is not missed here. Programs that walseal executes are let alone.
 */
#ifndef FAULTS_FAULT_H
#define FAULTS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum { FAULT_ROLES = 3, FAULT_SCOPES = 2, FAULT_SITES_MAX = 240, FAULT_NAME_SIZE = 56 };

enum fault_form {
    FAULT_NONE = 0,
    FAULT_FAIL = 1,
    FAULT_SHORT = 2,     /* one byte is read or written */
    FAULT_INTERRUPT = 4, /* EINTR; of a condition, a wake-up without a cause */
    FAULT_OWN = 8,       /* no form: what libraries call doesn't count, they are trusted */
};

/* What the driver reads; all integers in the machine's own byte order. */
struct fault_record {
    char name[FAULT_NAME_SIZE];
    uint32_t forms; /* a sum of enum fault_form */
    uint32_t counts[FAULT_ROLES][FAULT_SCOPES];
};

struct fault_table {
    char library[FAULT_NAME_SIZE]; /* whose call was let fail last; empty: the program's .. */
    uint64_t at;                   /* .. by what stands at this address */
    uint32_t struck;               /* how many calls were let fail */
    uint32_t sites;
    struct fault_record records[FAULT_SITES_MAX];
};

struct fault_site {
    const char *name;
    int cause; /* errno of FAULT_FAIL */
    unsigned forms;
    void *next; /* the function itself */
    unsigned index;
};

/* Counts the call and tells how it is to end; with errno set, where it is to fail. */
enum fault_form fault_meet(struct fault_site *site, const void *caller);

/* The function that the site stands in front of. */
void *fault_next(struct fault_site *site);

#define FAULT_SITE(function, cause_of_failing, forms_of_failing)                                   \
    static struct fault_site site_of_##function = {                                                \
        .name = #function, .cause = cause_of_failing, .forms = forms_of_failing};                  \
    __attribute__((section("fault_sites"),                                                         \
                   used)) static struct fault_site *const listed_##function = &site_of_##function

#define FAULT_MEET(function) fault_meet(&site_of_##function, __builtin_return_address(0))

#define FAULT_NEXT(function) ((__typeof__(&function))fault_next(&site_of_##function))

/* A second name by which programs call the function. */
#define FAULT_AS(function, name)                                                                   \
    __asm__(".globl " #name "\n.set " #name ", " #function "\n.type " #name ", %function");

/* The name of those that ask for 64-bit file offsets; it is another function where a long has 32. */
#ifdef __LP64__
#define FAULT_WIDE(function) FAULT_AS(function, function##64)
#else
#define FAULT_WIDE(function)
#endif

/* A function that does nothing and gives failed when it is to fail. */
#define FAULT_CALL(type, function, parameters, arguments, cause, forms, failed)                    \
    FAULT_SITE(function, cause, forms);                                                            \
    type function parameters                                                                       \
    {                                                                                              \
        if (FAULT_MEET(function) != FAULT_NONE)                                                    \
            return failed;                                                                         \
        return FAULT_NEXT(function) arguments;                                                     \
    }

#endif
