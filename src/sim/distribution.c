/* distribution.c - distributions of real numbers.
 *
 * The normal and the exponential one come from ziggurats: 256 layers of one area cover the curve; a
 * layer is drawn, then a place in it, and nearly always the place is under the curve for sure. One
 * draw of 64 bits gives both: 8 bits the layer, 1 the sign, 53 the place. All others are made of
 * these two. Parameters are checked first; each function then draws from the stream alone.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/distribution.h>

#include "base/base.h"
#include "sim/random.h"
#include "sim/real.h"
#include "sim/ziggurat_exponential.h"
#include "sim/ziggurat_normal.h"

/* Are these parameters in their range? If not, that is the error. */
#define CHECK(ok, ...) ((ok) ? true : ((void)cede_raise(-EINVAL, __VA_ARGS__), false))

static const double no_number = (double)NAN;

static bool is_scale(double x)
{
    return x >= 0 && isfinite(x);
}

static bool is_shape(double x)
{
    return x > 0 && isfinite(x);
}

/* The normal distribution beyond r (Marsaglia, 1964). */
static double normal_tail(cede_random *random, double r)
{
    double x, y;

    do {
        x = cede__random_exponential(random) / r;
        y = cede__random_exponential(random);
    } while (2 * y < x * x);
    return r + x;
}

double cede__random_normal(cede_random *random)
{
    for (;;) {
        const uint64_t bits = cede__random_bits(random);
        const unsigned layer = bits & 255;
        const double x = (double)(bits >> 11) * 0x1p-53 * normal_x[layer];
        const double low = normal_f[layer];
        double magnitude = x;

        if (cede__unlikely(x >= normal_x[layer + 1])) {
            if (layer == 0)
                magnitude = normal_tail(random, normal_x[1]);
            else if (low + cede__random_unit(random) * (normal_f[layer + 1] - low) >=
                     cede__exp(-0.5 * x * x))
                continue;
        }
        return bits & 256 ? -magnitude : magnitude;
    }
}

double cede__random_exponential(cede_random *random)
{
    double before = 0; /* beyond the foot the curve begins anew */

    for (;;) {
        const uint64_t bits = cede__random_bits(random);
        const unsigned layer = bits & 255;
        const double x = (double)(bits >> 11) * 0x1p-53 * exponential_x[layer];
        const double low = exponential_f[layer];

        if (cede__likely(x < exponential_x[layer + 1]))
            return before + x;
        if (layer == 0)
            before += exponential_x[1];
        else if (low + cede__random_unit(random) * (exponential_f[layer + 1] - low) < cede__exp(-x))
            return before + x;
    }
}

/* Of a shape of 1 or more. */
static double gamma_large(cede_random *random, double shape)
{
    const double d = shape - 1.0 / 3;
    const double c = 1 / sqrt(9 * d);

    for (;;) {
        const double x = cede__random_normal(random);
        const double root = 1 + c * x;
        const double v = root * root * root;
        double u;

        if (root <= 0)
            continue;
        u = cede__random_open(random);
        if (u < 1 - 0.0331 * (x * x) * (x * x) ||
            cede__log(u) < 0.5 * x * x + d * (1 - v + cede__log(v)))
            return d * v;
    }
}

double cede__random_gamma(cede_random *random, double shape)
{
    if (shape >= 1)
        return gamma_large(random, shape);
    /* A variate of shape + 1 times U^(1/shape). */
    return gamma_large(random, shape + 1) * cede__exp(-cede__random_exponential(random) / shape);
}

double cede__random_log_gamma(cede_random *random, double shape)
{
    if (shape >= 1)
        return cede__log(gamma_large(random, shape));
    return cede__log(gamma_large(random, shape + 1)) - cede__random_exponential(random) / shape;
}

