/* test_process_limits.c - a pool of processes where descriptors, processes or memory run out: the
 * jobs that wait fail with the reason, and the next ones try again.
 *
 * Wraps: posix_spawn - the system has no room for another process
 * Wraps: memfd_create - no memory to share
 * Wraps: fallocate - no more memory to share
 * Wraps: socketpair - no sockets
 * Wraps: epoll_ctl - no memory to watch another descriptor
 * Wraps: mmap - no room for windows of more than a size
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "task/processes.h"

static int n_refused;             /* atomic: calls still to be refused */
static int refusal;               /* with this errno */
static size_t largest = SIZE_MAX; /* mapping that is not refused */

static bool refuse(void)
{
    return __atomic_load_n(&n_refused, __ATOMIC_RELAXED) > 0 &&
           __atomic_sub_fetch(&n_refused, 1, __ATOMIC_RELAXED) >= 0;
}

/* lint: allow parameters: the C library's */
int __real_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const *argv, char *const *env);
int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const *argv, char *const *env);
int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);
int __real_fallocate(int fd, int mode, off_t offset, off_t size);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t size);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);

static enum { SPAWN = 1, MEMFD, FALLOCATE, SOCKETS, WATCH } refused; /* which of them */

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const *argv, char *const *env)
{
    if (refused == SPAWN && refuse())
        return refusal;
    return __real_posix_spawn(pid, path, actions, attributes, argv, env);
}

int __wrap_memfd_create(const char *name, unsigned flags)
{
    if (refused == MEMFD && refuse()) {
        errno = refusal;
        return -1;
    }
    return __real_memfd_create(name, flags);
}

int __wrap_fallocate(int fd, int mode, off_t offset, off_t size)
{
    /* The first addition is what every worker needs; a large one is for a job. */
    if (refused == FALLOCATE && offset > 0 && refuse()) {
        errno = refusal;
        return -1;
    }
    return __real_fallocate(fd, mode, offset, size);
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (fd >= 0 && size > largest) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mmap(address, size, protection, flags, fd, offset);
}

int __real_socketpair(int family, int type, int protocol, int ends[2]);
int __wrap_socketpair(int family, int type, int protocol, int ends[2]);
int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);

int __wrap_socketpair(int family, int type, int protocol, int ends[2])
{
    if (refused == SOCKETS && refuse()) {
        errno = refusal;
        return -1;
    }
    return __real_socketpair(family, type, protocol, ends);
}

static int n_watched; /* before one is refused */

int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    if (refused == WATCH && operation == EPOLL_CTL_ADD && n_watched-- <= 0 && refuse()) {
        errno = refusal;
        return -1;
    }
    return __real_epoll_ctl(epoll, operation, fd, event);
}

static void check_start_refused(int call, int code)
{
    cede_executor *pool = make_processes(2);
    const int n = 1;
    int result = 0;

    refused = call;
    refusal = code;
    __atomic_store_n(&n_refused, 1, __ATOMIC_RELAXED);
    CHECK_EQ(cede_join(submit_add(pool, &n, &result)), -code);
    CHECK_HAS(cede_error_message(cede_error_last()), "no worker process could be started");
    check_works(pool); /* the next one tries again */
    cede_executor_destroy(pool);
}

TEST(process_limits, no_room_for_a_process)
{
    check_start_refused(SPAWN, EAGAIN);
    check_start_refused(SPAWN, ENOMEM);
}

TEST(process_limits, no_memory_to_share)
{
    check_start_refused(MEMFD, ENOMEM);
    check_start_refused(MEMFD, EMFILE);
}

TEST(process_limits, no_sockets)
{
    check_start_refused(SOCKETS, EMFILE);
    check_start_refused(SOCKETS, ENFILE);
}

