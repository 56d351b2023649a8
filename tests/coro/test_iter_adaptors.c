/* test_iter_adaptors.c - what every adaptor promises, asked of each in turn: one table of them. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

static int64_t three = 3, nine = 9;
static bool flags[] = {true, true, false, true, true, true, true, true};

static int first_two(void *const *items, void *out, void *arg)
{
    (void)arg;
    *(int64_t *)out = *(int64_t *)items[0] + *(int64_t *)items[1];
    return 0;
}

static int one_of(void *out, void *arg)
{
    cede_iter **source = arg;

    *(cede_iter **)out = *source;
    *source = NULL;
    return *(cede_iter **)out != NULL;
}

static cede_iter *of_map(cede_iter *it)
{
    return cede_iter_map(it, square, NULL, 8);
}

static cede_iter *of_starmap(cede_iter *it)
{
    return cede_iter_starmap(cede_iter_pairwise(it), first_two, NULL, 8);
}

static cede_iter *of_accumulate(cede_iter *it)
{
    return cede_iter_accumulate(it, cede_fold_sum_int64, NULL, NULL, 8);
}

static cede_iter *of_accumulate_initial(cede_iter *it)
{
    return cede_iter_accumulate(it, cede_fold_sum_int64, NULL, &nine, 8);
}

static cede_iter *of_enumerate(cede_iter *it)
{
    return cede_iter_enumerate(it, 0);
}

static cede_iter *of_filter(cede_iter *it)
{
    return cede_iter_filter(it, is_odd, NULL);
}

static cede_iter *of_filterfalse(cede_iter *it)
{
    return cede_iter_filterfalse(it, is_odd, NULL);
}

static cede_iter *of_takewhile(cede_iter *it)
{
    return cede_iter_takewhile(it, is_below, &nine);
}

static cede_iter *of_dropwhile(cede_iter *it)
{
    return cede_iter_dropwhile(it, is_below, &three);
}

static cede_iter *of_compress(cede_iter *it)
{
    return cede_iter_compress(it, CEDE_ITER_ARRAY(flags));
}

static cede_iter *of_islice(cede_iter *it)
{
    return cede_iter_islice(it, 1, CEDE_NO_STOP, 2);
}

static void release_nothing(void *arg)
{
    (void)arg;
}

static cede_iter *of_owning(cede_iter *it)
{
    return cede_iter_owning(it, release_nothing, NULL);
}

static cede_iter *of_batched(cede_iter *it)
{
    return cede_iter_batched(it, 2, false);
}

static cede_iter *of_windowed(cede_iter *it)
{
    return cede_iter_windowed(it, 3, 2, NULL);
}

static cede_iter *of_sorted(cede_iter *it)
{
    return cede_iter_sorted(it, cede_compare_int64, NULL);
}

static cede_iter *of_unique(cede_iter *it)
{
    return cede_iter_unique(it, NULL);
}

static cede_iter *of_justseen(cede_iter *it)
{
    return cede_iter_unique_justseen(it, NULL);
}

static cede_iter *of_groupby(cede_iter *it)
{
    return cede_iter_groupby(it, &(cede_iter_key){.key = half, .key_size = 8});
}

static cede_iter *of_tee(cede_iter *it)
{
    cede_iter *its[2];

    if (cede_iter_tee(it, 2, its) == 0)
        CHECK_EQ(cede_iter_close(its[1]), 0);
    return its[0];
}

static cede_iter *of_chain(cede_iter *it)
{
    return cede_iter_chain(CEDE_ITERS(numbers(1), it));
}

/* The source, if nobody has asked for it so far. */
static void close_untaken(void *arg)
{
    cede_iter **inner = arg;

    (void)cede_iter_close(*inner);
    *inner = NULL;
}

static cede_iter *of_chain_from(cede_iter *it)
{
    static cede_iter *inner;

    inner = it;
    if (!it)
        return cede_iter_chain_from(NULL, 8);
    it = cede_iter_chain_from(cede_iter_call(one_of, &inner, NULL, 0), 8);
    return cede_iter_owning(it, close_untaken, &inner);
}

