/* server_date.c - dates as headers have them: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
 *
 * Read are also the two old forms: "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/server.h"
#include "sys/clock.h"

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

/* What a date says, whatever its form. */
struct date {
    int day, year, hour, minute, second;
    char month[4];
};

static int64_t date_seconds(const struct date *date)
{
    if (date->day < 1 || date->day > 31 || date->hour < 0 || date->hour > 23 || date->minute < 0 ||
        date->minute > 59 || date->second < 0 || date->second > 60)
        return -1;
    for (int i = 0; i < 12; i++) {
        if (memcmp(months + (ptrdiff_t)3 * i, date->month, 3) == 0)
            return days_from_1970(date->year, i + 1, date->day) * 86400 +
                   (int64_t)date->hour * 3600 + (int64_t)date->minute * 60 + date->second;
    }
    return -1;
}

/* A year of two digits is of the past, unless that were more than 50 years ago. */
static int64_t date_seconds_of_century(struct date *date)
{
    const int64_t fifty_years = 18262 * (int64_t)86400;
    int64_t seconds;

    date->year += 2000;
    seconds = date_seconds(date);
    if (seconds <= cede__clock_realtime() / 1000000000 + fifty_years)
        return seconds;
    date->year -= 100;
    return date_seconds(date);
}

int64_t cede__http_date_parse(const char *text)
{
    struct date date = {0};
    const int size = (int)strnlen(text, 64);
    int n = 0;

    if (sscanf(text, "%*3c, %2d %3s %4d %2d:%2d:%2d GMT%n", &date.day, date.month, &date.year,
               &date.hour, &date.minute, &date.second, &n) == 6 &&
        n == size && n == CEDE__HTTP_DATE_SIZE - 1)
        return date_seconds(&date);
    if (sscanf(text, "%*[A-Za-z], %2d-%3s-%2d %2d:%2d:%2d GMT%n", &date.day, date.month, &date.year,
               &date.hour, &date.minute, &date.second, &n) == 6 &&
        n == size)
        return date_seconds_of_century(&date);
    if (sscanf(text, "%*3c %3s %2d %2d:%2d:%2d %4d%n", date.month, &date.day, &date.hour,
               &date.minute, &date.second, &date.year, &n) == 6 &&
        n == size)
        return date_seconds(&date);
    return -1;
}
