/* spinner_thread.c - a spinner turns while something slow is under way, in a thread of its own.
 *
 * The two threads meet in a future: the spinner waits for it, a tenth of a second each time, and
 * the supervisor keeps it when it has its answer. Made outside of any loop, it is every thread's; a
 * plain thread that awaits it blocks. There is no loop here.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cede.h>

struct spinner {
    const char *message;
    cede_future *stop; /* kept by the supervisor */
};

static void write_status(const char *status)
{
    printf("%s", status);
    fflush(stdout);
    for (size_t i = 0; i < strlen(status); i++)
        putchar('\b');
}

static void *spin(void *arg)
{
    const struct spinner *spinner = arg;
    char status[64] = "";

    for (unsigned turn = 0; !cede_future_is_done(spinner->stop); turn++) {
        int rc = 0;

        snprintf(status, sizeof status, "%c %s", "|/-\\"[turn % 4], spinner -> message);
        write_status(status);
        CEDE_TIMEOUT(CEDE_MS(100), rc) {
            rc = cede_shield(spinner->stop);
        }
    }
    memset(status, ' ', strlen(status));
    write_status(status);
    return NULL;
}

static int slow_function(int *answer_out)
{
    CEDE_TRY(cede_sleep(CEDE_S(1))); /* pretend to wait for I/O; this blocks the thread */
    *answer_out = 42;
    return 0;
}

static int supervisor(int *answer_out)
{
    struct spinner spinner = {"thinking!", cede_future_create()};
    pthread_t thread;
    char line[128];
    int rc = -EAGAIN;

    if (!spinner.stop)
        return -ENOMEM;
    cede_future_format(spinner.stop, line, sizeof line);
    printf("spinner object: %s\n", line);
    if (pthread_create(&thread, NULL, spin, &spinner) == 0) {
        rc = slow_function(answer_out);
        cede_future_set(spinner.stop, NULL);
        pthread_join(thread, NULL);
    }
    cede_future_unref(spinner.stop);
    return rc;
}

int main(void)
{
    int answer = 0;
    const int rc = supervisor(&answer);

    if (rc < 0) {
        fprintf(stderr, "spinner: %s\n", cede_strerror(rc));
        return 1;
    }
    printf("Answer: %d\n", answer);
    return 0;
}

/* Output:
 * spinner object: <Future pending>
 * {{([|/\\-] thinking!\x08{11})+( {11}\x08{11})}}Answer: 42
 */
