/* network.c - a network in memory: hosts, and the ports that are listened on. How packets fare
 * between hosts is in network_path.c, connections and their packets are in connection.c.
 *
 * Called through the stand-in, in place of the kernel.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/local.h>

#include "base/base.h"
#include "sim/network.h"

enum { FIRST_FREE_PORT = 40000, DEFAULT_BACKLOG = 1024, DEFAULT_TRIES = 8 };

#define DEFAULT_RETRY CEDE_MS(200)

/* Of struct cede__host, where a task is. */
static const cede_local here;

static cede_network *network_of(struct cede__stand_in *stand_in)
{
    return cede__container_of(stand_in, cede_network, stand_in);
}

/* Hosts. */

struct cede__host *cede__network_host(const cede_network *network, const char *name)
{
    for (struct cede__list *link = network->hosts.next; link != &network->hosts;
         link = link->next) {
        struct cede__host *host = cede__container_of(link, struct cede__host, link);
        if (strcmp(host->name, name) == 0)
            return host;
    }
    return NULL;
}

int cede__network_host_learn(cede_network *network, const char *name, struct cede__host **host_out)
{
    struct cede__host *host = cede__network_host(network, name);

    if (!host) {
        if (!name[0] || strlen(name) >= CEDE__HOST_NAME_SIZE)
            return cede_raise(-EINVAL, "'%s' is no name for a host", name);
        host = cede__calloc(1, sizeof *host);
        if (!host)
            return cede_raise(-ENOMEM, "no memory for a host");
        (void)snprintf(host->name, sizeof host->name, "%s", name);
        host->next_port = FIRST_FREE_PORT;
        cede__list_init(&host->lines);
        cede__list_append(&network->hosts, &host->link);
    }
    *host_out = host;
    return 0;
}

/* Where the running task is. */
static struct cede__host *host_here(const cede_network *network)
{
    struct cede__host *host = cede__task_here() ? cede_local_get(&here) : NULL;

    return host ? host : cede__container_of(network->hosts.next, struct cede__host, link);
}

static cede_network *network_here(void)
{
    struct cede__stand_in *stand_in = cede__stand_in_here();

    return stand_in ? network_of(stand_in) : NULL;
}

int cede_network_enter(const char *name)
{
    cede_network *network = network_here();
    struct cede__host *host;

    if (!cede__task_here())
        return cede_raise(CEDE_ENOTASK, "only tasks are on hosts");
    if (!network)
        return cede_raise(-EINVAL, "this loop has no network");
    CEDE_TRY(cede__network_host_learn(network, name, &host));
    return cede_local_set(&here, host);
}

/* Ports. */

struct cede__port *cede__network_port(cede_network *network, const struct cede__host *host,
                                      int number)
{
    for (struct cede__list *link = network->ports.next; link != &network->ports;
         link = link->next) {
        struct cede__port *port = cede__container_of(link, struct cede__port, link);
        if (port->host == host && port->number == number)
            return port;
    }
    return NULL;
}

/* 0 to 65535; raises CEDE_ERESOLVE. */
static int port_number(const char *text)
{
    char *end;
    const long number = strtol(text, &end, 10);

    if (end == text || *end || number < 0 || number > 65535)
        return cede_raise(CEDE_ERESOLVE, "'%s' is no port of a network in memory", text);
    return (int)number;
}

static struct cede__port *port_of(const struct cede__listener_layer *layer)
{
    return cede__container_of(layer, struct cede__port, layer);
}

static int port_accept(struct cede__listener_layer *layer, cede_stream **stream_out)
{
    return cede__connection_accept(port_of(layer), stream_out);
}

static int port_facts(const struct cede__listener_layer *layer)
{
    return port_of(layer)->network ? port_of(layer)->number : 0;
}

static int port_address(const struct cede__listener_layer *layer, char *buffer, size_t size)
{
    const struct cede__port *port = port_of(layer);

    if (!port->network)
        return -ENOTCONN;
    return snprintf(buffer, size, "%s:%d", port->host->name, port->number);
}

static void port_destroy(struct cede__listener_layer *layer)
{
    struct cede__port *port = port_of(layer);

    if (port->network) {
        cede__connection_refuse_all(port);
        cede__list_remove(&port->link);
    }
    cede__free(port);
}

static const struct cede__listener_layer_kind port_kind = {
    .accept = port_accept, .port = port_facts, .address = port_address, .destroy = port_destroy};

/* The stand-in. */

static int network_listen(struct cede__stand_in *self, const cede_tcp_listen_options *options,
                          struct cede__listener_layer **layer_out)
{
    cede_network *network = network_of(self);
    struct cede__host *host = host_here(network);
    int number = port_number(options->port ? options->port : "0");
    struct cede__port *port;

