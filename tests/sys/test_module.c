/* test_module.c - places that another process of the same files finds. */
/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sys/module.h"

static struct cede__modules modules;
static const char *const words = "constant";
static int variable;

static void in_code(void)
{
}

static struct cede__place place_of(uintptr_t address)
{
    struct cede__place place;

    CHECK(cede__place_of(&modules, address, &place));
    return place;
}

TEST(module, a_place_in_code_or_data_is_found_again)
{
    struct cede__place place;

    cede__modules_read(&modules);
    place = place_of((uintptr_t)in_code);
    CHECK_PTR(cede__place_find(&modules, &place, true), in_code);
    place = place_of((uintptr_t)words);
    CHECK_PTR(cede__place_find(&modules, &place, false), words);
}

TEST(module, data_is_no_code)
{
    struct cede__place place;

    cede__modules_read(&modules);
    place = place_of((uintptr_t)&variable);
    CHECK_EQ(cede__place_find(&modules, &place, true), 0);
    CHECK_PTR(cede__place_find(&modules, &place, false), &variable);
}

TEST(module, what_lies_in_no_module_has_no_place)
{
    struct cede__place place;
    int local = 0;

    cede__modules_read(&modules);
    CHECK(!cede__place_of(&modules, (uintptr_t)&local, &place));
    CHECK(!cede__place_of(&modules, 0, &place));
    CHECK(!cede__place_of(&modules, UINTPTR_MAX, &place));
}

TEST(module, a_place_of_an_unknown_module_or_beyond_its_end_is_not_found)
{
    struct cede__place place;

    cede__modules_read(&modules);
    place = place_of((uintptr_t)in_code);
    place.offset = UINT64_MAX / 2;
    CHECK_EQ(cede__place_find(&modules, &place, false), 0);
    place = place_of((uintptr_t)in_code);
    place.module[0] ^= 1;
    CHECK_EQ(cede__place_find(&modules, &place, true), 0);
}

TEST(module, modules_are_told_apart)
{
    struct cede__place ours, libcs;

    cede__modules_read(&modules);
    ours = place_of((uintptr_t)in_code);
    libcs = place_of((uintptr_t)dlsym(RTLD_NEXT, "getpid"));
    CHECK(memcmp(ours.module, libcs.module, sizeof ours.module) != 0);
}

TEST(module, what_is_held_ends_with_its_part)
{
    const struct cede__segment *last;

    cede__modules_read(&modules);
    last = &modules.list[0].segments[modules.list[0].n_segments - 1];
    CHECK(cede__modules_hold(&modules, last->high - 8, 8));
    CHECK(!cede__modules_hold(&modules, last->high - 8, 9));
    CHECK(!cede__modules_hold(&modules, last->high - 8, SIZE_MAX));
    CHECK(!cede__modules_hold(&modules, 16, 1));
}

TEST(module, a_library_loaded_since_is_there_after_another_look)
{
    struct cede__place place;
    void *library, *symbol;

    cede__modules_read(&modules);
    library = dlopen("libresolv.so.2", RTLD_NOW);
    symbol = library ? dlsym(library, "ns_samedomain") : NULL;
    CHECK(symbol != NULL);
    CHECK(!cede__place_of(&modules, (uintptr_t)symbol, &place));
    cede__modules_read(&modules);
    CHECK(cede__place_of(&modules, (uintptr_t)symbol, &place));
}
