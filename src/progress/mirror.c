/* mirror.c - bars of child processes: each is mirrored by a bar here, which follows it.
 *
 *     pool's worker --passes up--\
 *                                 >--> children, each: connection, memory, mirrors of its bars
 *     channel of cede_progress_share --/
 *
 * A look takes what has come over the channels and connections, and brings each mirror to what its
 * memory says; then the mirror draws itself as any bar does. Whoever is there looks, one at a time,
 * under one lock: the chore of a loop on whose thread cede_progress_share was called, the thread
 * that manages a pool of processes, bars that are drawn anyhow. There is no thread for it. A child
 * is gone when its connection has ended: its bars show what they came to and are closed.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/progress_share.h>

#include "base/base.h"
#include "loop/loop.h"
#include "progress/bar.h"
#include "progress/mirror.h"
#include "sys/channel.h"
#include "sys/file.h"
#include "sys/futex.h"
#include "sys/memory.h"
#include "sys/shared_memory.h"
#include "sys/thread.h"
#include "task/process_guest.h"

#define LOOK_BARS  CEDE_MS(50)  /* between looks while children have bars */
#define LOOK_OTHER CEDE_MS(100) /* while they have none, if nobody would ring */

enum { MESSAGES_AT_ONCE = 256 }; /* taken from one child, or it could hold up a look for ever */

struct mirror {
    cede_progress *bar;  /* NULL: none */
    uint32_t version;    /* of the facts it follows */
    uint32_t n_resets;   /* that it has followed */
    uint32_t n_unpauses; /* likewise */
    cede_time closed_at; /* 0: it is not */
};

struct child {
    struct cede__list link; /* on children */
    int connection;
    bool has_ended;
    struct cede__remote_memory *memory;
    struct mirror mirrors[CEDE__REMOTE_BARS];
};

struct channel {
    struct cede__list link; /* on channels */
    int fd;                 /* our end */
};

static struct cede__mutex lock; /* of all below */
static struct cede__list children = {&children, &children};
static struct cede__list channels = {&channels, &channels};
static int process;   /* the number of the one whose children they are */
static int n_sources; /* children and channels; read without the lock */

/* Under the lock. */
static void source_add(struct cede__list *list, struct cede__list *link)
{
    cede__list_append(list, link);
    process = cede__process_number();
    __atomic_add_fetch(&n_sources, 1, __ATOMIC_RELAXED);
}

/* Children. */

static void child_free(struct child *child)
{
    if (child->memory)
        cede__pages_unmap(child->memory, sizeof *child->memory);
    if (child->connection >= 0)
        (void)cede__file_close(child->connection);
    cede__free(child);
}

/* NULL: it is none of ours, or of another version. */
static struct cede__remote_memory *memory_map(int fd)
{
    struct cede__remote_memory *memory;
    struct cede__file_facts facts;

    if (cede__file_facts(fd, &facts) < 0 || facts.size < (int64_t)sizeof *memory)
        return NULL; /* touching what is not there is fatal */
    memory = cede__shared_map(fd, sizeof *memory);
    if (!memory || strncmp(memory->version, CEDE__VERSION, sizeof memory->version) == 0)
        return memory;
    cede__pages_unmap(memory, sizeof *memory);
    return NULL;
}

/* Under the lock. A child that cannot be shown, for want of memory or because it is of another
 * version, finds its connection ended. */
static void children_add(const struct cede__passed *passed)
{
    struct child *child = cede__calloc(1, sizeof *child);

    if (!child) {
        cede__passed_close(passed);
        return;
    }
    child->connection = passed->fds[0];
    child->memory = memory_map(passed->fds[1]);
    if (!child->memory) {
        child_free(child);
    } else {
        source_add(&children, &child->link);
    }
    (void)cede__file_close(passed->fds[1]);
}

/* Facts, if they are whole: false while the child writes them. */
static bool facts_read(const struct cede__remote_bar *remote, struct cede__remote_facts *facts,
                       uint32_t *version_out)
{
    const uint32_t version = __atomic_load_n(&remote->version, __ATOMIC_ACQUIRE);

    if (version % 2 != 0)
        return false;
    *facts = remote->facts;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&remote->version, __ATOMIC_RELAXED) != version)
        return false;
    facts->description[sizeof facts->description - 1] = '\0';
    facts->postfix[sizeof facts->postfix - 1] = '\0';
    facts->unit[sizeof facts->unit - 1] = '\0';
    facts->colour[sizeof facts->colour - 1] = '\0';
    *version_out = version;
    return true;
}

