/* watch.c - a descriptor that is no stream: what comes through a pipe is read when it comes, and a
 * task waits for the end of it.
 *
 * The other end is written to by callbacks, as another program would. The clock is virtual, and the
 * loop looks at descriptors before each jump.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cede.h>

/* [watch] */
struct input {
    int fd;
    cede_future *complete;
};

/* Called when there is something to be read, or the end. */
static void read_some(unsigned ready, void *arg)
{
    struct input *input = arg;
    char text[80];
    const ssize_t n = read(input->fd, text, sizeof text);

    if (n > 0)
        printf("%g s: %.*s\n", cede_time_seconds(cede_now()), (int)n, text);
    else
        (void)cede_future_set(input->complete, NULL);
}

static int read_all(struct input *input)
{
    cede_watch *watch;
    int rc;

    CEDE_TRY(cede_watch_start(input->fd, CEDE_READABLE, read_some, input, &watch));
    rc = cede_await(input->complete);
    cede_watch_stop(watch);
    return rc;
}
/* [/watch] */

static int ends[2];

static void write_text(void *text)
{
    if (write(ends[1], text, strlen(text)) < 0)
        perror("write");
}

static void close_end(void *arg)
{
    close(ends[1]);
}

static int run(void *arg)
{
    struct input input = {ends[0], cede_future_create()};
    int rc;

    CEDE_TRY(cede_call_later(NULL, CEDE_S(1), write_text, "one", NULL));
    CEDE_TRY(cede_call_later(NULL, CEDE_S(2), write_text, "two", NULL));
    CEDE_TRY(cede_call_later(NULL, CEDE_S(3), close_end, NULL, NULL));
    rc = read_all(&input);
    cede_future_unref(input.complete);
    printf("%g s: the end\n", cede_time_seconds(cede_now()));
    return rc;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL, .allow_io = true}};
    const int rc = pipe(ends) == 0 ? cede_run_with(&options, run, NULL) : -EMFILE;

    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * 1 s: one
 * 2 s: two
 * 3 s: the end
 */
