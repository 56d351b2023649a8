/* process.c - starts this program anew (posix_spawn of /proc/self/exe), watches it by a pidfd, and
 * what the child does on its side. See process.h.
 *
 * posix_spawn starts the child without copying the process, so threads do not matter and memory in
 * use does not make it slow. Nothing of ours runs between the start and the new program.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/process.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

extern char **environ;

/* Starting. */

/* The same descriptor above those that a child is given, so that none is overwritten by another
 * before its turn; closes the old one. -errno. */
static int descriptor_raise(int fd)
{
    int raised = fd;

    if (fd >= 0 && fd <= CEDE__CHILD_MEMORY) {
        raised = fcntl(fd, F_DUPFD_CLOEXEC, CEDE__CHILD_MEMORY + 1);
        if (raised < 0)
            raised = -errno;
        close(fd);
    }
    return raised;
}

static int order_descriptors(posix_spawn_file_actions_t *actions, int socket, int memory_fd)
{
    int rc = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, socket, CEDE__CHILD_SOCKET);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, memory_fd, CEDE__CHILD_MEMORY);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, CEDE__CHILD_MEMORY + 1);
    return -rc;
}

static int child_spawn(char *const *argv, int socket, int memory_fd, pid_t *pid_out)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int rc = -posix_spawn_file_actions_init(&actions);

    if (rc < 0)
        return rc;
    rc = -posix_spawnattr_init(&attributes);
    if (rc < 0)
        goto out;
    sigemptyset(&none);
    sigfillset(&all);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &all);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    rc = order_descriptors(&actions, socket, memory_fd);
    if (rc == 0)
        rc = -posix_spawn(pid_out, "/proc/self/exe", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
out:
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

int cede__child_start(char *const *argv, int memory_fd, struct cede__child *out)
{
    struct cede__child child = {.pidfd = -1, .socket = -1};
    int ends[2];
    int memory = -1, rc;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    child.socket = ends[0];
    ends[1] = descriptor_raise(ends[1]);
    memory = fcntl(memory_fd, F_DUPFD_CLOEXEC, CEDE__CHILD_MEMORY + 1);
    rc = ends[1] < 0 ? ends[1] : memory < 0 ? -errno : 0;
    if (rc == 0)
        rc = child_spawn(argv, ends[1], memory, &child.pid);
    if (memory >= 0)
        close(memory);
    if (ends[1] >= 0)
        close(ends[1]);
    if (rc < 0)
        goto fail;
    child.pidfd = (int)syscall(SYS_pidfd_open, child.pid, 0);
    if (child.pidfd < 0) {
        rc = -errno;
        (void)kill(child.pid, SIGKILL);
        (void)waitpid(child.pid, NULL, 0);
        goto fail;
    }
    (void)fcntl(child.socket, F_SETFL, O_NONBLOCK);
    *out = child;
    return 0;

fail:
    cede__child_close(&child);
    return rc;
}

/* The parent's side. */

void cede__child_reap(const struct cede__child *child, struct cede__child_end *out)
{
    siginfo_t info = {.si_pid = 0};
    int rc;

    do
        rc = waitid((idtype_t)P_PIDFD, (id_t)child->pidfd, &info, WEXITED);
    while (rc < 0 && errno == EINTR);
    *out = (struct cede__child_end){.is_known = rc == 0};
    if (rc < 0)
        return;
    if (info.si_code == CLD_EXITED)
        out->status = info.si_status;
    else
        out->signal = info.si_status;
}

void cede__child_kill(const struct cede__child *child)
{
    (void)syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
}

void cede__child_close(struct cede__child *child)
{
    if (child->socket >= 0)
        close(child->socket);
    if (child->pidfd >= 0)
        close(child->pidfd);
    child->socket = child->pidfd = -1;
}

void cede__bell_ring(int socket)
{
    (void)send(socket, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL); /* full, or its end: see process.h */
}

bool cede__bell_clear(int socket, struct cede__passed *passed_out)
{
    char bytes[256];
    ssize_t n;

    do
        n = cede__channel_receive(socket, bytes, sizeof bytes, passed_out);
    while (n == (ssize_t)sizeof bytes && passed_out->fds[0] < 0);
    return passed_out->fds[0] >= 0;
}

bool cede__bell_wait(int socket)
{
    char bytes[256];
    ssize_t n;

    do
        n = recv(socket, bytes, sizeof bytes, 0);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

/* The child's side. */

bool cede__child_is_here(void)
{
    struct stat socket, memory;

    return fstat(CEDE__CHILD_SOCKET, &socket) == 0 && S_ISSOCK(socket.st_mode) &&
           fstat(CEDE__CHILD_MEMORY, &memory) == 0 && S_ISREG(memory.st_mode);
}

bool cede__child_settle(void)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    char byte;

    (void)sigaction(SIGINT, &ignore, NULL);
    (void)fcntl(CEDE__CHILD_SOCKET, F_SETFD, FD_CLOEXEC);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* from now on; and before? */
    return recv(CEDE__CHILD_SOCKET, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

static cede__crash_hook *crash_hook;

static void crash_arrived(int signo)
{
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    void *places[64];
    int n;

    /* Looking at a broken process may break it further: then by its first signal, or in a
     * second. */
    (void)sigaction(SIGSEGV, &standard, NULL);
    (void)sigaction(SIGBUS, &standard, NULL);
    (void)sigaction(signo, &standard, NULL);
    (void)alarm(1);
    crash_hook(signo, NULL, 0);
    n = backtrace(places, 64);
    if (n > 0)
        crash_hook(signo, places, (size_t)n);
    (void)raise(signo); /* delivered on return */
}

void cede__crash_watch(cede__crash_hook *hook)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};
    static char stack[64 * 1024];
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = crash_arrived, .sa_flags = SA_ONSTACK};
    void *place;

    crash_hook = hook;
    (void)backtrace(&place, 1); /* loads what it needs, which a handler may not */
    (void)sigaltstack(&alternate, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)sigaction(signals[i], &action, NULL);
}

void cede__process_exit(int status)
{
    exit(status); /* lint: allow exit: the process is the library's, and its work is done */
}

void cede__process_quit(int status)
{
    _exit(status);
}

void cede__process_wait_for_end(void)
{
    for (;;)
        (void)pause();
}

const char *cede__signal_name(int signo)
{
    static __thread char text[24];
    const char *name = sigabbrev_np(signo);

    if (name)
        snprintf(text, sizeof text, "SIG%s", name);
    else
        snprintf(text, sizeof text, "signal %d", signo);
    return text;
}
