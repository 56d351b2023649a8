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

enum { NAME_LIMIT = 180 }; /* bytes; room is left for a number */

static int hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* Decodes `length` bytes of a URL into `out`, which has room; the length. */
static size_t decode(const char *text, size_t length, unsigned char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        const bool is_escape =
            text[i] == '%' && i + 2 < length && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        out[n++] = is_escape ? (unsigned char)(hex(text[i + 1]) * 16 + hex(text[i + 2]))
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

    if (length <= NAME_LIMIT)
        return length;
    while (suffix > 0 && length - suffix < 16 && text[suffix - 1] != '.')
        suffix--;
    suffix = suffix > 0 && text[suffix - 1] == '.' ? suffix - 1 : length;
    keep = NAME_LIMIT - (length - suffix);
    memmove(text + keep, text + suffix, length - suffix);
    return NAME_LIMIT;
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

/* Names that are taken, by hash; open addressing, at most half full. */
struct taken {
    const struct get_item **slots;
    size_t mask;
};

static uint64_t hash(const char *text)
{
    uint64_t value = 14695981039346656037u;

    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 1099511628211u;
    return value ^ value >> 32;
}

/* The slot of a name: holds it, or is empty. */
static const struct get_item **taken_slot(struct taken *taken, const char *name)
{
    size_t at = (size_t)hash(name) & taken->mask;

    while (taken->slots[at] && strcmp(taken->slots[at]->name, name) != 0)
        at = (at + 1) & taken->mask;
    return &taken->slots[at];
}

static void item_name(struct taken *taken, struct get_item *item)
{
    char plain[GET_NAME_SIZE];
    const struct get_item **slot;
    const char *dot;
    size_t stem;

    get_name_from_url(item->url, plain, sizeof plain);
    memcpy(item->name, plain, sizeof plain);
    dot = strrchr(plain, '.');
    stem = dot && dot > plain ? (size_t)(dot - plain) : strlen(plain);
    slot = taken_slot(taken, item->name);
    for (size_t number = 2; *slot; number++) {
        /* The longest name and the longest number fit: NAME_LIMIT and 21 are below the size. */
        snprintf(item->name, sizeof item->name, "%.*s-%zu%.*s", (int)stem, plain, number,
                 NAME_LIMIT, plain + stem);
        slot = taken_slot(taken, item->name);
    }
    *slot = item;
}

bool get_name_all(struct get_item *items, size_t n)
{
    struct taken taken = {NULL, 15};

    while (taken.mask < 2 * n)
        taken.mask = 2 * taken.mask + 1;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
    taken.slots = calloc(taken.mask + 1, sizeof *taken.slots);
    if (!taken.slots)
        return false;
    for (size_t i = 0; i < n; i++)
        item_name(&taken, &items[i]);
    free(taken.slots);
    return true;
}
