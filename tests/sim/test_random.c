/* test_random.c - the generator, its streams, and what is made of bits alone. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/error.h>
#include <cede/random.h>
#include <cede/tally.h>

#include "harness/harness.h"
#include "sim/fit.h"

TEST(random, i13_the_generator_is_xoshiro256_starstar)
{
    cede_random random = {{1, 2, 3, 4}};
    static const uint64_t known[] = {11520,
                                     0,
                                     1509978240,
                                     1215971899390074240u,
                                     1216172134540287360u,
                                     607988272756665600u,
                                     16172922978634559625u,
                                     8476171486693032832u,
                                     10595114339597558777u,
                                     2904607092377533576u};

    for (int i = 0; i < 10; i++)
        CHECK(cede_random_bits(&random) == known[i]);
}

TEST(random, a_seed_without_a_name_becomes_a_state_by_splitmix64)
{
    cede_random random, unnamed;

    cede_random_init(&random, 1234567, "");
    cede_random_init(&unnamed, 1234567, NULL);
    CHECK(random.state[0] == 6457827717110365317u);
    CHECK(random.state[1] == 3203168211198807973u);
    CHECK(random.state[2] == 9817491932198370423u);
    CHECK(random.state[3] == 4593380528125082431u);
    CHECK(memcmp(&random, &unnamed, sizeof random) == 0);
}

TEST(random, i13_streams_of_other_names_or_seeds_share_nothing)
{
    static const char *const names[] = {"", "a", "b", "ab", "ba", "arrivals", "service"};
    uint64_t first[7 * 16];
    cede_tally product = {0};

    for (size_t i = 0; i < 7 * 16; i++) {
        cede_random random;
        cede_random_init(&random, i / 7, names[i % 7]);
        first[i] = cede_random_bits(&random);
        for (size_t k = 0; k < i; k++)
            CHECK(first[i] != first[k]);
    }
    for (uint64_t seed = 0; seed < 1000; seed++) {
        cede_random one, other;
        cede_random_init(&one, seed, "one");
        cede_random_init(&other, seed, "other");
        for (int i = 0; i < 20; i++)
            cede_tally_add(&product,
                           (cede_random_unit(&one) - 0.5) * (cede_random_unit(&other) - 0.5));
    }
    CHECK_MEAN(cede_tally_mean(&product), 0, 1.0 / 144, product.count);
}

TEST(random, a_name_begins_the_same_stream_again)
{
    cede_random one, again;

    cede_random_init(&one, 42, "arrivals");
    cede_random_init(&again, 42, "arrivals");
    for (int i = 0; i < 100; i++)
        CHECK(cede_random_bits(&one) == cede_random_bits(&again));
}

TEST(random, seeds_by_index_are_all_different)
{
    static uint64_t seeds[20000];

    for (uint64_t i = 0; i < 10000; i++) {
        seeds[i] = cede_random_seed(1, i);
        seeds[10000 + i] = cede_random_seed(2, i);
    }
    qsort(seeds, 20000, sizeof *seeds, fit_compare); /* by their bits as doubles: any order does */
    for (int i = 1; i < 20000; i++)
        CHECK(seeds[i] != seeds[i - 1]);
}

/* The step of the generator is linear over bits: a 256 x 256 matrix, a row of 4 words for each bit
 * of the state before, which holds the state after. */
struct matrix {
    uint64_t rows[256][4];
};

static void matrix_apply(const struct matrix *matrix, const uint64_t in[4], uint64_t out[4])
{
    uint64_t sum[4] = {0};

    for (int bit = 0; bit < 256; bit++)
        if (in[bit / 64] >> (bit % 64) & 1)
            for (int i = 0; i < 4; i++)
                sum[i] ^= matrix->rows[bit][i];
    memcpy(out, sum, sizeof sum);
}

static void matrix_square(struct matrix *matrix)
{
    static struct matrix squared;

    for (int bit = 0; bit < 256; bit++)
        matrix_apply(matrix, matrix->rows[bit], squared.rows[bit]);
    *matrix = squared;
}

TEST(random, jumps_go_as_far_as_so_many_steps)
{
    static struct matrix step;
    cede_random start, jumped, long_jumped;
    uint64_t expected[4];

    for (int bit = 0; bit < 256; bit++) {
        cede_random one = {{0}};
        one.state[bit / 64] = (uint64_t)1 << (bit % 64);
        (void)cede_random_bits(&one);
        memcpy(step.rows[bit], one.state, sizeof one.state);
    }
    cede_random_init(&start, 7, "start");
    jumped = long_jumped = start;
    cede_random_jump(&jumped);
    cede_random_long_jump(&long_jumped);

    for (int i = 0; i < 128; i++)
        matrix_square(&step);
    matrix_apply(&step, start.state, expected);
    CHECK(memcmp(jumped.state, expected, sizeof expected) == 0);
    for (int i = 0; i < 64; i++)
        matrix_square(&step);
    matrix_apply(&step, start.state, expected);
    CHECK(memcmp(long_jumped.state, expected, sizeof expected) == 0);
}

static double uniform(double x)
{
    return x;
}