static cede_iter *of_zip(cede_iter *it)
{
    return cede_iter_zip(CEDE_ITERS(numbers(99), it));
}

static cede_iter *of_zip_strict(cede_iter *it)
{
    return cede_iter_zip_strict(CEDE_ITERS(it, numbers(6)));
}

static cede_iter *of_zip_longest(cede_iter *it)
{
    return cede_iter_zip_longest(CEDE_ITERS(numbers(2), it), NULL);
}

static cede_iter *of_interleave(cede_iter *it)
{
    return cede_iter_interleave(CEDE_ITERS(it, numbers(99)));
}

static cede_iter *of_interleave_longest(cede_iter *it)
{
    return cede_iter_interleave_longest(CEDE_ITERS(numbers(2), it));
}

static cede_iter *of_product(cede_iter *it)
{
    return cede_iter_product(CEDE_ITERS(numbers(2), it), 1);
}

static cede_iter *of_permutations(cede_iter *it)
{
    return cede_iter_permutations(it, 2);
}

static cede_iter *of_combinations(cede_iter *it)
{
    return cede_iter_combinations(it, 2);
}

static cede_iter *of_replaced(cede_iter *it)
{
    return cede_iter_combinations_replaced(it, 2);
}

static const struct adaptor {
    const char *name;
    cede_iter *(*make)(cede_iter *source);
} adaptors[] = {
    {"map", of_map},
    {"starmap", of_starmap},
    {"accumulate", of_accumulate},
    {"accumulate_initial", of_accumulate_initial},
    {"enumerate", of_enumerate},
    {"filter", of_filter},
    {"filterfalse", of_filterfalse},
    {"takewhile", of_takewhile},
    {"dropwhile", of_dropwhile},
    {"compress", of_compress},
    {"islice", of_islice},
    {"peekable", cede_iter_peekable},
    {"owning", of_owning},
    {"pairwise", cede_iter_pairwise},
    {"batched", of_batched},
    {"windowed", of_windowed},
    {"sorted", of_sorted},
    {"unique", of_unique},
    {"unique_justseen", of_justseen},
    {"groupby", of_groupby},
    {"tee", of_tee},
    {"chain", of_chain},
    {"chain_from", of_chain_from},
    {"zip", of_zip},
    {"zip_strict", of_zip_strict},
    {"zip_longest", of_zip_longest},
    {"interleave", of_interleave},
    {"interleave_longest", of_interleave_longest},
    {"product", of_product},
    {"permutations", of_permutations},
    {"combinations", of_combinations},
    {"combinations_replaced", of_replaced},
};

enum { N_ADAPTORS = sizeof adaptors / sizeof *adaptors, N_ITEMS = 6 };

#define FOR_EACH_ADAPTOR(adaptor)                                                                  \
    for (const struct adaptor *adaptor = adaptors; adaptor < adaptors + N_ADAPTORS; adaptor++)

TEST(iter_adaptors, of_null_is_null_with_the_first_error)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        CHECK_EQ(cede_raise(-EXDEV, "the first error"), -EXDEV);
        if (adaptor->make(NULL) || cede_error_code(cede_error_last()) != -EXDEV)
            FAIL("%s", adaptor->name);
    }
}

TEST(iter_adaptors, b9_an_error_of_the_source_comes_once_and_then_the_end)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        struct watched watched;
        cede_iter *it = adaptor->make(watch_failing(&watched, N_ITEMS));
        void *item;
        int rc;

        while ((rc = cede_iter_next(it, &item)) > 0)
            continue;
        if (rc != -EIO || cede_iter_next(it, &item) != 0 || watched.n_calls != N_ITEMS + 1)
            FAIL("%s: %d after %d calls", adaptor->name, rc, watched.n_calls);
        if (cede_iter_close(it) != 0 || watched.n_closes != 1)
            FAIL("%s: closed %d times", adaptor->name, watched.n_closes);
    }
}

