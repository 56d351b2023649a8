/* timer_sort.c - timers' entries put in order: a few by counting, many by merging.
 *
 * What a comparison comes to cannot be foretold where times are random, and a jump that was
 * foretold wrongly costs as much as a dozen comparisons. So of a few, all are compared with all,
 * and each goes where the number of those before it says, without a jump. Many at once are nearly
 * always due at the very same time, and come last armed, first: those are turned round.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "loop/timer_heap.h"
#include "loop/timer_sort.h"

void cede__entries_sort_few(struct cede__timer_entry *to, const struct cede__timer_entry *from,
                            uint32_t n)
{
    uint32_t places[CEDE__SORT_FEW];

    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = i;
        for (uint32_t j = 0; j < i; j++) {
            const uint32_t before = cede__entry_before(&from[i], &from[j]);
            places[j] += before;
            place -= before;
        }
        places[i] = place;
    }
    for (uint32_t i = 0; i < n; i++)
        to[places[i]] = from[i];
}

/* Whether each is before the one that it follows. */
static bool is_backwards(const struct cede__timer_entry *entries, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (cede__entry_before(&entries[i - 1], &entries[i]))
            return false;
    }
    return true;
}

/* Merge the first `middle` of n entries, which are in order, with the others, which are as well. */
static void merge(struct cede__timer_entry *to, const struct cede__timer_entry *from,
                  uint32_t middle, uint32_t n)
{
    uint32_t left = 0;
    uint32_t right = middle;

    for (uint32_t i = 0; i < n; i++) {
        const bool is_left =
            right == n || (left < middle && cede__entry_before(&from[left], &from[right]));
        to[i] = is_left ? from[left++] : from[right++];
    }
}

/* Merge rows of `width`, two to one; the last may be shorter. */
static void merge_rows(struct cede__timer_entry *to, const struct cede__timer_entry *from,
                       uint32_t width, uint32_t n)
{
    for (uint32_t at = 0; at < n;) {
        const uint32_t left = n - at < width ? n - at : width;
        const uint32_t both = n - at - left < width ? n - at : left + width;
        merge(to + at, from + at, left, both);
        at += both;
    }
}

static void entries_reverse(struct cede__timer_entry *entries, uint32_t n)
{
    for (uint32_t i = 0; i < n / 2; i++) {
        const struct cede__timer_entry entry = entries[i];
        entries[i] = entries[n - 1 - i];
        entries[n - 1 - i] = entry;
    }
}

void cede__entries_sort(struct cede__timer_entry *entries, struct cede__timer_entry *other,
                        uint32_t n)
{
    struct cede__timer_entry *sorted = other;
    struct cede__timer_entry *free = entries;

    if (is_backwards(entries, n)) {
        entries_reverse(entries, n);
        return;
    }
    for (uint32_t at = 0; at < n; at += CEDE__SORT_FEW)
        cede__entries_sort_few(other + at, entries + at,
                               n - at < CEDE__SORT_FEW ? n - at : CEDE__SORT_FEW);
    for (uint64_t width = CEDE__SORT_FEW; width < n; width *= 2) {
        struct cede__timer_entry *merged = free;
        merge_rows(merged, sorted, (uint32_t)width, n);
        free = sorted;
        sorted = merged;
    }
    if (sorted != entries)
        memcpy(entries, sorted, n * sizeof *entries);
}
