/* test_allocator.c - memory comes from where the program says, and running out is an answer. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/allocator.h>

#include "base/base.h"
#include "harness/harness.h"

static int n_allocated, n_resized, n_released;

static void *counting_allocate(size_t size, void *arg)
{
    n_allocated++;
    CHECK_STR(arg, "arg");
    return malloc(size);
}

static void *counting_reallocate(void *memory, size_t size, void *arg)
{
    n_resized++;
    CHECK_STR(arg, "arg");
    return realloc(memory, size);
}

static void counting_release(void *memory, void *arg)
{
    n_released++;
    CHECK(memory != NULL);
    CHECK_STR(arg, "arg");
    free(memory);
}

static void use_counting_allocator(void)
{
    static char arg[] = "arg";
    const cede_allocator allocator = {counting_allocate, counting_reallocate, counting_release,
                                      arg};

    cede_set_allocator(&allocator); /* copied: the local goes away */
}

TEST(allocator, every_way_of_taking_memory_goes_through_the_one_that_was_set)
{
    use_counting_allocator();

    void *plain = cede__malloc(8);
    void *zeroed = cede__calloc(2, 8);
    char *copy = cede__strdup("text");
    void *grown = cede__realloc(plain, 64);
    void *fresh = cede__realloc(NULL, 8);

    CHECK_EQ(n_allocated, 4);
    CHECK_EQ(n_resized, 1);
    CHECK_STR(copy, "text");
    cede__free(grown);
    cede__free(zeroed);
    cede__free(copy);
    cede__free(fresh);
    CHECK_EQ(n_released, 4);
}

TEST(allocator, releasing_nothing_does_not_reach_it)
{
    use_counting_allocator();

    cede__free(NULL);

    CHECK_EQ(n_released, 0);
}

TEST(allocator, null_restores_the_system_s)
{
    use_counting_allocator();
    cede_set_allocator(NULL);

    cede__free(cede__malloc(8));

    CHECK_EQ(n_allocated, 0);
    CHECK_EQ(n_released, 0);
}

TEST(allocator, calloc_gives_zeroes_and_refuses_sizes_that_overflow)
{
    static const char zeroes[64];
    char *memory = cede__calloc(4, 16);

    CHECK(memcmp(memory, zeroes, 64) == 0);
    CHECK_PTR(cede__calloc(SIZE_MAX / 2, 3), NULL);
    cede__free(memory);
}

static int take_three(void)
{
    void *first = cede__malloc(8);
    char *second = first ? cede__strdup("second") : NULL;
    void *third = second ? cede__realloc(second, 100) : NULL;
    const int rc = third ? 0 : -ENOMEM;

    cede__free(first);
    cede__free(third ? third : (void *)second); /* a failed realloc leaves the old one */
    return rc;
}

TEST(allocator, a_sweep_fails_each_allocation_in_turn)
{
    test_sweep_allocations(take_three);
}