static double beta(cede_random *random, double a, double b)
{
    double x, y;

    if (a >= 1 || b >= 1) {
        x = cede__random_gamma(random, a);
        y = cede__random_gamma(random, b);
        return x / (x + y);
    }
    /* By their logarithms: of small shapes both would be 0. */
    x = cede__random_log_gamma(random, a);
    y = cede__random_log_gamma(random, b);
    return 1 / (1 + cede__exp(y - x));
}

double cede_random_normal(cede_random *random, double mean, double deviation)
{
    if (!CHECK(isfinite(mean) && is_scale(deviation), "no normal distribution of %g, %g", mean,
               deviation))
        return no_number;
    return mean + deviation * cede__random_normal(random);
}

double cede_random_lognormal(cede_random *random, double mean, double deviation)
{
    if (!CHECK(isfinite(mean) && is_scale(deviation), "no lognormal distribution of %g, %g", mean,
               deviation))
        return no_number;
    return cede__exp(mean + deviation * cede__random_normal(random));
}

double cede_random_exponential(cede_random *random, double mean)
{
    if (!CHECK(is_scale(mean), "no exponential distribution of the mean %g", mean))
        return no_number;
    return mean * cede__random_exponential(random);
}

double cede_random_erlang(cede_random *random, unsigned stages, double mean)
{
    if (!CHECK(stages > 0 && is_scale(mean), "no Erlang distribution of %u, %g", stages, mean))
        return no_number;
    return gamma_large(random, stages) * (mean / stages);
}

double cede_random_gamma(cede_random *random, double shape, double scale)
{
    if (!CHECK(is_shape(shape) && is_scale(scale), "no gamma distribution of %g, %g", shape, scale))
        return no_number;
    return scale * cede__random_gamma(random, shape);
}

double cede_random_beta(cede_random *random, double a, double b)
{
    if (!CHECK(is_shape(a) && is_shape(b), "no beta distribution of %g, %g", a, b))
        return no_number;
    return beta(random, a, b);
}

double cede_random_weibull(cede_random *random, double shape, double scale)
{
    if (!CHECK(is_shape(shape) && is_scale(scale), "no Weibull distribution of %g, %g", shape,
               scale))
        return no_number;
    return scale * cede__pow(cede__random_exponential(random), 1 / shape);
}

double cede_random_pareto(cede_random *random, double shape, double least)
{
    if (!CHECK(is_shape(shape) && is_shape(least), "no Pareto distribution of %g, %g", shape,
               least))
        return no_number;
    return least * cede__exp(cede__random_exponential(random) / shape);
}

double cede_random_triangular(cede_random *random, double low, double mode, double high)
{
    const double width = high - low;
    double u;

    if (!CHECK(low <= mode && mode <= high && isfinite(width), "no triangle of %g, %g, %g", low,
               mode, high))
        return no_number;
    u = cede__random_unit(random);
    if (u * width < mode - low)
        return low + sqrt(u * width * (mode - low));
    return high - sqrt((1 - u) * width * (high - mode));
}

double cede_random_pert(cede_random *random, double low, double mode, double high)
{
    const double width = high - low;

    if (!CHECK(low <= mode && mode <= high && width > 0 && isfinite(width),
               "no PERT distribution of %g, %g, %g", low, mode, high))
        return no_number;
    return low +
           width * beta(random, 1 + 4 * ((mode - low) / width), 1 + 4 * ((high - mode) / width));
}

double cede_random_chi_squared(cede_random *random, double freedom)
{
    if (!CHECK(is_shape(freedom), "no chi-squared distribution of %g degrees of freedom", freedom))
        return no_number;
    return 2 * cede__random_gamma(random, freedom / 2);
}

double cede_random_student(cede_random *random, double freedom)
{
    double normal;

    if (!CHECK(is_shape(freedom), "no t distribution of %g degrees of freedom", freedom))
        return no_number;
    normal = cede__random_normal(random);
    /* The root of freedom / chi-squared, by its logarithm, for the same reason as in beta(). */
    return normal *
           cede__exp(0.5 * (cede__log(freedom / 2) - cede__random_log_gamma(random, freedom / 2)));
}
