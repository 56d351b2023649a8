/* plot.c - the length of a queue, and waits, as pictures: SVG, to the two files that are named, if
 * any. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [plot] */
static int draw_queue(const cede_series *waiting, FILE *file)
{
    const cede_plot_curve curve = {.series = waiting, .name = "waiting", .steps = true};

    return cede_plot_write(&(cede_plot_options){.title = "A morning",
                                                .x_label = "minutes",
                                                .y_label = "customers",
                                                .curves = &curve,
                                                .n_curves = 1},
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
/* [/plot] */

static int morning(FILE *const files[2])
{
    cede_series waiting = {0};
    cede_histogram *waits = NULL;
    cede_random random;
    double now = 0, length = 0;
    int rc = cede_histogram_create(0, 10, 20, &waits);

    cede_random_init(&random, 1, "morning");
    for (int i = 0; rc == 0 && i < 200; i++) {
        now += cede_random_exponential(&random, 0.6);
        length = cede_random_bernoulli(&random, 0.5) || length == 0 ? length + 1 : length - 1;
        rc = cede_series_add(&waiting, now, length);
        cede_histogram_add(waits, cede_random_gamma(&random, 2, 1.5), 1);
    }
    if (rc == 0)
        rc = draw_queue(&waiting, files[0]);
    if (rc == 0)
        rc = draw_waits(waits, files[1]);
    cede_series_fini(&waiting);
    cede_histogram_destroy(waits);
    return rc;
}

int main(int argc, char **argv)
{
    FILE *files[2] = {NULL, NULL};
    int rc = 0;

    for (int i = 0; i < 2; i++) {
        files[i] = argc > i + 1 ? fopen(argv[i + 1], "w") : tmpfile();
        rc |= files[i] == NULL;
    }
    if (rc == 0 && (rc = morning(files)) < 0)
        printf("%s\n", cede_error_message(cede_error_last()));
    if (rc == 0)
        puts("two pictures");
    for (int i = 0; i < 2; i++)
        if (files[i])
            fclose(files[i]);
    return rc != 0;
}

/* Output:
 * two pictures
 */
