/* fuzz_get_list.c - any bytes as the list of cede get: every item has a name that stays in the
 * folder, and no two have the same.
 *
 * With: tools/cede/get_list.c tools/cede/get_name.c tools/cede/get_sum.c tools/cede/tool.c
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "tools/cede/get.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_names(const struct get *get)
{
    const char **names = calloc(get->n_items + 1, sizeof *names);

    for (size_t i = 0; i < get->n_items; i++) {
        const struct get_item *item = &get->items[i];
        names[i] = item->name;
        cede__assert(item->name[0] != '\0' && item->name[0] != '.');
        cede__assert(strlen(item->name) < GET_NAME_SIZE);
        for (const char *c = item->name; *c; c++)
            cede__assert((unsigned char)*c >= ' ' && *c != '/' && *c != 0x7f);
    }
    qsort(names, get->n_items, sizeof *names, compare);
    for (size_t i = 1; i < get->n_items; i++)
        cede__assert(strcmp(names[i - 1], names[i]) != 0);
    free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct get get = {0};

    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        const size_t length = end ? (size_t)(end - data) + 1 - at : size - at;
        cede__assert(get_list_add(&get, (const char *)data + at, length));
        at += length;
    }
    cede__assert(get_name_all(&get));
    check_names(&get);
    get_list_free(&get);
    return 0;
}
