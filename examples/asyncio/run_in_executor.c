/* run_in_executor.c - blocking work off the loop: flags are downloaded by tasks, and saved by
 * threads, so that writing a file holds up nobody.
 *
 * The network is played by a sleep on the virtual clock, which stands still while a thread writes.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

enum { N_FLAGS = 3, FLAG_SIZE = 1000, TEN_TIMES = 10 };

struct flag {
    const char *cc;
    char image[FLAG_SIZE];
    long saved; /* bytes */
};

/* [save_flag] */
static int save_flag(void *arg)
{
    struct flag *flag = arg;
    FILE *fp = tmpfile(); /* open(path, 'wb') */

    if (!fp)
        return -EIO;
    for (int i = 0; i < TEN_TIMES; i++)
        fwrite(flag->image, 1, FLAG_SIZE, fp);
    flag->saved = ftell(fp);
    return fclose(fp) == 0 ? 0 : -EIO;
}

static int download_one(void *arg)
{
    struct flag *flag = arg;

    CEDE_TRY(cede_sleep(CEDE_S(1))); /* get_flag */
    memset(flag->image, flag->cc[0], FLAG_SIZE);
    CEDE_TRY(cede_run_in_thread(save_flag, flag));
    return 0;
}
/* [/save_flag] */

static int download_many(void *arg)
{
    struct flag flags[N_FLAGS] = {{.cc = "BR"}, {.cc = "CN"}, {.cc = "ID"}};
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < N_FLAGS; i++)
        rc = cede_group_spawn(&group, download_one, &flags[i]);
    CEDE_TRY(cede_group_join(&group, rc));
    for (int i = 0; i < N_FLAGS; i++)
        printf("%s OK, %ld bytes\n", flags[i].cc, flags[i].saved);
    printf("%d flags downloaded in %.2fs\n", N_FLAGS, cede_time_seconds(cede_now()));
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    check(cede_run_with(&options, download_many, NULL));
    return 0;
}

/* Output:
 * BR OK, 10000 bytes
 * CN OK, 10000 bytes
 * ID OK, 10000 bytes
 * 3 flags downloaded in 1.00s
 */
