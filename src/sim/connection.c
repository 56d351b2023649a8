/* connection.c - connections in a network in memory: two ends, and the packets between them.
 *
 *     end 0   sent: DATA DATA END ------>            inbox: DATA DATA   end 1
 *             inbox:                      <------ sent: DATA
 *
 * Each packet is tried, lost and tried again by itself, but is handed over only when all that were
 * sent before it by the same end have been: that is the order TCP keeps. An end is alive while
 * somebody has it: its stream, or the port in whose queue it waits to be accepted. What comes to
 * one that is not is answered by RESET. A connection is freed when neither end is alive and no
 * packet is under way; each of these has a reference.
 *
 * All the rest a connection does is done by its streams: buffers, waiting, closing. Those call the
 * layer, here, and are told of edges as by an engine.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "sim/network.h"
#include "sys/poll.h"

enum { PACKET_SIZE = 1460, WINDOW = 64 * 1024 };

enum packet_kind { PACKET_OPEN, PACKET_OPENED, PACKET_DATA, PACKET_END, PACKET_RESET };

struct cede__end {
    struct cede__stream_layer layer; /* first */
    struct cede__connection *connection;
    cede_stream *stream;     /* NULL: it has none yet, or none any more */
    struct cede__list link;  /* on port->pending */
    struct cede__list sent;  /* of struct packet: under way from here, in order */
    struct cede__list inbox; /* of struct packet: arrived here, not read */
    size_t n_outstanding;    /* bytes sent from here that the other has not read: up to WINDOW */
    struct cede__host *host;
    int port;
    int error; /* why it is broken; 0: it is not */
    bool is_alive;
    bool is_open;   /* the other end has answered */
    bool is_ended;  /* END was sent from here */
    bool has_ended; /* END arrived here */
};

struct cede__connection {
    struct cede__list link; /* on network->connections */
    cede_network *network;  /* NULL once that is gone */
    struct cede__end ends[2];
    size_t n_refs;
};

struct packet {
    struct cede__timer timer;
    struct cede__list link;
    struct cede__end *from;
    enum packet_kind kind;
    int n_tries;
    bool is_on_the_way; /* else it waits to be sent again */
    bool has_arrived;
    cede_time pause; /* before it is sent again */
    size_t start;    /* data[start..end) is not read */
    size_t end;
    char data[];
};

static void packet_try(struct packet *packet);

static struct cede__end *end_of(const struct cede__stream_layer *layer)
{
    return cede__container_of(layer, struct cede__end, layer);
}

static struct cede__end *end_other(const struct cede__end *end)
{
    struct cede__connection *connection = end->connection;

    return &connection->ends[end == &connection->ends[0]];
}

static struct packet *packet_first(const struct cede__list *list)
{
    return cede__list_is_empty(list) ? NULL : cede__container_of(list->next, struct packet, link);
}

/* Lifetimes. */

static void connection_unref(struct cede__connection *connection)
{
    if (--connection->n_refs > 0)
        return;
    for (int i = 0; i < 2; i++) {
        for (struct cede__list *link; (link = cede__list_take(&connection->ends[i].inbox));)
            cede__free(cede__container_of(link, struct packet, link));
    }
    if (connection->network)
        cede__list_remove(&connection->link);
    cede__free(connection);
}

static void end_drop_sent(struct cede__end *end)
{
    for (struct cede__list *link; (link = cede__list_take(&end->sent));) {
        struct packet *packet = cede__container_of(link, struct packet, link);
        cede__loop_remove_timer(end->connection->network->loop, &packet->timer);
        cede__free(packet);
        connection_unref(end->connection); /* never the last: whoever calls has one */
    }
}

/* Tell the stream; it may close. */
static void end_edge(struct cede__end *end, unsigned mask)
{
    if (end->stream)
        cede__descriptor_edge(&end->stream->descriptor, mask);
}

/* It is broken from now on. */
static void end_break(struct cede__end *end, int error)
{
    end_drop_sent(end);
    if (!end->is_alive || end->error < 0)
        return;
    end->error = error;
    end_edge(end, CEDE__POLL_READ | CEDE__POLL_WRITE | CEDE__POLL_HANGUP);
}

