/* pool_submit.c - GLib: a million jobs for a pool of two threads that it shares with nobody.
 *
 * A job has no future of its own: freeing the pool waits until all have run.
 */
/* SPDX-License-Identifier: MIT */
#include <glib.h>

#include "bench.h"

static void body(gpointer job, gpointer ran)
{
    (void)job;
    __atomic_fetch_add((long *)ran, 1, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long ran = 0;
    GThreadPool *pool = g_thread_pool_new(body, &ran, 2, TRUE, NULL);

    bench_check(pool != NULL, "g_thread_pool_new");
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        g_thread_pool_push(pool, &ran, NULL);
    g_thread_pool_free(pool, FALSE, TRUE);
    const int64_t end = bench_now();

    bench_check(ran == count, "every job ran");
    bench_result("pool.submit", "glib", "ns", (double)(end - start) / (double)count);
    return 0;
}
