/* test_stack_pool.c - stacks are reused warm, spread over the cache, guarded, and given back when
 * there are too many.
 *
 * Wraps: madvise mprotect mmap syscall - a kernel without marks, whose mappings run out, is played
 * by refusing.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coro/coroutine.h"
#include "harness/harness.h"
#include "harness/old_kernel.h"
#include "sys/memory.h"

int __real_mprotect(void *pages, size_t size, int protection);
int __wrap_mprotect(void *pages, size_t size, int protection);
void *__real_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);

static bool is_full;    /* no address space is left */
static int n_mprotects; /* made or tried */
static int mappings_left = 1 << 30;

int __wrap_mprotect(void *pages, size_t size, int protection)
{
    n_mprotects++;
    if (mappings_left-- <= 0) {
        errno = ENOMEM;
        return -1;
    }
    return __real_mprotect(pages, size, protection);
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return is_full ? MAP_FAILED : __real_mmap(at, size, protection, flags, fd, offset);
}

static struct cede__stack_cache make_cache(void)
{
    return (struct cede__stack_cache){.size_class = cede__stack_class(0)};
}

static bool dies_of_touching(volatile char *byte)
{
    int status;
    const pid_t child = fork();

    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        *byte = 1;
        _exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

TEST(stack_pool, the_stack_given_last_is_taken_first)
{
    struct cede__stack_cache cache = make_cache();
    struct cede__stack *a = cede__stack_take(&cache);
    struct cede__stack *b = cede__stack_take(&cache);
    struct cede__stack *c = cede__stack_take(&cache);

    cede__stack_give(&cache, b);
    cede__stack_give(&cache, a);
    cede__stack_give(&cache, c);

    CHECK_PTR(cede__stack_take(&cache), c);
    CHECK_PTR(cede__stack_take(&cache), a);
    CHECK_PTR(cede__stack_take(&cache), b);
}

TEST(stack_pool, a_size_is_rounded_up_to_a_class)
{
    const int smallest = cede__stack_class(1);
    const int standard = cede__stack_class(0);

    CHECK((size_t)1 << smallest >= 4 * cede__page_size());
    CHECK_EQ(cede__stack_class((size_t)1 << standard), standard);
    CHECK_EQ(cede__stack_class(((size_t)1 << standard) + 1), standard + 1);
    CHECK_EQ(cede__stack_class((size_t)1 << CEDE__STACK_CLASS_MAX), CEDE__STACK_CLASS_MAX);
    CHECK_EQ(cede__stack_class(((size_t)1 << CEDE__STACK_CLASS_MAX) + 1), -EINVAL);
    CHECK_EQ(cede__stack_class(SIZE_MAX), -EINVAL);
}

TEST(stack_pool, every_class_has_the_size_it_says_and_a_guard_below)
{
    for (size_t size = 16 * 1024; size <= (size_t)64 << 20; size *= 4) {
        const int class = cede__stack_class(size);
        struct cede__stack *stack = cede__depot_take(class);

        CHECK(stack != NULL);
        CHECK_EQ(stack->size_class, class);
        CHECK(cede__stack_usable(stack) >= size - cede__page_size() - 4096);
        CHECK(cede__stack_usable(stack) <= size - cede__page_size());
        CHECK(!stack->has_canary);
        CHECK(dies_of_touching(stack->low - 1));
        CHECK(!dies_of_touching(stack->low));
        memset(stack->low, 1, cede__stack_usable(stack));
        cede__depot_give(stack);
    }
}

TEST(stack_pool, heads_of_neighbours_lie_in_different_lines_of_the_cache)
{
    struct cede__stack_cache cache = make_cache();
    bool seen[64] = {false};
    unsigned n_seen = 0;

    for (int i = 0; i < 16; i++) {
        const uintptr_t line = (uintptr_t)cede__stack_take(&cache) / 64 % 64;
        n_seen += !seen[line];
        seen[line] = true;
    }

    CHECK_EQ(n_seen, 16);
}

enum { MANY = 20000 };

static size_t resident_pages(void)
{
    size_t size, resident;
    FILE *file = fopen("/proc/self/statm", "r");

    CHECK(file != NULL);
    CHECK_EQ(fscanf(file, "%zu %zu", &size, &resident), 2);
    fclose(file);
    return resident;
}

static struct cede__stack *many[MANY];

static void take_many(struct cede__stack_cache *cache)
{
    for (int i = 0; i < MANY; i++) {
        many[i] = cede__stack_take(cache);
        CHECK(many[i] != NULL);
    }
}

static void give_many(struct cede__stack_cache *cache)
{
    for (int i = 0; i < MANY; i++)
        cede__stack_give(cache, many[(i * 7919L) % MANY]);
    CHECK_EQ(cache->n_free, MANY);
}

static void check_trimming(void)
{
    struct cede__stack_cache cache = make_cache();
    const size_t before = resident_pages();

    take_many(&cache);
    const size_t full = resident_pages();
    CHECK(full >= before + MANY);
    give_many(&cache);
    cede__stack_cache_trim(&cache, 1000);
    CHECK_EQ(cache.n_free, 1000);
    const size_t trimmed = resident_pages();

    /* what the cache and the depot keep, and some bookkeeping */
    CHECK(trimmed <= full - MANY + 1000 + 4096 + 500);

    /* Cold ones are stacks like new: guarded, and each once. */
    take_many(&cache);
    for (int i = 0; i < MANY; i++)
        CHECK(many[i]->next != many[i]);
    for (int i = 0; i < MANY; i++)
        many[i]->next = NULL;
    for (int i = 0; i < MANY; i++) {
        CHECK(many[i]->next == NULL);
        many[i]->next = many[i];
    }
    CHECK(resident_pages() <= full + 500);
    for (int i = 0; i < MANY; i += 3999)
        CHECK(dies_of_touching(many[i]->low - 1));
}

TEST(stack_pool, what_is_over_the_limit_is_given_back_to_the_system)
{
    check_trimming();
}

TEST(stack_pool, so_it_is_on_an_older_kernel)
{
    kernel_is_old = true;
    check_trimming();
    CHECK(n_mprotects >= MANY);
}

/* Every stack lies apart from the others, and has a guard or a canary. */
static void check_many(void)
{
    for (int i = 0; i < MANY; i++)
        many[i]->next = NULL;
    for (int i = 0; i < MANY; i++) {
        CHECK(many[i]->next == NULL);
        many[i]->next = many[i];
        if (many[i]->has_canary)
            CHECK(cede__stack_canary_is_whole(many[i]));
        else if (i % 3999 == 0)
            CHECK(dies_of_touching(many[i]->low - 1));
    }
}

TEST(stack_pool, when_all_are_at_rest_the_memory_of_all_is_given_back_at_once)
{
    struct cede__stack_cache cache = make_cache();

    take_many(&cache);
    const size_t full = resident_pages();
    give_many(&cache);
    CHECK(cede__stack_cache_drop(&cache, 0));

    CHECK_EQ(cache.n_free, 0);
    CHECK(resident_pages() <= full - MANY + 500);
    take_many(&cache);
    check_many();
    CHECK(resident_pages() <= full + 500);
}

TEST(stack_pool, while_any_is_in_use_or_they_are_few_none_is_given_back_at_once)
{
    struct cede__stack_cache cache = make_cache(), other = make_cache();
    struct cede__stack *one = cede__stack_take(&other);

    take_many(&cache);
    many[17]->low[0] = 'x';
    give_many(&cache);
    CHECK(!cede__stack_cache_drop(&cache, 0));
    CHECK_EQ(cache.n_free, MANY);
    CHECK_EQ(many[17]->low[0], 'x');
    cede__stack_give(&other, one);
    CHECK(!cede__stack_cache_drop(&other, 0));
    CHECK(cede__stack_cache_drop(&cache, other.n_free)); /* those are at rest as well */
}

TEST(stack_pool, guards_that_could_not_be_had_are_tried_again_after_all_were_given_back)
{
    struct cede__stack_cache cache = make_cache();
    unsigned n_canaries = 0;

    kernel_is_old = true;
    mappings_left = 100;
    take_many(&cache);
    give_many(&cache);
    CHECK(cede__stack_cache_drop(&cache, 0));
    mappings_left = 1000;
    take_many(&cache);
    check_many();
    for (int i = 0; i < MANY; i++)
        n_canaries += many[i]->has_canary;
    CHECK_EQ(n_canaries, MANY - 1100);
}

TEST(stack_pool, a_little_over_the_limit_is_kept)
{
    struct cede__stack_cache cache = make_cache();

    for (int i = 0; i < 105; i++)
        many[i] = cede__stack_take(&cache);
    for (int i = 0; i < 105; i++)
        cede__stack_give(&cache, many[i]);
    const size_t n_before = cache.n_free; /* it may have come by more than asked for */
    cede__stack_cache_trim(&cache, n_before - n_before / 10);

    CHECK_EQ(cache.n_free, n_before);
    cede__stack_cache_trim(&cache, 0);
    CHECK_EQ(cache.n_free, 0);
}

static void *take_and_leave(void *arg)
{
    struct cede__stack_cache cache = make_cache();
    struct cede__stack **out = arg;

    for (int i = 0; i < 10; i++)
        out[i] = cede__stack_take(&cache);
    for (int i = 0; i < 10; i++)
        cede__stack_give(&cache, out[i]);
    cede__stack_cache_trim(&cache, 0);
    return NULL;
}

TEST(stack_pool, what_one_thread_gives_back_another_takes)
{
    struct cede__stack_cache cache = make_cache();
    struct cede__stack *theirs[10];
    pthread_t thread;
    unsigned n_same = 0;

    CHECK_EQ(pthread_create(&thread, NULL, take_and_leave, theirs), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 10; i++) {
        const struct cede__stack *mine = cede__stack_take(&cache);
        for (int j = 0; j < 10; j++)
            n_same += mine == theirs[j];
    }

    CHECK_EQ(n_same, 10);
}

static void *take_and_give(void *arg)
{
    struct cede__stack_cache cache = make_cache();
    struct cede__stack *mine[50];

    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 50; i++) {
            mine[i] = cede__stack_take(&cache);
            memcpy(mine[i]->low, &arg, sizeof arg);
        }
        for (int i = 0; i < 50; i++) {
            CHECK(memcmp(mine[i]->low, &arg, sizeof arg) == 0); /* nobody else has it */
            if (i % 2)
                cede__depot_give(mine[i]);
            else
                cede__stack_give(&cache, mine[i]);
        }
        cede__stack_cache_trim(&cache, round % 3);
    }
    return NULL;
}

