/* module.h - naming a place in code or data so that another process of the same files finds it.
 * Floor 1.
 *
 * The program and its libraries are modules; each has a build-id that the linker made of its
 * contents. A place is a build-id and how far into that module it lies: the same in every process,
 * whatever address the module was loaded at.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_MODULE_H
#define CEDE_SYS_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CEDE__MODULE_ID_SIZE = 20, CEDE__MODULES_MAX = 64, CEDE__SEGMENTS_MAX = 8 };

struct cede__place {
    uint8_t module[CEDE__MODULE_ID_SIZE];
    uint32_t zero;   /* so that places are compared byte by byte */
    uint64_t offset; /* from where the module was loaded */
};

struct cede__module {
    uint8_t id[CEDE__MODULE_ID_SIZE];
    uintptr_t base; /* offsets count from here */
    struct cede__segment {
        uintptr_t low, high;
        bool is_code;
    } segments[CEDE__SEGMENTS_MAX];
    size_t n_segments;
};

struct cede__modules {
    struct cede__module list[CEDE__MODULES_MAX]; /* those beyond are not known */
    size_t n;
};

/* Look at what is loaded now. */
void cede__modules_read(struct cede__modules *modules);

/* The place of an address; false if it lies in no module. Safe in a signal handler. */
bool cede__place_of(const struct cede__modules *modules, uintptr_t address,
                    struct cede__place *out);

/* The address of a place here; 0 if its module is not loaded, or the place does not lie in its code
 * (or, unless `is_code`, in any part of it). */
uintptr_t cede__place_find(const struct cede__modules *modules, const struct cede__place *place,
                           bool is_code);

/* Whether `size` bytes at `address` lie in one part of a module. */
bool cede__modules_hold(const struct cede__modules *modules, uintptr_t address, size_t size);

#endif
