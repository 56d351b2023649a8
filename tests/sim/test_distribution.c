/* test_distribution.c - distributions against their closed forms, and the same bits everywhere. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/distribution.h>
#include <cede/error.h>
#include <cede/tally.h>

#include "harness/harness.h"
#include "sim/fit.h"

enum { N = 50000 };

static double sample[N];
static cede_random stream;

/* A sample of N of what `draw` draws from `stream`, and its tally. */
#define SAMPLE(draw)                                                                               \
    ({                                                                                             \
        cede_tally sample_tally = {0};                                                             \
        cede_random_init(&stream, 2026, #draw);                                                    \
        for (int sample_i = 0; sample_i < N; sample_i++) {                                         \
            sample[sample_i] = (double)(draw);                                                     \
            cede_tally_add(&sample_tally, sample[sample_i]);                                       \
        }                                                                                          \
        sample_tally;                                                                              \
    })

/* The fourth central moment tells how near the variance of a sample is to that of the distribution:
 * `kurtosis` of the distribution, 3 for the normal one. */
static void check_moments(const cede_tally *tally, double mean, double variance, double kurtosis)
{
    CHECK_EQ(tally->n_refused, 0);
    CHECK_MEAN(cede_tally_mean(tally), mean, variance, tally->count);
    CHECK_MEAN(cede_tally_variance(tally), variance, (kurtosis - 1) * variance * variance,
               tally->count);
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static double normal_3_2_cdf(double x)
{
    return normal_cdf((x - 3) / 2);
}

static double lognormal_cdf(double x)
{
    return normal_cdf((log(x) - 0.5) / 0.25);
}

static double exponential_cdf(double x)
{
    return -expm1(-x / 4);
}

static double erlang_3_cdf(double x) /* of the mean 6 */
{
    const double y = x / 2;

    return 1 - exp(-y) * (1 + y + y * y / 2);
}

static double gamma_half_cdf(double x) /* shape 1/2, scale 3 */
{
    return erf(sqrt(x / 3));
}

static double beta_2_3_cdf(double x)
{
    return x * x * (6 - 8 * x + 3 * x * x);
}

static double arcsine_cdf(double x) /* beta of 1/2 and 1/2 */
{
    return 2 / M_PI * asin(sqrt(x));
}

static double weibull_cdf(double x)
{
    return -expm1(-pow(x / 2, 1.5));
}

static double pareto_cdf(double x)
{
    return 1 - pow(3 / x, 2.5);
}

static double triangle_cdf(double x) /* 2, 3, 9 */
{
    return x < 3 ? (x - 2) * (x - 2) / 7 : 1 - (9 - x) * (9 - x) / 42;
}

static double pert_cdf(double x) /* 0, 2, 4: beta of 3 and 3 */
{
    const double y = x / 4;

    return y * y * y * (10 - 15 * y + 6 * y * y);
}

static double chi_squared_3_cdf(double x)
{
    return erf(sqrt(x / 2)) - sqrt(2 * x / M_PI) * exp(-x / 2);
}

static double cauchy_cdf(double x) /* t of 1 degree of freedom */
{
    return 0.5 + atan(x) / M_PI;
}

static double student_2_cdf(double x)
{
    return 0.5 + x / (2 * sqrt(2 + x * x));
}

TEST(distribution, i13_normal)
{
    const cede_tally tally = SAMPLE(cede_random_normal(&stream, 3, 2));

    check_moments(&tally, 3, 4, 3);
    CHECK_FITS(sample, N, normal_3_2_cdf);
    CHECK(cede_random_normal(&stream, 3, 0) == 3);
}

TEST(distribution, the_tails_of_normal_and_exponential_are_as_heavy_as_they_should)
{
    const double p_normal = erfc(4 / sqrt(2)), p_exponential = exp(-8);
    cede_tally normal = {0}, exponential = {0};

    cede_random_init(&stream, 1, "tails"); /* both beyond the foot of the ziggurats */
    for (int i = 0; i < 2000000; i++) {
        cede_tally_add(&normal, fabs(cede_random_normal(&stream, 0, 1)) > 4);
        cede_tally_add(&exponential, cede_random_exponential(&stream, 1) > 8);
    }
    CHECK_MEAN(cede_tally_mean(&normal), p_normal, p_normal, normal.count);
    CHECK_MEAN(cede_tally_mean(&exponential), p_exponential, p_exponential, exponential.count);
}

TEST(distribution, i13_lognormal)
{
    const double m = exp(0.5 + 0.25 * 0.25 / 2), w = exp(0.25 * 0.25);
    const cede_tally tally = SAMPLE(cede_random_lognormal(&stream, 0.5, 0.25));

    check_moments(&tally, m, m * m * (w - 1), w * w * w * w + 2 * w * w * w + 3 * w * w - 3);
    CHECK_FITS(sample, N, lognormal_cdf);
}

TEST(distribution, i13_exponential)
{
    const cede_tally tally = SAMPLE(cede_random_exponential(&stream, 4));

    check_moments(&tally, 4, 16, 9);
    CHECK_FITS(sample, N, exponential_cdf);
    CHECK(cede_tally_min(&tally) >= 0);
}

TEST(distribution, i13_erlang_and_gamma)
{
    cede_tally tally = SAMPLE(cede_random_erlang(&stream, 3, 6));

    check_moments(&tally, 6, 12, 5);
    CHECK_FITS(sample, N, erlang_3_cdf);
    tally = SAMPLE(cede_random_gamma(&stream, 3, 2));
    check_moments(&tally, 6, 12, 5);
    CHECK_FITS(sample, N, erlang_3_cdf);
    tally = SAMPLE(cede_random_gamma(&stream, 0.5, 3));
    check_moments(&tally, 1.5, 4.5, 15);
    CHECK_FITS(sample, N, gamma_half_cdf);
    tally = SAMPLE(cede_random_gamma(&stream, 1e6, 1e-6));
    check_moments(&tally, 1, 1e-6, 3);
}

TEST(distribution, i13_beta)
{
    cede_tally tally = SAMPLE(cede_random_beta(&stream, 2, 3));

    check_moments(&tally, 0.4, 0.04, 3 - 9.0 / 14);
    CHECK_FITS(sample, N, beta_2_3_cdf);
    tally = SAMPLE(cede_random_beta(&stream, 0.5, 0.5));
    check_moments(&tally, 0.5, 0.125, 1.5);
    CHECK_FITS(sample, N, arcsine_cdf);
    tally = SAMPLE(cede_random_beta(&stream, 1e-4, 1e-4)); /* nearly a coin */
    CHECK_MEAN(cede_tally_mean(&tally), 0.5, 0.25, N);
    CHECK(cede_tally_min(&tally) >= 0 && cede_tally_max(&tally) <= 1);
}

TEST(distribution, i13_weibull_and_pareto)
{
    cede_tally tally = SAMPLE(cede_random_weibull(&stream, 1.5, 2));

    CHECK_MEAN(cede_tally_mean(&tally), 2 * tgamma(1 + 1 / 1.5), cede_tally_variance(&tally), N);
    CHECK_FITS(sample, N, weibull_cdf);
    tally = SAMPLE(cede_random_pareto(&stream, 2.5, 3));
    CHECK(cede_tally_min(&tally) >= 3);
    CHECK_FITS(sample, N, pareto_cdf);
}

TEST(distribution, i13_triangular_and_pert)
{
    cede_tally tally = SAMPLE(cede_random_triangular(&stream, 2, 3, 9));

    check_moments(&tally, 14.0 / 3, 43.0 / 18, 2.4);
    CHECK_FITS(sample, N, triangle_cdf);
    CHECK(cede_tally_min(&tally) >= 2 && cede_tally_max(&tally) <= 9);
    CHECK(cede_random_triangular(&stream, 5, 5, 5) == 5);
    tally = SAMPLE(cede_random_pert(&stream, 0, 2, 4));
    check_moments(&tally, 2, 16.0 / 28, 3 - 2.0 / 3);
    CHECK_FITS(sample, N, pert_cdf);
}

TEST(distribution, i13_chi_squared_and_student)
{
    const cede_tally tally = SAMPLE(cede_random_chi_squared(&stream, 3));

    check_moments(&tally, 3, 6, 7);
    CHECK_FITS(sample, N, chi_squared_3_cdf);
    (void)SAMPLE(cede_random_student(&stream, 1));
    CHECK_FITS(sample, N, cauchy_cdf);
    (void)SAMPLE(cede_random_student(&stream, 2));
    CHECK_FITS(sample, N, student_2_cdf);
}

/* Counts in classes of equal width from `least` on, the last for all above, the first for all
 * below, against probabilities from `log_p`. */
static void check_classes(double least, double width, size_t n, double (*log_p)(double))
{
    uint64_t counts[64] = {0};
    double p[64] = {0}, total = 0;

    CHECK(n <= 64);
    for (int i = 0; i < N; i++)
        counts[(size_t)fmin((double)n - 1, fmax(0, floor((sample[i] - least) / width)))]++;
    for (int k = 0; k < least + width * ((double)n - 1); k++) {
        const double at = exp(log_p(k));
        p[(size_t)fmax(0, floor((k - least) / width))] += at;
        total += at;
    }
    p[n - 1] = 1 - total;
    CHECK_COUNTS(counts, p, n);
}

static double poisson_mean;

static double log_poisson(double k)
{
    return k * log(poisson_mean) - poisson_mean - lgamma(k + 1);
}

TEST(distribution, i13_poisson_on_both_sides_of_its_threshold)
{
    static const double means[] = {0.7, 9.9, 10, 25, 1000};
    static const double least[] = {0, 3, 3, 13, 910};
    static const double width[] = {1, 1, 1, 1, 5};
    static const size_t n[] = {5, 17, 17, 26, 37};

    for (size_t i = 0; i < 5; i++) {
        poisson_mean = means[i];
        const cede_tally tally = SAMPLE(cede_random_poisson(&stream, poisson_mean));
        check_moments(&tally, poisson_mean, poisson_mean, 3 + 1 / poisson_mean);
        check_classes(least[i], width[i], n[i], log_poisson);
    }
    CHECK_EQ(cede_random_poisson(&stream, 0), 0);
    const cede_tally large = SAMPLE(cede_random_poisson(&stream, 1e15) - 1e15);
    check_moments(&large, 0, 1e15, 3);
}

static double binomial_n, binomial_p;

static double log_binomial(double k)
{
    if (k > binomial_n)
        return -INFINITY;
    return lgamma(binomial_n + 1) - lgamma(k + 1) - lgamma(binomial_n - k + 1) +
           k * log(binomial_p) + (binomial_n - k) * log1p(-binomial_p);
}

TEST(distribution, i13_binomial_on_both_sides_of_its_threshold)
{
    static const double ns[] = {20, 30, 40, 1000, 100};
    static const double ps[] = {0.25, 0.3, 0.3, 0.5, 0.93};
    static const double least[] = {1, 3, 5, 452, 86};
    static const double width[] = {1, 1, 1, 4, 1};
    static const size_t n[] = {9, 13, 15, 24, 13};

    for (size_t i = 0; i < 5; i++) {
        binomial_n = ns[i];
        binomial_p = ps[i];
        const double variance = binomial_n * binomial_p * (1 - binomial_p);
        const cede_tally tally =
            SAMPLE(cede_random_binomial(&stream, (int64_t)binomial_n, binomial_p));
        check_moments(&tally, binomial_n * binomial_p, variance,
                      3 + (1 - 6 * binomial_p * (1 - binomial_p)) / variance);
        check_classes(least[i], width[i], n[i], log_binomial);
    }
    CHECK_EQ(cede_random_binomial(&stream, 5, 0), 0);
    CHECK_EQ(cede_random_binomial(&stream, 5, 1), 5);
    CHECK_EQ(cede_random_binomial(&stream, 0, 0.5), 0);
    const cede_tally large = SAMPLE(cede_random_binomial(&stream, 1ll << 50, 0.5) - 0x1p49);
    check_moments(&large, 0, 0x1p48, 3);
}

static double log_geometric(double k)
{
    return k < 1 ? -INFINITY : log(0.3) + (k - 1) * log(0.7);
}

static double log_negative_binomial(double k)
{
    return lgamma(k + 4) - lgamma(4) - lgamma(k + 1) + 4 * log(0.4) + k * log(0.6);
}

TEST(distribution, i13_geometric_and_negative_binomial)
{
    cede_tally tally = SAMPLE(cede_random_geometric(&stream, 0.3));

    check_moments(&tally, 1 / 0.3, 0.7 / 0.09, 9 + 0.09 / 0.7);
    check_classes(1, 1, 18, log_geometric);
    CHECK_EQ(cede_random_geometric(&stream, 1), 1);
    CHECK_EQ(cede_random_geometric(&stream, 1e-300), INT64_MAX);
    tally = SAMPLE(cede_random_negative_binomial(&stream, 4, 0.4));
    check_moments(&tally, 6, 15, 3 + 6.0 / 4 + 0.16 / (4 * 0.6));
    check_classes(0, 1, 22, log_negative_binomial);
    CHECK_EQ(cede_random_negative_binomial(&stream, 4, 1), 0);
    CHECK_EQ(cede_random_negative_binomial(&stream, 1e30, 1e-300), INT64_MAX);
}

/* Each draws what is not there, or says so. */
#define REFUSES(draw)                                                                              \
    do {                                                                                           \
        cede_error_clear();                                                                        \
        CHECK(isnan((double)(draw)) || (draw) == -EINVAL);                                         \
        CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);                                     \
    } while (0)

TEST(distribution, a_parameter_out_of_its_range_is_an_error)
{
    const double values[] = {-1, NAN, INFINITY};

    cede_random_init(&stream, 1, "bad");
    for (int i = 0; i < 3; i++) {
        const double bad = values[i];
        REFUSES(cede_random_normal(&stream, 0, bad));
        REFUSES(cede_random_lognormal(&stream, 0, bad));
        REFUSES(cede_random_exponential(&stream, bad));
        REFUSES(cede_random_erlang(&stream, 2, bad));
        REFUSES(cede_random_gamma(&stream, 1, bad));
        REFUSES(cede_random_gamma(&stream, bad, 1));
        REFUSES(cede_random_beta(&stream, bad, 1));
        REFUSES(cede_random_beta(&stream, 1, bad));
        REFUSES(cede_random_weibull(&stream, bad, 1));
        REFUSES(cede_random_pareto(&stream, 1, bad));
        REFUSES(cede_random_triangular(&stream, 0, bad, 5));
        REFUSES(cede_random_pert(&stream, 0, bad, 5));
        REFUSES(cede_random_chi_squared(&stream, bad));
        REFUSES(cede_random_student(&stream, bad));
        REFUSES(cede_random_poisson(&stream, bad));
        REFUSES(cede_random_binomial(&stream, 5, bad));
        REFUSES(cede_random_geometric(&stream, bad));
        REFUSES(cede_random_negative_binomial(&stream, bad, 0.5));
    }
    REFUSES(cede_random_erlang(&stream, 0, 1));
    REFUSES(cede_random_gamma(&stream, 0, 1));
    REFUSES(cede_random_geometric(&stream, 0));
    REFUSES(cede_random_binomial(&stream, -1, 0.5));
}

/* FNV-1a over the bits of N draws. */
#define HASH(draw)                                                                                 \
    ({                                                                                             \
        uint64_t hash_h = 0xcbf29ce484222325u;                                                     \
        cede_random_init(&stream, 6, #draw);                                                       \
        for (int hash_i = 0; hash_i < 20000; hash_i++) {                                           \
            const double hash_x = (double)(draw);                                                  \
            uint64_t hash_bits;                                                                    \
            memcpy(&hash_bits, &hash_x, sizeof hash_bits);                                         \
            hash_h = (hash_h ^ hash_bits) * 0x100000001b3u;                                        \
        }                                                                                          \
        hash_h;                                                                                    \
    })

#define CHECK_HASH(draw, expected)                                                                 \
    do {                                                                                           \
        const uint64_t check_h = HASH(draw);                                                       \
        if (check_h != (expected))                                                                 \
            FAIL("%s: %#llx", #draw, (unsigned long long)check_h);                                 \
    } while (0)

TEST(distribution, i13_a_seed_gives_the_same_bits_on_every_machine)
{
    CHECK_HASH(cede_random_uniform(&stream, 1, 7), 0x18c81f9bfee9d0d3u);
    CHECK_HASH(cede_random_normal(&stream, 3, 2), 0xdc8f99fd35dd2042u);
    CHECK_HASH(cede_random_lognormal(&stream, 0.5, 0.25), 0xdca101db088dc830u);
    CHECK_HASH(cede_random_exponential(&stream, 4), 0x9eeae8820670680au);
    CHECK_HASH(cede_random_erlang(&stream, 3, 6), 0x9158e96547eb221eu);
    CHECK_HASH(cede_random_gamma(&stream, 0.5, 3), 0xd1d665b2fe1679e2u);
    CHECK_HASH(cede_random_beta(&stream, 0.5, 3), 0x964e6bfd80dd1e7u);
    CHECK_HASH(cede_random_weibull(&stream, 1.5, 2), 0xaf87be822c1cf76au);
    CHECK_HASH(cede_random_pareto(&stream, 2.5, 3), 0x47eca5eac41d03fcu);
    CHECK_HASH(cede_random_triangular(&stream, 2, 3, 9), 0xd2928159041c3e70u);
    CHECK_HASH(cede_random_pert(&stream, 2, 3, 9), 0x7cbadbbe0cb969cu);
    CHECK_HASH(cede_random_chi_squared(&stream, 3), 0xacbc487f7e7b676eu);
    CHECK_HASH(cede_random_student(&stream, 4), 0x32b8ea4bb2520b98u);
    CHECK_HASH(cede_random_poisson(&stream, 3.5), 0xe8abe7ee21f20da5u);
    CHECK_HASH(cede_random_poisson(&stream, 350), 0x998357ee21f20da5u);
    CHECK_HASH(cede_random_binomial(&stream, 20, 0.3), 0x174fe7ee21f20da5u);
    CHECK_HASH(cede_random_binomial(&stream, 2000, 0.3), 0x34cd57ee21f20da5u);
    CHECK_HASH(cede_random_geometric(&stream, 0.01), 0x2ae4dfee21f20da5u);
    CHECK_HASH(cede_random_negative_binomial(&stream, 40, 0.3), 0xa45dc7ee21f20da5u);
}
