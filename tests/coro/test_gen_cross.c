/* test_gen_cross.c - what the compiler keeps around cede_next and cede_yield, which are no
 * calls. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede/gen.h>

#include "harness/harness.h"

/* The functions, whatever the header makes of their names. */
int next_function(cede_gen *gen, void **item_out) __asm__("cede_next");
int send_function(cede_gen *gen, void *value, void **item_out) __asm__("cede_send");
int yield_function(cede_gen *self, void *item, void **sent_out) __asm__("cede_yield");

/* Yields its running number, by turns by either way, and adds what is sent. */
static int count(cede_gen *self, void *arg)
{
    long n = 0;

    for (;;) {
        long *sent = NULL;

        if (n % 3 == 0)
            CEDE_TRY(yield_function(self, &n, (void **)&sent));
        else
            CEDE_TRY(cede_yield(self, &n, (void **)&sent));
        n += sent ? *sent : 1;
        (void)arg;
    }
}

TEST(gen_cross, functions_and_macros_may_take_turns)
{
    cede_gen *gen = cede_gen_create(count, NULL);
    long *item;

    for (long i = 0; i < 20; i++) {
        CHECK_EQ(i % 2 == 0 ? next_function(gen, (void **)&item) : cede_next(gen, (void **)&item),
                 1);
        CHECK_EQ(*item, i);
    }
    long five = 5;
    CHECK_EQ(send_function(gen, &five, (void **)&item), 1);
    CHECK_EQ(*item, 24);
    CHECK_EQ(cede_send(gen, &five, (void **)&item), 1);
    CHECK_EQ(*item, 29);
    CHECK_EQ(cede_gen_destroy(gen), 0);
}

/* More numbers alive than there are registers, of every kind. */
struct numbers {
    long whole[9];
    double real[9];
    long double extended[4];
};

static __attribute__((noinline)) void numbers_step(struct numbers *numbers, long item)
{
    for (int i = 0; i < 9; i++) {
        numbers->whole[i] += item * (i + 1);
        numbers->real[i] = numbers->real[i] / 2 + (double)(item + i);
    }
    for (int i = 0; i < 4; i++)
        numbers->extended[i] = numbers->extended[i] / 3 + (long double)(item * i);
}

static char crowd_text[512];

static int crowd(cede_gen *self, void *arg)
{
    long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    double u = 0.5, v = 0.25, w = 0.125;
    long double x = 1, y = 2;

    for (long n = 0; n < *(long *)arg; n++) {
        CEDE_TRY(cede_yield(self, &n, NULL));
        a += b, b += c, c ^= d, d += e, e -= f, f += a;
        u = u * 2 - v, v = w - u / 2, w += v;
        x = x / 7 + y, y = y - x / 5;
    }
    snprintf(crowd_text, sizeof crowd_text, "%ld %ld %ld %ld %ld %ld %a %a %a %La %La", a, b, c, d,
             e, f, u, v, w, x, y);
    return 0;
}

/* The same without a generator. */
static void crowd_alone(long n)
{
    volatile long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    volatile double u = 0.5, v = 0.25, w = 0.125;
    volatile long double x = 1, y = 2;

    while (n-- > 0) {
        a += b, b += c, c ^= d, d += e, e -= f, f += a;
        u = u * 2 - v, v = w - u / 2, w += v;
        x = x / 7 + y, y = y - x / 5;
    }
    snprintf(crowd_text, sizeof crowd_text, "%ld %ld %ld %ld %ld %ld %a %a %a %La %La", a, b, c, d,
             e, f, u, v, w, x, y);
}

TEST(gen_cross, numbers_in_registers_survive_on_either_side)
{
    long n = 23;
    cede_gen *gen = cede_gen_create(crowd, &n);
    struct numbers expected = {0};
    long a = 0, b = 0, c = 0, d = 0, e = 0;
    double u = 0, v = 0, w = 0;
    long double x = 0, y = 0;
    long *item;

    while (cede_next(gen, (void **)&item) > 0) {
        a += *item, b += *item * 2, c += *item * 3, d += *item * 4, e += *item * 5;
        u = u / 2 + (double)*item, v = v / 2 + (double)(*item + 1), w = w / 2 + (double)(*item + 2);
        x = x / 3, y = y / 3 + (long double)*item;
        numbers_step(&expected, *item);
    }
    CHECK(a == expected.whole[0] && b == expected.whole[1] && c == expected.whole[2] &&
          d == expected.whole[3] && e == expected.whole[4]);
    CHECK(u == expected.real[0] && v == expected.real[1] && w == expected.real[2]);
    CHECK(x == expected.extended[0] && y == expected.extended[1]);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    char crossed[sizeof crowd_text];
    memcpy(crossed, crowd_text, sizeof crossed);
    crowd_alone(n);
    CHECK_STR(crowd_text, crossed);
}

/* Calls nothing, so its locals may lie beyond the stack pointer. */
static __attribute__((noinline)) long leaf_sum(cede_gen *gen, void **items)
{
    volatile long before[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    long sum = 0;

    for (int i = 0; i < 3; i++)
        sum += cede_next(gen, &items[i]);
    for (int i = 0; i < 8; i++)
        sum += before[i];
    return sum;
}

TEST(gen_cross, what_lies_beyond_the_stack_pointer_survives)
{
    void *items[3];

    for (int i = 0; i < 3; i++) { /* a start, which takes the long way, and an end as well */
        long n = i;
        cede_gen *gen = cede_gen_create(crowd, &n);
        CHECK_EQ(leaf_sum(gen, items), 36 + i);
        CHECK_EQ(cede_gen_destroy(gen), 0);
    }
}

TEST(gen_cross, an_item_stays_what_it_was_where_there_is_none)
{
    long n = 1, mark = 7;
    cede_gen *gen = cede_gen_create(crowd, &n);
    void *item = &mark;

    CHECK_EQ(cede_next(gen, &item), 1);
    CHECK(item != &mark);
    item = &mark;
    CHECK_EQ(cede_next(gen, &item), 0);
    CHECK(item == &mark);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_EQ(cede_gen_destroy(gen), 0);
}
