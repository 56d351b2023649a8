/* iter_source.c - items out of memory and out of functions: arrays, one item repeated, calls.
 *
 * An array is a pointer that moves by a stride until its count is used up; reversed, the stride is
 * negative. Pointers that are items themselves lie in such an array too, with another `next`.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/iter_source.h>

#include "coro/iter.h"

/* Arrays. */

struct array {
    cede_iter iter;
    char *at;         /* the next element */
    ptrdiff_t stride; /* bytes to the one after it */
    size_t n_left;
};

static int array_next(cede_iter *it, void **item)
{
    struct array *array = (struct array *)it;

    if (array->n_left == 0)
        return 0;
    *item = array->at;
    if (--array->n_left > 0)
        array->at += array->stride;
    return 1;
}

static int pointers_next(cede_iter *it, void **item)
{
    void *element;
    const int rc = array_next(it, &element);

    if (rc > 0)
        *item = *(void **)element;
    return rc;
}

static void array_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *lo = *hi = ((const struct array *)it)->n_left;
}

static int array_reverse(cede_iter *it)
{
    struct array *array = (struct array *)it;

    if (array->n_left > 0)
        array->at += (ptrdiff_t)(array->n_left - 1) * array->stride;
    array->stride = -array->stride;
    return 0;
}

static const cede_iter_kind array_kind = {
    .name = "array",
    .next = array_next,
    .close = cede__iter_free,
    .size_hint = array_size_hint,
    .reverse = array_reverse,
};

static const cede_iter_kind pointers_kind = {
    .name = "pointers",
    .next = pointers_next,
    .close = cede__iter_free,
    .size_hint = array_size_hint,
    .reverse = array_reverse,
};

static cede_iter *array_create(const cede_iter_kind *kind, const void *elements, size_t n,
                               size_t stride)
{
    struct array *array = cede__iter_create(kind, sizeof *array, CEDE_ITEM_OUTLIVES);

    if (!array)
        return NULL;
    array->at = (char *)elements; /* items are void *, whether or not they may be changed */
    array->stride = (ptrdiff_t)stride;
    array->n_left = n;
    return &array->iter;
}

cede_iter *cede_iter_array(const void *array, size_t n, size_t item_size)
{
    if (item_size == 0 || item_size > PTRDIFF_MAX) {
        (void)cede_raise(-EINVAL, "elements of an array cannot have %zu bytes", item_size);
        return NULL;
    }
    cede_iter *it = array_create(&array_kind, array, n, item_size);
    if (it)
        it->item_size = item_size;
    return it;
}

cede_iter *cede_iter_pointers(const void *pointers, size_t n)
{
    return array_create(&pointers_kind, pointers, n, sizeof(void *));
}

/* One item, again and again, or never. */

struct repeat {
    cede_iter iter;
    void *item;      /* borrowed */
    uint64_t n_left; /* CEDE_ENDLESS is not counted down */
};

static int repeat_next(cede_iter *it, void **item)
{
    struct repeat *repeat = (struct repeat *)it;

    if (repeat->n_left == 0)
        return 0;
    if (repeat->n_left != CEDE_ENDLESS)
        repeat->n_left--;
    *item = repeat->item;
    return 1;
}

static void repeat_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *lo = *hi = ((const struct repeat *)it)->n_left;
}

static int repeat_reverse(cede_iter *it)
{
    (void)it; /* the same from either end */
    return 0;
}

static const cede_iter_kind repeat_kind = {
    .name = "repeat",
    .next = repeat_next,
    .close = cede__iter_free,
    .size_hint = repeat_size_hint,
    .reverse = repeat_reverse,
};

cede_iter *cede_iter_repeat(void *item, size_t item_size, uint64_t n)
{
    struct repeat *repeat = cede__iter_create(&repeat_kind, sizeof *repeat, item_size);

    if (!repeat)
        return NULL;
    repeat->item = item;
    repeat->n_left = n;
    return &repeat->iter;
}

cede_iter *cede_iter_empty(void)
{
    return cede_iter_repeat(NULL, CEDE_ITEM_OUTLIVES, 0);
}

/* What a function returns. */

struct call {
    cede_iter iter;
    cede_iter_call_fn *fn;
    void *arg;            /* borrowed */
    const void *sentinel; /* borrowed; or NULL */
    _Alignas(max_align_t) char out[];
};

static bool is_sentinel(const struct call *call)
{
    if (call->iter.item_size == CEDE_ITEM_OUTLIVES)
        return memcmp(call->out, &call->sentinel, sizeof call->sentinel) == 0;
    return memcmp(call->out, call->sentinel, call->iter.item_size) == 0;
}

static int call_next(cede_iter *it, void **item)
{
    struct call *call = (struct call *)it;
    const int rc = call->fn(call->out, call->arg);

    if (rc <= 0)
        return rc;
    if (call->sentinel && is_sentinel(call))
        return 0;
    *item = cede__iter_kept(it, call->out);
    return 1;
}

static const cede_iter_kind call_kind = {
    .name = "call",
    .next = call_next,
    .close = cede__iter_free,
};

cede_iter *cede_iter_call(cede_iter_call_fn *fn, void *arg, const void *sentinel, size_t item_size)
{
    struct call *call;

    if (item_size > PTRDIFF_MAX) {
        (void)cede_raise(-EINVAL, "a call's items must have a size");
        return NULL;
    }
    const size_t out_size = item_size > 0 ? item_size : sizeof(void *);
    call = cede__iter_create(&call_kind, sizeof *call + out_size, item_size);
    if (!call)
        return NULL;
    call->fn = fn;
    call->arg = arg;
    call->sentinel = sentinel;
    return &call->iter;
}

/* Another iterator, left open. */

struct borrow {
    cede_iter iter;
    cede_iter *lender; /* borrowed */
};

static int borrow_next(cede_iter *it, void **item)
{
    return cede__iter_pull(((struct borrow *)it)->lender, item);
}

static void borrow_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(((const struct borrow *)it)->lender, lo, hi);
}

static const cede_iter_kind borrow_kind = {
    .name = "borrow",
    .next = borrow_next,
    .close = cede__iter_free,
    .size_hint = borrow_size_hint,
};

cede_iter *cede_iter_borrow(cede_iter *it)
{
    struct borrow *borrow =
        it ? cede__iter_create(&borrow_kind, sizeof *borrow, CEDE_ITEM_UNKNOWN) : NULL;

    if (!borrow)
        return NULL;
    borrow->lender = it;
    cede_iter_like(&borrow->iter, it);
    borrow->iter.height = it->height;
    return &borrow->iter;
}
