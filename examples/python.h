/* python.h - what the listings ported from Python share: values printed as Python prints them, and
 * errors as its console does. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_PYTHON_H
#define CEDE_EXAMPLES_PYTHON_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede.h>

/* repr(x): as few digits as give the same number back, with a point or an exponent. */
static inline void print_double(double x)
{
    char text[32];
    int digits = 0;

    do
        snprintf(text, sizeof text, "%.*e", digits, x);
    while (strtod(text, NULL) != x && ++digits < 17);

    const char *e = strchr(text, 'e');
    const int exponent = e ? atoi(e + 1) : 0;
    if (exponent < -4 || exponent >= 16)
        printf("%s", text);
    else
        printf("%.*f", digits - exponent > 1 ? digits - exponent : 1, x);
}

/* What the console says of how a resumption ended, if not with an item: 0, the end of the items, is
 * what Python calls StopIteration. */
static inline void print_end(int rc)
{
    if (rc == 0)
        printf("StopIteration\n");
    else if (rc < 0)
        printf("%s: %s\n", cede_error_name(rc), cede_error_message(cede_error_last()));
}

/* Ends the program at an error that nothing here expects. */
static inline int check(int rc)
{
    if (rc >= 0)
        return rc;
    cede_error_print(cede_error_last(), stderr);
    exit(1);
}

/* The same where there must be an item. */
static inline void check_item(int rc)
{
    if (check(rc) > 0)
        return;
    fprintf(stderr, "StopIteration\n");
    exit(1);
}

/* The same where a constructor gives NULL. */
static inline void *check_made(void *made)
{
    if (!made)
        check(cede_error_code(cede_error_last()));
    return made;
}

/* repr() of an item. */
typedef void print_fn(const void *item);

static inline void print_int(const void *item)
{
    printf("%" PRId64, *(const int64_t *)item);
}

static inline void print_real(const void *item)
{
    print_double(*(const double *)item);
}

static inline void print_char(const void *item)
{
    printf("'%c'", *(const char *)item);
}

static inline void print_text(const void *item)
{
    printf("'%s'", (const char *)item);
}

static inline void print_bool(const void *item)
{
    printf(*(const bool *)item ? "True" : "False");
}

/* print(list(it)) */
static inline void print_list(cede_iter *it, print_fn *print)
{
    const char *before = "[";
    int rc;

    CEDE_FOREACH(rc, const void *, item, it) {
        printf("%s", before);
        print(item);
        before = ", ";
    }
    check(rc);
    printf("%s]\n", *before == '[' ? before : "");
    cede_iter_close(it);
}

/* The characters of a text. */
static inline cede_iter *chars(const char *text)
{
    return cede_iter_array(text, strlen(text), 1);
}

#endif