TEST(random, units_fill_the_interval_evenly_and_stay_in_it)
{
    static double sample[100000];
    cede_random random;

    cede_random_init(&random, 1, "units");
    for (int i = 0; i < 100000; i++) {
        sample[i] = cede_random_unit(&random);
        CHECK(sample[i] >= 0 && sample[i] < 1);
    }
    CHECK_FITS(sample, 100000, uniform);
}

TEST(random, numbers_between_two_stay_between_them)
{
    cede_random random;
    cede_tally tally = {0};

    cede_random_init(&random, 1, "between");
    for (int i = 0; i < 10000; i++)
        cede_tally_add(&tally, cede_random_uniform(&random, -3, 5));
    CHECK(cede_tally_min(&tally) >= -3 && cede_tally_max(&tally) <= 5);
    CHECK_MEAN(cede_tally_mean(&tally), 1, 64.0 / 12, tally.count);
    CHECK(cede_random_uniform(&random, 2, 2) == 2);
    CHECK(isnan(cede_random_uniform(&random, 2, 1)));
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK(isnan(cede_random_uniform(&random, -1e308, 1e308)));
    CHECK(isnan(cede_random_uniform(&random, NAN, 1)));
}

TEST(random, numbers_below_n_are_equally_likely)
{
    cede_random random;
    uint64_t counts[7] = {0};
    const double p[7] = {1.0 / 7, 1.0 / 7, 1.0 / 7, 1.0 / 7, 1.0 / 7, 1.0 / 7, 1.0 / 7};

    cede_random_init(&random, 3, "below");
    for (int i = 0; i < 70000; i++)
        counts[cede_random_below(&random, 7)]++;
    CHECK_COUNTS(counts, p, 7);
}

TEST(random, numbers_below_n_have_no_bias_where_a_remainder_would_have_half)
{
    cede_random random;
    const uint64_t n = 3ull << 62; /* the first third would come as often as the rest together */
    uint64_t counts[3] = {0};
    const double p[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};

    cede_random_init(&random, 4, "below");
    for (int i = 0; i < 30000; i++)
        counts[cede_random_below(&random, n) >> 62]++;
    CHECK_COUNTS(counts, p, 3);
    CHECK_EQ(cede_random_below(&random, 1), 0);
}

TEST(random, whole_numbers_include_both_ends)
{
    cede_random random;
    bool low = false, high = false;

    cede_random_init(&random, 5, "dice");
    for (int i = 0; i < 1000; i++) {
        const int64_t x = cede_random_integer(&random, -2, 3);
        CHECK(x >= -2 && x <= 3);
        low |= x == -2;
        high |= x == 3;
        CHECK(cede_random_integer(&random, 6, 4) >= 4);
    }
    CHECK(low && high);
    CHECK(cede_random_integer(&random, 9, 9) == 9);
    (void)cede_random_integer(&random, INT64_MIN, INT64_MAX); /* all of them: no overflow */
}

TEST(random, a_coin_falls_as_often_as_its_probability_says)
{
    cede_random random;
    cede_tally tally = {0};

    cede_random_init(&random, 6, "coin");
    for (int i = 0; i < 40000; i++)
        cede_tally_add(&tally, cede_random_bernoulli(&random, 0.3));
    CHECK_MEAN(cede_tally_mean(&tally), 0.3, 0.21, tally.count);
    for (int i = 0; i < 1000; i++) {
        CHECK(!cede_random_bernoulli(&random, 0) && cede_random_bernoulli(&random, 1));
        CHECK(!cede_random_bernoulli(&random, NAN));
    }
}

TEST(random, all_orders_of_a_shuffle_are_equally_likely)
{
    cede_random random;
    uint64_t counts[24] = {0};
    double p[24];

    cede_random_init(&random, 8, "cards");
    for (int round = 0; round < 24000; round++) {
        short cards[4] = {0, 1, 2, 3};
        int code = 0;

        cede_random_shuffle(&random, cards, 4, sizeof *cards);
        for (int i = 0; i < 4; i++)
            for (int k = i + 1; k < 4; k++)
                code += (cards[k] < cards[i]) * (int[]){6, 2, 1, 0}[i];
        counts[code]++;
    }
    for (int i = 0; i < 24; i++)
        p[i] = 1.0 / 24;
    CHECK_COUNTS(counts, p, 24);
    cede_random_shuffle(&random, NULL, 0, 8);
}

TEST(random, all_choices_of_a_sample_are_equally_likely)
{
    cede_random random;
    uint64_t counts[10] = {0};
    double p[10];
    size_t chosen[2];

    cede_random_init(&random, 9, "sample");
    for (int round = 0; round < 10000; round++) {
        CHECK_EQ(cede_random_sample(&random, 5, 2, chosen), 0);
        CHECK(chosen[0] < chosen[1] && chosen[1] < 5);
        counts[chosen[0] * (9 - chosen[0]) / 2 + chosen[1] - chosen[0] - 1]++;
    }
    for (int i = 0; i < 10; i++)
        p[i] = 0.1;
    CHECK_COUNTS(counts, p, 10);
    CHECK_EQ(cede_random_sample(&random, 2, 2, chosen), 0);
    CHECK(chosen[0] == 0 && chosen[1] == 1);
    chosen[0] = 77;
    CHECK_EQ(cede_random_sample(&random, 2, 3, chosen), -EINVAL);
    CHECK(chosen[0] == 77);
}
