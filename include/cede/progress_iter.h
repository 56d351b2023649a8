/* cede/progress_iter.h - a progress bar that counts what an iterator yields
 *
 *     cede_progress *bar = cede_progress_create(&(cede_progress_options){.description = "flags"});
 *     cede_iter *it = cede_progress_iter(bar, cede_iter_map(flags, fetch, NULL, sizeof(image)));
 *     CEDE_FOREACH(rc, image *, image, it)
 *         ...
 *
 * Source: src/progress/progress_iter.c   Tests: tests/progress/test_progress_iter.c
 * Guide: docs/iter.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_ITER_H
#define CEDE_PROGRESS_ITER_H

#include <cede/iter.h>
#include <cede/progress.h>

CEDE_BEGIN_DECLS

/**
 * The items of an iterator, counted by a bar: each when the next one is asked for, so that what is
 * done with it counts too (tqdm(iterable)). If the size hint of the source is certain, it becomes
 * the bar's total.
 *
 * @param bar     borrowed until the iterator is closed; NULL counts nothing
 * @param source  taken
 * @return the iterator, the caller's to close or to hand on; items are of the source. NULL:
 *         `source` is, or -ENOMEM was raised and it is closed
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has both.
 */
CEDE_API cede_iter *cede_progress_iter(cede_progress *bar, cede_iter *source);

CEDE_END_DECLS

#endif
