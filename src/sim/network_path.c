/* network_path.c - how packets fare between the hosts of a network in memory.
 *
 * A path says how packets fare between two hosts, or between one and all others, or whether they
 * are cut off. Of several that fit, what names more hosts decides about the link; any of them cuts.
 * Where a link has a bandwidth there is a line from each host to each other, which sends one packet
 * after the other: it is known until when it is taken, and whoever sends next begins then.
 *
 * Called by connection.c for each packet, and by the program.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "sim/network.h"

/* Bytes a second. With less, a packet would be sent longer than delays may be. */
#define LEAST_BANDWIDTH 1e-5

struct path {
    struct cede__list link;     /* on network->paths */
    const struct cede__host *a; /* NULL: any */
    const struct cede__host *b;
    bool has_fare; /* else only the cut counts */
    bool is_cut;
    cede_network_link fare;
};

struct line {
    struct cede__list link; /* on host->lines, of the host that sends */
    const struct cede__host *to;
    cede_time free_at; /* on the loop's clock */
};

static bool path_fits(const struct path *path, const struct cede__host *x,
                      const struct cede__host *y)
{
    return ((!path->a || path->a == x) && (!path->b || path->b == y)) ||
           ((!path->a || path->a == y) && (!path->b || path->b == x));
}

static int path_rank(const struct path *path)
{
    return (path->a != NULL) + (path->b != NULL);
}

/* The link from one to the other, and whether they are cut off. */
static const cede_network_link *path_choose(const cede_network *network,
                                            const struct cede__host *from,
                                            const struct cede__host *to, bool *is_cut_out)
{
    static const cede_network_link within;
    const cede_network_link *fare = from == to ? &within : &network->link;
    int rank = -1;

    *is_cut_out = false;
    for (struct cede__list *link = network->paths.next; link != &network->paths;
         link = link->next) {
        const struct path *path = cede__container_of(link, struct path, link);
        if (!path_fits(path, from, to) || (from == to && path_rank(path) < 2))
            continue;
        *is_cut_out = *is_cut_out || path->is_cut;
        if (path->has_fare && path_rank(path) > rank) {
            rank = path_rank(path);
            fare = &path->fare;
        }
    }
    return fare;
}

/* The line from one to the other. 0, or -ENOMEM. */
static int line_find(struct cede__host *from, const struct cede__host *to, struct line **line_out)
{
    struct line *line;

    for (struct cede__list *link = from->lines.next; link != &from->lines; link = link->next) {
        line = cede__container_of(link, struct line, link);
        if (line->to == to) {
            *line_out = line;
            return 0;
        }
    }
    line = cede__calloc(1, sizeof *line);
    if (!line)
        return cede_raise(-ENOMEM, "no memory for a line");
    line->to = to;
    cede__list_append(&from->lines, &line->link);
    *line_out = line;
    return 0;
}

/* Put so many seconds of sending on a line: until they are over, from now. */
static cede_time line_occupy(struct line *line, cede_time now, double seconds)
{
    const cede_time begin = line->free_at > now ? line->free_at : now;

    line->free_at = cede_time_add(begin, CEDE_S(seconds));
    return line->free_at - now;
}

int cede__network_send(cede_network *network, struct cede__host *from, const struct cede__host *to,
                       size_t size, struct cede__passage *passage_out)
{
    bool is_lost;
    const cede_network_link *fare = path_choose(network, from, to, &is_lost);
    struct line *line;
    double delay = fare->delay;

    *passage_out = (struct cede__passage){.time = 0};
    if (fare->bandwidth > 0 && size > 0) {
        CEDE_TRY(line_find(from, to, &line));
        passage_out->time =
            line_occupy(line, cede__loop_now(network->loop), (double)size / fare->bandwidth);
    }
    network->stats.n_packets++;
    if (!is_lost)
        is_lost = fare->loss > 0 && cede_random_unit(&network->random) < fare->loss;
    if (is_lost) {
        network->stats.n_lost++;
        passage_out->is_lost = true;
        return 0;
    }
    if (fare->jitter > 0)
        delay += fare->jitter * cede_random_unit(&network->random);
    passage_out->time = cede_time_add(passage_out->time, CEDE_S(delay));
    return 0;
}

int cede__network_link_check(const cede_network_link *link)
{
    if (!(link->delay >= 0 && link->delay < 1e9 && link->jitter >= 0 && link->jitter < 1e9))
        return cede_raise(-EINVAL, "packets cannot take %g + %g seconds", link->delay,
                          link->jitter);
    if (!(link->loss >= 0 && link->loss <= 1))
        return cede_raise(-EINVAL, "%g of each packet cannot be lost", link->loss);
    if (!(link->bandwidth == 0 || link->bandwidth >= LEAST_BANDWIDTH))
        return cede_raise(-EINVAL, "%g bytes a second are no bandwidth", link->bandwidth);
    return 0;
}

/* The path between just these; NULL: there is none. */
static struct path *path_find(const cede_network *network, const struct cede__host *a,
                              const struct cede__host *b)
{
    for (struct cede__list *link = network->paths.next; link != &network->paths;
         link = link->next) {
        struct path *path = cede__container_of(link, struct path, link);
        if ((path->a == a && path->b == b) || (path->a == b && path->b == a))
            return path;
    }
    return NULL;
}

static int path_learn(cede_network *network, const char *a, const char *b, struct path **path_out)
{
    struct cede__host *host_a = NULL, *host_b = NULL;
    struct path *path;

    if (a)
        CEDE_TRY(cede__network_host_learn(network, a, &host_a));
    if (b)
        CEDE_TRY(cede__network_host_learn(network, b, &host_b));
    path = path_find(network, host_a, host_b);
    if (!path) {
        path = cede__calloc(1, sizeof *path);
        if (!path)
            return cede_raise(-ENOMEM, "no memory for a path");
        path->a = host_a;
        path->b = host_b;
        cede__list_append(&network->paths, &path->link);
    }
    *path_out = path;
    return 0;
}

int cede_network_set_link(cede_network *network, const char *a, const char *b,
                          const cede_network_link *link)
{
    struct path *path;

    CEDE_TRY(cede__network_link_check(link));
    CEDE_TRY(path_learn(network, a, b, &path));
    path->fare = *link;
    path->has_fare = true;
    return 0;
}

int cede_network_cut(cede_network *network, const char *a, const char *b)
{
    struct path *path;

    CEDE_TRY(path_learn(network, a, b, &path));
    path->is_cut = true;
    return 0;
}

void cede_network_heal(cede_network *network, const char *a, const char *b)
{
    const struct cede__host *host_a = a ? cede__network_host(network, a) : NULL;
    const struct cede__host *host_b = b ? cede__network_host(network, b) : NULL;
    struct path *path;

    if ((a && !host_a) || (b && !host_b))
        return; /* nobody knows it */
    path = path_find(network, host_a, host_b);
    if (path)
        path->is_cut = false;
}

void cede__network_paths_free(cede_network *network)
{
    for (struct cede__list *link; (link = cede__list_take(&network->paths));)
        cede__free(cede__container_of(link, struct path, link));
    for (struct cede__list *link = network->hosts.next; link != &network->hosts;
         link = link->next) {
        struct cede__host *host = cede__container_of(link, struct cede__host, link);
        for (struct cede__list *line; (line = cede__list_take(&host->lines));)
            cede__free(cede__container_of(line, struct line, link));
    }
}
