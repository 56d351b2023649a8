/* cede/random.h - streams of random numbers, named, independent, the same on every machine
 *
 *     cede_random arrivals, service;
 *     cede_random_init(&arrivals, seed, "arrivals");
 *     cede_random_init(&service, seed, "service");
 *     ...
 *     cede_sim_hold(cede_random_exponential(&arrivals, 4.5));
 *
 * A stream is a seed and a name; what one part of a model draws does not depend on what others do.
 * The generator is xoshiro256** (Blackman and Vigna, 2018): period 2^256 - 1, a few ns a number.
 * All that is made of it uses the library's own logarithm, without fused operations, so that a seed
 * gives the same bits on every machine. Not for secrets: who sees numbers can tell the next ones.
 * Distributions: cede/distribution.h, cede/choice.h.
 * Source: src/sim/random.c   Tests: tests/sim/test_random.c   Guide: docs/random.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_RANDOM_H
#define CEDE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* The caller's memory: a place in a stream. A copy goes on from the same place. */
typedef struct cede_random {
    uint64_t state[4]; /* never all zero */
} cede_random;

/**
 * Begin a stream. Different seeds or names give streams that have nothing to do with each other.
 *
 * @param random  the caller's memory
 * @param seed    any number
 * @param name    borrowed during the call; NULL or "": the generator's own stream of that seed, its
 *                state made by splitmix64, as its authors advise
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_random_init(cede_random *random, uint64_t seed, const char *name);

/**
 * A seed of its own for the index-th of many: runs, processes, machines.
 *
 * @param seed   any number
 * @param index  any number; no two give the same seed
 * @return the seed
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API uint64_t cede_random_seed(uint64_t seed, uint64_t index);

/**
 * Go 2^128 numbers ahead: who jumps i times from one place has a stream that meets no other such
 * before 2^128 numbers were drawn. Costs some 0.3 us.
 *
 * @param random  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_random_jump(cede_random *random);

/**
 * Go 2^192 numbers ahead: for streams that are themselves parted by cede_random_jump.
 *
 * @param random  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_random_long_jump(cede_random *random);

/**
 * The next 64 bits.
 *
 * @param random  borrowed
 * @return any number, all equally likely
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API uint64_t cede_random_bits(cede_random *random);

/**
 * A real number from 0 up to, but not, 1: a multiple of 2^-53.
 *
 * @param random  borrowed
 * @return 0 <= x < 1
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_unit(cede_random *random);

/**
 * A real number between two (uniform distribution).
 *
 * @param random  borrowed
 * @param low     finite
 * @param high    finite, not below `low`, the difference finite
 * @return low <= x <= high, `high` only by rounding; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_uniform(cede_random *random, double low, double high);

/**
 * A whole number below n, all equally likely, without the bias of a remainder (Lemire, 2019).
 *
 * @param random  borrowed
 * @param n       how many there are; 0 stands for 2^64
 * @return 0 <= x < n
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API uint64_t cede_random_below(cede_random *random, uint64_t n);

/**
 * A whole number from low to high, both included: randint(1, 6).
 *
 * @param random  borrowed
 * @param low     any
 * @param high    any; if it is below `low` they change places
 * @return the number
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API int64_t cede_random_integer(cede_random *random, int64_t low, int64_t high);

/**
 * Does it happen? (Bernoulli distribution.)
 *
 * @param random       borrowed
 * @param probability  of true; 0 or less, or NaN, is never, 1 or more always
 * @return whether
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API bool cede_random_bernoulli(cede_random *random, double probability);

/**
 * Put an array in random order, all orders equally likely (Fisher and Yates).
 *
 * @param random     borrowed
 * @param items      borrowed; may be NULL if n is 0
 * @param n          items
 * @param item_size  bytes of an item
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_random_shuffle(cede_random *random, void *items, size_t n, size_t item_size);

/**
 * Choose some of n, each at most once, all choices equally likely (Knuth's algorithm S, so it looks
 * at all n). cede_random_shuffle of the choice makes its order random, too.
 *
 * @param random       borrowed
 * @param n            from how many
 * @param n_wanted     how many; not above n
 * @param indices_out  receives n_wanted numbers below n, rising; not written on failure
 * @return 0, or -EINVAL: there are not so many
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API CEDE_CHECK int cede_random_sample(cede_random *random, size_t n, size_t n_wanted,
                                           size_t *indices_out);

CEDE_END_DECLS

#endif
