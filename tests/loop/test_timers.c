/* test_timers.c - the order of timers against a model that sorts, and against itself. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/base.h"
#include "harness/harness.h"
#include "loop/calendar.h"

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

/* Spans of very different spreads, one after the other, so that no width of buckets suits all. */
static int64_t draw_span(uint64_t *state, int phase)
{
    const int64_t r = draw(state);

    switch (phase % 6) {
    case 0:
        return r % 1000;
    case 1:
        return r % 10 > 0 ? r % 16 : r % 1000000;
    case 2:
        return (int64_t)1 << r % 40;
    case 3:
        return 10;
    case 4:
        return 1000000000 + r % 1000;
    default:
        return r % 100 > 0 ? r % 1000000000 : 0;
    }
}

/* What is taken never goes back in time, equal times come in the order of arming, and none is lost:
 * then all come in order. */
static void run_holds(uint64_t seed, int n)
{
    static struct armed holds[20000];
    struct cede__timers timers;
    uint64_t state = seed;
    uint64_t order = 0;
    struct armed last = {.when = 0};
    int n_armed = n;

    cede__timers_init(&timers);
    for (int i = 0; i < n; i++) {
        holds[i] = (struct armed){.timer.slot = CEDE__TIMER_IDLE, .order = order++};
        holds[i].when = draw_span(&state, 0);
        CHECK_EQ(cede__timers_add(&timers, &holds[i].timer, holds[i].when), 0);
    }
    for (int step = 0; n_armed > 0; step++) {
        const int64_t now = cede__timers_next(&timers);
        struct armed *it = (struct armed *)cede__timers_take(&timers, now);
        CHECK(it->when == now &&
              (it->when > last.when || (it->when == last.when && it->order > last.order)));
        last = *it;
        n_armed--;
        if (step > 12 * n)
            continue; /* let it run empty */
        struct armed *other = &holds[draw(&state) % (uint32_t)n];
        if (step % 3 == 0 && other->timer.slot != CEDE__TIMER_IDLE) {
            cede__timers_remove(&timers, &other->timer);
            other->when = now + draw_span(&state, step / (2 * n));
            other->order = order++;
            CHECK_EQ(cede__timers_add(&timers, &other->timer, other->when), 0);
        }
        it->when = now + draw_span(&state, step / (2 * n));
        it->order = order++;
        n_armed++;
        if (step % 2 == 0 && cede__timers_first(&timers) &&
            cede__timers_next(&timers) <= it->when) {
            struct armed *next = (struct armed *)cede__timers_first(&timers);
            CHECK(next->when > last.when || (next->when == last.when && next->order > last.order));
            last = *next;
            cede__timers_exchange(&timers, &it->timer, it->when);
            next->when = now + 1000;
            next->when = next->when < last.when ? last.when : next->when;
            next->order = order++;
            CHECK_EQ(cede__timers_add(&timers, &next->timer, next->when), 0);
        } else {
            CHECK_EQ(cede__timers_add(&timers, &it->timer, it->when), 0);
        }
    }
    CHECK_EQ(cede__timers_next(&timers), CEDE_NEVER);
    cede__timers_fini(&timers);
}

TEST(timers, come_in_order_whatever_their_spread)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        run_holds(seed, 90);
        run_holds(seed, 1000);
    }
    run_holds(7, 20000);
}

TEST(timers, of_equal_times_the_lower_priority_comes_first)
{
    enum { MANY = 500 };
    static struct cede__timer all[MANY];
    static const int priorities[] = {3, 0, -2000, 2000, CEDE__PRIORITY_URGENT};
    struct cede__timers timers;
    int last = CEDE__PRIORITY_URGENT;

    cede__timers_init(&timers);
    for (int i = 0; i < MANY; i++) {
        all[i].slot = CEDE__TIMER_IDLE;
        CHECK_EQ(cede__timers_add_at(&timers, &all[i], 5, priorities[i % 5]), 0);
    }
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(cede__timers_next(&timers), 5);
        CHECK(cede__timers_next_priority(&timers) >= last);
        last = cede__timers_next_priority(&timers);
        CHECK(cede__timers_take(&timers, 5) != NULL);
    }
    CHECK_EQ(last, 2000);
    cede__timers_fini(&timers);
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
