/* random.c - named streams, distributions, weights: the same numbers on every machine. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [streams] */
static void customers(uint64_t seed)
{
    cede_random arrivals, service;
    double now = 0;

    cede_random_init(&arrivals, seed, "arrivals");
    cede_random_init(&service, seed, "service");
    for (int i = 0; i < 3; i++) {
        now += cede_random_exponential(&arrivals, 4.5);
        printf("%5.2f: comes and stays %.2f\n", now, cede_random_triangular(&service, 1, 2, 6));
    }
}
/* [/streams] */

/* [choice] */
static int desks(cede_random *random)
{
    static const char *const names[] = {"teller", "machine", "neither"};
    static const double weights[] = {5, 3, 2};
    cede_choice *choice;

    CEDE_TRY(cede_choice_create(weights, 3, &choice));
    for (int i = 0; i < 5; i++)
        printf("%s%c", names[cede_choice_draw(choice, random)], i < 4 ? ' ' : '\n');
    cede_choice_destroy(choice);
    return 0;
}
/* [/choice] */

int main(void)
{
    cede_random random;
    char cards[] = "ABCDEFGH";

    customers(2026);
    cede_random_init(&random, 2026, "desks");
    if (desks(&random) < 0)
        return 1;
    cede_random_shuffle(&random, cards, sizeof cards - 1, 1);
    printf("%s, and a die: %d\n", cards, (int)cede_random_integer(&random, 1, 6));
    return 0;
}

/* Output:
 *  8.74: comes and stays 2.17
 *  9.25: comes and stays 1.66
 * 10.82: comes and stays 3.01
 * machine teller neither teller teller
 * CBEFGDAH, and a die: 3
 */
