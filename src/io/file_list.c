#define _GNU_SOURCE /* reallocarray */
#include "io/file_list.h"
#include "io/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 64, ROOM_FIRST = 64 };

struct walk {
    struct file_list *list;
    struct notes *notes;
    struct error *err;
    size_t depth;
    void *walked; /* directories: a tree of struct directory_id */
};

/* Takes path over. */
static struct file_entry *add(struct walk *walk, char *path, enum file_kind kind)
{
    struct file_list *list = walk->list;
    if (path != NULL && list->count == list->room) {
        size_t room = list->room == 0 ? ROOM_FIRST : 2 * list->room;
        struct file_entry *entries = reallocarray(list->entries, room, sizeof *entries);
        if (entries == NULL) {
            free(path);
            path = NULL;
        } else {
            list->entries = entries;
            list->room = room;
        }
    }
    if (path == NULL) {
        fail_memory(walk->err);
        return NULL;
    }
    struct file_entry *entry = &list->entries[list->count++];
    *entry = (struct file_entry){.path = path, .kind = kind, .in_directory = walk->depth > 0};
    return entry;
}

/* errno_value 0: what says it all. */
static bool add_problem(struct walk *walk, const char *path, int errno_value, const char *what)
{
    struct file_entry *entry = add(walk, strdup(path), FILE_PROBLEM);
    if (entry == NULL)
        return false;
    entry->problem = calloc(1, sizeof *entry->problem);
    if (entry->problem == NULL)
        return fail_memory(walk->err);
    if (errno_value != 0)
        fail_errno(entry->problem, ERROR_IO, errno_value, "%s: %s", path, what);
    else
        fail(entry->problem, ERROR_IO, "%s: %s", path, what);
    return true;
}

/* ---- directories ---- */

struct directory_id {
    dev_t device;
    ino_t inode;
};

static int compare_ids(const void *left, const void *right)
{
    const struct directory_id *one = left;
    const struct directory_id *other = right;
    if (one->device != other->device)
        return one->device < other->device ? -1 : 1;
    return one->inode < other->inode ? -1 : one->inode > other->inode;
}

/* *first: it wasn't walked before. */
static bool begin_directory(struct walk *walk, const struct stat *status, bool *first)
{
    struct directory_id *id = malloc(sizeof *id);
    if (id == NULL)
        return fail_memory(walk->err);
    *id = (struct directory_id){status->st_dev, status->st_ino};
    struct directory_id **found = tsearch(id, &walk->walked, compare_ids);
    *first = found != NULL && *found == id;
    if (!*first)
        free(id);
    return found != NULL || fail_memory(walk->err);
}

static int by_octets(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static char *join(const char *directory, const char *name)
{
    size_t len = strlen(directory);
    const char *slash = len > 0 && directory[len - 1] == '/' ? "" : "/";
    size_t size = len + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s%s%s", directory, slash, name);
    return path;
}

static bool walk_directory(struct walk *walk, const char *path, const struct stat *status);

static bool add_path(struct walk *walk, char *path)
{
    struct stat status;
    struct stat link;
    if (stat(path, &status) != 0) {
        /* what was there a moment ago is gone */
        bool gone = walk->depth > 0 && errno == ENOENT && lstat(path, &link) != 0;
        if (!gone)
            return add(walk, path, FILE_UNKNOWN) != NULL;
        free(path);
        return true;
    }
    if (S_ISREG(status.st_mode)) {
        struct file_entry *entry = add(walk, path, FILE_REGULAR);
        if (entry != NULL && status.st_size > 0)
            entry->size = (uint64_t)status.st_size;
        return entry != NULL;
    }
    if (!S_ISDIR(status.st_mode) && walk->depth == 0)
        return add(walk, path, FILE_OTHER) != NULL;
    bool good = true;
    if (S_ISDIR(status.st_mode))
        good = walk_directory(walk, path, &status);
    else
        notes_add(walk->notes, NOTE_VERBOSE, "%s: is no regular file: passed over", path);
    free(path);
    return good;
}

static bool add_name(struct walk *walk, const char *directory, const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    char *path = join(directory, name);
    if (path == NULL)
        return fail_memory(walk->err);
    if (!temporary_is_name(name))
        return add_path(walk, path);
    notes_add(walk->notes, NOTE_VERBOSE, "%s: is a temporary file of walseal: passed over", path);
    free(path);
    return true;
}

static bool walk_directory(struct walk *walk, const char *path, const struct stat *status)
{
    bool first = false;
    if (!begin_directory(walk, status, &first))
        return false;
    if (!first) {
        notes_add(walk->notes, NOTE_VERBOSE, "%s: was walked already: passed over", path);
        return true;
    }
    if (walk->depth == DEPTH_MAX)
        return add_problem(walk, path, 0, "is nested too deep");
    struct dirent **names;
    int count = scandir(path, &names, NULL, by_octets);
    if (count < 0)
        return add_problem(walk, path, errno, "cannot be read");
    bool good = true;
    walk->depth++;
    for (int i = 0; i < count; i++) {
        good = good && add_name(walk, path, names[i]->d_name);
        free(names[i]);
    }
    walk->depth--;
    free(names);
    return good;
}

bool file_list_add(struct file_list *list, const char *path, struct notes *notes, struct error *err)
{
    struct walk walk = {.list = list, .notes = notes, .err = err};
    size_t before = list->count;
    if (strcmp(path, "-") == 0)
        return add(&walk, strdup(path), FILE_OTHER) != NULL;
    char *copy = strdup(path);
    if (copy == NULL)
        return fail_memory(err);
    bool good = add_path(&walk, copy);
    while (walk.walked != NULL) {
        struct directory_id *id = *(struct directory_id **)walk.walked;
        tdelete(id, &walk.walked, compare_ids);
        free(id);
    }
    if (!good || list->count > before)
        return good;
    return add_problem(&walk, path, 0, "holds no file: is the archive mounted?");
}

void file_list_free(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].problem);
        free(list->entries[i].path);
    }
    free(list->entries);
    *list = (struct file_list){.count = 0};
}
