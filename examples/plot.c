/* plot.c - a morning at a counter: how many waited, and for how long, as pictures (SVG), and every
 * change as a table (CSV), to the three files that are named, if any. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

struct morning {
    FILE *files[3];
    cede_resource *counter;
    cede_histogram *waits;
    cede_random random;
};

static int customer(void *arg)
{
    struct morning *morning = arg;
    const double came = cede_sim_now();
    cede_claim turn = CEDE_CLAIM_INIT;

    CEDE_TRY(cede_resource_acquire(morning->counter, &turn));
    cede_histogram_add(morning->waits, cede_sim_now() - came, 1);
    const int rc = cede_sim_hold(cede_random_gamma(&morning->random, 2, 0.5));
    cede_resource_release(&turn);
    return rc;
}

/* [plot] */
static int draw_queue(const cede_resource *counter, FILE *file)
{
    cede_facility_stats stats;

    cede_resource_stats(counter, &stats);
    const cede_plot_curve curves[] = {
        {.series = &stats.points->getting, .name = "waiting", .steps = true},
        {.series = &stats.points->level, .name = "served", .steps = true},
    };
    return cede_plot_write(&(cede_plot_options){.title = "A morning",
                                                .x_label = "minutes",
                                                .y_label = "customers",
                                                .curves = curves,
                                                .n_curves = 2},
                           file);
}

static int draw_waits(const cede_histogram *waits, FILE *file)
{
    const cede_plot_curve curve = {.histogram = waits};

    return cede_plot_write(
        &(cede_plot_options){
            .title = "Waits", .x_label = "minutes", .curves = &curve, .n_curves = 1},
        file);
}

static int open_counter(void *arg)
{
    struct morning *morning = arg;

    CEDE_TRY(cede_facility_record()); /* of whatever is made from now on */
    CEDE_TRY(cede_resource_create(&(cede_resource_options){.name = "counter"}, &morning->counter));
    for (int i = 0; i < 200; i++) {
        CEDE_TRY(cede_sim_hold(cede_random_exponential(&morning->random, 1.1)));
        CEDE_TRY(cede_sim_start(customer, morning));
    }
    CEDE_TRY(cede_sim_hold(60)); /* all are served */
    CEDE_TRY(draw_queue(morning->counter, morning->files[0]));
    CEDE_TRY(draw_waits(morning->waits, morning->files[1]));
    return cede_facility_write_csv(morning->files[2]);
}
/* [/plot] */

int main(int argc, char **argv)
{
    struct morning morning = {.counter = NULL};
    int rc = 0;

    for (int i = 0; i < 3; i++) {
        morning.files[i] = argc > i + 1 ? fopen(argv[i + 1], "w") : tmpfile();
        rc |= morning.files[i] == NULL;
    }
    cede_random_init(&morning.random, 1, "morning");
    if (rc == 0)
        rc = cede_histogram_create(0, 10, 20, &morning.waits);
    if (rc == 0)
        rc = cede_simulate(NULL, open_counter, &morning);
    if (rc < 0)
        printf("%s\n", cede_error_message(cede_error_last()));
    else if (rc == 0)
        puts("two pictures and a table");
    cede_resource_destroy(morning.counter);
    cede_histogram_destroy(morning.waits);
    for (int i = 0; i < 3; i++)
        if (morning.files[i])
            fclose(morning.files[i]);
    return rc != 0;
}

/* Output:
 * two pictures and a table
 */