static void mirror_begin(struct mirror *mirror, const struct cede__remote_facts *facts)
{
    cede_progress_options options = facts->options;

    options.description = facts->description;
    options.postfix = facts->postfix;
    options.unit = facts->unit;
    options.colour = NULL;
    mirror->bar = cede__progress_create_mirror(&options, facts->started_at);
    mirror->n_resets = facts->n_resets;
    mirror->n_unpauses = facts->n_unpauses;
}

static void mirror_follow(struct mirror *mirror, const struct cede__remote_facts *facts)
{
    const int64_t total = facts->options.total;

    if (!mirror->bar)
        mirror_begin(mirror, facts);
    if (!mirror->bar)
        return;
    if (mirror->n_resets != facts->n_resets)
        cede_progress_reset(mirror->bar, total > 0 ? total : -1);
    if (mirror->n_unpauses != facts->n_unpauses)
        cede_progress_unpause(mirror->bar);
    mirror->n_resets = facts->n_resets;
    mirror->n_unpauses = facts->n_unpauses;
    mirror->closed_at = facts->closed_at;
    cede_progress_set_total(mirror->bar, total);
    cede_progress_set_description(mirror->bar, facts->description);
    cede_progress_set_postfix(mirror->bar, facts->postfix);
    cede__progress_set_sequence(mirror->bar, facts->colour);
}

/* The bar shows what it came to. */
static void mirror_end(struct mirror *mirror)
{
    if (mirror->bar && mirror->closed_at > 0)
        cede__progress_close_at(mirror->bar, mirror->closed_at);
    cede_progress_destroy(mirror->bar);
    *mirror = (struct mirror){0};
}

/* Whether the bar is shown afterwards. */
static bool mirror_look(struct mirror *mirror, struct cede__remote_bar *remote, bool has_ended)
{
    const uint32_t state = __atomic_load_n(&remote->state, __ATOMIC_ACQUIRE);
    struct cede__remote_facts facts;
    uint32_t version;

    if (state != CEDE__REMOTE_OPEN && state != CEDE__REMOTE_CLOSED)
        return false;
    if ((!mirror->bar || __atomic_load_n(&remote->version, __ATOMIC_RELAXED) != mirror->version) &&
        facts_read(remote, &facts, &version)) {
        mirror->version = version;
        mirror_follow(mirror, &facts);
    }
    cede_progress_set(mirror->bar, __atomic_load_n(&remote->n, __ATOMIC_RELAXED));
    if (state == CEDE__REMOTE_OPEN && !has_ended) {
        (void)cede__progress_tick(mirror->bar);
        return true;
    }
    mirror_end(mirror);
    __atomic_store_n(&remote->state, CEDE__REMOTE_FREE, __ATOMIC_RELEASE);
    return false;
}

/* What the child has printed. */
static void child_hear(struct child *child)
{
    char message[CEDE__REMOTE_TEXT_SIZE];
    struct cede__passed passed;
    ssize_t n = 1;

    for (int i = 0; i < MESSAGES_AT_ONCE && n > 0; i++) {
        n = cede__channel_receive(child->connection, message, sizeof message, &passed);
        cede__passed_close(&passed);
        if (n > 1 && !cede__remote_print(message[0], message + 1, (size_t)n - 1))
            cede__renderer_write_to(message[0] == 1 ? 1 : 2, message + 1, (size_t)n - 1);
    }
    child->has_ended = n == 0 || (n < 0 && n != -EAGAIN);
}

/* Whether it has bars that are shown. */
static bool child_look(struct child *child)
{
    bool has_bars = false;

    child_hear(child);
    for (int i = 0; i < CEDE__REMOTE_BARS; i++)
        has_bars |= mirror_look(&child->mirrors[i], &child->memory->bars[i], child->has_ended);
    if (child->has_ended) {
        cede__list_unlink(&child->link);
        child_free(child);
        __atomic_sub_fetch(&n_sources, 1, __ATOMIC_RELAXED);
    }
    return has_bars;
}

/* Channels. */

static void channel_free(struct channel *channel)
{
    (void)cede__file_close(channel->fd);
    cede__free(channel);
}

/* Children that have come by it. */
static void channel_look(struct channel *channel)
{
    struct cede__passed passed;
    char byte;
    ssize_t n;

    while ((n = cede__channel_receive(channel->fd, &byte, 1, &passed)) > 0) {
        if (passed.fds[0] >= 0)
            children_add(&passed);
    }
    if (n == -EAGAIN)
        return;
    cede__list_unlink(&channel->link);
    channel_free(channel);
    __atomic_sub_fetch(&n_sources, 1, __ATOMIC_RELAXED);
}

