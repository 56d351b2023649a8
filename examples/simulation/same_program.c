/* same_program.c - one server and one client, run on sockets and in a network that loses packets:
 * the same text.
 *
 * The client adds numbers to a sum that the server keeps. It asks again, over a new connection,
 * when an answer does not come in time, so each request has a number and the server counts it once.
 * Whether that is right shows where packets are lost and hosts are cut off: in the simulation, as
 * often as you like, the same every time. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede.h>

/* [program] */
struct service {
    const char *host; /* where the client finds the server */
    char port[8];
    cede_event listening;
    int last; /* request that was counted */
    int sum;
    int n_retries;
};

struct call { /* of the server, by a connection */
    struct service *service;
    cede_stream *stream;
};

static int answer(void *arg)
{
    struct call call = *(struct call *)arg;
    struct service *service = call.service;
    const char *line;
    char reply[32];
    int number, amount;

    free(arg);
    while (cede_stream_readline(call.stream, &line) > 0) {
        if (sscanf(line, "%d %d", &number, &amount) != 2)
            break;
        if (number > service->last) { /* else it is asked again: the answer was lost */
            service->last = number;
            service->sum += amount;
        }
        const int n = snprintf(reply, sizeof reply, "%d %d\n", number, service->sum);
        if (cede_stream_write_all(call.stream, reply, (size_t)n) < 0)
            break;
    }
    cede_stream_close(call.stream);
    return 0; /* whatever it was: the client comes again */
}

static int server(void *arg)
{
    struct service *service = arg;
    cede_listener *listener;
    cede_group calls;
    cede_stream *stream;
    int rc;

    CEDE_TRY(cede_tcp_listen(&(cede_tcp_listen_options){.port = service->port}, &listener));
    snprintf(service->port, sizeof service->port, "%d", cede_listener_port(listener));
    cede_event_set(&service->listening);
    cede_group_init(&calls);
    while ((rc = cede_tcp_accept(listener, &stream)) == 0) {
        struct call *call = malloc(sizeof *call);
        if (!call)
            break;
        *call = (struct call){service, stream};
        if ((rc = cede_group_spawn_with(&calls, &(cede_task_options){.drop = free}, answer, call)) <
            0)
            break;
    }
    cede_listener_close(listener);
    return cede_group_join(&calls, rc);
}

static int ask(struct service *service, cede_stream **stream, int number)
{
    char request[32];
    const char *reply;
    const int n = snprintf(request, sizeof request, "%d %d\n", number, number);

    if (!*stream)
        CEDE_TRY(cede_tcp_connect(service->host, service->port, stream));
    CEDE_TRY(cede_stream_write_all(*stream, request, (size_t)n));
    const int rc = cede_stream_readline(*stream, &reply);
    return rc > 0 ? 0 : rc < 0 ? rc : -ECONNRESET;
}

static int client(void *arg)
{
    struct service *service = arg;
    cede_stream *stream = NULL;

    CEDE_TRY(cede_event_wait(&service->listening));
    for (int number = 1; number <= 10;) {
        int rc = 0;

        CEDE_TIMEOUT(CEDE_S(1), rc) {
            rc = ask(service, &stream, number);
        }
        if (rc == 0) {
            number++;
            continue;
        }
        service->n_retries++;
        cede_stream_close(stream);
        stream = NULL;
        CEDE_TRY(cede_sleep(CEDE_MS(100)));
    }
    cede_stream_close(stream);
    return 0;
}
/* [/program] */

static void print(const char *where, const struct service *service)
{
    printf("%-24s sum %d", where, service->sum);
}

/* [sockets] */
static int on_sockets(void *arg)
{
    struct service service = {.host = "127.0.0.1", .port = "0"};
    cede_future *serving = cede_spawn(server, &service);

    CEDE_TRY(client(&service));
    print("sockets:", &service);
    printf("\n");
    cede_cancel(serving);
    return cede_join(serving) == CEDE_EREVOKED ? 0 : -1;
}
/* [/sockets] */

/* [simulation] */
static int at(const char *host, cede_fn *fn, void *arg)
{
    CEDE_TRY(cede_network_enter(host));
    return fn(arg);
}

static int server_there(void *arg)
{
    return at("berlin", server, arg);
}

static int client_there(void *arg)
{
    return at("lisbon", client, arg);
}

static int in_a_bad_network(void *arg)
{
    const cede_network_options options = {.seed = *(const uint64_t *)arg,
                                          .link = {.delay = 0.04, .jitter = 0.02, .loss = 0.15}};
    struct service service = {.host = "berlin", .port = "7"};
    cede_network *network;
    char where[32];

    CEDE_TRY(cede_network_create(&options, &network));
    cede_future *serving = cede_sim_spawn(server_there, &service);
    cede_future *asking = cede_sim_spawn(client_there, &service);
    CEDE_TRY(cede_sim_hold(0.5));
    CEDE_TRY(cede_network_cut(network, "berlin", "lisbon"));
    CEDE_TRY(cede_sim_hold(3));
    cede_network_heal(network, "berlin", "lisbon");
    CEDE_TRY(cede_join(asking));
    snprintf(where, sizeof where, "simulation, seed %d:", (int)options.seed);
    print(where, &service);
    printf(", %d retries, after %.3f s\n", service.n_retries, cede_sim_now());
    cede_cancel(serving);
    return cede_join(serving) == CEDE_EREVOKED ? 0 : -1;
}
/* [/simulation] */

int main(void)
{
    int rc = cede_run(on_sockets, NULL);

    for (uint64_t seed = 1; rc == 0 && seed <= 3; seed++)
        rc = cede_simulate(NULL, in_a_bad_network, &seed);
    return rc < 0;
}

/* Output:
 * sockets:                 sum 55
 * simulation, seed 1:      sum 55, 3 retries, after 6.657 s
 * simulation, seed 2:      sum 55, 3 retries, after 5.573 s
 * simulation, seed 3:      sum 55, 3 retries, after 4.456 s
 */
