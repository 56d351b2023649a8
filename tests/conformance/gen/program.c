/* program.c - reads the little language of program.h. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/error.h>

#include "program.h"

static const struct {
    const char *name;
    int code;
} kinds[] = {
    {"E1", -EIO},
    {"E2", -EPIPE},
    {"E3", -EDOM},
    {"EXIT", CEDE_EGENEXIT},
    {"IGNORED", CEDE_EGENIGNORED},
    {"START", CEDE_EGENSTART},
    {"END", CEDE_EGENEND},
    {"BUSY", -EBUSY},
};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

static __attribute__((noreturn)) void reject(const char *what, const char *text)
{
    fprintf(stderr, "machine: %s: %.40s\n", what, text);
    exit(2);
}

int kind_code(const char *name)
{
    for (int i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].code;
    }
    reject("no such kind of error", name);
}

const char *kind_name(int code)
{
    for (int i = 0; i < N_KINDS; i++) {
        if (kinds[i].code == code)
            return kinds[i].name;
    }
    return cede_strerror(code);
}

int kind_includes(const char *name, int code)
{
    if (strcmp(name, "any") == 0)
        return 1;
    if (strcmp(name, "error") == 0)
        return code != CEDE_EGENEXIT;
    return kind_code(name) == code;
}

static void skip_blanks(const char **text)
{
    while (isspace((unsigned char)**text))
        ++*text;
}

static void read_word(const char **text, char *word)
{
    size_t length;

    skip_blanks(text);
    length = strcspn(*text, " ()\n");
    if (length == 0 || length >= MAX_WORD)
        reject("no word", *text);
    memcpy(word, *text, length);
    word[length] = '\0';
    *text += length;
}

static struct node *parse_list(struct program *program, const char **text);

static struct node *parse_node(struct program *program, const char **text)
{
    struct node *node = &program->nodes[program->n_nodes++];

    if (program->n_nodes == MAX_NODES)
        reject("too long", *text);
    memset(node, 0, sizeof *node);
    ++*text; /* ( */
    read_word(text, node->op);
    for (int i = 0;; i++) {
        skip_blanks(text);
        if (**text == '(' || **text == ')')
            break;
        if (i == 2)
            reject("too many words", *text);
        read_word(text, node->words[i]);
    }
    node->first = parse_list(program, text);
    if (**text != ')')
        reject("no )", *text);
    ++*text;
    return node;
}

static struct node *parse_list(struct program *program, const char **text)
{
    struct node *first = NULL, **end = &first;

    for (skip_blanks(text); **text == '('; skip_blanks(text)) {
        *end = parse_node(program, text);
        end = &(*end)->next;
    }
    return first;
}

struct node *program_parse(struct program *program, const char *text)
{
    struct node *list = parse_list(program, &text);

    if (*text != '\0')
        reject("what is this", text);
    return list;
}

const struct node *node_clause(const struct node *node, const char *op)
{
    for (const struct node *clause = node->first; clause; clause = clause->next) {
        if (strcmp(clause->op, op) == 0)
            return clause;
    }
    return NULL;
}
