/* sentence_iterator.c - Sentence, second version: the iterator pattern. The sentence is what can be
 * iterated over, SentenceIterator a pass over it: each with a place of its own. */
/* SPDX-License-Identifier: MIT */
#include "sentence.h"

/* [iterator] */
struct sentence {
    const char *text;
    struct word *words;
    size_t n_words;
};

struct sentence_iterator {
    cede_iter iter; /* first: the whole is what next and close get */
    const struct sentence *sentence;
    size_t index;
};

static int sentence_iterator_next(cede_iter *it, void **item)
{
    struct sentence_iterator *self = (struct sentence_iterator *)it;

    if (self->index == self->sentence->n_words)
        return 0;
    *item = &self->sentence->words[self->index++];
    return 1;
}

static void sentence_iterator_close(cede_iter *it)
{
    free(it);
}

static const cede_iter_kind sentence_iterator_kind = {
    .name = "SentenceIterator", .next = sentence_iterator_next, .close = sentence_iterator_close};

static cede_iter *sentence_iter(void *sentence)
{
    struct sentence_iterator *self = calloc(1, sizeof *self);

    if (!self) {
        cede_raise(-ENOMEM, "no memory for a pass");
        return NULL;
    }
    cede_iter_init(&self->iter, &sentence_iterator_kind, sizeof(struct word));
    self->sentence = sentence;
    return &self->iter;
}
/* [/iterator] */

/* Two passes at the same time do not disturb each other. */
static void in_step(struct sentence *s)
{
    cede_iter *pairs = cede_iter_zip(CEDE_ITERS(sentence_iter(s), sentence_iter(s)));
    int rc;

    CEDE_FOREACH(rc, cede_tuple *, pair, pairs)
        printf("%s %s\n", ((struct word *)pair->items[0])->text,
               ((struct word *)pair->items[1])->text);
    check(rc);
    cede_iter_close(pairs);
}

int main(void)
{
    struct sentence s3 = {.text = "Pig and Pepper"};

    s3.n_words = find_all_words(s3.text, &s3.words);
    print_sentence(s3.text);
    print_twice(sentence_iter, &s3);
    in_step(&s3);
    free(s3.words);
    return 0;
}

/* Output:
 * Sentence('Pig and Pepper')
 * ['Pig', 'and', 'Pepper']
 * ['Pig', 'and', 'Pepper']
 * Pig Pig
 * and and
 * Pepper Pepper
 */
