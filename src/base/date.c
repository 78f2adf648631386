#define _POSIX_C_SOURCE 200809L
#include "base/date.h"

#include <string.h>
#include <time.h>

enum { DAY_SECONDS = 24 * 3600 };

/* text has digits at len places from at on. */
static bool read_number(const char *text, size_t len, int *number)
{
    *number = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *number = 10 * *number + (text[i] - '0');
    }
    return true;
}

/* Days since 1970-01-01, of the Gregorian calendar: those of the whole years from March 1st of year
 * 0 to March 1st of this one, then those of the months, whose lengths repeat in fives from March
 * on. */
static int64_t days_of(int year, int month, int day)
{
    int from_march = (month + 9) % 12;
    int64_t years = year - (month <= 2);
    return 365 * years + years / 4 - years / 100 + years / 400 + (153 * from_march + 2) / 5 + day -
           1 - 719468;
}

/* A day that there isn't (February 30) is another one's number. */
static bool is_day(int64_t seconds, int year, int month, int day)
{
    struct tm parts;
    time_t when = (time_t)seconds;
    return when == seconds && gmtime_r(&when, &parts) != NULL && parts.tm_year == year - 1900 &&
           parts.tm_mon == month - 1 && parts.tm_mday == day;
}

bool date_parse(const char *text, int64_t *seconds)
{
    int year, month, day;
    if (strlen(text) != strlen("YYYY-MM-DD") || text[4] != '-' || text[7] != '-' ||
        !read_number(text, 4, &year) || !read_number(text + 5, 2, &month) ||
        !read_number(text + 8, 2, &day) || year < 1970)
        return false;
    *seconds = days_of(year, month, day) * DAY_SECONDS;
    return is_day(*seconds, year, month, day);
}