/* Looking. */

/* Under the lock: ns until the next look; CEDE_NEVER if there is nobody to look for. `others`: if
 * there are no bars. */
static cede_time look(cede_time others)
{
    bool has_bars = false;

    for (struct cede__list *link = channels.next, *next = link->next; link != &channels;
         link = next, next = link->next)
        channel_look(cede__container_of(link, struct channel, link));
    for (struct cede__list *link = children.next, *next = link->next; link != &children;
         link = next, next = link->next)
        has_bars |= child_look(cede__container_of(link, struct child, link));
    if (has_bars)
        return LOOK_BARS;
    return __atomic_load_n(&n_sources, __ATOMIC_RELAXED) > 0 ? others : CEDE_NEVER;
}

static cede_time look_in_turn(cede_time others)
{
    cede_time pause;

    if (__atomic_load_n(&n_sources, __ATOMIC_RELAXED) == 0)
        return CEDE_NEVER;
    cede__mutex_lock(&lock);
    pause = look(others);
    cede__mutex_unlock(&lock);
    return pause;
}

void cede__mirrors_look(void)
{
    if (__atomic_load_n(&n_sources, __ATOMIC_RELAXED) == 0 || !cede__mutex_try_lock(&lock))
        return;
    (void)look(CEDE_NEVER);
    cede__mutex_unlock(&lock);
}

void cede__mirrors_forget(void)
{
    struct cede__list *link;

    if (process == 0 || process == cede__process_number())
        return;
    while ((link = cede__list_take(&channels)))
        channel_free(cede__container_of(link, struct channel, link));
    while ((link = cede__list_take(&children)))
        child_free(cede__container_of(link, struct child, link)); /* mirrors are the parent's */
    n_sources = 0;
    process = 0;
}

/* For pools of processes. */

static void pool_adopt(const struct cede__passed *passed)
{
    cede__mutex_lock(&lock);
    children_add(passed);
    cede__mutex_unlock(&lock);
}

static cede_time pool_tick(void)
{
    return look_in_turn(CEDE_NEVER);
}

__attribute__((constructor)) static void be_the_guest(void)
{
    static const struct cede__process_guest guest = {pool_adopt, pool_tick};

    cede__process_guest = &guest;
}

/* For loops. */

struct watcher {
    struct cede__attachment attachment;
    struct cede__chore chore;
};

static const char watcher_key;

static void watcher_run(struct cede__chore *chore, cede_time now)
{
    chore->when = cede_time_add(now, look_in_turn(LOOK_OTHER));
}

static void watcher_close(struct cede__attachment *attachment)
{
    struct watcher *watcher = cede__container_of(attachment, struct watcher, attachment);

    cede__list_remove(&watcher->chore.link);
    cede__free(watcher);
}

/* Have the loop of this thread, if there is one, look from now on. 0, or -ENOMEM. */
static int watch_here(void)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede__attachment *attachment;
    struct watcher *watcher;

    if (!loop || loop->is_virtual)
        return 0;
    attachment = cede__loop_attachment(loop, &watcher_key);
    watcher = attachment ? cede__container_of(attachment, struct watcher, attachment)
                         : cede__calloc(1, sizeof *watcher);
    if (!watcher)
        return -ENOMEM;
    if (!attachment) {
        watcher->attachment.key = &watcher_key;
        watcher->attachment.close = watcher_close;
        cede__loop_attach(loop, &watcher->attachment);
        watcher->chore.run = watcher_run;
        cede__list_append(&loop->chores, &watcher->chore.link);
    }
    watcher->chore.when = cede__loop_now(loop);
    return 0;
}

int cede_progress_share(int *fd_out)
{
    struct channel *channel = cede__malloc(sizeof *channel);
    int ends[2], rc;

    rc = channel ? cede__channel_open(ends) : -ENOMEM;
    if (rc == 0 && (rc = watch_here()) < 0)
        cede__passed_close(&(struct cede__passed){{ends[0], ends[1]}});
    if (rc < 0) {
        cede__free(channel);
        return cede_raise(rc, "no channel could be made for the bars of children");
    }
    channel->fd = ends[0];
    cede__mutex_lock(&lock);
    source_add(&channels, &channel->link);
    cede__mutex_unlock(&lock);
    *fd_out = ends[1];
    return 0;
}
