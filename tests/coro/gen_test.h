/* gen_test.h - a trail, and bodies of generators that leave one. */
/* SPDX-License-Identifier: MIT */
#ifndef GEN_TEST_H
#define GEN_TEST_H

#include <string.h>

#include <cede/gen.h>

#include "harness/harness.h"

/* What a body writes on its way. */
static char trail[256];

static inline void leave(const char *word)
{
    strncat(trail, word, sizeof trail - strlen(trail) - 1);
}

/* Yields 1, 2, ... up to *arg, then gives "end". */
static inline int count_to(cede_gen *self, void *arg)
{
    static char end[] = "end";

    leave("<");
    for (long i = 1; i <= *(long *)arg; i++) {
        const int rc = cede_yield(self, &i, NULL);
        if (rc < 0) {
            leave(rc == CEDE_EGENEXIT ? "x" : "!");
            return rc;
        }
    }
    leave(">");
    return cede_gen_return(self, end);
}

/* Yields what it was sent last, until told otherwise. */
static inline int echo(cede_gen *self, void *arg)
{
    void *sent = arg;

    for (;;)
        CEDE_TRY(cede_yield(self, sent, &sent));
}

static inline long next_long(cede_gen *gen)
{
    long *item = NULL;

    CHECK_EQ(cede_next(gen, (void **)&item), 1);
    return *item;
}

/* Ignores the first *arg attempts to close it. */
static inline int stubborn(cede_gen *self, void *arg)
{
    int *left = arg;

    while (cede_yield(self, NULL, NULL) != CEDE_EGENEXIT || (*left)-- > 0)
        continue;
    leave("gone");
    return 0;
}

#endif
