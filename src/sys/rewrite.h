/* rewrite.h - one file that takes the place of another at once. Floor 1.
 *
 * The new one is written beside the old one, under a name nobody looks for, and renamed over it:
 * whoever opens the file finds all of the old one or all of the new one. Errors are -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_REWRITE_H
#define CEDE_SYS_REWRITE_H

#include <limits.h>
#include <stdio.h>

/* A descriptor of the folder and not its path: the working folder may change meanwhile. */
struct cede__rewrite {
    int folder;                  /* where both are; owned */
    FILE *in;                    /* the old file, for reading; owned */
    FILE *out;                   /* the new file, for writing; owned */
    char name[NAME_MAX + 1];     /* of the old one, links followed */
    char new_name[NAME_MAX + 1]; /* of the new one, meanwhile */
};

/* Open the file at `path`, following links, and a new one with its permissions, and its owner and
 * group if that is allowed. -EISDIR, -EINVAL: no plain file. On failure nothing is left. */
int cede__rewrite_open(struct cede__rewrite *self, const char *path);

/* See the new file safe on the disk. -EIO too if the old one could not be read to its end. */
int cede__rewrite_sync(struct cede__rewrite *self);

/* Have the old file's name plus `suffix` be the old file as well; what had that name is lost. */
int cede__rewrite_backup(const struct cede__rewrite *self, const char *suffix);

/* Have the new file take the place of the old one, and close both. -errno: it has not; drop. */
int cede__rewrite_commit(struct cede__rewrite *self);

/* See the folder's change safe on the disk, where the system can, and close the folder. */
int cede__rewrite_end(struct cede__rewrite *self);

/* Close everything and remove the new file; the old one stays. */
void cede__rewrite_drop(struct cede__rewrite *self);

#endif
