/* filtering.c - the functions of itertools that leave items out. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [vowel] */
static int vowel(void *item, void *arg)
{
    return strchr("aeiouAEIOU", *(char *)item) != NULL;
}
/* [/vowel] */

static void print_chars(const char *what, cede_iter *it)
{
    printf("%s: ", what);
    print_list(it, print_char);
}

int main(void)
{
    static const bool selectors[] = {1, 0, 1, 1, 0, 1};
    const char *const w = "Alligator";

    print_chars("filter", cede_iter_filter(chars(w), vowel, NULL));
    print_chars("filterfalse", cede_iter_filterfalse(chars(w), vowel, NULL));
    print_chars("dropwhile", cede_iter_dropwhile(chars(w), vowel, NULL));
    print_chars("takewhile", cede_iter_takewhile(chars(w), vowel, NULL));
    print_chars("compress", cede_iter_compress(chars(w), CEDE_ITER_ARRAY(selectors)));
    print_chars("islice 4", cede_iter_islice(chars(w), 0, 4, 1));
    print_chars("islice 4, 7", cede_iter_islice(chars(w), 4, 7, 1));
    print_chars("islice 1, 7, 2", cede_iter_islice(chars(w), 1, 7, 2));
    return 0;
}

/* Output:
 * filter: ['A', 'i', 'a', 'o']
 * filterfalse: ['l', 'l', 'g', 't', 'r']
 * dropwhile: ['l', 'l', 'i', 'g', 'a', 't', 'o', 'r']
 * takewhile: ['A']
 * compress: ['A', 'l', 'i', 'a']
 * islice 4: ['A', 'l', 'l', 'i']
 * islice 4, 7: ['g', 'a', 't']
 * islice 1, 7, 2: ['l', 'i', 'a']
 */
