/* plot.c - the length of a queue and its waits as pictures: SVG, to the file that is named, if
 * any. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [plot] */
static int draw(const cede_series *waiting, const cede_histogram *waits, FILE *file)
{
    const cede_plot_curve lines[] = {{.series = waiting, .name = "waiting", .steps = true}};
    const cede_plot_curve bars[] = {{.histogram = waits}};

    CEDE_TRY(cede_plot_write(&(cede_plot_options){.title = "A morning",
                                                  .x_label = "minutes",
                                                  .y_label = "customers",
                                                  .curves = lines,
                                                  .n_curves = 1},
                             file));
    return cede_plot_write(&(cede_plot_options){.title = "Waits", .curves = bars, .n_curves = 1},
                           file);
}
/* [/plot] */

static int morning(FILE *file)
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
        rc = draw(&waiting, waits, file);
    cede_series_fini(&waiting);
    cede_histogram_destroy(waits);
    return rc;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "w") : tmpfile();
    int rc = 1;

    if (file) {
        rc = morning(file) < 0;
        printf("%s\n", rc ? cede_error_message(cede_error_last()) : "two pictures");
        fclose(file);
    }
    return rc;
}

/* Output:
 * two pictures
 */
