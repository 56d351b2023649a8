/* test_sync_model_slow.c - the random programs of test_sync_model.c, a hundred thousand of them. */
/* SPDX-License-Identifier: MIT */
#define N_SEEDS 100000
#include "test_sync_model.c"
