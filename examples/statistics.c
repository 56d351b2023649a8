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

/* [long-run] */
static int long_run(void)
{
    cede_random random;
    cede_batches batches;
    cede_sketch *sketch;
    double wait = 0;

    CEDE_TRY(cede_sketch_create(0.01, &sketch));
    cede_batches_init(&batches, 1);
    cede_random_init(&random, 1, "one desk");
    for (int i = 0; i < 200000; i++) {
        const double busy = cede_random_exponential(&random, 3);
        wait += busy - cede_random_exponential(&random, 5); /* until the next comes */
        wait = wait > 0 ? wait : 0;
        if (i < 1000)
            continue; /* the warm-up */
        cede_batches_add(&batches, wait, 1);
        cede_sketch_add(sketch, wait);
    }

    const cede_interval mean = cede_batches_interval(&batches, 0.95);
    printf("wait %.2f +- %.2f minutes, for 99 of 100 less than %.1f\n", mean.mean, mean.half_width,
           cede_sketch_quantile(sketch, 0.99));
    cede_sketch_destroy(sketch);
    return 0;
}
/* [/long-run] */

int main(void)
{
    counter();
    return long_run() < 0;
}

/* Output:
 * 5 stayed 8.6 minutes on average, 13 at most
 * 0.717 were inside on average, 3 at most
 * wait 4.47 +- 0.14 minutes, for 99 of 100 less than 30.3
 */
