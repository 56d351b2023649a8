/* test_sync_model.c - random programs of locks, conditions, events, semaphores, reader-writer
 * locks, barriers, queues of each order and once, with deadlines and cancellations, against a
 * model.
 *
 * Six tasks draw what to do from a seed, each wait under a deadline. Whenever one of them runs, the
 * order of those that are ready is shuffled. The model in sync_model.h computes how every operation
 * must end; before and after each, all there is to see of the objects is compared with it.
 * Deadlines and ends of sleeps fall on different microseconds, so none are equal.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/barrier.h>
#include <cede/condition.h>
#include <cede/event.h>
#include <cede/once.h>
#include <cede/queue.h>
#include <cede/rwlock.h>
#include <cede/semaphore.h>

#include "loop/ready.h"
#include "sync_model_queue.h"

#ifndef N_SEEDS
#if defined(__SANITIZE_THREAD__)
#define N_SEEDS 150 /* ThreadSanitizer has room for 8,128 stacks, ended ones included */
#else
#define N_SEEDS 2000
#endif
#endif

static uint64_t seed, random_state;
static long n_steps, n_waits;
static int next_item;
static cede_future *tasks[N_ACTORS];

static cede_lock locks[N_LOCKS];
static cede_condition condition;
static cede_event event;
static cede_semaphore semaphore;
static cede_rwlock rwlock;
static cede_barrier barrier;
static cede_once once;
static cede_queue *queue;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

/* A time from now on, which nobody else draws. */
static cede_time draw_time(int id, int kind)
{
    enum { STEP = 64 };

    return (cede_now() / CEDE_US(STEP) + 1 + draw(6)) * CEDE_US(STEP) +
           CEDE_US(1 + id + kind * N_ACTORS);
}

/* Put those that are ready in another order. */
static void shuffle(void)
{
    struct cede__ready *ready[4 * N_ACTORS];
    struct cede_loop *loop = cede__loop_here;
    unsigned n = 0;
    bool plain = true; /* tasks only: other things keep their order */

    for (; loop->ready_first; n++) {
        CHECK(n < sizeof ready / sizeof ready[0]);
        ready[n] = cede__loop_take_ready(loop);
        plain = plain && ready[n]->coro;
    }
    for (unsigned i = 0; i < n; i++) {
        const unsigned j = plain ? i + draw(n - i) : i;
        struct cede__ready *one = ready[j];
        ready[j] = ready[i];
        cede__loop_add_ready(loop, one);
    }
}

static void compare(const char *what, long actual, long expected)
{
    if (actual != expected)
        FAIL("seed %llu, step %ld: %s is %ld, not %ld", (unsigned long long)seed, n_steps, what,
             actual, expected);
}

static cede_future *task_of(int id)
{
    return id == NOBODY ? NULL : tasks[id];
}

static void compare_all(void)
{
    cede_queue_state state;

    for (int i = 0; i < N_LOCKS; i++) {
        compare("owner", cede_lock_owner(&locks[i]) == task_of(m.owner[i]), true);
        compare("waiting for a lock", (long)cede_lock_n_waiting(&locks[i]), m.n[i]);
    }
    compare("waiting for the condition", (long)cede_condition_n_waiting(&condition), m.n[COND]);
    compare("event", cede_event_is_set(&event), m.is_set);
    compare("waiting for the event", (long)cede_event_n_waiting(&event), m.n[EVENT]);
    compare("slots", (long)cede_semaphore_n_free(&semaphore), m.n_free);
    compare("waiting for a slot", (long)cede_semaphore_n_waiting(&semaphore), m.n[SEM]);
    compare("readers", (long)cede_rwlock_n_readers(&rwlock), m.n_readers);
    compare("writer", cede_rwlock_writer(&rwlock) == task_of(m.writer), true);
    compare("waiting for the rwlock", (long)cede_rwlock_n_waiting(&rwlock), m.n[RW]);
    compare("at the barrier", (long)cede_barrier_n_waiting(&barrier), m.n[BARRIER]);
    compare("broken", cede_barrier_is_broken(&barrier), m.is_broken);
    compare("once", cede_once_is_done(&once), m.once_is_done);
    compare("running once", cede_once_runner(&once) == task_of(m.runs_once), true);
    compare("waiting for once", (long)cede_once_n_waiting(&once), m.n[ONCE]);
    cede_queue_look(queue, &state);
    compare("items", (long)state.size, m.n_items);
    compare("getting", (long)state.n_getting, m.n[GET]);
    compare("putting", (long)state.n_putting, m.n[PUT]);
    compare("unfinished", (long)state.n_unfinished, m.n_unfinished);
}

static void look(void)
{
    n_steps++;
    shuffle();
    model_advance(cede_now());
    compare_all();
}

