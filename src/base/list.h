/* list.h - an intrusive, circular, doubly linked list. Floor 0.
 *
 * A head and its nodes are the same struct. A node that is on no list links to itself, so that
 * removal is always safe and "am I on a list" is a comparison.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LIST_H
#define CEDE_LIST_H

#include <stdbool.h>

struct cede__list {
    struct cede__list *next; /* first, for a head */
    struct cede__list *prev; /* last, for a head */
};

static inline void cede__list_init(struct cede__list *list)
{
    list->next = list;
    list->prev = list;
}

static inline bool cede__list_is_empty(const struct cede__list *list)
{
    return list->next == list;
}

static inline void cede__list_append(struct cede__list *head, struct cede__list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

static inline void cede__list_prepend(struct cede__list *head, struct cede__list *node)
{
    cede__list_append(head->next, node);
}

static inline void cede__list_remove(struct cede__list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    cede__list_init(node);
}

/* The same for a node that is not looked at again: its links are left as they were. */
static inline void cede__list_unlink(struct cede__list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
}

/* The oldest node, taken off; NULL if there is none. */
static inline struct cede__list *cede__list_take(struct cede__list *head)
{
    struct cede__list *node = head->next;

    if (node == head)
        return 0;
    cede__list_remove(node);
    return node;
}

/* Every node of `from` to the end of `to`, in order; `from` is empty afterwards. */
static inline void cede__list_splice(struct cede__list *to, struct cede__list *from)
{
    if (cede__list_is_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    cede__list_init(from);
}

#endif
