/* broadcast.c - a pipe that gives each message to all who read from it: a store for each, so that
 * who is slow keeps nobody waiting, and reads late. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { READERS = 2 };

static const double END = 60;

/* [pipe] */
struct pipe {
    cede_store *outputs[READERS];
};

struct message {
    double sent;
    int number;
};

static int pipe_put(struct pipe *pipe, const struct message *message)
{
    for (int i = 0; i < READERS; i++)
        CEDE_TRY(cede_store_put(pipe->outputs[i], message));
    return 0;
}
/* [/pipe] */

static struct pipe pipe_of_all;

static int writer(void *arg)
{
    for (int number = 0;; number++) {
        CEDE_TRY(cede_sim_hold(6 + number % 5));
        const struct message message = {.sent = cede_sim_now(), .number = number};
        CEDE_TRY(pipe_put(&pipe_of_all, &message));
    }
}

static int reader(void *arg)
{
    cede_store *output = *(cede_store **)arg;
    const int self = (int)((cede_store **)arg - pipe_of_all.outputs);
    struct message message;

    for (int i = 0;; i++) {
        CEDE_TRY(cede_store_get(output, &message));
        printf("reader %d at %g: message %d, %s\n", self, cede_sim_now(), message.number,
               message.sent < cede_sim_now() ? "late" : "in time");
        CEDE_TRY(cede_sim_hold(4 + (3 * i + self) % 7));
    }
}

static int run(void *arg)
{
    const cede_store_options options = {.item_size = sizeof(struct message)};

    CEDE_TRY(cede_sim_start(writer, NULL));
    for (int i = 0; i < READERS; i++) {
        CEDE_TRY(cede_store_create(&options, &pipe_of_all.outputs[i]));
        CEDE_TRY(cede_sim_start(reader, &pipe_of_all.outputs[i]));
    }
    CEDE_TRY(cede_sim_hold(END));
    cede_sim_stop(cede_sim_current());
    return 0;
}

int main(void)
{
    const int rc = tell(run, NULL);

    for (int i = 0; i < READERS; i++)
        cede_store_destroy(pipe_of_all.outputs[i]);
    return rc < 0;
}

/* Output:
 * reader 0 at 6: message 0, in time
 * reader 1 at 6: message 0, in time
 * reader 0 at 13: message 1, in time
 * reader 1 at 13: message 1, in time
 * reader 1 at 21: message 2, in time
 * reader 0 at 21: message 2, in time
 * reader 1 at 30: message 3, in time
 * reader 0 at 31: message 3, late
 * reader 0 at 40: message 4, in time
 * reader 1 at 40: message 4, in time
 * reader 0 at 49: message 5, late
 * reader 1 at 50: message 5, late
 * reader 0 at 54: message 6, late
 * reader 1 at 56: message 6, late
 * 68 records, trace 7abf1ae230ea2538
 */
