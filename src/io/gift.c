#define _GNU_SOURCE /* F_SETPIPE_SZ, F_DUPFD_CLOEXEC */
#include "io/gift.h"

#include "io/pair.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIPE_SIZE = 1024 * 1024 };

static bool open_pipe(int *read_fd, int *write_fd)
{
    int ends[2];
    if (!pair_new_pipe(ends))
        return false;
#ifdef F_SETPIPE_SZ
    fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE); /* refused: it is slower, nothing more */
#endif
    *read_fd = ends[0];
    *write_fd = ends[1];
    return true;
}

/* A copy, out of the way of the standard descriptors; none of nothing. */
static bool copy(const int *fd, int *copied)
{
    if (fd != NULL)
        *copied = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    return fd == NULL || *copied >= 0;
}

static bool open_input(struct gift *gift, const struct child_spec *spec, size_t index)
{
    struct guardian_command *command = &gift->command[index];
    if (spec->piped) {
        command->piped = true;
        command->chain = gift->command[index - 1].chain;
        if (!open_pipe(&command->input_fd, &gift->command[index - 1].output_fd))
            return false;
        command->hold_fd = gift->command[index - 1].output_fd;
        return true;
    }
    command->chain = index;
    if (spec->role == CHILD_FROM) {
        command->given = spec->input != NULL;
        return copy(spec->input, &command->input_fd);
    }
    if (!open_pipe(&command->input_fd, &gift->ends[index].data_fd))
        return false;
    command->hold_fd = gift->ends[index].data_fd;
    return pair_set_nonblocking(gift->ends[index].data_fd);
}

/* Of what isn't piped to the next command, for which the next one's input cares. */
static bool open_output(struct gift *gift, const struct child_spec *spec, size_t index)
{
    int *output_fd = &gift->command[index].output_fd;
    if (spec->output != NULL)
        return copy(spec->output, output_fd);
    if (spec->role == CHILD_TO && !spec->returns)
        return true;
    int *walseals = spec->returns ? &gift->ends[index].output_fd : &gift->ends[index].data_fd;
    return open_pipe(walseals, output_fd) && pair_set_nonblocking(*walseals);
}

static bool open_reports(struct gift *gift, size_t index)
{
    int reports[2];
    if (!pair_new_pipe(reports))
        return false;
    gift->ends[index].report_fd = reports[0];
    gift->command[index].report_fd = reports[1];
    return pair_set_nonblocking(reports[0]);
}

static bool open_line(struct gift *gift)
{
    int line[2];
    if (!pair_new_socket(line))
        return false;
    gift->walseals_line_fd = line[0];
    gift->line_fd = line[1];
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd < 0)
        return false;
    bool copied = copy(&null_fd, &gift->null_fd);
    int cause = errno;
    close(null_fd);
    errno = cause;
    return copied;
}

bool gift_open(struct gift *gift, const struct child_spec *specs, size_t count)
{
    *gift = (struct gift){.count = count, .line_fd = -1, .null_fd = -1, .walseals_line_fd = -1};
    for (size_t i = 0; i < count; i++) {
        gift->command[i] = (struct guardian_command){
            .input_fd = -1, .output_fd = -1, .hold_fd = -1, .report_fd = -1};
        gift->ends[i] = (struct gift_ends){.data_fd = -1, .output_fd = -1, .report_fd = -1};
    }
    bool good = open_line(gift);
    for (size_t i = 0; good && i < count; i++) {
        bool is_last = i + 1 == count || !specs[i + 1].piped;
        good = open_input(gift, &specs[i], i) && (!is_last || open_output(gift, &specs[i], i)) &&
               open_reports(gift, i);
    }
    return good;
}

void gift_close(struct gift *gift)
{
    for (size_t i = 0; i < gift->count; i++) {
        pair_close_end(&gift->command[i].input_fd);
        pair_close_end(&gift->command[i].output_fd);
        pair_close_end(&gift->command[i].report_fd);
    }
    pair_close_end(&gift->line_fd);
    pair_close_end(&gift->null_fd);
}
