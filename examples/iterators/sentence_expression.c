/* sentence_expression.c - Sentence, fifth version: a generator expression, which is a map over an
 * iterator that is there already: (match.group() for match in RE_WORD.finditer(text)). */
/* SPDX-License-Identifier: MIT */
#include "sentence.h"

/* [expression] */
struct finder {
    const char *at; /* behind the last match */
};

static int find_next(void *out, void *arg)
{
    struct finder *finder = arg;

    return find_match(&finder->at, out);
}

static cede_iter *find_iter(const char *text)
{
    struct finder *finder = malloc(sizeof *finder);

    if (!finder) {
        cede_raise(-ENOMEM, "no memory to look for words");
        return NULL;
    }
    finder->at = text;
    return cede_iter_owning(cede_iter_call(find_next, finder, NULL, sizeof(struct match)), free,
                            finder);
}

static int group(void *item, void *out, void *arg)
{
    copy_match(item, out);
    return 0;
}

static cede_iter *sentence_iter(void *text)
{
    return cede_iter_map(find_iter(text), group, NULL, sizeof(struct word));
}
/* [/expression] */

int main(void)
{
    char text[] = "Pig and Pepper";

    print_sentence(text);
    print_twice(sentence_iter, text);
    return 0;
}

/* Output:
 * Sentence('Pig and Pepper')
 * ['Pig', 'and', 'Pepper']
 * ['Pig', 'and', 'Pepper']
 */
