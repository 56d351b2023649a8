/* sentence.h - what the five versions of Sentence share: words, and how a sentence is printed. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_SENTENCE_H
#define CEDE_EXAMPLES_SENTENCE_H

#include <ctype.h>

#include "../python.h"

struct word {
    char text[32];
};

/* The next match of \w+ at or after *at, which moves behind it. 1, or 0: there is none. */
static inline int find_word(const char **at, struct word *word_out)
{
    const char *start = *at;
    size_t size = 0;

    while (*start && !isalnum((unsigned char)*start) && *start != '_')
        start++;
    while (isalnum((unsigned char)start[size]) || start[size] == '_')
        size++;
    *at = start + size;
    snprintf(word_out->text, sizeof word_out->text, "%.*s", (int)size, start);
    return size > 0;
}

/* re.findall: all words, in an array to be freed. */
static inline size_t find_all_words(const char *text, struct word **words_out)
{
    size_t n = 0;

    *words_out = calloc(strlen(text) / 2 + 1, sizeof **words_out);
    if (!*words_out)
        check(cede_raise(-ENOMEM, "no memory for the words of '%s'", text));
    while (find_word(&text, *words_out + n))
        n++;
    return n;
}

/* reprlib.repr: what is long is cut in the middle, to 30 characters with its quotes. */
static inline void print_sentence(const char *text)
{
    const size_t size = strlen(text);

    if (size <= 28)
        printf("Sentence('%s')\n", text);
    else
        printf("Sentence('%.12s...%s')\n", text, text + size - 13);
}

/* Two passes over the same sentence: each is an iterator of its own. */
static inline void print_twice(cede_iter *(*iter)(void *sentence), void *sentence)
{
    print_list(iter(sentence), print_text);
    print_list(iter(sentence), print_text);
}

#endif
