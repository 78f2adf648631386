#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "formats/openpgp/pages.h"

#include "base/secret.h"

#include <sys/mman.h>

void *pages_new(size_t len)
{
    void *pages = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return NULL;
    secret_hide_from_dumps(pages, len);
    return pages;
}

void pages_free(void *pages, size_t len)
{
    if (pages != NULL)
        munmap(pages, len);
}
