/* tool.c - what the commands of the tool share: reading arguments, and saying what is wrong with
 * them.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

bool tool_number(const char *option, const char *text, long least, long most, long *out)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "cede: %s takes a number from %ld to %ld, not '%s'\n", option, least, most,
                text);
        return false;
    }
    *out = value;
    return true;
}

bool tool_seconds(const char *option, const char *text, double *out)
{
    char *end;
    const double value = strtod(text, &end);

    if (end == text || *end != '\0' || !(value > 0 && value <= 1e6)) {
        fprintf(stderr, "cede: %s takes seconds above 0, up to 1000000, not '%s'\n", option, text);
        return false;
    }
    *out = value;
    return true;
}

int tool_hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

int tool_usage(const char *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "cede %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; `cede %s --help` says more\n", command);
    return TOOL_USAGE;
}
