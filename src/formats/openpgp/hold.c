#include "formats/openpgp/hold.h"

#include "formats/openpgp/pages.h"

#include <stdlib.h>
#include <string.h>

struct hold {
    unsigned char *held; /* NULL: everything flows */
    size_t room;
    size_t len;
};

struct hold *hold_new(size_t room)
{
    struct hold *hold = calloc(1, sizeof *hold);
    if (hold == NULL)
        return NULL;
    hold->room = room;
    hold->held = pages_new(room);
    if (hold->held != NULL)
        return hold;
    free(hold);
    return NULL;
}

bool hold_add(struct hold *hold, struct sink *sink, const void *bytes, size_t len,
              struct error *err)
{
    if (hold->held != NULL && len > hold->room - hold->len && !hold_release(hold, sink, err))
        return false;
    if (hold->held == NULL)
        return sink_write(sink, bytes, len, err);
    memcpy(hold->held + hold->len, bytes, len);
    hold->len += len;
    return true;
}

bool hold_release(struct hold *hold, struct sink *sink, struct error *err)
{
    if (hold->held == NULL)
        return true;
    bool good = hold->len == 0 || sink_write(sink, hold->held, hold->len, err);
    pages_free(hold->held, hold->room);
    hold->held = NULL;
    return good;
}

void hold_free(struct hold *hold)
{
    if (hold == NULL)
        return;
    pages_free(hold->held, hold->room);
    free(hold);
}
