/* progress_print.c - printing while bars are shown: above them, or with them out of the way.
 *
 * In a child process that shares its parent's terminal the parent prints.
 */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cede/progress.h>

#include "base/base.h"
#include "progress/bar.h"

enum { STANDARD_ERROR = 2 };

void cede_progress_write(cede_progress *bar, const char *text)
{
    const int fd = bar ? bar->options.descriptor : STANDARD_ERROR;
    char line[CEDE__LINE_SIZE];

    if (cede__remote_print(fd, text, strlen(text)))
        return;
    if (bar && bar->line.shown) {
        /* The bar is painted again anyhow: then with the numbers of now. */
        cede__progress_format_now(bar, line, sizeof line);
        cede__renderer_prepare(&bar->line, line);
    }
    cede__renderer_write_to(fd, text, strlen(text));
}

void cede_progress_printf(cede_progress *bar, const char *format, ...)
{
    char small[CEDE__LINE_SIZE], *large = NULL;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length >= (int)sizeof small)
        large = cede__malloc((size_t)length + 1);
    if (large) {
        va_start(args, format);
        vsnprintf(large, (size_t)length + 1, format, args);
        va_end(args);
    }
    if (length >= 0)
        cede_progress_write(bar, large ? large : small);
    cede__free(large);
}

void cede_progress_hide(cede_progress *bar)
{
    if (bar && bar->renderer)
        cede__renderer_hide(bar->renderer);
}

void cede_progress_show(cede_progress *bar)
{
    if (bar && bar->renderer)
        cede__renderer_unhide(bar->renderer);
}
