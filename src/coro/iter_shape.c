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
};

struct cede__iter_shape {
    uint32_t n_refs;
    uint16_t depth;   /* of shapes below */
    bool is_numbered; /* a cede_numbered; else a cede_tuple */
    size_t n_items;   /* at most */
    size_t head_size; /* bytes of the block before the first part */
    size_t n_parts;   /* item i is like parts[i modulo n_parts] */
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
    copy->item = keep_part(&shape->parts[0], to + shape->head_size, item->item);
}

static void keep_tuple(const struct cede__iter_shape *shape, char *to, const cede_tuple *item)
{
    cede_tuple *copy = (void *)to;
    char *place = to + shape->head_size;

    cede__assert(item->n <= shape->n_items);
    copy->n = item->n;
    copy->items = (void **)(void *)(to + sizeof *copy);
    for (size_t i = 0, part = 0; i < item->n; i++) {
        copy->items[i] = keep_part(&shape->parts[part], place, item->items[i]);
        place += aligned(shape->parts[part].item_size);
        part = part + 1 < shape->n_parts ? part + 1 : 0;
    }
}

void cede__iter_shape_keep(const struct cede__iter_shape *shape, void *to, const void *item)
{
    if (shape->is_numbered)
        keep_numbered(shape, to, item);
    else
        keep_tuple(shape, to, item);
}

static bool shape_covers(const struct cede__iter_shape *shape,
                         const struct cede__iter_shape *other);

static bool part_covers(const struct part *part, const struct part *other)
{
    if (part->shape || other->shape)
        return shape_covers(part->shape, other->shape);
    return part->item_size == other->item_size;
}

/* Whether every item of the other shape can be copied by this one. Recursion is bounded by
 * DEPTH_MAX. */
static bool shape_covers(const struct cede__iter_shape *shape, const struct cede__iter_shape *other)
{
    if (shape == other)
        return true;
    if (!shape || !other || shape->is_numbered != other->is_numbered ||
        shape->n_items < other->n_items)
        return false;
    /* Beyond that, the pairs of parts come again. */
    for (size_t i = 0; i < other->n_items && i < shape->n_parts * other->n_parts; i++) {
        if (!part_covers(&shape->parts[i % shape->n_parts], &other->parts[i % other->n_parts]))
            return false;
    }
    return true;
}

bool cede__iter_covers(const cede_iter *it, const cede_iter *other)
{
    if (it->item_size == CEDE_ITEM_UNKNOWN || other->item_size == CEDE_ITEM_UNKNOWN)
        return false;
    return it->shape || other->shape ? shape_covers(it->shape, other->shape)
                                     : it->item_size == other->item_size;
}

/* Whether items made of these parts can be kept at all. */
static bool parts_are_keepable(const cede_iter *part, size_t n_parts)
{
    for (; n_parts > 0; n_parts--, part = part->sibling) {
        if (part->item_size == CEDE_ITEM_UNKNOWN ||
            (part->shape && part->shape->depth >= DEPTH_MAX))
            return false;
    }
    return true;
}

/* A shape of `n` items like those of `part` and its siblings in turn. */
static struct cede__iter_shape *shape_create(const cede_iter *part, size_t n_parts, size_t n)
{
    struct cede__iter_shape *shape = cede__malloc(sizeof *shape + n_parts * sizeof shape->parts[0]);

    if (!shape)
        return NULL;
    *shape = (struct cede__iter_shape){.n_refs = 1, .n_items = n, .n_parts = n_parts};
    for (size_t i = 0; i < n_parts; i++, part = part->sibling) {
        shape->parts[i] = (struct part){part->item_size, part->shape};
        cede__iter_shape_ref(part->shape);
        if (part->shape && shape->depth <= part->shape->depth)
            shape->depth = part->shape->depth + 1;
    }
    return shape;
}

/* Bytes of the block; CEDE_ITEM_UNKNOWN if they cannot be counted. */
static size_t shape_size(const struct cede__iter_shape *shape)
{
    size_t size = 0;

    for (size_t i = 0; i < shape->n_parts; i++) {
        if (shape->parts[i].item_size > PTRDIFF_MAX - ALIGN ||
            __builtin_add_overflow(size, aligned(shape->parts[i].item_size), &size))
            return CEDE_ITEM_UNKNOWN;
    }
    if (shape->n_parts > 0 && __builtin_mul_overflow(size, shape->n_items / shape->n_parts, &size))
        return CEDE_ITEM_UNKNOWN;
    if (__builtin_add_overflow(size, shape->head_size, &size) || size > PTRDIFF_MAX)
        return CEDE_ITEM_UNKNOWN;
    return size;
}

/* Give `it` the shape, which it takes, unless that is too large to be kept. */
static void iter_take_shape(cede_iter *it, struct cede__iter_shape *shape)
{
    const size_t size = shape_size(shape);

    cede__iter_set_item_size(it, size);
    if (size == CEDE_ITEM_UNKNOWN)
        cede__iter_shape_unref(shape);
    else
        it->shape = shape;
}

static int raise_no_memory(const cede_iter *it)
{
    return cede_raise(-ENOMEM, "no memory for a '%s' iterator", it->kind->name);
}

int cede__iter_shape_tuple(cede_iter *it, const cede_iter *parts, size_t n_parts, size_t n)
{
    if (n > PTRDIFF_MAX / sizeof(void *) - ALIGN || !parts_are_keepable(parts, n_parts)) {
        cede__iter_set_item_size(it, CEDE_ITEM_UNKNOWN);
        return 0;
    }
    struct cede__iter_shape *shape = shape_create(parts, n_parts, n);
    if (!shape)
        return raise_no_memory(it);
    shape->head_size = aligned(sizeof(cede_tuple) + n * sizeof(void *));
    iter_take_shape(it, shape);
    return 0;
}

int cede__iter_shape_numbered(cede_iter *it, const cede_iter *part)
{
    if (!parts_are_keepable(part, 1)) {
        cede__iter_set_item_size(it, CEDE_ITEM_UNKNOWN);
        return 0;
    }
    struct cede__iter_shape *shape = shape_create(part, 1, 1);
    if (!shape)
        return raise_no_memory(it);
    shape->is_numbered = true;
    shape->head_size = aligned(sizeof(cede_numbered));
    iter_take_shape(it, shape);
    return 0;
}
