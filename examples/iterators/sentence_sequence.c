/* sentence_sequence.c - Sentence, first version: a sequence. Python makes an iterator of anything
 * whose items have numbers, from 0 to the IndexError; here a function that counts does. */
/* SPDX-License-Identifier: MIT */
#include "sentence.h"

/* [sequence] */
struct sentence {
    const char *text;
    struct word *words;
    size_t n_words;
};

/* __getitem__: -ERANGE is the IndexError. */
static int sentence_item(const struct sentence *s, size_t index, struct word *word_out)
{
    if (index >= s->n_words)
        return -ERANGE;
    *word_out = s->words[index];
    return 0;
}

/* What iter(s) makes: a pass over anything that has a __getitem__. */
struct pass {
    const struct sentence *sentence;
    size_t index;
};

static int next_item(void *out, void *arg)
{
    struct pass *pass = arg;

    return sentence_item(pass->sentence, pass->index++, out) == -ERANGE ? 0 : 1;
}

static cede_iter *sentence_iter(const struct sentence *s)
{
    struct pass *pass = calloc(1, sizeof *pass);

    if (!pass) {
        cede_raise(-ENOMEM, "no memory for a pass");
        return NULL;
    }
    pass->sentence = s;
    return cede_iter_owning(cede_iter_call(next_item, pass, NULL, sizeof(struct word)), free, pass);
}
/* [/sequence] */

static struct sentence make(const char *text)
{
    struct sentence s = {.text = text};

    s.n_words = find_all_words(text, &s.words);
    return s;
}

static void print_words(struct sentence *s)
{
    cede_iter *it = sentence_iter(s);
    int rc;

    CEDE_FOREACH(rc, struct word *, word, it)
        printf("%s\n", word->text);
    check(rc);
    cede_iter_close(it);
}

/* At its end an iterator is of no more use. */
static void use_up(struct sentence *s3)
{
    cede_iter *it = sentence_iter(s3);
    void *word;
    int rc;

    while ((rc = cede_iter_next(it, &word)) > 0)
        printf("%s\n", ((struct word *)word)->text);
    print_end(rc);
    print_list(it, print_text);
    print_list(sentence_iter(s3), print_text);
}

int main(void)
{
    struct sentence s = make("\"The tiem has come,\",the walrus said,");
    struct sentence s3 = make("Pig and Pepper");

    print_sentence(s.text);
    print_words(&s);
    print_list(sentence_iter(&s), print_text);
    use_up(&s3);
    free(s.words);
    free(s3.words);
    return 0;
}

/* Output:
 * Sentence('"The tiem ha... walrus said,')
 * The
 * tiem
 * has
 * come
 * the
 * walrus
 * said
 * ['The', 'tiem', 'has', 'come', 'the', 'walrus', 'said']
 * Pig
 * and
 * Pepper
 * StopIteration
 * []
 * ['Pig', 'and', 'Pepper']
 */
