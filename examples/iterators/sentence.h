/* sentence.h - what the five versions of Sentence share: words, and how a sentence is printed. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_SENTENCE_H
#define CEDE_EXAMPLES_SENTENCE_H

#include <ctype.h>

#include "../python.h"

/* A word found in a text, and one of its own, cut where it does not fit. */
struct match {
    const char *start;
    size_t size;
};

struct word {
    char text[32];
};

/* The next match of \w+ at or after *at, which moves behind it. 1, or 0: there is none. */
static inline int find_match(const char **at, struct match *match_out)
{
    const char *start = *at;
    size_t size = 0;

    while (*start && !isalnum((unsigned char)*start) && *start != '_')
        start++;
    while (isalnum((unsigned char)start[size]) || start[size] == '_')
        size++;
    *at = start + size;
    *match_out = (struct match){start, size};
    return size > 0;
}

/* match.group() */
static inline void copy_match(const struct match *match, struct word *word_out)
{
    snprintf(word_out->text, sizeof word_out->text, "%.*s", (int)match->size, match->start);
}

static inline int find_word(const char **at, struct word *word_out)
{
    struct match match;

    if (!find_match(at, &match))
        return 0;
    copy_match(&match, word_out);
    return 1;
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