/* What is to be said cannot be: neither end must wait for it. */
static void connection_starve(struct cede__connection *connection)
{
    connection->n_refs++; /* streams may close meanwhile */
    end_break(&connection->ends[0], -ENOMEM);
    end_break(&connection->ends[1], -ENOMEM);
    connection_unref(connection);
}

/* Packets. */

/* Send a packet of so many bytes, which the caller fills in at once; NULL: there is no memory. */
static struct packet *end_send(struct cede__end *end, enum packet_kind kind, size_t size)
{
    struct packet *packet = cede__malloc(sizeof *packet + size);

    if (!packet)
        return NULL;
    *packet = (struct packet){.timer = {NULL, CEDE__TIMER_IDLE},
                              .from = end,
                              .kind = kind,
                              .pause = end->connection->network->retry,
                              .end = size};
    end->n_outstanding += size;
    end->connection->n_refs++;
    cede__list_append(&end->sent, &packet->link);
    packet_try(packet);
    return packet;
}

/* Send one without data. */
static void end_say(struct cede__end *end, enum packet_kind kind)
{
    if (!end_send(end, kind, 0))
        connection_starve(end->connection);
}

/* A connection comes to where it was sent. */
static void end_welcome(struct cede__end *end)
{
    struct cede__port *port = cede__network_port(end->connection->network, end->host, end->port);

    if (!port || port->n_pending >= port->backlog) {
        end_say(end, PACKET_RESET);
        return;
    }
    end->is_alive = true;
    end->is_open = true;
    end->connection->n_refs++;
    cede__list_append(&port->pending, &end->link);
    port->n_pending++;
    end_say(end, PACKET_OPENED);
    if (port->layer.descriptor)
        cede__descriptor_edge(port->layer.descriptor, CEDE__POLL_READ);
}

/* Data is kept. */
static void end_receive(struct cede__end *end, struct packet *packet)
{
    end->connection->network->stats.n_bytes += packet->end;
    cede__list_append(&end->inbox, &packet->link);
    end_edge(end, CEDE__POLL_READ);
}

/* A packet arrives in its turn; it is the end's from here on. */
static void end_handle(struct cede__end *end, struct packet *packet)
{
    const enum packet_kind kind = packet->kind;

    if (kind == PACKET_DATA && end->is_alive) {
        end_receive(end, packet);
        return;
    }
    cede__free(packet);
    if (kind == PACKET_OPEN)
        end_welcome(end);
    else if (kind == PACKET_RESET)
        end_break(end, end->is_open ? -ECONNRESET : -ECONNREFUSED);
    else if (!end->is_alive && kind != PACKET_END)
        end_say(end, PACKET_RESET);
    else if (kind == PACKET_END) {
        end->has_ended = true;
        end_edge(end, CEDE__POLL_READ | CEDE__POLL_HANGUP);
    } else if (kind == PACKET_OPENED) {
        end->is_open = true;
        end_edge(end, CEDE__POLL_WRITE);
    }
}

/* Hand over what has arrived and has nothing before it. */
static void end_deliver(struct cede__end *from)
{
    struct cede__connection *connection = from->connection;
    struct packet *packet;

    connection->n_refs++; /* streams may close meanwhile */
    while ((packet = packet_first(&from->sent)) && packet->has_arrived) {
        cede__list_remove(&packet->link);
        end_handle(end_other(from), packet);
        connection_unref(connection);
    }
    connection_unref(connection);
}

static void packet_timer_fired(struct cede__timer *timer)
{
    struct packet *packet = cede__container_of(timer, struct packet, timer);

    if (!packet->is_on_the_way) {
        packet_try(packet);
        return;
    }
    packet->has_arrived = true;
    end_deliver(packet->from);
}

static void packet_try(struct packet *packet)
{
    struct cede__end *from = packet->from;
    struct cede__connection *connection = from->connection;
    cede_network *network = connection->network;
    struct cede__passage passage = {.time = 0};
    int rc = cede__network_send(network, from->host, end_other(from)->host, packet->end, &passage);

    packet->is_on_the_way = !passage.is_lost;
    if (passage.is_lost) {
        passage.time = cede_time_add(passage.time, packet->pause);
        packet->pause = cede_time_add(packet->pause, packet->pause);
        if (++packet->n_tries >= network->n_tries)
            rc = -ETIMEDOUT;
    }
    packet->timer.fire = packet_timer_fired;
    if (rc == 0)
        rc = cede__loop_add_timer(network->loop, &packet->timer,
                                  cede_time_add(cede__loop_now(network->loop), passage.time));
    if (rc == 0)
        return;
    connection->n_refs++;
    if (rc == -ENOMEM)
        connection_starve(connection);
    else
        end_break(from, rc);
    connection_unref(connection);
}

