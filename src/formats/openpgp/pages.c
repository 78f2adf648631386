#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise */
#include "formats/openpgp/pages.h"

#include "base/secret.h"

#include <sys/mman.h>

/* Small messages touch this much at most. */
enum { SMALL_PAGES_LEN = 2 * 1024 * 1024 };

/* Without it, a third of the system's time for a segment goes into faults on small pages. */
static void prefer_huge(unsigned char *pages, size_t len)
{
#ifdef MADV_HUGEPAGE
    if (len > SMALL_PAGES_LEN)
        madvise(pages + SMALL_PAGES_LEN, len - SMALL_PAGES_LEN, MADV_HUGEPAGE);
#else
    (void)pages;
    (void)len;
#endif
}

void *pages_new(size_t len)
{
    void *pages = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return NULL;
    secret_hide_from_dumps(pages, len);
    prefer_huge(pages, len);
    return pages;
}

void pages_free(void *pages, size_t len)
{
    if (pages != NULL)
        munmap(pages, len);
}
