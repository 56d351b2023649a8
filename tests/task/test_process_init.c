/* test_process_init.c - programs that do not call cede_process_init, or are called like a worker by
 * hand. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cede/process_pool.h>

#include "harness/harness.h"

TEST(process_init, c11_without_it_there_is_no_pool_and_the_error_says_so)
{
    CHECK_PTR(cede_process_pool(NULL), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "cede_process_init(argc, argv)");
    CHECK_HAS(cede_error_message(cede_error_last()), "first line of main");
}

TEST(process_init, with_it_there_is)
{
    char name[] = "program";
    char *argv[] = {name, NULL};
    cede_executor *pool;

    cede_process_init(1, argv);
    pool = cede_process_pool(NULL);
    CHECK(pool != NULL);
    cede_executor_destroy(pool);
}

TEST(process_init, arguments_of_the_program_are_left_alone)
{
    char name[] = "program", word[] = "--cede-worker", other[] = "x";
    char *argv[] = {name, word, other, NULL};

    cede_process_init(3, argv);
    CHECK_STR(argv[1], "--cede-worker");
}

TEST(process_init, a_worker_called_by_hand_says_what_it_is_and_ends)
{
    char name[] = "program", word[] = "--cede-worker", text[256] = "";
    char *argv[] = {name, word, NULL};
    int ends[2], status = 0;
    pid_t child;

    CHECK_EQ(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        close(3);
        cede_process_init(2, argv);
        _exit(0); /* it returned */
    }
    close(ends[1]);
    CHECK(read(ends[0], text, sizeof text - 1) > 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_HAS(text, "is for worker processes");
    CHECK_EQ(WEXITSTATUS(status), 2);
}

TEST(process_init, an_init_input_that_is_too_large_is_refused)
{
    char name[] = "program";
    char *argv[] = {name, NULL};

    cede_process_init(1, argv);
    CHECK_PTR(cede_process_pool(
                  &(cede_process_pool_options){.init_in = name, .init_in_size = (64 << 10) + 1}),
              NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_PTR(cede_process_pool(&(cede_process_pool_options){.init_in_size = 1}), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
}
