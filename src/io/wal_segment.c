#include "io/wal_segment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_DIGITS = 24,
    MAGIC_HIGH = 0xD0, /* XLOG_PAGE_MAGIC has been 0xD0xx, and 0xD1xx since PostgreSQL 11 */
    INFO_LONG_HEADER = 2,
    SIZE_LEAST = 1 << 20,
    SIZE_GREATEST = 1 << 30,
};

/* Offsets in the header, all fields in the server's byte order. */
enum {
    AT_MAGIC = 0,
    AT_INFO = 2,
    AT_TIMELINE = 4,
    AT_ADDRESS = 8,
    AT_SYSTEM_ID = 24,
    AT_SEGMENT_SIZE = 32
};

static bool parse_digits(const char *digits, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < 8; i++) {
        const char *hex = "0123456789ABCDEF";
        const char *found = digits[i] != '\0' ? strchr(hex, digits[i]) : NULL;
        if (found == NULL)
            return false;
        *value = *value << 4 | (uint32_t)(found - hex);
    }
    return true;
}

bool wal_segment_parse(const char *name, struct wal_segment *wal)
{
    const char *slash = strrchr(name, '/');
    if (slash != NULL)
        name = slash + 1;
    if (!parse_digits(name, &wal->timeline) || !parse_digits(name + 8, &wal->log) ||
        !parse_digits(name + 16, &wal->segment))
        return false;
    return name[NAME_DIGITS] == '\0' || strcmp(name + NAME_DIGITS, ".partial") == 0;
}

static uint64_t field(const unsigned char *at, size_t len, bool big_endian)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | at[big_endian ? i : len - 1 - i];
    return value;
}

static bool is_high(unsigned char octet)
{
    return octet == MAGIC_HIGH || octet == MAGIC_HIGH + 1;
}

static bool fail_size(uint64_t size, struct error *err)
{
    return fail(err, ERROR_DAMAGED,
                "its first page says that segments have %" PRIu64 " bytes, which can't be", size);
}

bool wal_segment_check(const struct wal_segment *wal, const uint64_t *system_id,
                       const unsigned char *header, size_t len, uint64_t *size, struct error *err)
{
    if (len < WAL_HEADER_LEN)
        return fail(err, ERROR_DAMAGED, "has %zu bytes, and is no WAL segment", len);
    bool big_endian = is_high(header[AT_MAGIC]);
    if (!big_endian && !is_high(header[AT_MAGIC + 1]))
        return fail(err, ERROR_DAMAGED, "doesn't begin as a WAL segment does");
    if ((field(header + AT_INFO, 2, big_endian) & INFO_LONG_HEADER) == 0)
        return fail(err, ERROR_DAMAGED, "begins as a page of WAL does, but not as a segment");
    *size = field(header + AT_SEGMENT_SIZE, 4, big_endian);
    if (*size < SIZE_LEAST || *size > SIZE_GREATEST || (*size & (*size - 1)) != 0)
        return fail_size(*size, err);
    uint64_t address = field(header + AT_ADDRESS, 8, big_endian);
    uint64_t named = ((uint64_t)wal->log << 32) + wal->segment * *size;
    if (wal->segment >= (UINT64_C(1) << 32) / *size || address != named)
        return fail(err, ERROR_DAMAGED,
                    "is another WAL segment: it begins at %" PRIX64 "/%" PRIX64
                    ", the name says %" PRIX64 "/%" PRIX64,
                    address >> 32, address & UINT32_MAX, named >> 32, named & UINT32_MAX);
    uint64_t timeline = field(header + AT_TIMELINE, 4, big_endian);
    if (timeline > wal->timeline)
        return fail(err, ERROR_DAMAGED,
                    "is of another timeline: it begins on %" PRIu64 ", the name says %" PRIu32,
                    timeline, wal->timeline);
    uint64_t found_id = field(header + AT_SYSTEM_ID, 8, big_endian);
    if (system_id != NULL && found_id != *system_id)
        return fail(err, ERROR_DAMAGED,
                    "is of another cluster: its system identifier is %" PRIu64 ", not %" PRIu64,
                    found_id, *system_id);
    return true;
}
