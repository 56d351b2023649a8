/* program.h - the little language in which generators are written once, for cede and for Python.
 *
 * A program is lines of words; protocol.py, which has the same language, explains it. A body is
 * statements in parentheses:
 *
 *     (yield N)                   and note what was sent
 *     (from G)  (fresh B)         delegate to generator G; to a new one with body B
 *     (try (do S...) (except KIND S...) (finally S...))   either of the last two may be left out
 *     (raise KIND)  (raise)       the second again, in an except
 *     (return N)  (log WORD)  (loop N S...)
 *     (next G)  (send G N)  (throw G KIND)  (close G)     resume another from here
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CONFORMANCE_PROGRAM_H
#define CEDE_CONFORMANCE_PROGRAM_H

enum {
    MAX_BODIES = 64,
    MAX_WORD = 16,
    MAX_NODES = 4096,
};

struct node {
    char op[MAX_WORD];       /* "yield"; "" for the list at the top of a body */
    char words[2][MAX_WORD]; /* its arguments, "" where there are fewer */
    struct node *first;      /* the statements inside it */
    struct node *next;       /* the statement after it */
};

struct program {
    struct node *bodies[MAX_BODIES]; /* of `nodes`, or NULL */
    struct node nodes[MAX_NODES];
    int n_nodes;
};

/* Read statements; the list of them. A text that is no program ends the process. */
struct node *program_parse(struct program *program, const char *text);

/* The clause of a try: "do", "except", "finally"; NULL if it has none. */
const struct node *node_clause(const struct node *node, const char *op);

/* The codes and their names: E1, EXIT and so on; any names every error, error all but EXIT. */
int kind_code(const char *name);
const char *kind_name(int code);
int kind_includes(const char *name, int code);

#endif
