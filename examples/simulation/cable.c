/* cable.c - messages through a cable: what is put in comes out at the other end after a while. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

static const double LATENCY = 10, PAUSE = 5, END = 60;

static cede_store *far_end;

/* [cable] */
struct message {
    double sent;
    int number;
};

/* One message on its way. */
static int transmit(void *arg)
{
    const struct message message = {.sent = cede_sim_now(), .number = (int)(intptr_t)arg};

    CEDE_TRY(cede_sim_hold(LATENCY));
    return cede_store_put(far_end, &message);
}

static int sender(void *arg)
{
    for (int number = 0;; number++) {
        CEDE_TRY(cede_sim_hold(PAUSE));
        CEDE_TRY(cede_sim_start(transmit, (void *)(intptr_t)number));
    }
}

static int receiver(void *arg)
{
    struct message message;

    for (;;) {
        CEDE_TRY(cede_store_get(far_end, &message));
        printf("message %d, sent at %g, is received at %g\n", message.number, message.sent,
               cede_sim_now());
    }
}
/* [/cable] */

static int run(void *arg)
{
    CEDE_TRY(
        cede_store_create(&(cede_store_options){.item_size = sizeof(struct message)}, &far_end));
    CEDE_TRY(cede_sim_start(sender, NULL));
    CEDE_TRY(cede_sim_start(receiver, NULL));
    CEDE_TRY(cede_sim_hold(END));
    cede_sim_stop(cede_sim_current());
    return 0;
}

int main(void)
{
    const int rc = tell(run, NULL);

    cede_store_destroy(far_end);
    return rc < 0;
}

/* Output:
 * message 0, sent at 5, is received at 15
 * message 1, sent at 10, is received at 20
 * message 2, sent at 15, is received at 25
 * message 3, sent at 20, is received at 30
 * message 4, sent at 25, is received at 35
 * message 5, sent at 30, is received at 40
 * message 6, sent at 35, is received at 45
 * message 7, sent at 40, is received at 50
 * message 8, sent at 45, is received at 55
 * 72 records, trace 5aeaf6a4bdaea590
 */
