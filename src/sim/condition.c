/* condition.c - any of several events, all of several events.
 *
 * A condition is an event with an entry for each of its members, which watches it. A member that
 * has happened is counted; a member that failed fails the condition. As soon as the condition is
 * decided it is triggered and watches no more.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/sim.h"

struct entry {
    struct cede__watcher watcher;
    struct condition *condition;
    struct cede_future *member; /* a reference */
    bool is_watching;
};

struct condition {
    struct cede__sim_event event; /* first */
    size_t n;
    size_t n_needed;             /* members that must happen; of none, 0 */
    size_t n_happened;           /* of them, those that have, as far as it was watched */
    size_t n_leaves;             /* members, those of conditions among them instead of these */
    size_t n_values;             /* once it has happened: how many of the leaves had */
    struct cede_future **values; /* these, borrowed; behind the entries, room for all leaves */
    struct entry entries[];
};

static void condition_destroy(struct cede_future *future);

const struct cede__future_kind cede__sim_condition_kind = {.noun = "Condition",
                                                           .destroy = condition_destroy,
                                                           .cancel = cede__sim_event_cancel,
                                                           .describe = cede__sim_event_describe};

static struct condition *condition_of(const struct cede_future *future)
{
    return future->kind == &cede__sim_condition_kind
               ? cede__container_of(future, struct condition, event.future)
               : NULL;
}

static void condition_stop_watching(struct condition *condition)
{
    for (size_t i = 0; i < condition->n; i++) {
        struct entry *entry = &condition->entries[i];
        if (entry->is_watching)
            (void)cede__future_unwatch(entry->member, &entry->watcher);
        entry->is_watching = false;
    }
}

static void condition_destroy(struct cede_future *future)
{
    struct condition *condition = condition_of(future);

    condition_stop_watching(condition);
    for (size_t i = 0; i < condition->n; i++)
        cede_future_unref(condition->entries[i].member);
    cede__sim_event_destroy(future);
}

/* Deciding. */

static void condition_decide(struct condition *condition, int status, const cede_error *error)
{
    condition_stop_watching(condition);
    cede__sim_event_set(&condition->event, status, error);
}

/* A member has happened. */
static void condition_count(struct condition *condition, struct cede_future *member)
{
    if (condition->event.is_triggered)
        return;
    if (member->status < 0) {
        cede__future_set_retrieved(member);
        condition_decide(condition, member->status == -ECANCELED ? CEDE_EREVOKED : member->status,
                         member->error);
    } else if (++condition->n_happened >= condition->n_needed) {
        condition_decide(condition, 0, NULL);
    }
}

static void entry_notify(struct cede__watcher *watcher)
{
    struct entry *entry = cede__container_of(watcher, struct entry, watcher);

    entry->is_watching = false;
    condition_count(entry->condition, entry->member);
}

static const struct cede__watcher_kind entry_kind = {.notify = entry_notify};

static void condition_watch(struct condition *condition)
{
    for (size_t i = 0; i < condition->n && !condition->event.is_triggered; i++) {
        struct entry *entry = &condition->entries[i];
        entry->watcher.kind = &entry_kind;
        entry->is_watching = cede__future_watch(entry->member, &entry->watcher);
        if (!entry->is_watching)
            condition_count(condition, entry->member);
    }
}

/* What has happened. */

static size_t condition_collect(const struct condition *condition, struct cede_future **values)
{
    size_t n = 0;

    for (size_t i = 0; i < condition->n; i++) {
        struct cede_future *member = condition->entries[i].member;
        const struct condition *inner = condition_of(member);
        if (inner)
            n += condition_collect(inner, values + n);
        else if (cede__future_done(member))
            values[n++] = member;
    }
    return n;
}

static void condition_happens(struct cede__sim_event *event)
{
    struct condition *condition = cede__container_of(event, struct condition, event);

    condition->n_values = condition_collect(condition, condition->values);
}

size_t cede_sim_condition_events(const cede_future *future, cede_future **events_out, size_t room)
{
    const struct condition *condition = future ? condition_of(future) : NULL;

    if (!condition || !cede__future_done(future))
        return 0;
    for (size_t i = 0; i < condition->n_values && i < room; i++)
        events_out[i] = condition->values[i];
    return condition->n_values;
}

/* Made. */

static int members_check(cede_future *const *members, size_t n, size_t *n_leaves_out)
{
    *n_leaves_out = 0;
    for (size_t i = 0; i < n; i++) {
        CEDE_TRY(cede__future_check(members[i]));
        if (members[i]->is_shared)
            return cede_raise(-EINVAL,
                              "a %s that is shared with other threads cannot be part of "
                              "a condition",
                              members[i]->kind->noun);
        const struct condition *inner = condition_of(members[i]);
        *n_leaves_out += inner ? inner->n_leaves : 1;
    }
    return 0;
}

static cede_future *condition_create(cede_future *const *members, size_t n, size_t n_needed,
                                     const char *name)
{
    size_t n_leaves;
    struct condition *condition;

    if (members_check(members, n, &n_leaves) < 0)
        return NULL;
    condition = (struct condition *)(void *)cede__sim_event_create(
        &cede__sim_condition_kind,
        sizeof *condition + n * sizeof(struct entry) + n_leaves * sizeof(cede_future *), name);
    if (!condition)
        return NULL;
    condition->event.happens = condition_happens;
    condition->n = n;
    condition->n_needed = n_needed;
    condition->n_leaves = n_leaves;
    condition->values = (struct cede_future **)(void *)&condition->entries[n];
    for (size_t i = 0; i < n; i++) {
        condition->entries[i].condition = condition;
        condition->entries[i].member = cede_future_ref(members[i]);
    }
    condition_watch(condition);
    if (n == 0)
        condition_decide(condition, 0, NULL);
    return &condition->event.future;
}

cede_future *cede_sim_any_of(cede_future *const *events, size_t n)
{
    return condition_create(events, n, n > 0, "any of");
}

cede_future *cede_sim_all_of(cede_future *const *events, size_t n)
{
    return condition_create(events, n, n, "all of");
}
