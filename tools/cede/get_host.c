/* get_host.c - who may take what: all items by anybody, or those of a host by a few.
 *
 * With --per-host the items are laid out host by host, and each host gets as many lanes as may go
 * there at once. A worker takes a lane and goes through the host's items until none is left, then
 * takes the next lane: so a host is never asked by more, and a slow one holds up its lanes alone.
 * Lanes are in rounds, the first of every host, then the second of each. Without --per-host there
 * is one host, and nothing to lay out.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "get.h"

/* "//host:port" of a URL, without a name and password; its length. */
static const char *url_host(const char *url, size_t *length_out)
{
    const char *at = strstr(url, "://");
    size_t length;

    at = at ? at + 3 : url;
    length = strcspn(at, "/?#");
    for (const char *user; (user = memchr(at, '@', length)); at = user + 1)
        length -= (size_t)(user - at) + 1;
    *length_out = length;
    return at;
}

/* Hosts already seen, by hash: the number of each, from 1; 0: an empty place. */
struct seen {
    unsigned *places;
    size_t mask;
    size_t *items; /* of each host, the first item */
    size_t n;
};

static unsigned seen_find(struct seen *seen, const struct get *get, size_t item)
{
    size_t length, other_length;
    const char *host = url_host(get->items[item].url, &length);
    uint64_t at = 14695981039346656037u;

    for (size_t i = 0; i < length; i++)
        at = (at ^ (unsigned char)(host[i] | 0x20)) * 1099511628211u;
    for (at = (at ^ at >> 32) & seen->mask; seen->places[at]; at = (at + 1) & seen->mask) {
        const char *other =
            url_host(get->items[seen->items[seen->places[at] - 1]].url, &other_length);
        if (other_length == length && strncasecmp(other, host, length) == 0)
            return seen->places[at] - 1;
    }
    seen->items[seen->n] = item;
    seen->places[at] = (unsigned)++seen->n;
    return (unsigned)seen->n - 1;
}

/* Count each host's items, then put the items where they belong. `of` is the host of each. */
static bool hosts_lay_out(struct get *get, const unsigned *of, size_t n_hosts)
{
    size_t at = 0;

    if (n_hosts == 0)
        return true;
    get->hosts = calloc(n_hosts, sizeof *get->hosts);
    get->order = calloc(get->n_items, sizeof *get->order);
    if (!get->hosts || !get->order)
        return false;
    for (size_t i = 0; i < get->n_items; i++)
        get->hosts[of[i]].end++;
    for (size_t i = 0; i < n_hosts; i++) {
        const size_t n = get->hosts[i].end;
        get->hosts[i].next = get->hosts[i].end = at;
        at += n;
    }
    for (size_t i = 0; i < get->n_items; i++)
        get->order[get->hosts[of[i]].end++] = (unsigned)i;
    return true;
}

static bool lanes_lay_out(struct get *get, size_t n_hosts)
{
    size_t n = 0;

    for (size_t i = 0; i < n_hosts; i++) {
        const size_t here = get->hosts[i].end - get->hosts[i].next;
        n += here < get->per_host ? here : get->per_host;
    }
    if (n == 0)
        return true;
    get->lanes = calloc(n, sizeof *get->lanes);
    if (!get->lanes)
        return false;
    for (size_t round = 0; get->n_lanes < n; round++) {
        for (size_t i = 0; i < n_hosts; i++) {
            if (get->hosts[i].end - get->hosts[i].next > round)
                get->lanes[get->n_lanes++] = (unsigned)i;
        }
    }
    return true;
}

static bool hosts_find(struct get *get)
{
    struct seen seen = {.mask = 15};
    unsigned *of = calloc(get->n_items, sizeof *of);
    bool ok;

    while (seen.mask < 2 * get->n_items)
        seen.mask = 2 * seen.mask + 1;
    seen.places = calloc(seen.mask + 1, sizeof *seen.places);
    seen.items = calloc(get->n_items, sizeof *seen.items);
    ok = of && seen.places && seen.items;
    for (size_t i = 0; ok && i < get->n_items; i++)
        of[i] = seen_find(&seen, get, i);
    ok = ok && hosts_lay_out(get, of, seen.n) && lanes_lay_out(get, seen.n);
    free(of);
    free(seen.places);
    free(seen.items);
    return ok;
}

bool get_host_all(struct get *get)
{
    get->next_lane = 0;
    get->n_lanes = 0;
    if (get->per_host > 0 && get->n_items > 0)
        return hosts_find(get);
    get->hosts = calloc(1, sizeof *get->hosts);
    if (!get->hosts)
        return false;
    get->hosts->end = get->n_items;
    get->n_lanes = get->n_at_once < get->n_items ? get->n_at_once : get->n_items;
    return true;
}

void get_host_free(struct get *get)
{
    free(get->hosts);
    free(get->order);
    free(get->lanes);
    get->hosts = NULL;
    get->order = get->lanes = NULL;
}

struct get_host *get_host_take(struct get *get)
{
    const size_t at = __atomic_fetch_add(&get->next_lane, 1, __ATOMIC_RELAXED);

    if (at >= get->n_lanes)
        return NULL;
    return &get->hosts[get->lanes ? get->lanes[at] : 0];
}

struct get_item *get_host_item(struct get *get, struct get_host *host)
{
    const size_t at = __atomic_fetch_add(&host->next, 1, __ATOMIC_RELAXED);

    if (at >= host->end)
        return NULL;
    return &get->items[get->order ? get->order[at] : at];
}
