/* statistics.c - a plain series and a level: what an hour at a counter came to. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [series] */
static void counter(void)
{
    const double arrived[] = {0, 4, 5, 20, 22}, served[] = {6, 12, 18, 26, 32}; /* minutes */
    cede_tally stays = {0};
    cede_level inside;

    cede_level_start(&inside, 0, 0);
    for (int in = 0, out = 0; out < 5;) { /* whichever comes first */
        if (in < 5 && arrived[in] < served[out]) {
            cede_level_add(&inside, arrived[in++], +1);
        } else {
            cede_level_add(&inside, served[out], -1);
            cede_tally_add(&stays, served[out] - arrived[out]);
            out++;
        }
    }

    const cede_level_summary s = cede_level_read(&inside, 60);
    printf("%d stayed %.1f minutes on average, %g at most\n", (int)stays.count,
           cede_tally_mean(&stays), cede_tally_max(&stays));
    printf("%.3f were inside on average, %g at most\n", s.mean, s.max);
}
/* [/series] */

int main(void)
{
    counter();
    return 0;
}

/* Output:
 * 5 stayed 8.6 minutes on average, 13 at most
 * 0.717 were inside on average, 3 at most
 */
