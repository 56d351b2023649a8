/* test_timers.c - the heap of timers against a model that sorts. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/base.h"
#include "harness/harness.h"
#include "loop/timers.h"

enum { N = 600 };

/* The model: what is armed, and when, in the order of arming. */
struct armed {
    struct cede__timer timer;
    cede_time when;
    uint64_t order;
    bool is_armed;
};

static struct armed model[N];
static uint64_t n_orders;

static uint32_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static struct armed *model_first(void)
{
    struct armed *first = NULL;

    for (int i = 0; i < N; i++) {
        struct armed *it = &model[i];
        if (it->is_armed && (!first || it->when < first->when ||
                             (it->when == first->when && it->order < first->order)))
            first = it;
    }
    return first;
}

static void add(struct cede__timers *timers, struct armed *it, cede_time when)
{
    CHECK_EQ(cede__timers_add(timers, &it->timer, when), 0);
    it->when = when;
    it->order = n_orders++;
    it->is_armed = true;
}

static void take_due(struct cede__timers *timers, cede_time now)
{
    struct cede__timer *timer;

    while ((timer = cede__timers_take(timers, now))) {
        struct armed *first = model_first();
        CHECK_PTR(timer, first ? &first->timer : NULL);
        CHECK(first->when <= now);
        CHECK_EQ(timer->slot, CEDE__TIMER_IDLE);
        first->is_armed = false;
    }
    CHECK(!model_first() || model_first()->when > now);
}

static void run_seed(uint64_t seed, unsigned range, unsigned removals)
{
    struct cede__timers timers;
    uint64_t state = seed;
    cede_time now = 0;

    cede__timers_init(&timers);
    for (int i = 0; i < N; i++)
        model[i] = (struct armed){.timer = {.slot = CEDE__TIMER_IDLE}};
    for (int step = 0; step < 3000; step++) {
        struct armed *it = &model[draw(&state) % N];
        if (!it->is_armed) {
            add(&timers, it, now + draw(&state) % range);
        } else if (draw(&state) % 100 < removals) {
            cede__timers_remove(&timers, &it->timer);
            it->is_armed = false;
        } else if (draw(&state) % 8 == 0) {
            now += draw(&state) % (range / 4 + 1);
            take_due(&timers, now);
        }
        if (step % 64 == 0)
            CHECK_EQ(cede__timers_next(&timers), model_first() ? model_first()->when : CEDE_NEVER);
    }
    take_due(&timers, INT64_MAX - 1);
    CHECK_EQ(cede__timers_next(&timers), CEDE_NEVER);
    cede__timers_fini(&timers);
}

TEST(timers, agree_with_a_sorted_model)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        run_seed(seed, 1000, 30);
}

TEST(timers, agree_with_a_sorted_model_where_many_times_are_equal)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        run_seed(seed, 3, 20);
}

TEST(timers, agree_with_a_sorted_model_where_nearly_all_are_taken_back)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        run_seed(seed, 100000, 95);
}

TEST(timers, removing_an_idle_timer_is_nothing)
{
    struct cede__timers timers;
    struct cede__timer timer = {.slot = CEDE__TIMER_IDLE};

    cede__timers_init(&timers);
    cede__timers_remove(&timers, &timer);
    CHECK_EQ(cede__timers_next(&timers), CEDE_NEVER);
    CHECK_PTR(cede__timers_take(&timers, INT64_MAX), NULL);
    cede__timers_fini(&timers);
}

TEST(timers, those_taken_back_cost_no_more_memory_than_those_armed)
{
    struct cede__timers timers;
    static struct cede__timer kept[100];
    struct cede__timer brief = {.slot = CEDE__TIMER_IDLE};

    cede__timers_init(&timers);
    for (int i = 0; i < 100; i++) {
        kept[i].slot = CEDE__TIMER_IDLE;
        CHECK_EQ(cede__timers_add(&timers, &kept[i], CEDE_S(100 + i)), 0);
    }
    for (int i = 0; i < 1000000; i++) {
        CHECK_EQ(cede__timers_add(&timers, &brief, CEDE_S(1000)), 0);
        cede__timers_remove(&timers, &brief);
    }
    CHECK(timers.capacity <= 512);
    cede__timers_fini(&timers);
}
