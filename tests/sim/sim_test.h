/* sim_test.h - tests of simulations: a process, run to the end, and what is true afterwards
 *
 *     TEST_SIM(event, it_happens_once, body) { CHECK_STR(test_notes(), "ding@3"); }
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SIM_TEST_H
#define CEDE_TESTS_SIM_TEST_H

#include <cede/queue.h>
#include <cede/sim.h>
#include <cede/sim_event.h>
#include <cede/sim_process.h>

#include "harness/harness_task.h"

#define TEST_SIM(noun_, name_, body)                                                               \
    static void sim_##noun_##_##name_(void);                                                       \
    TEST(noun_, name_)                                                                             \
    {                                                                                              \
        CHECK_EQ(cede_simulate(NULL, body, NULL), 0);                                              \
        sim_##noun_##_##name_();                                                                   \
    }                                                                                              \
    static void sim_##noun_##_##name_(void)

/* The body is the first process of a simulation. */
#define TEST_IN_SIM(noun_, name_)                                                                  \
    static void process_##noun_##_##name_(void);                                                   \
    static int main_##noun_##_##name_(void *arg)                                                   \
    {                                                                                              \
        (void)arg;                                                                                 \
        process_##noun_##_##name_();                                                               \
        return 0;                                                                                  \
    }                                                                                              \
    TEST(noun_, name_)                                                                             \
    {                                                                                              \
        CHECK_EQ(cede_simulate(NULL, main_##noun_##_##name_, NULL), 0);                            \
    }                                                                                              \
    static void process_##noun_##_##name_(void)

#endif
