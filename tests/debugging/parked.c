/* parked.c - the program that is looked at from outside: tasks that are parked when it calls
 * stop_here, and one that has not begun. With --fault it reads what it has freed, with --leak it
 * forgets memory.
 */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stop_here(void);
int wait_for_gate(int depth);
int read_book(void *book);
int lie_asleep(void *arg);
int come_last(void *arg);
int main_task(void *arg);
int commit_fault(void);
void forget_memory(void);

static cede_future *gate;
static const char *wanted = "";
static volatile int turns;

/* Touch memory after freeing it. */
__attribute__((noinline)) int commit_fault(void)
{
    volatile char *volatile memory = malloc(10);

    memory[5] = 1;
    free((void *)memory);
    return memory[5];
}

__attribute__((noinline)) void forget_memory(void)
{
    void *volatile memory = malloc(1234);

    memory = NULL;
    (void)memory;
}

/* Where the debugger stops. */
__attribute__((noinline)) void stop_here(void)
{
    turns++;
}

/* Not inlined, and with something to do after its call, so that it has a frame. */
__attribute__((noinline)) int wait_for_gate(int depth)
{
    const int rc = depth > 0 ? wait_for_gate(depth - 1) : cede_await(gate);

    turns++;
    return rc;
}

int read_book(void *book)
{
    const int rc = wait_for_gate(2);

    free(book);
    turns++;
    return rc;
}

int lie_asleep(void *arg)
{
    const int rc = cede_sleep(CEDE_MS(20));

    (void)arg;
    turns++;
    return rc;
}

int come_last(void *arg)
{
    (void)arg;
    turns++;
    return 0;
}

int main_task(void *arg)
{
    cede_future *readers[3];

    (void)arg;
    gate = cede_future_create();
    for (int i = 0; i < 3; i++)
        readers[i] = cede_spawn(read_book, malloc(100));
    CEDE_TRY(cede_start(lie_asleep, NULL));
    CEDE_TRY(cede_sleep(0));
    CEDE_TRY(cede_start(come_last, NULL));
    stop_here();
    CEDE_TRY(cede_sleep(CEDE_MS(30)));
    CEDE_TRY(cede_future_set(gate, NULL));
    for (int i = 0; i < 3; i++)
        CEDE_TRY(cede_join(readers[i]));
    cede_future_unref(gate);
    if (strcmp(wanted, "--fault") == 0)
        turns += commit_fault() > 1;
    if (strcmp(wanted, "--leak") == 0)
        forget_memory();
    return 0;
}

int main(int argc, char **argv)
{
    wanted = argc > 1 ? argv[1] : "";
    const int rc = cede_run(main_task, NULL);

    printf("%s after %d turns\n", rc == 0 ? "done" : cede_error_name(rc), turns);
    return rc != 0;
}
