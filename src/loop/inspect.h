/* inspect.h - what another process needs to know to look at the tasks of this one. Floor 3.
 *
 * `cede ps` finds the struct by its magic in the writable data of the program or of libcede, needs
 * no symbols for it, and knows all other structs because it is of the same version. It only reads:
 * the process may be wedged, or go on meanwhile.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_INSPECT_H
#define CEDE_LOOP_INSPECT_H

#include <stdint.h>

#include "base/list.h"

/* 16 bytes with the terminator. */
#define CEDE__INSPECT_MAGIC                                                                        \
    "\x7f"                                                                                         \
    "cede-inspect\x01\x0a"

struct cede__inspect {
    char magic[16];
    char version[16];
    uint64_t loop_size; /* bytes of the structs: else it was built otherwise */
    uint64_t task_size; /* 0 before the first task */
    const struct cede__list *live_loops;
    const void *task_kind; /* of the futures that are tasks */
} __attribute__((aligned(16)));

extern struct cede__inspect cede__inspect;

#endif
