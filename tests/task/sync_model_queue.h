/* sync_model_queue.h - what a queue of each order must do: the part of sync_model.h about queues.
 *
 * An item for which somebody waits is granted to them; so who waits to get finds no items, and who
 * waits to put no room.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SYNC_MODEL_QUEUE_H
#define CEDE_TESTS_SYNC_MODEL_QUEUE_H

#include "sync_model.h"

/* Items that are equal to a queue by priority leave the same rest. */
enum { N_PRIORITIES = 3 };

static int model_put(int item)
{
    if (m.is_shut_down)
        return CEDE_ESHUTDOWN;
    if (m.n[GET] > 0)
        m.actors[line_grant(GET, 0)].item = item;
    else if (m.n_items < N_PLACES)
        m.items[m.n_items++] = item;
    else
        return -EAGAIN;
    m.n_unfinished++;
    return 0;
}

/* Which item is taken next. */
static int model_next(void)
{
    int next = 0;

    if (m.order == CEDE_QUEUE_LIFO)
        return m.n_items - 1;
    for (int i = 1; m.order == CEDE_QUEUE_PRIORITY && i < m.n_items; i++)
        next = m.items[i] % N_PRIORITIES < m.items[next] % N_PRIORITIES ? i : next;
    return next;
}

static int model_get(int *item)
{
    int next;

    if (m.n_items == 0)
        return m.is_shut_down ? CEDE_ESHUTDOWN : -EAGAIN;
    next = model_next();
    *item = m.items[next];
    m.n_items--;
    memmove(&m.items[next], &m.items[next + 1], (size_t)(m.n_items - next) * sizeof(int));
    if (m.n[PUT] > 0) {
        m.items[m.n_items++] = m.actors[line_grant(PUT, 0)].item;
        m.n_unfinished++;
    }
    return 0;
}

static int model_done(int n)
{
    if (m.n_unfinished == 0)
        return -EINVAL;
    m.n_unfinished -= n < m.n_unfinished ? n : m.n_unfinished;
    if (m.n_unfinished == 0)
        line_grant_all(JOIN, 0);
    return 0;
}

static void model_shut_down(bool immediate)
{
    m.is_shut_down = true;
    line_grant_all(GET, CEDE_ESHUTDOWN);
    line_grant_all(PUT, CEDE_ESHUTDOWN);
    if (immediate && m.n_items > 0)
        (void)model_done(m.n_items);
    if (immediate)
        m.n_items = 0;
}

#endif
