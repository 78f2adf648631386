/*
 * The mutator does what it is for: what it makes of a key or a message still is one packet behind
 * another, in armor where it was, and not the same as before. TAP, over the corpora.
 */
#include "mutate.h"
#include "packets.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 64 * 1024, SEEDS = 40, PATH_SIZE = 512 };

static unsigned failed;
static unsigned number;

static void tell(bool good, const char *what)
{
    printf("%sok %u - %s\n", good ? "" : "not ", ++number, what);
    failed += !good;
}

/* In the place of libFuzzer's: adds an octet. */
static size_t add_octet(uint8_t *octets, size_t size, size_t room)
{
    if (size < room)
        octets[size++] = 0x5A;
    return size;
}

static size_t read_file(const char *path, uint8_t *data)
{
    FILE *file = fopen(path, "rb");
    size_t len = file != NULL ? fread(data, 1, ROOM, file) : 0;
    if (file != NULL)
        fclose(file);
    return len;
}

struct count {
    unsigned inputs;
    unsigned made;
    unsigned whole;
    unsigned same;
};

static bool is_whole(const uint8_t *data, size_t size)
{
    static struct pieces pieces;
    if (!pieces_split(&pieces, data, size))
        return false;
    return !pieces.piece[pieces.count - 1].is_raw;
}

static void mutate(const uint8_t *data, size_t size, struct count *count)
{
    static uint8_t made[ROOM];
    static uint8_t again[ROOM];
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        memcpy(made, data, size);
        memcpy(again, data, size);
        size_t len = packets_mutate(made, size, ROOM, seed, add_octet);
        size_t len_again = packets_mutate(again, size, ROOM, seed, add_octet);
        if (len != len_again || memcmp(made, again, len) != 0)
            failed++;
        count->made += len > 0;
        count->whole += is_whole(made, len);
        count->same += len == size && memcmp(made, data, size) == 0;
    }
}

static struct count mutate_folder(const char *folder)
{
    static uint8_t data[ROOM];
    char path[PATH_SIZE];
    struct count count = {.inputs = 0};
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        size_t size = read_file(path, data);
        if (size < 2 || size > ROOM / 4 || !is_whole(data, size))
            continue;
        count.inputs++;
        mutate(data, size, &count);
    }
    if (directory != NULL)
        closedir(directory);
    return count;
}

static void judge(const char *folder, const char *what)
{
    struct count count = mutate_folder(folder);
    printf("# %s: %u inputs, %u made, %u whole, %u the same\n", folder, count.inputs, count.made,
           count.whole, count.same);
    tell(count.inputs > 10 && count.whole * 10 > count.made * 9 && count.same * 5 < count.made,
         what);
}

/* RFC 9580 section 6.1 has no example; this sum is gpg's over the packet that says PGP. */
static void judge_armor(void)
{
    static const uint8_t marker[] = {0xCA, 0x03, 'P', 'G', 'P'};
    static struct pieces pieces;
    static uint8_t out[ROOM + 1];
    pieces_split(&pieces, marker, sizeof marker);
    pieces.is_armored = true;
    size_t len = pieces_join(&pieces, out, ROOM);
    tell(strcmp((char *)out, "-----BEGIN PGP MESSAGE-----\n\nygNQR1A=\n=GG5/\n"
                             "-----END PGP MESSAGE-----\n") == 0,
         "armor has its sum");
    tell(pieces_split(&pieces, out, len) && pieces.count == 1 && pieces.piece[0].len == 3 &&
             memcmp(pieces.store + pieces.piece[0].at, "PGP", 3) == 0,
         "armor is taken apart as it was put together");
}

int main(void)
{
    printf("1..4\n");
    judge_armor();
    judge("tests/fuzz/corpus/key", "keys stay packets");
    judge("tests/fuzz/corpus/message", "messages stay packets, armored or not");
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