    CEDE_TRY(number);
    while (number == 0 || (!options->port && cede__network_port(network, host, number)))
        number = host->next_port++;
    if (cede__network_port(network, host, number))
        return cede_raise(-EADDRINUSE, "somebody listens on %s:%d", host->name, number);
    port = cede__calloc(1, sizeof *port);
    if (!port)
        return cede_raise(-ENOMEM, "no memory for a listener");
    port->layer.kind = &port_kind;
    port->network = network;
    port->host = host;
    port->number = number;
    port->backlog = options->backlog > 0 ? (size_t)options->backlog : DEFAULT_BACKLOG;
    cede__list_init(&port->pending);
    cede__list_append(&network->ports, &port->link);
    *layer_out = &port->layer;
    return 0;
}

/* Names of one's own host, wherever that is. */
static bool is_own_name(const char *name)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1"};

    for (size_t i = 0; i < cede__countof(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static int network_connect(struct cede__stand_in *self, const char *host, const char *port,
                           cede_stream **stream_out)
{
    cede_network *network = network_of(self);
    struct cede__host *from = host_here(network);
    struct cede__host *to = is_own_name(host) ? from : cede__network_host(network, host);
    const int number = port_number(port);

    CEDE_TRY(number);
    if (!to)
        return cede_raise(CEDE_ERESOLVE, "there is no host '%s' in this network", host);
    network->stats.n_connections++;
    return cede__connection_start(network, from, to, number, stream_out);
}

static int network_pair(struct cede__stand_in *self, cede_stream **a_out, cede_stream **b_out)
{
    cede_network *network = network_of(self);

    network->stats.n_connections++;
    return cede__connection_pair(network, host_here(network), a_out, b_out);
}

static const struct cede__stand_in_kind network_kind = {.connect = network_connect,
                                                        .connect_result = cede__connection_result,
                                                        .listen = network_listen,
                                                        .pair = network_pair};

/* The loop closes, and no task is left; streams and listeners may be. */
static void network_close(struct cede__attachment *attachment)
{
    cede_network *network =
        network_of(cede__container_of(attachment, struct cede__stand_in, attachment));

    for (struct cede__list *link; (link = cede__list_take(&network->ports));) {
        struct cede__port *port = cede__container_of(link, struct cede__port, link);
        cede__connection_refuse_all(port);
        port->network = NULL;
    }
    cede__connection_drop_all(network);
    cede__network_paths_free(network);
    for (struct cede__list *link; (link = cede__list_take(&network->hosts));)
        cede__free(cede__container_of(link, struct cede__host, link));
    cede__free(network);
}

static int options_check(const cede_network_options *options)
{
    CEDE_TRY(cede__network_link_check(&options->link));
    if (!(options->retry >= 0 && options->retry < 1e9) || options->n_tries < 0)
        return cede_raise(-EINVAL, "packets cannot be sent again after %g seconds, or %d times",
                          options->retry, options->n_tries);
    if (!cede__loop_here)
        return cede_raise(-EINVAL, "a network belongs to a loop, and this thread has none");
    if (cede__stand_in_here())
        return cede_raise(-EBUSY, "this loop has a network already");
    return 0;
}

int cede_network_create(const cede_network_options *options, cede_network **network_out)
{
    static const cede_network_options defaults;
    const cede_network_options *o = options ? options : &defaults;
    struct cede__host *host;
    cede_network *network;
    int rc;

    CEDE_TRY(options_check(o));
    network = cede__calloc(1, sizeof *network);
    if (!network)
        return cede_raise(-ENOMEM, "no memory for a network");
    network->stand_in.kind = &network_kind;
    network->stand_in.attachment.key = &cede__stand_in_key;
    network->stand_in.attachment.close = network_close;
    network->loop = cede__loop_here;
    network->link = o->link;
    network->retry = o->retry > 0 ? CEDE_S(o->retry) : DEFAULT_RETRY;
    network->n_tries = o->n_tries > 0 ? o->n_tries : DEFAULT_TRIES;
    cede_random_init(&network->random, o->seed, "network");
    cede__list_init(&network->hosts);
    cede__list_init(&network->paths);
    cede__list_init(&network->ports);
    cede__list_init(&network->connections);
    rc = cede__network_host_learn(network, "localhost", &host);
    if (rc < 0) {
        cede__free(network);
        return rc;
    }
    cede__loop_attach(cede__loop_here, &network->stand_in.attachment);
    *network_out = network;
    return 0;
}

void cede_network_stats_read(const cede_network *network, cede_network_stats *stats_out)
{
    *stats_out = network->stats;
}
