/* semaphore.c - twenty flags are downloaded, at most two at once, each within two seconds; flags2
 * with its asyncio.Semaphore. The downloads are sleeps, and the clock is virtual. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

enum { N_FLAGS = 20, CONCURRENT = 2 };

static const char *const countries[N_FLAGS] = {"CN", "IN", "US", "ID", "BR", "PK", "NG",
                                               "BD", "RU", "JP", "MX", "PH", "VN", "ET",
                                               "EG", "DE", "IR", "TR", "CD", "FR"};
static cede_semaphore semaphore = CEDE_SEMAPHORE_INIT("downloads", CONCURRENT);
static int n_now, n_most; /* downloads under way; the most there were */

/* What a server would do: most answer after half a second, one has no flag, one never answers. */
static int get_flag(const char *country)
{
    if (country[0] == 'E')
        return cede_sleep(country[1] == 'G' ? CEDE_NEVER : CEDE_MS(500));
    CEDE_TRY(cede_sleep(CEDE_MS(500)));
    return country[0] == 'V' ? cede_raise(-ENOENT, "%s has no flag", country) : 0;
}

/* [semaphore] */
static int download_one(void *arg)
{
    const char *country = arg;
    int rc = 0;

    CEDE_TRY(cede_semaphore_acquire(&semaphore));
    n_most = ++n_now > n_most ? n_now : n_most;
    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = get_flag(country);
    }
    n_now--;
    cede_semaphore_release(&semaphore);
    return rc;
}
/* [/semaphore] */

static int download_many(void *arg)
{
    cede_future *tasks[N_FLAGS];
    int n_ok = 0, n_not_found = 0, n_failed = 0;

    for (int i = 0; i < N_FLAGS; i++)
        tasks[i] = cede_spawn(download_one, (void *)countries[i]);
    for (int i = 0; i < N_FLAGS; i++) {
        const int rc = cede_join(tasks[i]);
        n_ok += rc == 0;
        n_not_found += rc == -ENOENT;
        n_failed += rc < 0 && rc != -ENOENT;
        if (rc < 0)
            printf("*** Error for %s: %s\n", countries[i], cede_error_message(cede_error_last()));
    }
    printf("%d flags downloaded in %gs, %d not found, %d failed; at most %d at once\n", n_ok,
           cede_time_seconds(cede_now()), n_not_found, n_failed, n_most);
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, download_many, NULL) == 0 ? 0 : 1;
}

/* Output:
 * *** Error for VN: VN has no flag
 * *** Error for EG: the deadline passed
 * 18 flags downloaded in 6s, 1 not found, 1 failed; at most 2 at once
 */
