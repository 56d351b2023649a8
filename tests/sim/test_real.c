/* test_real.c - our logarithm and its kin against the C library's long double. */
/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>

#include <cede/random.h>

#include "harness/harness.h"
#include "sim/real.h"

/* How many units in the last place of `exact` lie between. */
static double ulps(double value, long double exact)
{
    int exponent;

    if (exact == 0)
        return value == 0 ? 0 : INFINITY;
    (void)frexpl(exact, &exponent);
    if (exponent < -1021)
        exponent = -1021;
    return (double)fabsl(((long double)value - exact) / ldexpl(1, exponent - 53));
}

/* The worst of 40,000 points, spread evenly over x, or over its logarithm. */
static double worst(double (*f)(double), long double (*exact)(long double), double low, double high)
{
    cede_random random;
    double most = 0;

    cede_random_init(&random, 1, "points");
    for (int i = 0; i < 40000; i++) {
        const double x = cede_random_uniform(&random, low, high);
        most = fmax(most, ulps(f(x), exact(x)));
    }
    return most;
}

static double log_of_exp2(double x)
{
    return cede__log(exp2(x));
}

static long double exact_log_of_exp2(long double x)
{
    return logl(exp2((double)x));
}

TEST(real, log_is_within_one_unit_of_the_last_place)
{
    CHECK(worst(cede__log, logl, 0.3, 3) < 1);
    CHECK(worst(cede__log, logl, 0.99, 1.01) < 1);
    CHECK(worst(log_of_exp2, exact_log_of_exp2, -1074, 1023.9) < 1);
    CHECK(cede__log(1) == 0);
}

TEST(real, exp_is_within_one_unit_of_the_last_place)
{
    CHECK(worst(cede__exp, expl, -1, 1) < 1);
    CHECK(worst(cede__exp, expl, -708, 709.7) < 1);
    CHECK(worst(cede__exp, expl, -745, -708) <= 1);
    CHECK(cede__exp(0) == 1);
}

TEST(real, log1p_is_within_three_units_of_the_last_place)
{
    CHECK(worst(cede__log1p, log1pl, -0.9, 10) < 3);
    CHECK(worst(cede__log1p, log1pl, -1e-5, 1e-5) < 3);
    CHECK(worst(cede__log1p, log1pl, -1e-17, 1e-17) < 3);
}

TEST(real, the_ends_of_the_range_are_what_ieee_754_says)
{
    CHECK(cede__log(0) == -INFINITY && cede__log(-0.0) == -INFINITY);
    CHECK(isnan(cede__log(-1)) && isnan(cede__log(NAN)));
    CHECK(cede__log(INFINITY) == INFINITY);
    CHECK(ulps(cede__log(DBL_MAX), logl(DBL_MAX)) < 1);
    CHECK(ulps(cede__log(0x1p-1074), logl(0x1p-1074)) < 1);
    CHECK(cede__exp(INFINITY) == INFINITY && cede__exp(710) == INFINITY);
    CHECK(cede__exp(-INFINITY) == 0 && cede__exp(-746) == 0);
    CHECK(cede__exp(-745.1) == 0x1p-1074);
    CHECK(isnan(cede__exp(NAN)));
    CHECK(ulps(cede__exp(0x1.62e42fefa39efp+9), expl(0x1.62e42fefa39efp+9)) < 1);
}

TEST(real, pow_and_log_gamma_are_as_near_as_they_say)
{
    for (int i = -43; i <= 43; i++)
        for (int k = -35; k <= 35; k++) {
            const double y = 0.7 * i, x = pow(1.14, k);
            const double off = ulps(cede__pow(x, y), powl((long double)x, (long double)y));
            CHECK(off <= 1 + 3 * fabs(y * log(x)));
        }
    for (int i = -200; i <= 200; i++) {
        const double x = pow(1.1, i);
        const long double exact = lgammal((long double)x);
        CHECK(fabsl(cede__log_gamma(x) - exact) <= 3e-14L * fmaxl(1, fabsl(exact)));
    }
}

TEST(real, what_stirlings_formula_lacks)
{
    const long double half_log_2pi = 0.91893853320467274178032973640562L;

    for (int n = 1; n < 400; n++) {
        const long double x = n;
        const long double exact = lgammal(x + 1) - ((x + 0.5L) * logl(x) - x + half_log_2pi);
        CHECK(fabsl(cede__stirling_rest(n) - exact) < 3e-14L);
    }
}
