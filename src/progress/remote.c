/* remote.c - a child process and its bars, which the parent shows. See remote.h.
 *
 * The parent is reached by what a pool's worker shares with it (process_guest.h), or by a
 * descriptor that the child was told of (cede_progress_attach). Over that, once, when the first bar
 * is made or a text printed, memory and connection go up. If that fails, bars only count, and texts
 * are printed here.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memrchr */
#include <stdio.h>
#include <string.h>

#include <cede/progress_share.h>

#include "base/base.h"
#include "progress/mirror.h"
#include "progress/remote.h"
#include "sys/clock.h"
#include "sys/futex.h"
#include "sys/memory.h"
#include "sys/shared_memory.h"
#include "sys/thread.h"
#include "task/process_guest.h"

/* To wait for the parent to have shown the end of a bar: a pool's always looks, be it that the
 * machine is busy; of others nobody knows. */
#define POOL_LIMIT   CEDE_S(10)
#define PARENT_LIMIT CEDE_MS(250)
/* To wait until it takes what is sent. */
#define SEND_LIMIT CEDE_S(5)

static struct {
    struct cede__mutex lock; /* of all below */
    int process;             /* the number of the process that is attached; 0: none */
    bool is_attached;        /* `channel` leads to the parent */
    int channel;
    enum { NEW, CONNECTED, BROKEN } state;
    int connection;
    struct cede__remote_memory *memory; /* from CONNECTED on */
    bool is_slow;                       /* the parent took too long last time; atomic */
} up;

/* Connecting. */

bool cede__remote_has_parent(int fd)
{
    return (fd == 1 || fd == 2) &&
           (__atomic_load_n(&up.is_attached, __ATOMIC_ACQUIRE) || cede__process_is_worker());
}

static struct cede__remote_memory *memory_create(int *fd_out)
{
    struct cede__remote_memory *memory = NULL;
    const int fd = cede__shared_create();

    if (fd < 0)
        return NULL;
    if (cede__shared_extend(fd, 0, sizeof *memory) == 0)
        memory = cede__shared_map(fd, sizeof *memory);
    if (memory)
        snprintf(memory->version, sizeof memory->version, "%s", CEDE__VERSION);
    *fd_out = fd;
    return memory;
}

static bool report_above(const char *text)
{
    return cede__remote_print(2, text, strlen(text));
}

/* Under the lock: make memory and connection and pass them up. */
static void up_connect(void)
{
    struct cede__passed passed = {{-1, -1}}; /* connection, memory */
    int ends[2], rc;

    up.state = BROKEN;
    if (cede__channel_open(ends) < 0)
        return;
    passed.fds[0] = ends[1];
    up.memory = memory_create(&passed.fds[1]);
    rc = !up.memory       ? -ENOMEM
         : up.is_attached ? cede__channel_send(up.channel, "", 1, &passed, SEND_LIMIT)
                          : cede__process_pass_up(&passed);
    cede__passed_close(&passed);
    if (rc < 0) {
        cede__passed_close(&(struct cede__passed){{ends[0], -1}});
        if (up.memory)
            cede__pages_unmap(up.memory, sizeof *up.memory);
        return;
    }
    up.connection = ends[0];
    up.state = CONNECTED;
    cede__report_set_above(report_above);
}

/* Whether the parent is reached. */
static bool up_reach(void)
{
    bool is_reached;

    cede__mutex_lock(&up.lock);
    if (up.state == NEW)
        up_connect();
    is_reached = up.state == CONNECTED;
    cede__mutex_unlock(&up.lock);
    return is_reached;
}

/* The parent is gone, or wants nothing of this child. */
static void up_break(void)
{
    cede__mutex_lock(&up.lock);
    up.state = BROKEN;
    cede__mutex_unlock(&up.lock);
}

/* A child of fork inherits what its parent shared, as child and as parent; none of it is its
 * own. */
static void up_forget(void)
{
    cede__mirrors_forget();
    if (up.process == 0 || up.process == cede__process_number())
        return;
    if (up.state == CONNECTED) {
        cede__passed_close(&(struct cede__passed){{up.connection, up.channel}});
        cede__pages_unmap(up.memory, sizeof *up.memory);
    }
    memset(&up, 0, sizeof up);
}

