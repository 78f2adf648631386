/*
 * The pipes of a run's commands: the guardian's ends of them, and walseal's.
 */
#ifndef WALSEAL_IO_GIFT_H
#define WALSEAL_IO_GIFT_H

#include "io/child.h"
#include "io/guardian.h"

/* walseal's ends of what belongs to a command; -1: none. */
struct gift_ends {
    int data_fd;   /* what it reads of the last of CHILD_FROM, or writes to the first of CHILD_TO */
    int output_fd; /* what it reads of one that returns */
    int report_fd;
};

struct gift {
    struct guardian_command command[CHILDREN_MAX];
    struct gift_ends ends[CHILDREN_MAX];
    size_t count;
    int line_fd;
    int null_fd;
    int walseals_line_fd;
};

/* Opens everything but what the commands are. False and errno; gift_close is still to be called. */
bool gift_open(struct gift *gift, const struct child_spec *specs, size_t count);

/* Closes what the guardian was given. walseal's ends stay. */
void gift_close(struct gift *gift);

#endif
