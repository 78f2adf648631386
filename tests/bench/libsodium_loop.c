/*
 * The yardstick: what anybody writes who has libsodium and an afternoon. One thread, buffered stdio,
 * libsodium's own secretstream, WAL-G's chunks. No checks beyond what the loop itself needs.
 *
 *     libsodium_loop encrypt|decrypt KEY_FILE < in > out
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_LEN = 8192, BUFFER_LEN = 64 * 1024 };
enum { CHUNK_LEN = MESSAGE_LEN + crypto_secretstream_xchacha20poly1305_ABYTES };
enum { FINAL = crypto_secretstream_xchacha20poly1305_TAG_FINAL };

static unsigned char message[MESSAGE_LEN];
static unsigned char chunk[CHUNK_LEN];
static unsigned char header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
static unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];

static int read_key(const char *path)
{
    char hex[2 * sizeof key + 1] = "";
    size_t len = 0;
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        len = fread(hex, 1, sizeof hex - 1, file);
        fclose(file);
    }
    return sodium_hex2bin(key, sizeof key, hex, len, NULL, &len, NULL) == 0 && len == sizeof key;
}

static int encrypt(void)
{
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_secretstream_xchacha20poly1305_init_push(&state, header, key);
    fwrite(header, 1, sizeof header, stdout);
    for (size_t len = MESSAGE_LEN; len == MESSAGE_LEN;) {
        unsigned long long out_len;
        len = fread(message, 1, sizeof message, stdin);
        crypto_secretstream_xchacha20poly1305_push(&state, chunk, &out_len, message, len, NULL, 0,
                                                   len < MESSAGE_LEN ? FINAL : 0);
        fwrite(chunk, 1, (size_t)out_len, stdout);
    }
    return fflush(stdout) == 0;
}

static int decrypt(void)
{
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char tag = 0;
    if (fread(header, 1, sizeof header, stdin) != sizeof header)
        return 0;
    crypto_secretstream_xchacha20poly1305_init_pull(&state, header, key);
    while (tag != FINAL) {
        unsigned long long out_len;
        size_t len = fread(chunk, 1, sizeof chunk, stdin);
        if (crypto_secretstream_xchacha20poly1305_pull(&state, message, &out_len, &tag, chunk, len,
                                                       NULL, 0) != 0)
            return 0;
        fwrite(message, 1, (size_t)out_len, stdout);
    }
    return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    if (argc != 3 || sodium_init() < 0 || !read_key(argv[2]))
        return 2;
    setvbuf(stdin, NULL, _IOFBF, BUFFER_LEN);
    setvbuf(stdout, NULL, _IOFBF, BUFFER_LEN);
    return (strcmp(argv[1], "encrypt") == 0 ? encrypt() : decrypt()) ? 0 : 1;
}
