/* sentence_generator.c - Sentence, third version: a generator function is all that is needed to
 * make an iterator. */
/* SPDX-License-Identifier: MIT */
#include "sentence.h"

/* [generator] */
struct sentence {
    const char *text;
    struct word *words;
    size_t n_words;
};

static int words(cede_gen *self, void *arg)
{
    struct sentence *s = arg;

    for (size_t i = 0; i < s->n_words; i++)
        CEDE_TRY(cede_yield(self, &s->words[i], NULL));
    return 0;
}

static cede_iter *sentence_iter(void *sentence)
{
    return cede_iter_gen(cede_gen_create(words, sentence), sizeof(struct word));
}
/* [/generator] */

int main(void)
{
    struct sentence s3 = {.text = "Pig and Pepper"};

    s3.n_words = find_all_words(s3.text, &s3.words);
    print_sentence(s3.text);
    print_twice(sentence_iter, &s3);
    free(s3.words);
    return 0;
}

/* Output:
 * Sentence('Pig and Pepper')
 * ['Pig', 'and', 'Pepper']
 * ['Pig', 'and', 'Pepper']
 */
