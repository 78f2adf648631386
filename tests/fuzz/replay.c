/*
 * Runs a fuzz target over its corpus, without libFuzzer, as TAP: NAME_replay runs the files of
 * tests/fuzz/corpus/NAME, or those that it is given.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <dirent.h>
#include <libgen.h>
#include <unistd.h>

/* An input takes milliseconds: what takes longer than this goes round in circles. */
enum { PATH_SIZE = 1024, SECONDS_MAX = 60 };

static const char suffix[] = "_replay";

/* The name comes first: where the target aborts, it is the last line. */
static void replay(const char *path)
{
    printf("# %s\n", path);
    fflush(stdout);
    FILE *file = fopen(path, "rb");
    must(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long end = ftell(file);
    must(end >= 0 && fseek(file, 0, SEEK_SET) == 0);
    size_t size = (size_t)end;
    uint8_t *data = malloc(size); /* libFuzzer gives no NULL, either */
    must(data != NULL && fread(data, 1, size, file) == size);
    fclose(file);
    alarm(SECONDS_MAX);
    LLVMFuzzerTestOneInput(data, size);
    alarm(0);
    free(data);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_folder(const char *name)
{
    char folder[PATH_SIZE];
    char path[2 * PATH_SIZE];
    struct dirent **entries;
    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", name);
    int count = scandir(folder, &entries, is_input, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        replay(path);
        free(entries[i]);
    }
    if (count > 0)
        free(entries);
    printf("%sok 1 - %d inputs of %s hold\n", count > 0 ? "" : "not ", count, name);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    char *name = basename(argv[0]);
    size_t len = strlen(name);
    printf("1..1\n");
    if (len > sizeof suffix && strcmp(name + len - (sizeof suffix - 1), suffix) == 0)
        name[len - (sizeof suffix - 1)] = '\0';
    if (argc == 1)
        return replay_folder(name);
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("ok 1 - %d inputs of %s hold\n", argc - 1, name);
    return EXIT_SUCCESS;
}