TEST(stack_pool, threads_that_take_and_give_at_once_never_share_a_stack)
{
    pthread_t threads[4];

    for (uintptr_t i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, take_and_give, (void *)(i + 1)), 0);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
}

TEST(stack_pool, where_mappings_run_out_stacks_get_a_canary)
{
    struct cede__stack_cache cache = make_cache();
    unsigned n_canaries = 0;

    kernel_is_old = true;
    mappings_left = 100;
    for (int i = 0; i < 1000; i++) {
        const struct cede__stack *stack = many[i] = cede__stack_take(&cache);
        CHECK(stack != NULL);
        n_canaries += stack->has_canary;
        if (stack->has_canary)
            CHECK(cede__stack_canary_is_whole(stack));
        else if (i % 50 == 0)
            CHECK(dies_of_touching(stack->low - 1));
    }

    CHECK_EQ(n_canaries, 900);
    many[500]->low[0] ^= 1;
    CHECK(!cede__stack_canary_is_whole(many[500]));
}

TEST(stack_pool, a_cold_stack_without_a_guard_gets_its_canary_again_or_a_guard_when_there_is_room)
{
    struct cede__stack_cache cache = make_cache();
    unsigned n_canaries = 0;

    kernel_is_old = true;
    mappings_left = 0;
    take_many(&cache);
    give_many(&cache);
    cede__stack_cache_trim(&cache, 0); /* all but what the depot keeps warm are cold now */
    mappings_left = 1000;
    take_many(&cache);
    for (int i = 0; i < MANY; i++) {
        n_canaries += many[i]->has_canary;
        if (many[i]->has_canary)
            CHECK(cede__stack_canary_is_whole(many[i]));
    }

    CHECK_EQ(n_canaries, MANY - 1000);
}

TEST(stack_pool, an_overwritten_canary_is_reported_once_with_the_name)
{
    struct cede__stack_cache cache = make_cache();

    test_capture_reports();
    kernel_is_old = true;
    mappings_left = 0;
    static const struct cede__spawn_site site = {.name = "deep"};
    struct cede__coro coro = {.stack = cede__stack_take(&cache), .has_canary = true, .site = &site};
    CHECK(coro.stack->has_canary);
    cede__coro_check_canary(&coro);
    CHECK_STR(test_reports(), "");
    memset(coro.stack->low, 0, 8);
    cede__coro_check_canary(&coro);

    CHECK_HAS(test_reports(), "stack overflow in 'deep', found when it parked");
    CHECK(!coro.has_canary); /* so nobody asks again */
}

TEST(stack_pool, no_address_space_is_no_stack)
{
    struct cede__stack_cache cache = make_cache();

    is_full = true;
    CHECK_PTR(cede__stack_take(&cache), NULL);
    is_full = false;
    CHECK(cede__stack_take(&cache) != NULL);
}