/* What a wait in the model comes to at once; -EAGAIN: it is to wait. */
static int model_try(int id, enum line_name line)
{
    struct actor *actor = &m.actors[id];

    switch (line) {
    case EVENT:
        return m.is_set ? 0 : -EAGAIN;
    case SEM:
        return m.n_free > 0 ? (m.n_free--, 0) : -EAGAIN;
    case RW:
        if (m.writer == id)
            return -EDEADLK;
        if (m.n[RW] > 0 || !model_fits(actor->writes))
            return -EAGAIN;
        model_enter(id, actor->writes);
        return 0;
    case BARRIER:
        return model_come();
    case ONCE:
        if (m.runs_once != NOBODY)
            return -EAGAIN;
        m.runs_once = id;
        return TRY;
    case GET:
        return model_get(&actor->item);
    case PUT:
        return model_put(actor->item);
    case JOIN:
        return m.n_unfinished == 0 ? 0 : -EAGAIN;
    default:
        return -EAGAIN;
    }
}

/* Begin a wait in the model: decided at once, or in a line. */
static void model_begin(int id, enum line_name line)
{
    struct actor *actor = &m.actors[id];
    int rc;

    actor->decided = false;
    actor->after_wait = false;
    if (line == ONCE && m.once_is_done) {
        decide(id, 0); /* the only wait that is no cancellation point then */
    } else if (actor->n_cancels > 0) {
        decide(id, -ECANCELED);
    } else if (line <= LOCK_1 && m.owner[line] == id) {
        decide(id, -EDEADLK);
    } else if (line <= LOCK_1) {
        model_queue_for_lock((int)line, id, 0);
    } else {
        rc = model_try(id, line);
        if (rc == -EAGAIN)
            line_join(line, id);
        else
            decide(id, rc);
        if (line == COND)
            model_release(LOCK_0);
    }
}

/* What is to be done once: it takes its time, whatever becomes of its actor meanwhile, and fails
 * more often than not. */
static int run_once(void *arg)
{
    struct actor *actor = arg;
    const int id = (int)(actor - m.actors);
    const bool well = draw(4) == 0;
    cede_scope shield;

    model_advance(cede_now());
    compare("decided", actor->decided && actor->rc == TRY, true);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    compare("sleep", cede_sleep(draw_time(id, true) - cede_now()), 0);
    (void)cede_scope_exit(&shield, 0);
    model_advance(cede_now());
    decide(id, well ? 0 : -EIO);
    model_ran_once(well);
    return well ? 0 : -EIO;
}

static int real_wait(enum line_name line, struct actor *actor, cede_time until, int *item)
{
    switch (line) {
    case LOCK_0:
    case LOCK_1:
        return cede_lock_acquire(&locks[line]);
    case COND:
        return cede_condition_wait(&condition, &locks[LOCK_0]);
    case EVENT:
        return cede_event_wait(&event);
    case SEM:
        return cede_semaphore_acquire(&semaphore);
    case RW:
        return actor->writes ? cede_rwlock_acquire_write(&rwlock)
                             : cede_rwlock_acquire_read(&rwlock);
    case BARRIER:
        return cede_barrier_wait(&barrier);
    case ONCE:
        return cede_once_run(&once, run_once, actor);
    case GET:
        return cede_queue_get(queue, item);
    case PUT:
        return cede_queue_put(queue, item);
    case JOIN:
        return cede_queue_join(queue);
    default:
        return cede_sleep(until - cede_now());
    }
}

static void step_wait(int id, enum line_name line)
{
    struct actor *actor = &m.actors[id];
    int item = line == PUT ? ++next_item : -1, rc;
    cede_scope scope;

    if (line == COND && m.owner[LOCK_0] != id)
        return;
    actor->writes = draw(2) == 0;
    actor->item = item;
    actor->until = draw_time(id, line == SLEEP);
    model_begin(id, line);
    n_waits += !actor->decided;
    cede_scope_enter(&scope, line == SLEEP ? CEDE_NEVER : actor->until);
    rc = real_wait(line, actor, actor->until, &item);
    model_advance(cede_now());
    compare("decided", actor->decided, true);
    compare("result", rc, actor->rc);
    compare("item", item, line == GET || line == PUT ? actor->item : -1);
    actor->n_slots += line == SEM && rc == 0;
    (void)cede_scope_exit(&scope, rc);
}

static void step_release(int id, int what)
{
    struct actor *actor = &m.actors[id];

    if (what < N_LOCKS) {
        const bool mine = m.owner[what] == id;
        if (mine)
            model_release(what);
        compare("release", cede_lock_release(&locks[what]), mine ? 0 : -EPERM);
    } else if (what == 2 && actor->n_slots > 0) {
        actor->n_slots--;
        const int rc = model_release_slot();
        compare("release of a slot", cede_semaphore_release(&semaphore), rc);
    } else if (what == 3 && (m.writer == id || actor->n_reads > 0)) {
        if (m.writer == id)
            m.writer = NOBODY;
        else
            actor->n_reads--, m.n_readers--;
        model_admit();
        compare("release of the rwlock", cede_rwlock_release(&rwlock), 0);
    }
}

