/*
 * Runs `walseal decrypt` on a stream damaged in one place after the other, and holds every outcome
 * against the rules of the format: the exit status, and that exactly the plaintext of the chunks
 * before the damage came out.
 *
 *     damage_sweep WALSEAL KEY_FILE STREAM PLAIN cuts STEP   cut after every STEP-th byte, and after
 *                                                            every byte near a chunk's ends
 *     damage_sweep WALSEAL KEY_FILE STREAM PLAIN flips STEP  flip every STEP-th bit
 *
 * Where SAMPLE is in the environment (see tests/run), STEP is that many times as long.
 *
 * STREAM is PLAIN as WAL-G writes it with a sodium key, or, with "openpgp" as a last argument, a
 * small OpenPGP message of it, of which no damage may let a byte out: it ends in 206 where it is
 * cut, in 204 to 207 where a bit is flipped, or in 202 where that makes it one for a passphrase.
 * Only what says how long a number is in bits may be flipped without any harm. Prints the number of runs, and of those; 1 if any run was wrong.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEADER = 24, OVERHEAD = 17, MESSAGE = 8192, CHUNK = MESSAGE + OVERHEAD };
enum { NEAR = 20, FILE_MAX = 1024 * 1024, WRONG_MAX = 10 };

static const char *walseal, *key_path;
static unsigned char stream[FILE_MAX], plain[FILE_MAX], got[FILE_MAX];
static size_t stream_len, plain_len;
static int in_fd, out_fd, err_fd;
static int runs, wrong, harmless;
static bool is_openpgp;

static _Noreturn void die(const char *text)
{
    perror(text);
    exit(2);
}

static size_t read_file(const char *path, unsigned char *bytes)
{
    int fd = open(path, O_RDONLY);
    ssize_t len = fd < 0 ? -1 : read(fd, bytes, FILE_MAX);
    if (len < 0)
        die(path);
    close(fd);
    return (size_t)len;
}

static int temporary_file(void)
{
    char path[4096];
    const char *folder = getenv("T");
    snprintf(path, sizeof path, "%s/sweep.XXXXXX", folder != NULL ? folder : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0 || unlink(path) != 0)
        die(path);
    return fd;
}

static void fill(int fd, const unsigned char *bytes, size_t len)
{
    if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len ||
        lseek(fd, 0, SEEK_SET) != 0)
        die("temporary file");
}

static int decrypt(void)
{
    char *args[] = {(char *)walseal, "decrypt", "-T", "1", "-k", (char *)key_path, NULL};
    char *none[] = {NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in_fd, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
    posix_spawn_file_actions_adddup2(&actions, err_fd, 2);
    if (posix_spawn(&pid, walseal, &actions, NULL, args, none) != 0)
        die(walseal);
    posix_spawn_file_actions_destroy(&actions);
    while (waitpid(pid, &status, 0) < 0)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct outcome {
    int status;
    size_t len; /* of got */
    char text[2048];
};

static void run(const unsigned char *bytes, size_t len, struct outcome *outcome)
{
    fill(in_fd, bytes, len);
    fill(out_fd, NULL, 0);
    fill(err_fd, NULL, 0);
    outcome->status = decrypt();
    ssize_t got_len = pread(out_fd, got, sizeof got, 0);
    ssize_t text_len = pread(err_fd, outcome->text, sizeof outcome->text - 1, 0);
    if (got_len < 0 || text_len < 0)
        die("temporary file");
    outcome->len = (size_t)got_len;
    outcome->text[text_len] = '\0';
    runs++;
}

/* One run on bytes, which must end in status with the messages of good_chunks, and say so. */
static void expect(const unsigned char *bytes, size_t len, int status, size_t good_chunks,
                   const char *phrase, const char *what, size_t where)
{
    struct outcome outcome;
    run(bytes, len, &outcome);
    if (outcome.status == status && outcome.len == good_chunks * MESSAGE &&
        memcmp(got, plain, outcome.len) == 0 && outcome.text[0] != '\0' &&
        strstr(outcome.text, phrase) != NULL)
        return;
    if (wrong++ < WRONG_MAX)
        fprintf(stderr, "%s %zu: status %d, expected %d; %zu bytes out, expected %zu; %s\n", what,
                where, outcome.status, status, outcome.len, good_chunks * MESSAGE, outcome.text);
}

