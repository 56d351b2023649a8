/* iter_keep.c - adaptors that keep items: words in order, in groups, in batches, and twice. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cede.h>

static const char *const words[] = {"tea", "bay", "ant", "toy", "bee", "axe", "bay", "art"};

enum { N_WORDS = sizeof words / sizeof words[0] };

/* [groups] */
static int first_letter(void *word, void *letter, void *arg)
{
    *(char *)letter = *(const char *)word;
    return 0;
}

static int print_groups(void)
{
    const cede_iter_key key = {.key = first_letter, .key_size = sizeof(char)};
    cede_iter *it = cede_iter_pointers(words, N_WORDS);
    int rc, inner = 0;

    it = cede_iter_unique(it, &cede_iter_key_string);
    it = cede_iter_groupby(cede_iter_sorted(it, cede_compare_string, NULL), &key);
    CEDE_FOREACH(rc, cede_grouped *, grouped, it) {
        printf("%c:", *(const char *)grouped->key);
        CEDE_FOREACH(inner, const char *, word, grouped->group)
            printf(" %s", word);
        printf("\n");
    }
    cede_iter_close(it);
    return rc < 0 ? rc : inner;
}
/* [/groups] */

/* [collect] */
static int print_numbered(void)
{
    cede_iter *it = cede_iter_enumerate(cede_iter_pointers(words, N_WORDS), 1);
    cede_numbered **numbered;
    size_t n;

    CEDE_TRY(cede_iter_collect(it, (void **)&numbered, &n));
    for (size_t i = n; i-- > 0;)
        printf("%" PRId64 ". %s%s", numbered[i]->number, (const char *)numbered[i]->item,
               i > 0 ? ", " : "\n");
    cede_iter_release(numbered);
    return 0;
}
/* [/collect] */

/* [tee] */
static int print_differences(void)
{
    static const int64_t values[] = {3, 7, 8, 20, 21, 35};
    cede_iter *its[2];
    int rc = cede_iter_tee(CEDE_ITER_ARRAY(values), 2, its);

    CEDE_TRY(rc);
    /* What the second is ahead by is all that is kept. */
    cede_iter *later = cede_iter_islice(its[1], 2, CEDE_NO_STOP, 1);
    cede_iter *it = cede_iter_zip(CEDE_ITERS(its[0], later));
    CEDE_FOREACH(rc, cede_tuple *, pair, it)
        printf("%" PRId64 " ", *(int64_t *)pair->items[1] - *(int64_t *)pair->items[0]);
    printf("\n");
    cede_iter_close(it);
    return rc;
}
/* [/tee] */

int main(void)
{
    int rc = print_groups();

    if (rc == 0)
        rc = print_numbered();
    if (rc == 0)
        rc = print_differences();
    if (rc < 0)
        cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * a: ant art axe
 * b: bay bee
 * t: tea toy
 * 8. art, 7. bay, 6. axe, 5. bee, 4. toy, 3. ant, 2. bay, 1. tea
 * 5 13 13 15
 */
