/* deadlock.c - the official deadlock of concurrent.futures: two jobs, each waits for the other.
 *
 * In Python both threads hang for ever, and the program with them. Here the second to wait is told
 * at once, and everybody is told who waits for whom. Each job hands the error up, so both fail.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

struct couple {
    cede_future *known; /* done when both are there */
    cede_future *a;
    cede_future *b;
};

/* [wait-on] */
static int wait_on_b(const void *in, void *out)
{
    const struct couple *couple = in;

    CEDE_TRY(cede_await(couple->known));
    CEDE_TRY(cede_await(couple->b)); /* b never ends: it waits for a */
    return 5;
}

static int wait_on_a(const void *in, void *out)
{
    const struct couple *couple = in;

    CEDE_TRY(cede_await(couple->known));
    CEDE_TRY(cede_await(couple->a)); /* a never ends: it waits for b */
    return 6;
}
/* [/wait-on] */

int main(void)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2});
    struct couple couple = {.known = cede_future_create()};

    if (!pool || !couple.known)
        return 1;
    setvbuf(stdout, NULL, _IONBF, 0); /* in order with the report */
    couple.a = cede_submit(pool, &(cede_job){.fn = wait_on_b, .in = &couple, .name = "a"});
    couple.b = cede_submit(pool, &(cede_job){.fn = wait_on_a, .in = &couple, .name = "b"});
    if (!couple.a || !couple.b)
        return 1;
    (void)cede_future_set(couple.known, NULL);
    printf("a: %s\n", cede_error_name(cede_await(couple.a)));
    printf("b: %s\n", cede_error_name(cede_await(couple.b)));
    cede_future_unref(couple.a);
    cede_future_unref(couple.b);
    cede_future_unref(couple.known);
    cede_executor_destroy(pool);
    return 0;
}

/* Output and errors:
 * cede: deadlock: 2 jobs wait for each other
 *   job 'a' waits for job 'b'
 *   job 'b' waits for job 'a'
 * a: EDEADLK
 * b: EDEADLK
 */
