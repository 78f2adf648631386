/*
 * Searches the memory of a process for secrets:
 *
 *     memory_search PID NAME=SECRET...
 *
 * SECRET is hex digits, text:WORDS, or stream:KEY:HEADER, the key that the sodium stream with that
 * header derives from KEY (both in hex digits). For each occurrence a line: NAME, where it is
 * ("[heap]", "[stack]", a file's name, "anonymous"), and how its page is kept: "guarded" from swap,
 * from core dumps and from children, "locked" from swap alone, or "open". Numbers are searched for
 * in both byte orders. Needs the right to trace PID.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRETS_MAX = 64, SECRET_MAX = 4096, LINE_SIZE = 4096 };

struct secret {
    const char *name;
    unsigned char bytes[SECRET_MAX];
    size_t len;
};

struct mapping {
    uintptr_t start;
    uintptr_t end;
    bool readable;
    bool locked;
    bool guarded;
    char name[LINE_SIZE];
};

static struct secret secrets[SECRETS_MAX];
static size_t secret_count;

static void die(const char *what)
{
    fprintf(stderr, "memory_search: %s\n", what);
    exit(2);
}

static size_t from_hex(const char *text, size_t text_len, unsigned char *bytes)
{
    size_t len;
    if (sodium_hex2bin(bytes, SECRET_MAX, text, text_len, NULL, &len, NULL) != 0 || len == 0)
        die("no hex digits");
    return len;
}

static void from_stream(const char *text, struct secret *secret)
{
    unsigned char key[SECRET_MAX];
    unsigned char header[SECRET_MAX];
    size_t key_len = strcspn(text, ":");
    if (text[key_len] != ':' || from_hex(text, key_len, key) != 32 ||
        from_hex(text + key_len + 1, strlen(text + key_len + 1), header) < 16)
        die("no KEY:HEADER");
    crypto_core_hchacha20(secret->bytes, header, key, NULL);
    secret->len = 32;
}

static void add_reversed(void)
{
    const struct secret *secret = &secrets[secret_count - 1];
    struct secret *reversed = &secrets[secret_count++];
    reversed->name = secret->name;
    reversed->len = secret->len;
    for (size_t i = 0; i < secret->len; i++)
        reversed->bytes[i] = secret->bytes[secret->len - 1 - i];
}

static void add_secret(char *argument)
{
    struct secret *secret = &secrets[secret_count++];
    char *value = strchr(argument, '=');
    if (value == NULL || secret_count + 1 >= SECRETS_MAX)
        die("no NAME=SECRET");
    *value++ = '\0';
    secret->name = argument;
    if (strncmp(value, "text:", 5) == 0) {
        secret->len = strlen(value + 5);
        memcpy(secret->bytes, value + 5, secret->len);
        return;
    }
    if (strncmp(value, "stream:", 7) == 0)
        from_stream(value + 7, secret);
    else
        secret->len = from_hex(value, strlen(value), secret->bytes);
    add_reversed();
}

/* The next mapping of /proc/PID/smaps. */
static bool next_mapping(FILE *smaps, struct mapping *mapping)
{
    char line[LINE_SIZE];
    while (fgets(line, sizeof line, smaps) != NULL) {
        struct mapping found = {.locked = false};
        char rights[8];
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %*s %*s %*s %4095[^\n]", &found.start,
                   &found.end, rights, found.name) >= 3) {
            *mapping = found;
            mapping->readable = rights[0] == 'r';
        } else if (strncmp(line, "VmFlags:", 8) == 0) {
            mapping->locked = strstr(line, " lo") != NULL;
            mapping->guarded =
                mapping->locked && strstr(line, " dd") != NULL && strstr(line, " dc") != NULL;
            return true;
        }
    }
    return false;
}

static void search(int memory_fd, const struct mapping *mapping)
{
    size_t len = mapping->end - mapping->start;
    unsigned char *bytes = malloc(len);
    if (bytes == NULL)
        die("no memory");
    ssize_t got = pread(memory_fd, bytes, len, (off_t)mapping->start);
    for (size_t i = 0; i < secret_count && got > 0; i++) {
        const unsigned char *at = bytes;
        size_t left = (size_t)got;
        while ((at = memmem(at, left, secrets[i].bytes, secrets[i].len)) != NULL) {
            printf("%s %s %s\n", secrets[i].name,
                   mapping->name[0] != '\0' ? mapping->name : "anonymous",
                   mapping->guarded  ? "guarded"
                   : mapping->locked ? "locked"
                                     : "open");
            left = (size_t)got - (size_t)(++at - bytes);
        }
    }
    free(bytes);
}

int main(int argc, char **argv)
{
    char path[64];
    if (argc < 3)
        die("usage: memory_search PID NAME=SECRET...");
    for (int i = 2; i < argc; i++)
        add_secret(argv[i]);
    snprintf(path, sizeof path, "/proc/%s/smaps", argv[1]);
    FILE *smaps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%s/mem", argv[1]);
    int memory_fd = open(path, O_RDONLY);
    if (smaps == NULL || memory_fd < 0)
        die("the process can't be looked into");
    struct mapping mapping;
    size_t readable = 0;
    while (next_mapping(smaps, &mapping)) {
        if (!mapping.readable)
            continue;
        readable++;
        search(memory_fd, &mapping);
    }
    fclose(smaps);
    close(memory_fd);
    if (readable == 0)
        die("nothing was searched");
    return 0;
}
