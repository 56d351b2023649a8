/* progress_processes.c - nested bars in parallel processes, one total above them
 *
 * Each worker shows a bar of its own and one inside it, on the terminal of the parent, which alone
 * writes there.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

enum { N_FILMS = 6, N_SCENES = 4, N_FRAMES = 50 };

/* [job] */
/* Stands for some work. */
static unsigned draw_frame(unsigned state)
{
    for (int i = 0; i < 10000; i++)
        state = state * 1664525 + 1013904223;
    return state;
}

/* Runs in a worker process. */
static int make_film(const void *in, void *out)
{
    const unsigned film = *(const unsigned *)in;
    unsigned *checksum = out;
    char name[32];

    snprintf(name, sizeof name, "film %u", film);
    cede_progress *scenes = cede_progress_create(&(cede_progress_options){
        .total = N_SCENES,
        .description = name,
        .unit = "scene",
        .transient = true,
        .mode = CEDE_PROGRESS_TERMINAL_ONLY}); /* a log has the total alone */
    *checksum = film;
    for (int scene = 0; scene < N_SCENES; scene++) {
        cede_progress *frames =
            cede_progress_create(&(cede_progress_options){.total = N_FRAMES,
                                                          .description = "  scene",
                                                          .colour = "cyan",
                                                          .transient = true,
                                                          .mode = CEDE_PROGRESS_TERMINAL_ONLY});
        for (int frame = 0; frame < N_FRAMES; frame++) {
            *checksum = draw_frame(*checksum);
            cede_progress_add(frames, 1);
        }
        cede_progress_destroy(frames);
        cede_progress_add(scenes, 1);
    }
    if (film == 3)
        cede_progress_printf(scenes, "film %u has no sound", film);
    cede_progress_destroy(scenes);
    return 0;
}
/* [/job] */

/* [main] */
static int make_all(void *arg)
{
    cede_executor *pool = arg;
    unsigned films[N_FILMS], checksums[N_FILMS];
    cede_future *jobs[N_FILMS];
    cede_progress *total =
        cede_progress_create(&(cede_progress_options){.total = N_FILMS, .description = "films"});
    int rc = 0;

    for (unsigned i = 0; i < N_FILMS; i++) {
        films[i] = i + 1;
        jobs[i] = cede_submit(pool, &(cede_job){.fn = make_film,
                                                .in = &films[i],
                                                .in_size = sizeof films[i],
                                                .out = &checksums[i],
                                                .out_size = sizeof checksums[i]});
    }
    for (unsigned i = 0; i < N_FILMS; i++) {
        const int status = cede_join(jobs[i]);
        rc = rc < 0 ? rc : status;
        cede_progress_add(total, 1);
    }
    cede_progress_destroy(total);
    return rc;
}

int main(int argc, char **argv)
{
    cede_process_init(argc, argv);

    cede_executor *pool = cede_process_pool(NULL);
    const int rc = pool ? cede_run(make_all, pool) : -1;
    cede_executor_destroy(pool);
    return rc < 0;
}
/* [/main] */

/* Output and errors:
 * film 3 has no sound
 * films: 100%|##########| 6/6 [{{00:0[0-9]}}<00:00, {{[ 0-9.]+(it/s|s/it)}}]
 */
