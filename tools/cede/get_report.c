/* get_report.c - what came of it: a line for each file, as text or as JSON, and the counts. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cede/error.h>

#include "get.h"

/* "412 B", "41.2 KiB" */
static const char *size_text(int64_t size, char *text, size_t n)
{
    static const char units[] = "KMGTPE";
    double value = (double)size;
    size_t unit = 0;

    if (size < 1024) {
        snprintf(text, n, "%d B", (int)size);
        return text;
    }
    for (value /= 1024; value >= 1023.95 && units[unit + 1]; value /= 1024)
        unit++;
    snprintf(text, n, "%.1f %ciB", value, units[unit]);
    return text;
}

/* Bytes of the UTF-8 character at `at`; 0: it is none. */
static size_t utf8_size(const unsigned char *at)
{
    const size_t size = at[0] < 0x80   ? 1
                        : at[0] < 0xc2 ? 0
                        : at[0] < 0xe0 ? 2
                        : at[0] < 0xf0 ? 3
                        : at[0] < 0xf5 ? 4
                                       : 0;

    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] >= 0x90))
        return 0;
    return size;
}

/* A string of JSON: it is UTF-8, whatever the text is. */
static void json_string(const char *text)
{
    putchar('"');
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        const size_t size = utf8_size(at);
        if (size == 0)
            fputs("\\ufffd", stdout);
        else if (*at < ' ' || *at == 0x7f)
            printf("\\u%04x", *at);
        else if (*at == '"' || *at == '\\')
            printf("\\%c", *at);
        else
            fwrite(at, 1, size, stdout);
        at += size ? size : 1;
    }
    putchar('"');
}

static void json_line(const struct get *get, const struct get_result *result)
{
    const bool is_saved = result->outcome == GET_SAVED;

    fputs("{\"url\":", stdout);
    json_string(result->item->url);
    fputs(",\"path\":", stdout);
    if (is_saved && !get->discards) {
        char path[PATH_MAX + GET_NAME_SIZE];
        const bool is_here = strcmp(get->folder, ".") == 0;
        snprintf(path, sizeof path, "%s%s%s", is_here ? "" : get->folder, is_here ? "" : "/",
                 result->item->name);
        json_string(path);
    } else {
        fputs("null", stdout);
    }
    if (result->status > 0)
        printf(",\"status\":%d", result->status);
    else
        fputs(",\"status\":null", stdout);
    printf(",\"bytes\":%lld,\"seconds\":%.6f,\"attempts\":%u,\"error\":",
           (long long)(is_saved ? result->size : 0), cede_time_seconds(result->elapsed),
           result->attempts);
    if (is_saved)
        fputs("null", stdout);
    else
        json_string(result->why);
    fputs("}\n", stdout);
    (void)fflush(stdout); /* whoever reads it may want to know now */
}

static void text_line(const struct get *get, const struct get_result *result)
{
    char size[32];

    if (result->outcome != GET_SAVED)
        cede_progress_printf(get->bar, "%s: %s", result->item->url, result->why);
    else if (get->is_verbose && result->is_kept)
        cede_progress_printf(get->bar, "%s: %s is complete", result->item->url, result->item->name);
    else if (get->is_verbose && get->discards)
        cede_progress_printf(get->bar, "%s: came (%s)", result->item->url,
                             size_text(result->size, size, sizeof size));
    else if (get->is_verbose)
        cede_progress_printf(get->bar, "%s: saved %s (%s)", result->item->url, result->item->name,
                             size_text(result->size, size, sizeof size));
}

void get_report(struct get *get, const struct get_result *result)
{
    result->item->outcome = result->outcome;
    get->n_saved += result->outcome == GET_SAVED;
    get->n_not_found += result->outcome == GET_NOT_FOUND;
    get->n_failed += result->outcome == GET_FAILED;
    get->n_kept += result->is_kept;
    if (result->outcome == GET_SAVED && !result->is_kept)
        get->n_bytes += result->size;
    if (get->is_json)
        json_line(get, result);
    else
        text_line(get, result);
    cede_progress_add(get->bar, 1);
}

void get_report_all(struct get *get, int rc)
{
    const size_t n_pending = get->n_items - get->n_saved - get->n_not_found - get->n_failed;
    const size_t n_came = get->n_saved - get->n_kept;
    char size[32], kept[48] = "";

    for (size_t i = 0; get->is_json && i < get->n_items; i++) {
        if (get->items[i].outcome == GET_PENDING)
            json_line(get, &(struct get_result){.item = &get->items[i],
                                                .outcome = GET_PENDING,
                                                .why = "not tried to the end"});
    }
    if (rc == -EINTR || rc == GET_ESTOPPED)
        fprintf(stderr, "cede get: %s, %zu of %zu not tried to the end\n",
                rc == -EINTR ? "interrupted" : "stopped at a failure", n_pending, get->n_items);
    if (get->n_kept > 0)
        snprintf(kept, sizeof kept, "%zu complete already, ", get->n_kept);
    if (!get->is_quiet)
        fprintf(get->is_json ? stderr : stdout,
                "%zu file%s downloaded in %.2fs (%s, %s%zu not found, %zu error%s)\n", n_came,
                n_came == 1 ? "" : "s", cede_time_seconds(get->elapsed),
                size_text(get->n_bytes, size, sizeof size), kept, get->n_not_found, get->n_failed,
                get->n_failed == 1 ? "" : "s");
}
