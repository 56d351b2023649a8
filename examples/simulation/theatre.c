/* theatre.c - a movie theatre with one ticket counter and three movies: when a movie is sold out,
 * all who queue for it leave at once, on an event. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { MOVIES = 3, TICKETS = 50, EVENING = 120, ROOM = 1000 };

static const double INTERVAL = 0.5, THINKING = 0.5, SERVICE = 1; /* minutes */

struct movie {
    const char *title;
    int n_available;
    cede_future *sold_out; /* an event */
    double sold_out_at;
    int n_renegers; /* who left the queue then */
};

static struct run *run;
static cede_resource *counter;
static struct movie movies[MOVIES];

/* [viewer] */
/* Whoever is at the counter lets the news that it is sold out pass. */
static int hold_on(double span)
{
    const double begun = cede_sim_now();
    const int rc = cede_sim_hold(span);

    return rc == CEDE_EINTERRUPTED ? cede_sim_hold(span - (cede_sim_now() - begun)) : rc;
}

/* Buy tickets at the counter, which is ours. */
static int buy(struct movie *movie, int n_tickets)
{
    if (movie->n_available < n_tickets) /* the talk about that takes its time, too */
        return hold_on(THINKING);
    movie->n_available -= n_tickets;
    if (movie->n_available < 2 && !cede_sim_event_is_triggered(movie->sold_out)) {
        movie->sold_out_at = cede_sim_now();
        movie->n_available = 0;
        CEDE_TRY(cede_sim_event_succeed(movie->sold_out, NULL));
    }
    return hold_on(SERVICE);
}

static int viewer(void *arg)
{
    struct movie *movie = &movies[cede_random_below(&run->random, MOVIES)];
    const int n_tickets = (int)cede_random_integer(&run->random, 1, 6);
    cede_claim turn = CEDE_CLAIM_INIT;
    int rc;

    if (cede_sim_event_is_triggered(movie->sold_out))
        return 0; /* it says so at the door */
    CEDE_TRY(cede_sim_subscribe(movie->sold_out));
    rc = cede_resource_acquire(counter, &turn);
    if (rc == CEDE_EINTERRUPTED) {
        movie->n_renegers++;
        return 0;
    }
    CEDE_TRY(rc);
    rc = buy(movie, n_tickets);
    cede_resource_release(&turn);
    return rc;
}
/* [/viewer] */

static int evening(void *arg)
{
    static const char *const titles[MOVIES] = {"The Yield", "Await", "A Fiber Too Far"};

    run = arg;
    CEDE_TRY(cede_resource_create(&(cede_resource_options){.name = "tickets"}, &counter));
    for (int i = 0; i < MOVIES; i++)
        movies[i] = (struct movie){.title = titles[i],
                                   .n_available = TICKETS,
                                   .sold_out = cede_sim_event_create(titles[i]),
                                   .sold_out_at = EVENING};
    while (cede_sim_now() < EVENING) {
        CEDE_TRY(cede_sim_start(viewer, NULL));
        CEDE_TRY(cede_sim_hold(cede_random_exponential(&run->random, INTERVAL)));
    }
    for (int i = 0; i < MOVIES; i++) {
        say("'%s' was sold out after %.1f minutes, and %d left the queue\n", movies[i].title,
            movies[i].sold_out_at, movies[i].n_renegers);
        run->figures[0] += movies[i].sold_out_at / MOVIES;
        run->figures[1] += movies[i].n_renegers;
    }
    return stop();
}

static void end(void)
{
    for (int i = 0; i < MOVIES; i++)
        cede_future_unref(movies[i].sold_out);
    cede_resource_destroy(counter);
}

int main(int argc, char **argv)
{
    return tell_or_measure(argc, argv, evening, end);
}

/* Output:
 * 'The Yield' was sold out after 43.5 minutes, and 14 left the queue
 * 'Await' was sold out after 44.5 minutes, and 12 left the queue
 * 'A Fiber Too Far' was sold out after 45.5 minutes, and 13 left the queue
 * 869 records, trace e0a5e13a3a1783b6
 */
