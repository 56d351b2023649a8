/* cede/inplace.h - rewriting a file in place, all of it or not at all
 *
 *     cede_inplace file;
 *     cede_inplace_init(&file, "names.txt", NULL);
 *     CEDE_WITH(&file.context, rc) {
 *         while (getline(&line, &size, file.in) > 0)
 *             fprintf(file.out, "%s", upper(line));
 *     }
 *
 * Inside, the old text is read and the new one written to a file beside it, which takes the place
 * of the old one at the end: whoever opens the file finds all of the old or all of the new text,
 * also after a crash. If the block fails, or anything could not be read or written, the old file
 * stays as it was.
 *
 * Permissions are kept, owner and group where that is allowed, symbolic links followed; hard links,
 * access lists and extended attributes are not kept. The calls block for as long as the disk takes;
 * in a task, cede_run_in_thread keeps them off the loop. A process that is killed inside leaves a
 * file named .cede-... behind.
 *
 * Source: src/coro/inplace.c   Tests: tests/coro/test_inplace.c   Guide: docs/context.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_INPLACE_H
#define CEDE_INPLACE_H

#include <stdio.h>

#include <cede/context.h>
#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Its value is itself, for `in` and `out`. */
typedef struct cede_inplace {
    cede_context context;
    FILE *in;  /* the old text; for reading, while entered; closed by the context */
    FILE *out; /* the new text; for writing, while entered; closed by the context */
    const char *path;
    const char *backup;
    void *rewrite; /* while entered; allocated */
    void *spare[2];
} cede_inplace;

/**
 * Make a context that rewrites a file. Entering may fail with
 *   -ENOENT, -EACCES, ...  it cannot be opened, or a file cannot be made beside it
 *   -EISDIR, -EINVAL       it is not a plain file
 *   -EBUSY                 it is entered already
 *   -ENOMEM, -EMFILE
 * Leaving without an error may fail with
 *   -EIO, -ENOSPC, ...     something could not be read or written, or the backup could not be made:
 *                          the old file stays. Or the folder could not be synchronised, which the
 *                          words say: the new one is there, but might not survive a crash
 *
 * @param inplace  the caller's memory
 * @param path     borrowed as long as `inplace` is used
 * @param backup   a suffix, "~" or ".bak", of the name under which the old file is kept; what had
 *                 that name is replaced. Borrowed; NULL: it is not kept
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_inplace_init(cede_inplace *inplace, const char *path, const char *backup);

CEDE_END_DECLS

#endif
