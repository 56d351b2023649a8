/* iter_shape.c - how an item that is made of parts is copied, parts and all.
 *
 * A kept tuple is one block: the cede_tuple, its pointers, then the parts, each aligned as malloc
 * aligns; a kept cede_numbered is that struct and its part. A part may be of a shape itself. Shapes
 * are constant once made and counted: every iterator that hands such items on holds one. They nest
 * up to DEPTH_MAX, so that recursion along them is bounded; beyond, items cannot be kept.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/itertools.h>

#include "coro/iter.h"

enum { ALIGN = _Alignof(max_align_t), DEPTH_MAX = 32 };

/* A part: as item_size and shape of the iterator that yields such. */
struct part {
    size_t item_size;
    struct cede__iter_shape *shape; /* a reference; NULL: bytes */
    size_t offset;                  /* in the block */
};

struct cede__iter_shape {
    uint32_t n_refs;
    uint16_t depth;   /* of shapes below */
    bool is_numbered; /* a cede_numbered; else a cede_tuple */
    size_t n_items;   /* at most */
    size_t n_parts;   /* n_items, or 1: all parts are like it and follow each other */
    struct part parts[];
};

void cede__iter_shape_ref(struct cede__iter_shape *shape)
{
    if (shape)
        shape->n_refs++;
}

void cede__iter_shape_unref(struct cede__iter_shape *shape)
{
    if (!shape || --shape->n_refs > 0)
        return;
    for (size_t i = 0; i < shape->n_parts; i++)
        cede__iter_shape_unref(shape->parts[i].shape);
    cede__free(shape);
}

static size_t aligned(size_t size)
{
    return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* Copy a part to its place in the block, or let its pointer stand; the pointer to it. */
static void *keep_part(const struct part *part, void *place, void *item)
{
    if (!item || part->item_size == CEDE_ITEM_OUTLIVES)
        return item;
    if (part->shape)
        cede__iter_shape_keep(part->shape, place, item);
    else
        memcpy(place, item, part->item_size);
    return place;
}

static void keep_numbered(const struct cede__iter_shape *shape, char *to, const cede_numbered *item)
{
    cede_numbered *copy = (void *)to;

    copy->number = item->number;
    copy->item = keep_part(&shape->parts[0], to + shape->parts[0].offset, item->item);
}

static void keep_tuple(const struct cede__iter_shape *shape, char *to, const cede_tuple *item)
{
    cede_tuple *copy = (void *)to;
    size_t offset = shape->n_parts > 0 ? shape->parts[0].offset : 0;

    cede__assert(item->n <= shape->n_items);
    copy->n = item->n;
    copy->items = (void **)(void *)(to + sizeof *copy);
    for (size_t i = 0; i < item->n; i++) {
        const struct part *part = &shape->parts[shape->n_parts > 1 ? i : 0];

        if (shape->n_parts > 1)
            offset = part->offset;
        copy->items[i] = keep_part(part, to + offset, item->items[i]);
        offset += aligned(part->item_size);
    }
}

void cede__iter_shape_keep(const struct cede__iter_shape *shape, void *to, const void *item)
{
    if (shape->is_numbered)
        keep_numbered(shape, to, item);
    else
        keep_tuple(shape, to, item);
}

/* The iterator after `part` among its siblings, or itself again. */
static const cede_iter *part_after(const cede_iter *part, bool one)
{
    return one ? part : part->sibling;
}

/* Whether items made of these parts can be kept at all. */
static bool parts_are_keepable(const cede_iter *part, bool one, size_t n_parts)
{
    for (size_t i = 0; i < n_parts; i++, part = part_after(part, one)) {
        if (part->item_size == CEDE_ITEM_UNKNOWN ||
            (part->shape && part->shape->depth >= DEPTH_MAX))
            return false;
    }
    return true;
}

/* Lay the parts out from `size` on, `times` of each; the size of the block, CEDE_ITEM_UNKNOWN if it
 * cannot be counted. */
static size_t shape_lay_out(struct cede__iter_shape *shape, size_t size, size_t times)
{
    for (size_t i = 0; i < shape->n_parts; i++) {
        size_t bytes;

        shape->parts[i].offset = size;
        if (shape->parts[i].item_size > SIZE_MAX / 2 ||
            __builtin_mul_overflow(aligned(shape->parts[i].item_size), times, &bytes) ||
            __builtin_add_overflow(size, bytes, &size) || size > SIZE_MAX / 2)
            return CEDE_ITEM_UNKNOWN;
    }
    return size;
}

/* A shape of n_items items like those of `part` and its siblings, without its layout. */
static struct cede__iter_shape *shape_create(const cede_iter *part, bool one, size_t n_items)
{
    const size_t n_parts = one && n_items > 0 ? 1 : n_items;
    struct cede__iter_shape *shape = cede__malloc(sizeof *shape + n_parts * sizeof shape->parts[0]);

    if (!shape)
        return NULL;
    *shape = (struct cede__iter_shape){.n_refs = 1, .n_items = n_items, .n_parts = n_parts};
    for (size_t i = 0; i < n_parts; i++, part = part_after(part, one)) {
        shape->parts[i] = (struct part){part->item_size, part->shape, 0};
        cede__iter_shape_ref(part->shape);
        if (part->shape && shape->depth <= part->shape->depth)
            shape->depth = part->shape->depth + 1;
    }
    return shape;
}

/* Give `it` the shape, unless its items turn out too large to be kept. */
static void iter_take_shape(cede_iter *it, struct cede__iter_shape *shape, size_t item_size)
{
    cede__iter_shape_unref(it->shape);
    it->shape = shape;
    it->item_size = item_size;
    if (item_size == CEDE_ITEM_UNKNOWN) {
        cede__iter_shape_unref(shape);
        it->shape = NULL;
    }
}

int cede__iter_shape_tuple(cede_iter *it, const cede_iter *parts, bool one, size_t n)
{
    size_t pointers;

    if (!parts_are_keepable(parts, one, one && n > 0 ? 1 : n) ||
        __builtin_mul_overflow(n, sizeof(void *), &pointers) || pointers > SIZE_MAX / 4) {
        iter_take_shape(it, NULL, CEDE_ITEM_UNKNOWN);
        return 0;
    }
    struct cede__iter_shape *shape = shape_create(parts, one, n);
    if (!shape)
        return cede_raise(-ENOMEM, "no memory for a '%s' iterator", it->kind->name);
    const size_t head = aligned(sizeof(cede_tuple) + pointers);
    iter_take_shape(it, shape, shape_lay_out(shape, head, shape->n_parts < n ? n : 1));
    return 0;
}

int cede__iter_shape_numbered(cede_iter *it, const cede_iter *part)
{
    if (!parts_are_keepable(part, true, 1)) {
        iter_take_shape(it, NULL, CEDE_ITEM_UNKNOWN);
        return 0;
    }
    struct cede__iter_shape *shape = shape_create(part, true, 1);
    if (!shape)
        return cede_raise(-ENOMEM, "no memory for a '%s' iterator", it->kind->name);
    shape->is_numbered = true;
    iter_take_shape(it, shape, shape_lay_out(shape, aligned(sizeof(cede_numbered)), 1));
    return 0;
}
