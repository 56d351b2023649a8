/* random.c - streams of random numbers, and what needs no more than bits: whole and real numbers,
 * orders, choices.
 *
 * A stream is 256 bits of state. A name is mixed into the seed byte by byte, then splitmix64 makes
 * the state of the sum. To jump is to multiply the state by a power of the generator's matrix: that
 * is the sum of the states that lie ahead, chosen by the bits of a polynomial, which its authors
 * published and the test derives anew. Distributions draw from here.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/base.h"
#include "sim/random.h"

/* The output of splitmix64 (Steele, Lea, Flood, 2014) whose state was `x`; one to one. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

void cede_random_init(cede_random *random, uint64_t seed, const char *name)
{
    if (name && *name) {
        seed = mix(seed);
        for (; *name; name++)
            seed = mix(seed ^ (unsigned char)*name);
    }
    for (int i = 0; i < 4; i++) {
        random->state[i] = mix(seed);
        seed += 0x9e3779b97f4a7c15u;
    }
}

uint64_t cede_random_seed(uint64_t seed, uint64_t index)
{
    return mix(mix(seed) + index);
}

static void jump(cede_random *random, const uint64_t polynomial[4])
{
    cede_random sum = {{0}};

    for (int bit = 0; bit < 256; bit++) {
        if (polynomial[bit / 64] >> (bit % 64) & 1)
            for (int i = 0; i < 4; i++)
                sum.state[i] ^= random->state[i];
        (void)cede__random_bits(random); /* for the step it makes */
    }
    *random = sum;
}

void cede_random_jump(cede_random *random)
{
    static const uint64_t polynomial[] = {0x180ec6d33cfd0abau, 0xd5a61266f0c9392cu,
                                          0xa9582618e03fc9aau, 0x39abdc4529b1661cu};

    jump(random, polynomial);
}

void cede_random_long_jump(cede_random *random)
{
    static const uint64_t polynomial[] = {0x76e15d3efefdcbbfu, 0xc5004e441c522fb3u,
                                          0x77710069854ee241u, 0x39109bb02acbe635u};

    jump(random, polynomial);
}

uint64_t cede_random_bits(cede_random *random)
{
    return cede__random_bits(random);
}

double cede_random_unit(cede_random *random)
{
    return cede__random_unit(random);
}

double cede_random_uniform(cede_random *random, double low, double high)
{
    if (!(high >= low) || !isfinite(high - low)) {
        (void)cede_raise(-EINVAL, "there are no numbers from %g to %g", low, high);
        return (double)NAN;
    }
    return low + (high - low) * cede__random_unit(random);
}

uint64_t cede_random_below(cede_random *random, uint64_t n)
{
    unsigned __int128 product;
    uint64_t too_few;

    if (n == 0)
        return cede__random_bits(random);
    product = (unsigned __int128)cede__random_bits(random) * n;
    if ((uint64_t)product < n) {
        /* 2^64 modulo n: so many of the low halves belong to a number that has one too many. */
        for (too_few = -n % n; (uint64_t)product < too_few;)
            product = (unsigned __int128)cede__random_bits(random) * n;
    }
    return (uint64_t)(product >> 64);
}

int64_t cede_random_integer(cede_random *random, int64_t low, int64_t high)
{
    const int64_t least = low < high ? low : high;
    const uint64_t n =
        (low < high ? (uint64_t)high - (uint64_t)low : (uint64_t)low - (uint64_t)high);

    return (int64_t)((uint64_t)least + cede_random_below(random, n + 1));
}

bool cede_random_bernoulli(cede_random *random, double probability)
{
    return cede__random_unit(random) < probability;
}

static void swap(unsigned char *a, unsigned char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

void cede_random_shuffle(cede_random *random, void *items, size_t n, size_t item_size)
{
    unsigned char *bytes = items;

    for (size_t left = n; left > 1; left--) {
        const size_t chosen = cede_random_below(random, left);
        if (chosen != left - 1)
            swap(bytes + chosen * item_size, bytes + (left - 1) * item_size, item_size);
    }
}

int cede_random_sample(cede_random *random, size_t n, size_t n_wanted, size_t *indices_out)
{
    size_t n_chosen = 0;

    if (n_wanted > n)
        return cede_raise(-EINVAL, "%zu of %zu cannot be chosen", n_wanted, n);
    /* Each is taken with the chance that is due: those still wanted of those still to come. */
    for (size_t i = 0; n_chosen < n_wanted; i++)
        if (cede_random_below(random, n - i) < n_wanted - n_chosen)
            indices_out[n_chosen++] = i;
    return 0;
}
