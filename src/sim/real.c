/* real.c - log, exp and their kin: an argument reduced, then a Taylor series in it.
 *
 * log: x = 2^k m with m within sqrt(2) of 1, and log(m) = 2 atanh(s), s = (m - 1) / (m + 1). exp:
 * x = k log(2) + r with r within log(2)/2 of 0. log(2) is in two parts, the first so short that its
 * product with k is exact. The series go on until their next term is below 2^-57 of the result.
 * Called by the distributions, the sketch and the intervals.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "sim/real.h"

#define LOG_2_HIGH   0x1.62e42fefa3800p-1 /* 42 bits of log(2), and the rest */
#define LOG_2_LOW    0x1.ef35793c76730p-45
#define INVERSE_LOG2 0x1.71547652b82fep+0

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A polynomial in x, the even and the odd powers apart: two chains of operations instead of one. */
static inline double polynomial(const double *coefficients, int n, double x)
{
    const double square = x * x;
    double even = coefficients[n - 2], odd = coefficients[n - 1];

    for (int i = n - 4; i >= 0; i -= 2) {
        even = even * square + coefficients[i];
        odd = odd * square + coefficients[i + 1];
    }
    return even + odd * x;
}

/* log(1 + f) less f - f*f/2 is s * (f*f/2 + r): r here, of s = f / (2 + f). */
static double atanh_rest(double s)
{
    static const double coefficients[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                                          2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
    const double z = s * s;

    return z * polynomial(coefficients, 10, z);
}

/* (e^r - 1 - r) / r^2. */
static double exp_rest(double r)
{
    static const double coefficients[] = {
        1.0 / 2,         1.0 / 6,          1.0 / 24,          1.0 / 120,           1.0 / 720,
        1.0 / 5040,      1.0 / 40320,      1.0 / 362880,      1.0 / 3628800,       1.0 / 39916800,
        1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200, 1.0 / 1307674368000,
    };

    return polynomial(coefficients, 14, r);
}

double cede__log(double x)
{
    const double half_root = 0x1.6a09e667f3bcdp-1;
    int k = 0;
    double f, s, half_square, rest;

    if (!(x > 0))
        return x == 0 ? -(double)INFINITY : (double)NAN;
    if (x > 0x1.fffffffffffffp1023)
        return x;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        k = -54;
    }
    k += (int)(bits_of(x) >> 52) - 1022;
    x = of_bits((bits_of(x) & 0x000fffffffffffffu) | 0x3fe0000000000000u); /* from 1/2 up to 1 */
    if (x < half_root) {
        x *= 2;
        k--;
    }
    f = x - 1;
    s = f / (2 + f);
    half_square = 0.5 * f * f;
    rest = s * (half_square + atanh_rest(s));
    return k * LOG_2_HIGH - ((half_square - (rest + k * LOG_2_LOW)) - f);
}

/* x * 2^k; the product is rounded once. */
static double scale(double x, int k)
{
    if (k > 1023)
        return x * 0x1p1023 * of_bits((uint64_t)k << 52); /* the latter is 2^(k - 1023) */
    if (k < -1021)
        return x * of_bits((uint64_t)(k + 1000 + 1023) << 52) * 0x1p-1000;
    return x * of_bits((uint64_t)(k + 1023) << 52);
}

double cede__exp(double x)
{
    double high, low, r;
    int k;

    if (!(x < 709.8))
        return isnan(x) ? x : (double)INFINITY;
    if (x < -745.2)
        return 0;
    k = (int)(x * INVERSE_LOG2 + (x < 0 ? -0.5 : 0.5));
    high = x - k * LOG_2_HIGH;
    low = k * LOG_2_LOW;
    r = high - low;
    /* 1 + r + r*r * rest, and what r lost when it was rounded */
    return scale(1 + (high - (low - r * r * exp_rest(r))), k);
}

double cede__log1p(double x)
{
    const double u = 1 + x;

    if (u == 1)
        return x;
    return cede__log(u) + (x - (u - 1)) / u; /* the second: what u lost when it was rounded */
}

double cede__pow(double x, double y)
{
    return cede__exp(y * cede__log(x));
}

/* Stirling's series, for x of 16 or more: its next term is below 1e-16. */
static double stirling_series(double x)
{
    const double z = 1 / (x * x);

    return (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / x;
}

double cede__log_gamma(double x)
{
    double product = 1;

    while (x < 16) {
        product *= x;
        x += 1;
    }
    return ((x - 0.5) * cede__log(x) - x + CEDE__HALF_LOG_2PI + stirling_series(x)) -
           cede__log(product);
}

double cede__stirling_rest(double n)
{
    if (n >= 16)
        return stirling_series(n);
    return cede__log_gamma(n + 1) - ((n + 0.5) * cede__log(n) - n + CEDE__HALF_LOG_2PI);
}