TEST(iter_adaptors, a_source_that_has_ended_is_not_asked_again_and_closed_once)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        struct watched watched;
        cede_iter *it = adaptor->make(watch(&watched, N_ITEMS));
        void *item;
        int rc;

        while ((rc = cede_iter_next(it, &item)) > 0)
            continue;
        for (int i = 0; i < 3; i++)
            rc |= cede_iter_next(it, &item);
        if (rc != 0 || watched.n_calls != N_ITEMS + 1)
            FAIL("%s: %d after %d calls", adaptor->name, rc, watched.n_calls);
        if (cede_iter_close(it) != 0 || watched.n_closes != 1)
            FAIL("%s: closed %d times", adaptor->name, watched.n_closes);
    }
}

TEST(iter_adaptors, closing_after_any_number_of_items_closes_the_source_once)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        for (int n = 0; n < N_ITEMS; n++) {
            struct watched watched;
            cede_iter *it = adaptor->make(watch(&watched, N_ITEMS));
            void *item;

            for (int i = 0; i < n; i++)
                (void)!cede_iter_next(it, &item);
            if (cede_iter_close(it) != 0 || watched.n_closes != 1)
                FAIL("%s: closed %d times after %d items", adaptor->name, watched.n_closes, n);
        }
    }
}

/* Within the source: what it is a source of may be neither asked nor closed. */
static int intrude(void *arg)
{
    cede_iter **it = arg;
    void *item;

    if (*it && (cede_iter_next(*it, &item) != -EBUSY || cede_iter_close(*it) != -EBUSY))
        return cede_raise(-ENOTRECOVERABLE, "it let itself be entered again");
    return 0;
}

/* How many items come through if the source intrudes, the adaptor being outermost or not. */
static uint64_t intruded(const struct adaptor *adaptor, bool intrudes, bool is_outermost)
{
    struct watched watched;
    cede_iter *it = adaptor->make(watch(&watched, N_ITEMS));
    uint64_t n = 0;

    if (intrudes)
        watched.inside = intrude;
    watched.arg = &it;
    const int rc = cede_iter_length(is_outermost ? it : cede_iter_peekable(it), &n);
    if (rc != 0 || n == 0)
        FAIL("%s: %d, %d items", adaptor->name, rc, (int)n);
    return n;
}

TEST(iter_adaptors, b8_none_can_be_entered_again_from_its_source)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        const uint64_t n = intruded(adaptor, false, true);

        if (intruded(adaptor, true, true) != n || intruded(adaptor, true, false) != n)
            FAIL("%s lost items", adaptor->name);
    }
}

TEST(iter_adaptors, b10_hints_hold_at_every_item)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        for (int64_t size = 0; size < 8; size++) {
            uint64_t n, lo, hi;
            void *item;
            const int expected = cede_iter_length(adaptor->make(numbers(size)), &n);
            cede_iter *it = adaptor->make(numbers(size));

            if (expected < 0) /* zip_strict */
                n = 0;
            for (; expected == 0 && n > 0; n--) {
                cede_iter_size_hint(it, &lo, &hi);
                if (lo > n || hi < n || cede_iter_next(it, &item) != 1)
                    FAIL("%s of %d: %d left, hint %d..%d", adaptor->name, (int)size, (int)n,
                         (int)lo, (int)hi);
            }
            CHECK_EQ(cede_iter_close(it), 0);
        }
    }
}

static const struct adaptor *swept;

static int go_through(void)
{
    return cede_iter_length(swept->make(numbers(N_ITEMS)), NULL);
}

TEST(iter_adaptors, each_loses_nothing_whichever_allocation_fails)
{
    FOR_EACH_ADAPTOR(adaptor)
    {
        swept = adaptor;
        test_sweep_allocations(go_through);
    }
}