/* The layer under a stream. */

static ssize_t end_read(struct cede__stream_layer *layer, int fd, void *buffer, size_t size)
{
    struct cede__end *end = end_of(layer);
    struct cede__end *other = end_other(end);
    const bool was_full = other->n_outstanding >= WINDOW;
    struct packet *packet;
    size_t n = 0;

    (void)fd;
    while (n < size && (packet = packet_first(&end->inbox))) {
        const size_t there = packet->end - packet->start;
        const size_t taken = there < size - n ? there : size - n;
        memcpy((char *)buffer + n, packet->data + packet->start, taken);
        packet->start += taken;
        n += taken;
        if (packet->start == packet->end) {
            cede__list_remove(&packet->link);
            cede__free(packet);
        }
    }
    other->n_outstanding -= n;
    if (n > 0 && was_full)
        end_edge(other, CEDE__POLL_WRITE);
    if (n > 0 || size == 0)
        return (ssize_t)n;
    if (end->error < 0)
        return end->error;
    if (end->has_ended)
        return 0;
    return end->connection->network ? -EAGAIN : -ECONNRESET;
}

/* Copy the next `size` bytes of what the parts hold. */
static void parts_copy(const struct iovec **parts, size_t *offset, char *to, size_t size)
{
    while (size > 0) {
        const size_t there = (*parts)->iov_len - *offset;
        const size_t n = there < size ? there : size;
        memcpy(to, (const char *)(*parts)->iov_base + *offset, n);
        to += n;
        size -= n;
        *offset += n;
        if (*offset == (*parts)->iov_len) {
            ++*parts;
            *offset = 0;
        }
    }
}

static ssize_t end_write(struct cede__stream_layer *layer, int fd, const struct iovec *parts,
                         size_t n_parts, bool more)
{
    struct cede__end *end = end_of(layer);
    size_t size = 0, n_sent = 0, offset = 0;

    (void)fd;
    (void)more;
    if (end->error < 0 || !end->connection->network)
        return end->error < 0 ? end->error : -ECONNRESET;
    for (size_t i = 0; i < n_parts; i++)
        size += parts[i].iov_len;
    if (size > 0 && end->n_outstanding >= WINDOW)
        return -EAGAIN;
    if (size > WINDOW - end->n_outstanding)
        size = WINDOW - end->n_outstanding;
    while (n_sent < size) {
        const size_t n = size - n_sent < PACKET_SIZE ? size - n_sent : PACKET_SIZE;
        struct packet *packet = end_send(end, PACKET_DATA, n);
        if (!packet)
            return -ENOMEM;
        if (end->error < 0)
            return end->error;
        parts_copy(&parts, &offset, packet->data, n);
        n_sent += n;
    }
    return (ssize_t)n_sent;
}

static void end_end(struct cede__stream_layer *layer, int fd)
{
    struct cede__end *end = end_of(layer);

    (void)fd;
    if (end->error < 0 || !end->connection->network)
        return;
    end->is_ended = true;
    end_say(end, PACKET_END);
}

/* Nobody has it any more. */
static void end_close(struct cede__end *end)
{
    end->stream = NULL;
    end->is_alive = false;
    if (end->connection->network && end->error == 0) {
        if (!cede__list_is_empty(&end->inbox))
            end_say(end, PACKET_RESET);
        else if (!end->is_ended && end->is_open)
            end_say(end, PACKET_END);
    }
    connection_unref(end->connection);
}

static void end_destroy(struct cede__stream_layer *layer, int fd)
{
    (void)fd;
    end_close(end_of(layer));
}

static int end_address(const struct cede__stream_layer *layer, bool peer, char *buffer, size_t size)
{
    const struct cede__end *end = peer ? end_other(end_of(layer)) : end_of(layer);

    if (!end->connection->network)
        return -ENOTCONN;
    return snprintf(buffer, size, "%s:%d", end->host->name, end->port);
}

