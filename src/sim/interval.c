/* interval.c - confidence intervals, and the quantiles of Student's t that they need.
 *
 * The distribution function is a regularised incomplete beta function, by its continued fraction
 * (Lentz); its inverse is found by Newton's steps, each held within what is known to enclose it.
 * All on the library's own logarithm, so that reports are the same everywhere.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/interval.h>

#include "base/base.h"
#include "sim/real.h"

/* log(gamma(a + 1/2) / gamma(a)): where both are large, by the series of their ratio. */
static double log_half_step(double a)
{
    const double z = 1 / (a * a);

    if (a < 20)
        return cede__log_gamma(a + 0.5) - cede__log_gamma(a);
    return 0.5 * cede__log(a) -
           (1.0 / 8 - z * (1.0 / 192 - z * (1.0 / 640 - z * 17.0 / 14336))) / a;
}

/* The continued fraction of the incomplete beta function of a and b at x. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), fraction = d;

    for (int m = 1; m < 10000; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step;

        d = 1 / (1 + even * d);
        c = 1 + even / c;
        fraction *= d * c;
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        step = d * c;
        fraction *= step;
        if (fabs(step - 1) < 0x1p-52)
            break;
    }
    return fraction;
}

/* The probability beyond t, t above 0, on one side; and the density there. */
static double student_tail(double t, double freedom, double *density_out)
{
    const double a = freedom / 2, root_pi = 1.7724538509055160273;
    const double x = freedom / (freedom + t * t), y = t * t / (freedom + t * t);
    const double power = cede__exp(log_half_step(a) - a * cede__log1p(t * t / freedom)) / root_pi;

    *density_out = power * sqrt(x / freedom);
    if (x < (a + 1) / (a + 2.5))
        return 0.5 * power * sqrt(y) * beta_fraction(a, 0.5, x) / a;
    return 0.5 - power * sqrt(y) * beta_fraction(0.5, a, y);
}

double cede_interval_student(double probability, double freedom)
{
    const double tail = probability < 0.5 ? probability : 1 - probability;
    double low = 0, high = 1, t, density;

    if (!(probability > 0 && probability < 1 && freedom > 0))
        return (double)NAN;
    if (probability == 0.5)
        return 0;
    freedom = fmin(freedom, 1e9);
    while (high < 0x1p500 && student_tail(high, freedom, &density) > tail) {
        low = high;
        high *= 2;
    }
    t = (low + high) / 2;
    for (int i = 0; i < 200 && high - low > t * 0x1p-50; i++) {
        const double over = student_tail(t, freedom, &density) - tail;
        double next;

        *(over > 0 ? &low : &high) = t;
        next = t + over / density;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        if (fabs(next - t) <= t * 0x1p-50)
            break;
        t = next;
    }
    return probability < 0.5 ? -t : t;
}

cede_interval cede_interval_of(const cede_tally *tally, double confidence)
{
    cede_interval interval = {cede_tally_mean(tally), (double)INFINITY, confidence};

    if (!(confidence > 0 && confidence < 1))
        interval.half_width = (double)NAN;
    else if (tally->count > 1)
        interval.half_width =
            cede_interval_student(0.5 + confidence / 2, (double)(tally->count - 1)) *
            sqrt(cede_tally_variance(tally) / (double)tally->count);
    return interval;
}

bool cede_interval_overlap(cede_interval a, cede_interval b)
{
    return fabs(a.mean - b.mean) <= a.half_width + b.half_width;
}
