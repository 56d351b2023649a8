/* report.c - the report hook, the assertion that uses it, and texts built in fixed memory. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/report.h>

#include "base/base.h"

/* Prints where progress bars do not spoil it; false: there are none. NULL until there were any. */
static bool (*print_above)(const char *text);

void cede__report_set_above(bool (*print)(const char *text))
{
    __atomic_store_n(&print_above, print, __ATOMIC_RELEASE);
}

static void report_to_stderr(const char *text, void *arg)
{
    bool (*print)(const char *) = __atomic_load_n(&print_above, __ATOMIC_ACQUIRE);

    (void)arg;
    if (print && print(text))
        return;
    fputs(text, stderr);
    fflush(stderr);
}

/* Set before first use and only read afterwards: no lock. */
static cede_report_fn *hook = report_to_stderr;
static void *hook_arg;

void cede_set_report_hook(cede_report_fn *fn, void *arg)
{
    hook = fn ? fn : report_to_stderr;
    hook_arg = fn ? arg : NULL;
}

/* The thread's own; NULL: none. */
static __thread cede_report_fn *hook_here __attribute__((tls_model("initial-exec")));
static __thread void *hook_arg_here __attribute__((tls_model("initial-exec")));

void cede__report_set_here(cede_report_fn *fn, void *arg)
{
    hook_here = fn;
    hook_arg_here = arg;
}

static void report_call(const char *text)
{
    if (hook_here)
        hook_here(text, hook_arg_here);
    else
        hook(text, hook_arg);
}

/* Reports of several threads come one after the other. */
static int busy;

static void report_lock(void)
{
    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
        ;
}

static void report_unlock(void)
{
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

void cede__report(const char *format, ...)
{
    /* Static memory under a lock, because the caller may have little stack left and must not need
     * an allocation. */
    static char buffer[16 * 1024];
    static const char cut[] = "\n[report cut]\n";
    va_list args;
    int length;

    report_lock();
    va_start(args, format);
    length = vsnprintf(buffer, sizeof buffer - 1, format, args);
    va_end(args);
    if (length < 0)
        length = 0;
    if ((size_t)length >= sizeof buffer - 1) {
        memcpy(buffer + sizeof buffer - sizeof cut, cut, sizeof cut);
    } else if (length == 0 || buffer[length - 1] != '\n') {
        buffer[length] = '\n';
        buffer[length + 1] = '\0';
    }
    report_call(buffer);
    report_unlock();
}

void cede__report_text(const char *text)
{
    report_lock();
    report_call(text);
    report_unlock();
}

void cede__report_raw(const char *text)
{
    report_call(text);
}

void cede__assert_failed(const char *what, const char *file, int line)
{
    char text[256];

    snprintf(text, sizeof text, "cede: %s:%d: the library's own assertion failed: %s\n", file, line,
             what);
    report_call(text);
    abort();
}

void cede__text_add(struct cede__text *text, const char *format, ...)
{
    const size_t at = text->length < text->size ? text->length : text->size;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text->size > at ? text->buffer + at : NULL, text->size - at, format, args);
    va_end(args);
    if (length > 0)
        text->length += (size_t)length;
}

void cede__text_add_span(struct cede__text *text, int64_t nanoseconds)
{
    static const struct {
        int64_t unit;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    const double magnitude = nanoseconds < 0 ? -(double)nanoseconds : (double)nanoseconds;

    /* A tenth of a second and more reads best in seconds: "0.3s". */
    for (size_t i = 0; i < cede__countof(units); i++) {
        const double floor = i == 0 ? 1e8 : (double)units[i].unit;
        if (magnitude >= floor || i + 1 == cede__countof(units)) {
            cede__text_add(text, "%.4g%s", (double)nanoseconds / (double)units[i].unit,
                           magnitude == 0 ? "s" : units[i].name);
            return;
        }
    }
}

const char *cede__file_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}
