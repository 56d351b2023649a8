/* sentence_expression.c - Sentence, fifth version: a generator expression, which is a map over an
 * iterator that is there already: (match.group() for match in RE_WORD.finditer(text)). */
/* SPDX-License-Identifier: MIT */
#include "sentence.h"

/* [expression] */
struct match {
    const char *start;
    size_t size;
};

struct sentence {
    const char *text;
    const char *at; /* behind the last match of the pass that is on its way */
};

static int find_match(void *out, void *arg)
{
    struct sentence *s = arg;
    struct match *match = out;
    struct word word;

    if (!find_word(&s->at, &word))
        return 0;
    match->size = strlen(word.text);
    match->start = s->at - match->size;
    return 1;
}

static cede_iter *find_iter(struct sentence *s)
{
    s->at = s->text;
    return cede_iter_call(find_match, s, NULL, sizeof(struct match));
}

static int group(void *item, void *out, void *arg)
{
    const struct match *match = item;
    struct word *word = out;

    snprintf(word->text, sizeof word->text, "%.*s", (int)match->size, match->start);
    return 0;
}

static cede_iter *sentence_iter(void *sentence)
{
    return cede_iter_map(find_iter(sentence), group, NULL, sizeof(struct word));
}
/* [/expression] */

int main(void)
{
    struct sentence s3 = {.text = "Pig and Pepper"};

    print_sentence(s3.text);
    print_twice(sentence_iter, &s3);
    return 0;
}

/* Output:
 * Sentence('Pig and Pepper')
 * ['Pig', 'and', 'Pepper']
 * ['Pig', 'and', 'Pepper']
 */
