/* get_name.c - file names from URLs: harmless ones, and no two the same.
 *
 * The name is the last part of the path, percent-decoded. What could lead elsewhere or confuse a
 * terminal becomes an underscore: slashes, control characters, bytes that are no UTF-8, a dot in
 * front. Where several URLs end alike, the later get numbers: flag.png, flag-2.png, flag-3.png.
 * Names are found again by a hash table, so that a list of a million URLs is no trouble.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "get.h"
#include "tool.h"

/* Decodes `length` bytes of a URL into `out`, which has room; the length. */
static size_t decode(const char *text, size_t length, unsigned char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        const bool is_escape = text[i] == '%' && i + 2 < length && tool_hex(text[i + 1]) >= 0 &&
                               tool_hex(text[i + 2]) >= 0;
        out[n++] = is_escape ? (unsigned char)(tool_hex(text[i + 1]) * 16 + tool_hex(text[i + 2]))
                             : (unsigned char)text[i];
        i += is_escape ? 2 : 0;
    }
    return n;
}

/* Bytes of the UTF-8 character at `at` that may be printed; 0 if there is none. */
static size_t character(const unsigned char *at, size_t left)
{
    const size_t size = at[0] < 0x80   ? 1
                        : at[0] < 0xc2 ? 0
                        : at[0] < 0xe0 ? 2
                        : at[0] < 0xf0 ? 3
                                       : 4;

    if (size == 0 || size > left || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    if (size == 1)
        return at[0] >= ' ' && at[0] != 0x7f && at[0] != '/' && at[0] != '\\';
    if ((at[0] == 0xc2 && at[1] < 0xa0) || (at[0] == 0xe0 && at[1] < 0xa0) ||
        (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] >= 0x90))
        return 0; /* control characters, too long a form, half of a pair, beyond Unicode */
    return size;
}

/* The last part of the path. */
static const char *last_part(const char *url, size_t *length_out)
{
    const char *host = strstr(url, "://");
    const char *at = host ? host + 3 : url, *end, *part = NULL;

    at += strcspn(at, "/?#");
    end = at + strcspn(at, "?#");
    for (const char *byte = at; byte < end; byte++) {
        if (*byte == '/')
            part = byte + 1;
    }
    *length_out = part ? (size_t)(end - part) : 0;
    return part ? part : "";
}

/* A long name is cut before its suffix, a short one of which is kept. */
static size_t cut(unsigned char *text, size_t length)
{
    size_t suffix = length, keep;

    if (length <= GET_NAME_LIMIT)
        return length;
    while (suffix > 0 && length - suffix < 16 && text[suffix - 1] != '.')
        suffix--;
    suffix = suffix > 0 && text[suffix - 1] == '.' ? suffix - 1 : length;
    keep = GET_NAME_LIMIT - (length - suffix);
    memmove(text + keep, text + suffix, length - suffix);
    return GET_NAME_LIMIT;
}

void get_name_from_url(const char *url, char *name, size_t size)
{
    size_t length, n = 0;
    const char *part = last_part(url, &length);
    unsigned char *bytes = calloc(1, length + 1);

    if (!bytes || length == 0) {
        snprintf(name, size, "index.html");
        free(bytes);
        return;
    }
    length = cut(bytes, decode(part, length, bytes));
    for (size_t i = 0; i < length && n + 5 < size;) {
        const size_t whole = character(bytes + i, length - i);
        if (whole == 0)
            name[n++] = '_';
        for (size_t k = 0; k < whole; k++)
            name[n++] = (char)bytes[i + k]; /* NOLINT(clang-analyzer-core.uninitialized.Assign) */
        i += whole ? whole : 1;
    }
    name[n] = '\0';
    if (name[0] == '.')
        name[0] = '_';
    free(bytes);
}

/* Names that are taken, by hash: indices of items from 1, 0 an empty place; at most half full. */
struct taken {
    struct get *get;
    unsigned *places;
    size_t mask;
};

static uint64_t hash(const char *text)
{
    uint64_t value = 14695981039346656037u;

    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 1099511628211u;
    return value ^ value >> 32;
}

/* The place of a name: holds its item, or is empty. */
static unsigned *taken_place(struct taken *taken, const char *name)
{
    size_t at = (size_t)hash(name) & taken->mask;

    while (taken->places[at] && strcmp(taken->get->items[taken->places[at] - 1].name, name) != 0)
        at = (at + 1) & taken->mask;
    return &taken->places[at];
}

/* Give an item the name, or the first of name-2, name-3 and so on that is free. False: no memory.
 */
static bool item_name(struct taken *taken, struct get_item *item, const char *plain)
{
    char numbered[GET_NAME_SIZE];
    const char *dot = strrchr(plain, '.'), *name = plain;
    const size_t url_length = strlen(item->url);
    size_t length;
    const size_t stem = dot && dot > plain ? (size_t)(dot - plain) : strlen(plain);
    unsigned *place = taken_place(taken, plain);

    for (size_t number = 2; *place; number++) {
        /* The longest name and the longest number fit: their 180 and 21 are below the size. */
        snprintf(numbered, sizeof numbered, "%.*s-%zu%.*s", (int)stem, plain, number,
                 GET_NAME_LIMIT, plain + stem);
        name = numbered;
        place = taken_place(taken, name);
    }
    *place = (unsigned)(item - taken->get->items) + 1;
    /* Most URLs end in their name: no need to keep that twice. */
    length = strlen(name);
    if (length <= url_length && strcmp(item->url + url_length - length, name) == 0)
        item->name = item->url + url_length - length;
    else if (name != item->name)
        item->name = get_list_keep(taken->get, name, length);
    return item->name != NULL;
}

/* Names that the list gives are given first. */
bool get_name_all(struct get *get)
{
    struct taken taken = {get, NULL, 15};
    char plain[GET_NAME_SIZE];
    bool ok;

    while (taken.mask < 2 * get->n_items)
        taken.mask = 2 * taken.mask + 1;
    taken.places = calloc(taken.mask + 1, sizeof *taken.places);
    ok = taken.places != NULL;
    for (size_t i = 0; ok && i < get->n_items; i++) {
        if (get->items[i].name)
            ok = item_name(&taken, &get->items[i], get->items[i].name);
    }
    for (size_t i = 0; ok && i < get->n_items; i++) {
        if (get->items[i].name)
            continue;
        get_name_from_url(get->items[i].url, plain, sizeof plain);
        ok = item_name(&taken, &get->items[i], plain);
    }
    free(taken.places);
    return ok;
}