static void step_queue(void)
{
    const bool immediate = draw(2) == 0;
    int item = -1, got = -1, rc;

    switch (draw(4)) {
    case 0:
        rc = model_done(1);
        compare("done", cede_queue_task_done(queue), rc);
        return;
    case 1:
        rc = model_get(&item);
        compare("get", cede_queue_try_get(queue, &got), rc);
        compare("item", got, item);
        return;
    case 2:
        item = ++next_item;
        rc = model_put(item);
        compare("put", cede_queue_try_put(queue, &item), rc);
        return;
    default:
        if (draw(60) == 0) {
            model_shut_down(immediate);
            compare("shutdown", cede_queue_shutdown(queue, immediate), 0);
        }
    }
}

static void step_signal(int id)
{
    const int n = (int)draw(3), other = (int)draw(N_ACTORS);
    int rc;

    switch (draw(10)) {
    case 0:
        m.is_set = true;
        line_grant_all(EVENT, 0);
        compare("set", cede_event_set(&event), 0);
        return;
    case 1:
        m.is_set = false;
        cede_event_clear(&event);
        return;
    case 2:
        compare("notified", cede_condition_notify(&condition, (size_t)n), model_notify(n));
        return;
    case 3:
        model_break(n > 0 && !m.is_broken);
        compare("break", m.is_broken ? cede_barrier_break(&barrier) : cede_barrier_reset(&barrier),
                0);
        return;
    case 4: /* not taken before: a bounded one may refuse */
        rc = n > 0 ? -EAGAIN : model_release_slot();
        compare("overflow", rc == -EAGAIN ? rc : cede_semaphore_release(&semaphore), rc);
        return;
    case 5:
        if (other != id && cede_cancel(tasks[other])) {
            m.actors[other].n_cancels++;
            model_withdraw(other, -ECANCELED);
        }
        return;
    default:
        step_queue();
    }
}

static int run_actor(void *arg)
{
    const int id = (int)(intptr_t)arg;
    struct actor *actor = &m.actors[id];

    for (int i = 0; i < 40; i++) {
        look();
        if (actor->n_cancels > 0 && draw(2) == 0)
            compare("uncancel", cede_uncancel(), --actor->n_cancels);
        else if (draw(8) == 0)
            (void)cede_sleep(0);
        else if (draw(3) == 0)
            step_release(id, (int)draw(4));
        else if (draw(2) == 0)
            step_signal(id);
        else
            step_wait(id, (enum line_name)draw(N_LINES));
    }
    for (int what = 0; what < 4; what++) {
        look();
        while (what < N_LOCKS ? m.owner[what] == id
               : what == 2    ? actor->n_slots > 0
                              : m.writer == id || actor->n_reads > 0)
            step_release(id, what);
    }
    return 0;
}

static int compare_items(const void *a, const void *b)
{
    return *(const int *)a % N_PRIORITIES - *(const int *)b % N_PRIORITIES;
}

/* The objects as they are at the beginning, and some of each kind there is. */
static void begin_program(void)
{
    cede_queue_options options = {.item_size = sizeof(int), .max_size = N_PLACES};

    model_reset();
    m.order = options.order = (cede_queue_order)draw(3);
    m.is_bounded = draw(2) == 0;
    options.compare = m.order == CEDE_QUEUE_PRIORITY ? compare_items : NULL;
    memset(locks, 0, sizeof locks);
    memset(&condition, 0, sizeof condition);
    memset(&event, 0, sizeof event);
    memset(&rwlock, 0, sizeof rwlock);
    memset(&once, 0, sizeof once);
    CHECK_EQ(cede_semaphore_init(&semaphore, &(cede_semaphore_options){.n_slots = N_SLOTS,
                                                                       .bounded = m.is_bounded}),
             0);
    CHECK_EQ(cede_barrier_init(&barrier, NULL, N_PARTIES), 0);
    CHECK_EQ(cede_queue_create(&options, &queue), 0);
}

static void run_program(void)
{
    begin_program();
    for (intptr_t i = 0; i < N_ACTORS; i++)
        tasks[i] = cede_spawn(run_actor, (void *)i);
    for (int i = 0; i < N_ACTORS; i++)
        (void)cede_await(tasks[i]);
    for (int i = 0; i < N_ACTORS; i++)
        cede_future_unref(tasks[i]);
    compare_all();
    for (int line = 0; line < N_LINES; line++)
        compare("left in a line", m.n[line], 0);
    cede_queue_destroy(queue);
}

TEST_TASK(sync_model, random_programs_behave_as_computed)
{
    test_time_limit(1400); /* the slow variant takes minutes */
    for (seed = 1; seed <= N_SEEDS; seed++) {
        random_state = seed * 7919;
        run_program();
    }
    CHECK(n_steps > N_SEEDS * 200L); /* they did something */
    CHECK(n_waits > N_SEEDS * 20L);
}
