/* get_list.c - the list of what is to be downloaded, made of lines.
 *
 *     URL [NAME] [sha256:SUM]
 *
 * Words are separated by blanks; a name with blanks stands in double quotes. Blank lines, and those
 * that begin with #, are nothing. A line with a fault becomes an item that fails with that reason,
 * so that the others go on. Texts lie one behind the other in blocks: a list of a million lines is
 * a few dozen allocations.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "get.h"

struct get_block {
    struct get_block *next;
    size_t used, size;
    char bytes[];
};

char *get_list_keep(struct get *get, const char *bytes, size_t size)
{
    enum { BLOCK = 64 * 1024 - sizeof(struct get_block) };
    struct get_block *block = get->blocks;
    char *kept;

    if (!block || block->size - block->used < size + 1) {
        const size_t room = size + 1 > BLOCK ? size + 1 : BLOCK;
        block = malloc(sizeof *block + room);
        if (!block)
            return NULL;
        block->next = get->blocks;
        block->used = 0;
        block->size = room;
        get->blocks = block;
    }
    kept = block->bytes + block->used;
    memcpy(kept, bytes, size);
    kept[size] = '\0';
    block->used += size + 1;
    return kept;
}

void get_list_free(struct get *get)
{
    for (struct get_block *block; (block = get->blocks);) {
        get->blocks = block->next;
        free(block);
    }
    free(get->items);
    get->items = NULL;
    get->n_items = 0;
}

static struct get_item *list_grow(struct get *get)
{
    struct get_item *longer = get->items;

    if ((get->n_items & (get->n_items - 1)) == 0) /* at each power of two */
        longer = realloc(longer, (get->n_items ? 2 * get->n_items : 1) * sizeof *longer);
    if (!longer)
        return NULL;
    get->items = longer;
    longer[get->n_items] = (struct get_item){0};
    return &longer[get->n_items];
}

/* A word of a line. */
struct word {
    const char *at;
    size_t length;
    bool is_quoted;
};

/* Take the next word; its `at` is NULL at the end, or if a quote does not end. */
static struct word line_word(const char **line, const char *end, const char **fault)
{
    struct word word = {NULL, 0, false};
    const char *at = *line, *stop;

    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (at < end && *at == '"') {
        at++;
        stop = memchr(at, '"', (size_t)(end - at));
        if (!stop)
            *fault = "a quote does not end";
        word = (struct word){stop ? at : NULL, stop ? (size_t)(stop - at) : 0, true};
        *line = stop ? stop + 1 : end;
        return word;
    }
    for (stop = at; stop < end && *stop != ' ' && *stop != '\t';)
        stop++;
    if (stop > at)
        word = (struct word){at, (size_t)(stop - at), false};
    *line = stop;
    return word;
}

/* Names that a list gives are taken as they are, or not at all. */
static const char *name_fault(const struct word *word)
{
    if (word->length == 0 || word->length > GET_NAME_LIMIT)
        return "a name has 1 to 180 bytes";
    if (memchr(word->at, '/', word->length))
        return "a name holds no slash";
    if (word->at[0] == '.')
        return "a name begins with no dot";
    for (size_t i = 0; i < word->length; i++) {
        if ((unsigned char)word->at[i] < ' ' || word->at[i] == 0x7f)
            return "a name holds no control characters";
    }
    return NULL;
}

/* One word behind the URL. False: no memory. */
static bool item_add(struct get *get, struct get_item *item, const struct word *word)
{
    char sum[GET_SUM_SIZE];

    if (!word->is_quoted && word->length >= 7 && memcmp(word->at, "sha256:", 7) == 0) {
        if (!get_sum_parse(word->at, word->length, sum))
            item->fault = "sha256: takes 64 hexadecimal digits";
        else
            item->sum = get_list_keep(get, sum, sizeof sum);
        return item->fault || item->sum;
    }
    if (item->name) {
        item->fault = "a line is a URL, a name and a sum";
        return true;
    }
    item->fault = name_fault(word);
    if (!item->fault)
        item->name = get_list_keep(get, word->at, word->length);
    return item->fault || item->name;
}

bool get_list_add(struct get *get, const char *line, size_t length)
{
    const char *end = line + length, *fault = NULL;
    struct word word;
    struct get_item *item;

    while (end > line && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    word = line_word(&line, end, &fault);
    if (!fault && (!word.at || (word.at[0] == '#' && !word.is_quoted)))
        return true;
    item = list_grow(get);
    if (!item)
        return false;
    item->url = get_list_keep(get, word.at ? word.at : "\"", word.at ? word.length : 1);
    if (!item->url)
        return false;
    item->fault = fault                                  ? fault
                  : memchr(item->url, '\0', word.length) ? "it has a zero byte"
                                                         : NULL;
    while (!item->fault && (word = line_word(&line, end, &item->fault)).at) {
        if (!item_add(get, item, &word))
            return false;
    }
    get->n_items++;
    return true;
}

bool get_list_read(struct get *get, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool ok = true;

    if (!file) {
        fprintf(stderr, "cede get: %s: %s\n", path, strerror(errno));
        return false;
    }
    while (ok && (length = getline(&line, &size, file)) >= 0)
        ok = get_list_add(get, line, (size_t)length);
    ok = ok && !ferror(file);
    free(line);
    if (file != stdin)
        (void)fclose(file); /* it was only read */
    if (!ok)
        fprintf(stderr, "cede get: cannot read %s\n", path);
    return ok;
}
