/* allocator.c - the only place that calls malloc, so that one hook sees, counts or refuses every
 * allocation. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <cede/allocator.h>

#include "base/base.h"

static void *system_allocate(size_t size, void *arg)
{
    (void)arg;
    return malloc(size);
}

static void *system_reallocate(void *memory, size_t size, void *arg)
{
    (void)arg;
    return realloc(memory, size);
}

static void system_release(void *memory, void *arg)
{
    (void)arg;
    free(memory);
}

static const cede_allocator system_allocator = {system_allocate, system_reallocate, system_release,
                                                NULL};

/* Set before first use and only read afterwards: no lock. */
static cede_allocator current = {system_allocate, system_reallocate, system_release, NULL};

void cede_set_allocator(const cede_allocator *allocator)
{
    current = allocator ? *allocator : system_allocator;
}

void *cede__malloc(size_t size)
{
    return current.allocate(size, current.arg);
}

void *cede__calloc(size_t count, size_t size)
{
    size_t bytes;
    void *memory;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    memory = cede__malloc(bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

void *cede__realloc(void *memory, size_t size)
{
    return memory ? current.reallocate(memory, size, current.arg) : cede__malloc(size);
}

char *cede__strdup(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = cede__malloc(size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

void cede__free(void *memory)
{
    if (memory)
        current.release(memory, current.arg);
}