static const struct cede__stream_layer_kind end_kind = {.receive = end_read,
                                                        .send = end_write,
                                                        .end = end_end,
                                                        .destroy = end_destroy,
                                                        .address = end_address};

/* Made. */

static void end_init(struct cede__end *end, struct cede__connection *connection,
                     struct cede__host *host, int port)
{
    end->layer.kind = &end_kind;
    end->connection = connection;
    end->host = host;
    end->port = port;
    cede__list_init(&end->sent);
    cede__list_init(&end->inbox);
}

static struct cede__connection *connection_create(cede_network *network)
{
    struct cede__connection *connection = cede__calloc(1, sizeof *connection);

    if (!connection) {
        (void)cede_raise(-ENOMEM, "no memory for a connection");
        return NULL;
    }
    connection->network = network;
    cede__list_append(&network->connections, &connection->link);
    return connection;
}

/* Give an end its stream. 0, or -ENOMEM. */
static int end_attach(struct cede__end *end)
{
    CEDE_TRY(cede__stream_create_simulated(&end->layer, &end->stream));
    end->is_alive = true;
    return 0;
}

int cede__connection_start(cede_network *network, struct cede__host *from, struct cede__host *to,
                           int port, cede_stream **stream_out)
{
    struct cede__connection *connection = connection_create(network);
    struct cede__end *end;
    int rc;

    if (!connection)
        return -ENOMEM;
    connection->n_refs = 1;
    end = &connection->ends[0];
    end_init(end, connection, from, from->next_port++);
    end_init(&connection->ends[1], connection, to, port);
    rc = end_attach(end);
    if (rc < 0) {
        connection_unref(connection);
        return rc;
    }
    *stream_out = end->stream;
    end_say(end, PACKET_OPEN);
    return 0;
}

int cede__connection_result(const struct cede__stream_layer *layer)
{
    return end_of(layer)->error;
}

int cede__connection_pair(cede_network *network, struct cede__host *host, cede_stream **a_out,
                          cede_stream **b_out)
{
    struct cede__connection *connection = connection_create(network);
    int rc = 0;

    if (!connection)
        return -ENOMEM;
    connection->n_refs = 2;
    for (int i = 0; i < 2; i++) {
        end_init(&connection->ends[i], connection, host, host->next_port++);
        connection->ends[i].is_open = true;
    }
    for (int i = 0; rc == 0 && i < 2; i++)
        rc = end_attach(&connection->ends[i]);
    if (rc == 0) {
        *a_out = connection->ends[0].stream;
        *b_out = connection->ends[1].stream;
        return 0;
    }
    connection_unref(connection); /* the one of ends[1] */
    if (connection->ends[0].stream)
        cede_stream_close(connection->ends[0].stream);
    else
        connection_unref(connection);
    return rc;
}

int cede__connection_accept(struct cede__port *port, cede_stream **stream_out)
{
    struct cede__end *end;

    if (!port->network)
        return cede_raise(CEDE_ESHUTDOWN, "the network of the listener is gone");
    if (cede__list_is_empty(&port->pending))
        return -EAGAIN;
    end = cede__container_of(port->pending.next, struct cede__end, link);
    CEDE_TRY(end_attach(end));
    cede__list_remove(&end->link);
    port->n_pending--;
    *stream_out = end->stream;
    return 0;
}

/* Gone. */

void cede__connection_refuse_all(struct cede__port *port)
{
    for (struct cede__list *link; (link = cede__list_take(&port->pending));) {
        struct cede__end *end = cede__container_of(link, struct cede__end, link);
        end->is_alive = false;
        if (end->error == 0)
            end_say(end, PACKET_RESET);
        connection_unref(end->connection);
    }
    port->n_pending = 0;
}

void cede__connection_drop_all(cede_network *network)
{
    while (!cede__list_is_empty(&network->connections)) {
        struct cede__connection *connection =
            cede__container_of(network->connections.next, struct cede__connection, link);
        connection->n_refs++;
        end_drop_sent(&connection->ends[0]);
        end_drop_sent(&connection->ends[1]);
        cede__list_remove(&connection->link);
        connection->network = NULL;
        connection_unref(connection);
    }
}