TEST(process_limits, no_memory_to_watch_a_worker_of_which_none_is_left)
{
    for (int n = 0; n < 2; n++) { /* its socket, its end */
        n_watched = n;
        check_start_refused(WATCH, ENOMEM);
        CHECK_EQ(waitpid(-1, NULL, WNOHANG), -1);
        CHECK_EQ(errno, ECHILD);
    }
}

TEST(process_limits, one_worker_does_the_work_where_there_is_no_room_for_a_second)
{
    cede_executor *pool = make_processes(2);
    enum { N = 100 };
    cede_future *jobs[N];
    static int ins[N], outs[N];

    check_works(pool); /* the first is there */
    refused = SPAWN;
    refusal = EAGAIN;
    __atomic_store_n(&n_refused, 1000, __ATOMIC_RELAXED);
    for (int i = 0; i < N; i++)
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    cede_executor_destroy(pool);
}

TEST(process_limits, no_descriptors)
{
    cede_executor *pool = make_processes(1);
    const int n = 1, first = dup(0); /* the lowest that is free */
    struct rlimit before, none;
    int result = 0;

    close(first);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (int limit = first; limit < first + 14; limit++) { /* each descriptor is missed in turn */
        none = (struct rlimit){(rlim_t)limit, before.rlim_max};
        CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
        const int rc = cede_join(submit_add(pool, &n, &result));
        CHECK(rc == -EMFILE || rc == 1);
        if (rc == 1)
            break;
        CHECK(limit < first + 13);
    }
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    check_works(pool);
    cede_executor_destroy(pool);
}

TEST(process_limits, no_descriptors_for_the_pool_itself)
{
    struct rlimit before, none = {3, 0};

    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    none.rlim_max = before.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    CHECK_PTR(cede_process_pool(NULL), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EMFILE);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    cede_executor_destroy(make_processes(1));
}

static int n_dropped; /* atomic */

static void count_drop(void *in)
{
    (void)in;
    __atomic_add_fetch(&n_dropped, 1, __ATOMIC_RELAXED);
}

static int sum_ends(const void *in, void *out)
{
    const char *bytes = in;

    (void)out;
    return bytes[0] + bytes[(1 << 20) - 1];
}

TEST(process_limits, no_memory_for_one_jobs_large_data_fails_that_job)
{
    cede_executor *pool = make_processes(1);
    char *in = malloc(1 << 20);
    cede_job job = {.fn = sum_ends, .in = in, .in_size = 1 << 20, .drop = count_drop};

    CHECK(in != NULL);
    memset(in, 21, 1 << 20);
    check_works(pool);
    refused = FALLOCATE;
    refusal = ENOSPC;
    __atomic_store_n(&n_refused, 1, __ATOMIC_RELAXED);
    CHECK_EQ(cede_join(submit_bytes(pool, job)), -ENOMEM);
    CHECK_HAS(cede_error_message(cede_error_last()), "1048576 bytes in");
    CHECK_EQ(n_dropped, 1);
    CHECK_EQ(cede_join(submit_bytes(pool, job)), 42);
    CHECK_EQ(n_dropped, 1);
    free(in);
    cede_executor_destroy(pool);
}

TEST(process_limits, where_addresses_are_few_the_window_is_smaller)
{
    cede_executor *pool = make_processes(1);
    int result = 0;

    largest = (size_t)20 << 20;
    check_works(pool);
    CHECK_EQ(cede_join(submit_bytes(
                 pool, (cede_job){.fn = sum_ends, .out = &result, .out_size = largest})),
             -E2BIG);
    check_works(pool);
    cede_executor_destroy(pool);
}

TEST(process_limits, where_there_are_none_the_jobs_fail)
{
    cede_executor *pool = make_processes(1);
    const int n = 1;
    int result = 0;

    largest = 1 << 20;
    CHECK_EQ(cede_join(submit_add(pool, &n, &result)), -ENOMEM);
    largest = SIZE_MAX;
    check_works(pool);
    cede_executor_destroy(pool);
}
