/* server_date.c - dates as headers have them: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/server.h"

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void cede__http_date_format(int64_t seconds, char buffer[CEDE__HTTP_DATE_SIZE])
{
    const int64_t last = 253402300799; /* the end of year 9999 */
    const time_t time = (time_t)(seconds < 0 ? 0 : seconds > last ? last : seconds);
    struct tm tm;
    char text[96];

    gmtime_r(&time, &tm);
    snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
             days + (ptrdiff_t)3 * tm.tm_wday, tm.tm_mday, months + (ptrdiff_t)3 * tm.tm_mon,
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    memcpy(buffer, text, CEDE__HTTP_DATE_SIZE - 1);
    buffer[CEDE__HTTP_DATE_SIZE - 1] = '\0';
}

/* Days from 1970 to a day of the proleptic Gregorian calendar: years begin in March here, so that a
 * leap day comes last. */
static int64_t days_from_1970(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = y / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

int64_t cede__http_date_parse(const char *text)
{
    int day, year, hour, minute, second;
    int n = 0;
    char month[4];

    if (strlen(text) != CEDE__HTTP_DATE_SIZE - 1 ||
        sscanf(text, "%*3c, %2d %3s %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
               &second, &n) != 6 ||
        n != CEDE__HTTP_DATE_SIZE - 1)
        return -1;
    for (int i = 0; i < 12; i++) {
        if (memcmp(months + (ptrdiff_t)3 * i, month, 3) == 0)
            return days_from_1970(year, i + 1, day) * 86400 + (int64_t)hour * 3600 +
                   (int64_t)minute * 60 + second;
    }
    return -1;
}
