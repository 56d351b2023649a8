/* exit.h - one exit function: who it is, and running it. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_EXIT_H
#define CEDE_CORO_EXIT_H

#include <cede/exit_stack.h>

enum cede__exit_kind {
    CEDE__EXIT_SEES,     /* fn.exit: may swallow and replace the error */
    CEDE__EXIT_CALLBACK, /* fn.callback: may replace it only */
    CEDE__EXIT_DEFER,    /* fn.defer: neither */
    CEDE__EXIT_CONTEXT,  /* the exit of the context that arg is; it sees */
};

/* Run it for a scope that ended with `rc`. Returns how the scope ends now: rc, 0 if the error was
 * swallowed, or what the function failed with, of which the error that was is the cause. May
 * suspend. */
int cede__exit_run(const struct cede__exit *exit, int rc);

#endif
