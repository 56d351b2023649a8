/* pool_submit.c - the least thread pool: a ring under one mutex, two condition variables, two
 * threads.
 *
 * A job has no future of its own: it adds one to a count, and the main thread waits for the count.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "bench.h"

#define RING    65536
#define THREADS 2

struct job {
    void (*run)(void *arg);
    void *arg;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER; /* a job came, or the end */
static pthread_cond_t taken = PTHREAD_COND_INITIALIZER;  /* there is room again */
static struct job ring[RING];
static size_t n_put, n_got; /* jobs ever; the difference is in the ring; under lock */
static int closed;          /* under lock */

static void submit(void (*run)(void *), void *arg)
{
    pthread_mutex_lock(&lock);
    while (n_put - n_got == RING)
        pthread_cond_wait(&taken, &lock);
    ring[n_put++ % RING] = (struct job){run, arg};
    pthread_mutex_unlock(&lock);
    pthread_cond_signal(&filled);
}

static void *worker(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (n_put == n_got && !closed)
            pthread_cond_wait(&filled, &lock);
        if (n_put == n_got)
            break;
        const struct job job = ring[n_got % RING];
        if (n_put - n_got++ == RING)
            pthread_cond_signal(&taken);
        pthread_mutex_unlock(&lock);
        job.run(job.arg);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void body(void *arg)
{
    __atomic_fetch_add((long *)arg, 1, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    pthread_t threads[THREADS];
    long ran = 0;

    for (int i = 0; i < THREADS; i++)
        bench_check(pthread_create(&threads[i], NULL, worker, NULL) == 0, "pthread_create");

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        submit(body, &ran);
    pthread_mutex_lock(&lock);
    closed = 1;
    pthread_mutex_unlock(&lock);
    pthread_cond_broadcast(&filled);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    const int64_t end = bench_now();

    bench_check(ran == count, "every job ran");
    bench_result("pool.submit", "floor", "ns", (double)(end - start) / (double)count);
    return 0;
}
