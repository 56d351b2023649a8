/* iter_product.c - every combination of an item of each of several iterators.
 *
 * The first call copies all items into pools, one a source. Places, as many as a tuple has parts,
 * count like the digits of a number, the last fastest; place i draws on pool i modulo n_pools. The
 * tuple's pointers follow the places as they change.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_join.h>

#include "coro/iter_store.h"

/* A source's items, under a head that says how they are copied. */
struct pool {
    cede_iter like; /* never asked */
    struct cede__iter_store items;
};

struct product {
    cede_iter iter;
    cede_tuple tuple;
    struct pool *pools;
    size_t n_pools;
    bool has_begun;
    uint64_t n_yielded;
    size_t *places; /* index into its pool, of each part */
    void *items[];
};

static const cede_iter_kind pool_kind = {.name = "product"};

static struct pool *product_pool(const struct product *product, size_t place)
{
    cede__assert(product->n_pools > 0); /* or there are no places */
    return &product->pools[place % product->n_pools];
}

static void product_point(struct product *product, size_t place, size_t index)
{
    const struct pool *pool = product_pool(product, place);

    product->places[place] = index;
    product->items[place] = cede__iter_store_at(&pool->items, &pool->like, index);
}

/* Take all of the sources. 1, 0: one is empty, or a negative code. */
static int product_begin(struct product *product)
{
    cede_iter *it = &product->iter;
    bool is_empty = false;

    for (size_t i = 0; i < product->n_pools; i++) {
        struct pool *pool = &product->pools[i];
        const int rc = cede__iter_store_take_all(&pool->items, &pool->like, it->sources);

        if (rc < 0)
            return rc;
        cede__iter_drop_source(it);
        is_empty = is_empty || pool->items.n == 0;
    }
    product->has_begun = true;
    if (is_empty && product->tuple.n > 0)
        return 0;
    for (size_t place = 0; place < product->tuple.n; place++)
        product_point(product, place, 0);
    return 1;
}

/* Count one on. Whether there is another; if not, all places are at 0. */
static bool product_advance(struct product *product)
{
    for (size_t place = product->tuple.n; place-- > 0;) {
        const size_t index = product->places[place] + 1;

        if (index < product_pool(product, place)->items.n) {
            product_point(product, place, index);
            return true;
        }
        product_point(product, place, 0);
    }
    return false;
}

static int product_next(cede_iter *it, void **item)
{
    struct product *product = (struct product *)it;

    if (!product->has_begun) {
        const int rc = product_begin(product);
        if (rc <= 0)
            return rc;
    } else if (!product_advance(product)) {
        return 0;
    }
    product->n_yielded++;
    *item = &product->tuple;
    return 1;
}

/* bounds * more, that of nothing being 0, however many of the others there are. */
static uint64_t bound_times(uint64_t bound, uint64_t more)
{
    uint64_t product;

    return __builtin_mul_overflow(bound, more, &product) ? CEDE_ENDLESS : product;
}

static void product_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct product *product = (const struct product *)it;
    const cede_iter *source = it->sources;
    uint64_t least = 1, most = 1;

    for (size_t place = 0; place < product->tuple.n; place++) {
        uint64_t few, many;

        if (product->has_begun)
            few = many = product_pool(product, place)->items.n;
        else
            cede_iter_size_hint(source, &few, &many);
        least = bound_times(least, few);
        most = bound_times(most, many);
        if (source)
            source = source->sibling ? source->sibling : it->sources;
    }
    /* Too many to count is not without an end. */
    *lo = least < CEDE_ENDLESS ? least - product->n_yielded : CEDE_ENDLESS - 1;
    *hi = most < CEDE_ENDLESS ? most - product->n_yielded : CEDE_ENDLESS;
}

static void product_close(cede_iter *it)
{
    struct product *product = (struct product *)it;

    for (size_t i = 0; i < product->n_pools; i++) {
        cede__iter_store_fini(&product->pools[i].items);
        cede__iter_set_item_size(&product->pools[i].like, CEDE_ITEM_UNKNOWN);
    }
    cede__free(product->pools);
    cede__free(product->places);
    cede__iter_free(it);
}

static const cede_iter_kind product_kind = {
    .name = "product",
    .next = product_next,
    .close = product_close,
    .size_hint = product_size_hint,
};

/* The pools of the sources, empty. 0 or a negative code, raised. */
static int product_make_pools(struct product *product, size_t n)
{
    const cede_iter *source = product->iter.sources;

    product->pools = cede__calloc(n > 0 ? n : 1, sizeof product->pools[0]);
    product->places = cede__calloc(product->tuple.n + 1, sizeof product->places[0]);
    if (!product->pools || !product->places)
        return cede_raise(-ENOMEM, "no memory for a 'product' iterator");
    product->n_pools = n;
    for (size_t i = 0; i < n; i++, source = source->sibling) {
        cede_iter_init(&product->pools[i].like, &pool_kind, CEDE_ITEM_UNKNOWN);
        cede_iter_like(&product->pools[i].like, source);
        CEDE_TRY(cede__iter_check_keepable(source, "product"));
    }
    return 0;
}

cede_iter *cede_iter_product(cede_iter *const *sources, size_t n, size_t repeat)
{
    struct product *product;
    size_t n_parts;

    if (__builtin_mul_overflow(n, repeat, &n_parts) ||
        n_parts > (PTRDIFF_MAX - sizeof *product) / (2 * sizeof(void *))) {
        (void)cede_raise(-EOVERFLOW, "a product of %zu times %zu sources", repeat, n);
        for (size_t i = 0; i < n; i++)
            (void)cede_iter_close(sources[i]);
        return NULL;
    }
    product = cede__iter_create_over_all(
        &product_kind, sizeof *product + n_parts * sizeof product->items[0], sources, n);
    if (!product)
        return NULL;
    product->tuple = (cede_tuple){n_parts, product->items};
    if (product_make_pools(product, n) < 0 ||
        cede__iter_shape_tuple(&product->iter, product->iter.sources, n, n_parts) < 0) {
        (void)cede_iter_close(&product->iter);
        return NULL;
    }
    return &product->iter;
}
