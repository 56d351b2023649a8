/* server_folder.c - a page of the names in a folder, folders first.
 *
 * Whoever puts files there chooses the names: what is shown of them is escaped, and a link begins
 * with "./", or a name like "javascript:..." would be a command. Links are shown by name alone,
 * since where they lead may be none of the client's business.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/files.h"
#include "sys/file.h"

enum {
    MOST_NAMES = 10000,
    LONGEST_NAME = 256,
    TURN = 256, /* names between two turns of the others */
};

struct name {
    char *text; /* owned */
    struct cede__file_facts facts;
};

struct listing {
    struct name *names; /* owned */
    size_t n;
    size_t room;
    bool is_cut; /* there are more */
};

/* A text that grows. */
struct page {
    char *text; /* owned */
    size_t size;
    size_t room;
    bool is_short; /* there was no memory for more */
};

/* Reading. */

static void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->n; i++)
        cede__free(listing->names[i].text);
    cede__free(listing->names);
}

static int listing_add(const char *text, const struct cede__file_facts *facts, void *arg)
{
    struct listing *listing = arg;

    if (listing->n == MOST_NAMES) {
        listing->is_cut = true;
        return 1;
    }
    if (listing->n == listing->room) {
        const size_t room = listing->room > 0 ? 2 * listing->room : 32;
        struct name *names = cede__realloc(listing->names, room * sizeof *names);
        if (!names)
            return -ENOMEM;
        listing->names = names;
        listing->room = room;
    }
    listing->names[listing->n].text = cede__strdup(text);
    listing->names[listing->n].facts = *facts;
    return listing->names[listing->n].text ? (listing->n++, 0) : -ENOMEM;
}

static int name_compare(const void *a_, const void *b_)
{
    const struct name *a = a_;
    const struct name *b = b_;

    if (a->facts.is_folder != b->facts.is_folder)
        return a->facts.is_folder ? -1 : 1;
    return strcmp(a->text, b->text);
}

/* Writing. */

static void page_add(struct page *page, const char *text)
{
    const size_t size = strlen(text);

    if (page->is_short)
        return;
    if (page->size + size > page->room) {
        size_t room = page->room > 0 ? page->room : 4096;
        while (room < page->size + size)
            room *= 2;
        char *grown = cede__realloc(page->text, room);
        if (!grown) {
            page->is_short = true;
            return;
        }
        page->text = grown;
        page->room = room;
    }
    memcpy(page->text + page->size, text, size);
    page->size += size;
}

static void page_add_escaped(struct page *page, const char *text)
{
    for (; *text; text++) {
        const char one[2] = {*text, '\0'};
        switch (*text) {
        case '&':
            page_add(page, "&amp;");
            break;
        case '<':
            page_add(page, "&lt;");
            break;
        case '>':
            page_add(page, "&gt;");
            break;
        case '"':
            page_add(page, "&quot;");
            break;
        case '\'':
            page_add(page, "&#39;");
            break;
        default:
            page_add(page, one);
        }
    }
}

static void page_add_name(struct page *page, const struct name *name)
{
    const char *slash = name->facts.is_folder ? "/" : "";
    const time_t time = (time_t)(name->facts.modified / 1000000000);
    char link[3 * LONGEST_NAME + 8], rest[96];
    struct tm tm;

    if (cede__http_path_encode(name->text, link, sizeof link) < 0)
        return; /* no system has such names */
    page_add(page, "<tr><td><a href=\"./");
    page_add_escaped(page, link);
    page_add(page, slash);
    page_add(page, "\">");
    page_add_escaped(page, name->text);
    page_add(page, slash);
    page_add(page, "</a></td>");
    rest[0] = '\0';
    if (name->facts.is_plain && gmtime_r(&time, &tm))
        snprintf(rest, sizeof rest,
                 "<td>%04d-%02d-%02d %02d:%02d</td><td align=\"right\">%lld</td>",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                 (long long)name->facts.size);
    page_add(page, rest);
    page_add(page, "</tr>\n");
}

static int page_write(struct page *page, const char *path, const struct listing *listing)
{
    page_add(page, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
    page_add_escaped(page, path);
    page_add(page, "</title></head>\n<body><h1>");
    page_add_escaped(page, path);
    page_add(page, "</h1>\n<table cellpadding=\"4\">\n");
    if (path[1])
        page_add(page, "<tr><td><a href=\"../\">../</a></td></tr>\n");
    for (size_t i = 0; i < listing->n; i++) {
        page_add_name(page, &listing->names[i]);
        if ((i + 1) % TURN == 0)
            CEDE_TRY(cede_sleep(0));
    }
    if (listing->is_cut)
        page_add(page, "<tr><td>and more</td></tr>\n");
    page_add(page, "</table></body></html>\n");
    return page->is_short ? cede_raise(-ENOMEM, "no memory for the page of a folder") : 0;
}

int cede__http_reply_folder(cede_http_request *request, int folder)
{
    struct listing listing = {0};
    struct page page = {0};
    int rc = cede__file_each_name(folder, listing_add, &listing);

    if (rc >= 0) {
        if (listing.n > 0)
            qsort(listing.names, listing.n, sizeof listing.names[0], name_compare);
        rc = page_write(&page, request->path, &listing);
    }
    listing_free(&listing);
    if (rc == 0)
        rc = cede_http_reply(request, 200, "text/html; charset=utf-8", page.text, page.size);
    cede__free(page.text);
    return rc;
}