/* One run on a damaged OpenPGP message. */
static void expect_nothing(const unsigned char *bytes, size_t len, int lowest, int highest,
                           const char *what, size_t where)
{
    struct outcome outcome;
    run(bytes, len, &outcome);
    const char *line_end = strchr(outcome.text, '\n');
    if (outcome.status >= lowest && outcome.status <= highest && outcome.len == 0 &&
        strncmp(outcome.text, "walseal: ", 9) == 0 && line_end != NULL && line_end[1] == '\0')
        return;
    if (outcome.status == 0 && len == stream_len && outcome.len == plain_len &&
        memcmp(got, plain, plain_len) == 0 && outcome.text[0] == '\0') {
        harmless++;
        return;
    }
    if (wrong++ < WRONG_MAX)
        fprintf(stderr, "%s %zu: status %d, expected %d to %d; %zu bytes out; %s\n", what, where,
                outcome.status, lowest, highest, outcome.len, outcome.text);
}

static void expect_cut(size_t len)
{
    if (is_openpgp) {
        expect_nothing(stream, len, 206, 206, "cut at", len);
        return;
    }
    size_t chunks = len < HEADER ? 0 : (len - HEADER) / CHUNK;
    size_t rest = len < HEADER ? 0 : (len - HEADER) % CHUNK;
    if (len == OVERHEAD)
        expect(stream, len, 207, 0, "17-byte object", "cut at", len);
    else if (rest < OVERHEAD)
        expect(stream, len, 206, chunks, len == 0 ? "empty" : "truncated", "cut at", len);
    else
        expect(stream, len, chunks == 0 ? 204 : 205, chunks, "cut short", "cut at", len);
}

static void sweep_cuts(size_t step)
{
    for (size_t len = 0; len < stream_len; len++) {
        size_t into = len < HEADER ? 0 : (len - HEADER) % CHUNK;
        if (len % step == 0 || into < NEAR || into > CHUNK - NEAR || len + NEAR > stream_len)
            expect_cut(len);
    }
}

static void sweep_flips(size_t step)
{
    for (size_t bit = 0; bit < stream_len * 8; bit += step) {
        size_t byte = bit / 8;
        size_t chunk = byte < HEADER ? 0 : (byte - HEADER) / CHUNK;
        unsigned char mask = (unsigned char)(1 << bit % 8);
        stream[byte] ^= mask;
        if (is_openpgp)
            expect_nothing(stream, stream_len, 202, 207, "bit", bit);
        else
            expect(stream, stream_len, chunk == 0 ? 204 : 205, chunk, "walseal: ", "bit", bit);
        stream[byte] ^= mask;
    }
}

int main(int argc, char **argv)
{
    is_openpgp = argc == 8 && strcmp(argv[7], "openpgp") == 0;
    if (argc != 7 && !is_openpgp)
        return 2;
    walseal = argv[1];
    key_path = argv[2];
    stream_len = read_file(argv[3], stream);
    plain_len = read_file(argv[4], plain);
    size_t step = strtoul(argv[6], NULL, 10);
    const char *sample = getenv("SAMPLE");
    if (sample != NULL)
        step *= strtoul(sample, NULL, 10);
    if (step == 0)
        return 2;
    in_fd = temporary_file();
    out_fd = temporary_file();
    err_fd = temporary_file();
    if (strcmp(argv[5], "cuts") == 0)
        sweep_cuts(step);
    else
        sweep_flips(step);
    printf("%d runs, %d wrong, %d harmless\n", runs, wrong, harmless);
    return runs == 0 || wrong != 0;
}
