/* fuzz_get_name.c - any bytes as a URL: the name made of it is harmless, and is UTF-8.
 *
 * With: tools/cede/get_list.c tools/cede/get_name.c tools/cede/get_sum.c tools/cede/tool.c
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "tools/cede/get.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A code point, checked as strictly as RFC 3629 is; its bytes. */
static size_t utf8_take(const unsigned char *at, unsigned *point)
{
    const size_t size = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};

    *point = size == 1 ? at[0] : at[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        cede__assert((at[i] & 0xc0) == 0x80);
        *point = *point << 6 | (at[i] & 0x3f);
    }
    cede__assert(*point >= least[size] && *point <= 0x10ffff);
    cede__assert(*point < 0xd800 || *point > 0xdfff);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = calloc(1, size + 1);
    char name[GET_NAME_SIZE];
    unsigned point;

    if (size > 0)
        memcpy(url, data, size);
    get_name_from_url(url, name, sizeof name);
    cede__assert(name[0] != '\0' && name[0] != '.');
    cede__assert(strlen(name) <= GET_NAME_LIMIT);
    for (const unsigned char *at = (const unsigned char *)name; *at;) {
        at += utf8_take(at, &point);
        cede__assert(point >= ' ' && point != '/' && point != '\\');
        cede__assert(point < 0x7f || point >= 0xa0);
    }
    free(url);
    return 0;
}
