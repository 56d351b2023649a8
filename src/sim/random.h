/* random.h - the generator itself, inlined where numbers are drawn in a row */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_RANDOM_H
#define CEDE_SIM_RANDOM_H

#include <cede/random.h>

static inline uint64_t cede__random_rotate(uint64_t x, int n)
{
    return (x << n) | (x >> (64 - n));
}

/* xoshiro256**. */
static inline uint64_t cede__random_bits(cede_random *random)
{
    uint64_t *s = random->state;
    const uint64_t bits = cede__random_rotate(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = cede__random_rotate(s[3], 45);
    return bits;
}

/* From 0 up to, but not, 1. */
static inline double cede__random_unit(cede_random *random)
{
    return (double)(cede__random_bits(random) >> 11) * 0x1p-53;
}

/* Between 0 and 1, neither of them: its logarithm is finite and not 0. */
static inline double cede__random_open(cede_random *random)
{
    return ((double)(cede__random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

double cede__random_normal(cede_random *random);                  /* mean 0, deviation 1 */
double cede__random_exponential(cede_random *random);             /* mean 1 */
double cede__random_gamma(cede_random *random, double shape);     /* scale 1 */
double cede__random_log_gamma(cede_random *random, double shape); /* the logarithm of such a one */

#endif
