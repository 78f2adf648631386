/*
 * Makes and reads secretstreams with libsodium alone, sharing no line with the program under test.
 *
 *     stream_oracle seal KEY_FILE CHUNK,CHUNK,..  < plain > stream
 *     stream_oracle seal KEY_FILE whole [START]   < plain > stream
 *     stream_oracle open KEY_FILE                 < stream > plain
 *
 * KEY_FILE holds 64 hex digits. A CHUNK is LEN or LEN:TAG (message, push, rekey, final; message if
 * not said): its message is the next LEN bytes of the plaintext, which must be used up at the end.
 * "whole" cuts the plaintext as WAL-G does. START, in hex digits, is how the header, which is
 * random otherwise, is to begin. Open ends with 0 only for a stream that is framed and
 * ended exactly as WAL-G frames and ends it.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_LEN = 8192, CHUNK_MAX = 1024 * 1024 };
enum { OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES };
enum { HEADER_LEN = crypto_secretstream_xchacha20poly1305_HEADERBYTES };
enum { FINAL = crypto_secretstream_xchacha20poly1305_TAG_FINAL };

typedef crypto_secretstream_xchacha20poly1305_state stream_state;

static unsigned char message[CHUNK_MAX];
static unsigned char chunk[CHUNK_MAX + OVERHEAD];

static _Noreturn void die(const char *text)
{
    fprintf(stderr, "stream_oracle: %s\n", text);
    exit(2);
}

static void read_key(const char *path, unsigned char key[32])
{
    char hex[65] = "";
    FILE *file = fopen(path, "rb");
    size_t len;
    if (file == NULL || fread(hex, 1, 64, file) != 64 ||
        sodium_hex2bin(key, 32, hex, 64, NULL, &len, NULL) != 0 || len != 32)
        die("the key file holds no 64 hex digits");
    fclose(file);
}

static void put(const unsigned char *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, stdout) != len)
        die("can't write");
}

static void seal_chunk(stream_state *state, size_t len, unsigned char tag)
{
    crypto_secretstream_xchacha20poly1305_push(state, chunk, NULL, message, len, NULL, 0, tag);
    put(chunk, len + OVERHEAD);
}

static void seal_whole(stream_state *state)
{
    size_t len;
    do {
        len = fread(message, 1, MESSAGE_LEN, stdin);
        seal_chunk(state, len, len < MESSAGE_LEN ? FINAL : 0);
    } while (len == MESSAGE_LEN);
}

static unsigned char tag_named(const char *name)
{
    static const char *const names[] = {"message", "push", "rekey", "final"};
    for (unsigned char tag = 0; tag < 4; tag++)
        if (strcmp(name, names[tag]) == 0)
            return tag;
    die("no such tag");
}

static void seal_chunks(stream_state *state, char *list)
{
    for (char *word = strtok(list, ","); word != NULL; word = strtok(NULL, ",")) {
        char *rest;
        size_t len = strtoul(word, &rest, 10);
        if (rest == word || (*rest != '\0' && *rest != ':') || len > CHUNK_MAX)
            die("no chunk list");
        if (fread(message, 1, len, stdin) != len)
            die("the plaintext is shorter than its chunks");
        seal_chunk(state, len, *rest == ':' ? tag_named(rest + 1) : 0);
    }
    if (fread(message, 1, 1, stdin) != 0)
        die("the plaintext is longer than its chunks");
}

/* Chance makes any header. What init_push does with the one it draws is what init_pull does. */
static void begin(stream_state *state, unsigned char header[HEADER_LEN], const unsigned char *key,
                  const char *start)
{
    size_t len;
    crypto_secretstream_xchacha20poly1305_init_push(state, header, key);
    if (start == NULL)
        return;
    if (sodium_hex2bin(header, HEADER_LEN, start, strlen(start), NULL, &len, NULL) != 0)
        die("no start of a header");
    crypto_secretstream_xchacha20poly1305_init_pull(state, header, key);
}

static void seal(const unsigned char key[32], char *chunks, const char *start)
{
    stream_state state;
    unsigned char header[HEADER_LEN];
    begin(&state, header, key, start);
    put(header, sizeof header);
    if (strcmp(chunks, "whole") == 0)
        seal_whole(&state);
    else
        seal_chunks(&state, chunks);
}

static void open_stream(const unsigned char key[32])
{
    stream_state state;
    unsigned char header[HEADER_LEN];
    if (fread(header, 1, sizeof header, stdin) != sizeof header)
        die("no header");
    crypto_secretstream_xchacha20poly1305_init_pull(&state, header, key);
    for (bool ended = false; !ended;) {
        size_t len = fread(chunk, 1, MESSAGE_LEN + OVERHEAD, stdin);
        unsigned long long message_len;
        unsigned char tag;
        if (len < OVERHEAD || crypto_secretstream_xchacha20poly1305_pull(
                                  &state, message, &message_len, &tag, chunk, len, NULL, 0) != 0)
            die("a chunk doesn't open");
        ended = len < MESSAGE_LEN + OVERHEAD;
        if (tag != (ended ? FINAL : 0))
            die("a tag that WAL-G doesn't write here");
        put(message, (size_t)message_len);
    }
    if (getchar() != EOF)
        die("bytes behind the end");
}

int main(int argc, char **argv)
{
    unsigned char key[32];
    if (argc < 3 || sodium_init() < 0)
        die("usage: seal KEY_FILE CHUNKS [START] | open KEY_FILE");
    read_key(argv[2], key);
    if (strcmp(argv[1], "seal") == 0 && (argc == 4 || argc == 5))
        seal(key, argv[3], argv[4]);
    else if (strcmp(argv[1], "open") == 0 && argc == 3)
        open_stream(key);
    else
        die("usage: seal KEY_FILE CHUNKS [START] | open KEY_FILE");
    if (fflush(stdout) != 0)
        die("can't write");
    return 0;
}
