/* sentence_lazy.c - Sentence, fourth version: lazy. There is no list of words; each is looked for
 * when it is asked for, so the first word of a book does not cost the book. */
/* SPDX-License-Identifier: MIT */
#include "sentence.h"

/* [lazy] */
static int words(cede_gen *self, void *arg)
{
    const char *at = arg;
    struct word word;

    while (find_word(&at, &word))
        CEDE_TRY(cede_yield(self, &word, NULL));
    return 0;
}

static cede_iter *sentence_iter(void *text)
{
    return cede_iter_gen(cede_gen_create(words, text), sizeof(struct word));
}
/* [/lazy] */

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