int cede_progress_attach(int fd)
{
    int rc;

    if (cede__process_is_worker())
        return cede_raise(-EBUSY, "a worker's bars are shown by its pool's process");
    rc = cede__channel_adopt(fd);
    if (rc < 0)
        return cede_raise(rc, "descriptor %d is not of cede_progress_share", fd);
    up_forget();
    cede__mutex_lock(&up.lock);
    if (up.is_attached)
        rc = -EBUSY;
    else
        up.channel = fd;
    up.process = cede__process_number();
    __atomic_store_n(&up.is_attached, true, __ATOMIC_RELEASE);
    cede__mutex_unlock(&up.lock);
    return rc < 0 ? cede_raise(rc, "this process is attached already") : 0;
}

void cede__remote_ring(void)
{
    if (cede__process_is_worker())
        cede__process_ring_up();
}

/* Bars. */

/* One that is free, taken; NULL: none is. Whether there are some whose end is not shown yet. */
static struct cede__remote_bar *take_free(bool *is_worth_waiting)
{
    *is_worth_waiting = false;
    for (int i = 0; i < CEDE__REMOTE_BARS; i++) {
        struct cede__remote_bar *bar = &up.memory->bars[i];
        uint32_t state = CEDE__REMOTE_FREE;

        if (__atomic_compare_exchange_n(&bar->state, &state, CEDE__REMOTE_CLAIMED, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return bar;
        *is_worth_waiting |= state == CEDE__REMOTE_CLOSED;
    }
    return NULL;
}

static bool parent_is_slow(void)
{
    return __atomic_load_n(&up.is_slow, __ATOMIC_RELAXED);
}

static void parent_set_slow(bool is_slow)
{
    __atomic_store_n(&up.is_slow, is_slow, __ATOMIC_RELAXED);
}

/* Many bars are made and closed while the parent looks once: it gets a chance to show their ends,
 * but if it does not look at all, the child goes on. */
struct cede__remote_bar *cede__remote_claim(void)
{
    const cede_time limit = cede__process_is_worker() ? POOL_LIMIT : PARENT_LIMIT;
    const cede_time until = cede__clock_monotonic() + limit;
    struct cede__remote_bar *bar;
    bool is_worth_waiting, is_slow;
    uint32_t nobody = 0;

    if (!up_reach())
        return NULL;
    is_slow = parent_is_slow();
    while (!(bar = take_free(&is_worth_waiting)) && is_worth_waiting && !is_slow) {
        cede__remote_ring();
        (void)cede__futex_wait(&nobody, 0, cede__clock_monotonic() + CEDE_MS(1));
        is_slow = cede__clock_monotonic() >= until || cede__channel_is_cut(up.connection);
    }
    parent_set_slow(!bar && is_slow);
    return bar;
}

void cede__remote_tell(struct cede__remote_bar *bar, const struct cede__remote_facts *facts)
{
    const uint32_t version = __atomic_load_n(&bar->version, __ATOMIC_RELAXED);

    __atomic_store_n(&bar->version, version + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    bar->facts = *facts;
    __atomic_store_n(&bar->version, version + 2, __ATOMIC_RELEASE);
}

static void bar_enter(struct cede__remote_bar *bar, enum cede__remote_state state)
{
    __atomic_store_n(&bar->state, state, __ATOMIC_RELEASE);
    cede__remote_ring();
}

void cede__remote_show(struct cede__remote_bar *bar)
{
    bar_enter(bar, CEDE__REMOTE_OPEN);
}

void cede__remote_close(struct cede__remote_bar *bar)
{
    bar_enter(bar, CEDE__REMOTE_CLOSED);
}

/* Texts. */

/* Bytes of `text` for one message: whole lines if there is one that ends within. */
static size_t message_size(const char *text, size_t size)
{
    const size_t room = CEDE__REMOTE_TEXT_SIZE - 1;
    const char *end;

    if (size <= room)
        return size;
    end = memrchr(text, '\n', room);
    return end ? (size_t)(end - text) + 1 : room;
}

bool cede__remote_print(int fd, const char *text, size_t size)
{
    char message[CEDE__REMOTE_TEXT_SIZE];
    int rc = 0;

    if (!cede__remote_has_parent(fd) || !up_reach())
        return false;
    message[0] = (char)fd;
    do {
        const size_t part = message_size(text, size);

        memcpy(message + 1, text, part);
        rc = cede__channel_send(up.connection, message, part + 1, NULL,
                                parent_is_slow() ? 0 : SEND_LIMIT);
        text += part;
        size -= part;
    } while (rc == 0 && size > 0);
    cede__remote_ring();
    parent_set_slow(rc == -EAGAIN);
    if (rc < 0 && rc != -EAGAIN)
        up_break();
    return rc == 0;
}
