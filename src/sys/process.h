/* process.h - processes that run this program anew, and what such a process asks of the system.
 * Floor 1.
 *
 * A child is told from others by a descriptor of its own (pidfd), so that neither a reused number
 * nor a stranger's wait for children leads astray. Between it and us there is a pair of sockets,
 * over which bytes without meaning are sent, to wake (ring), now and then a pair of descriptors
 * with one, and which ends when either side does.
 * Errors are -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_PROCESS_H
#define CEDE_SYS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/channel.h"

struct cede__child {
    int pid;
    int pidfd;  /* readable when it has ended; -1: none */
    int socket; /* our end, non-blocking; -1: none */
};

/* What a child finds open besides 0 (nothing), 1 and 2 (ours). */
enum { CEDE__CHILD_SOCKET = 3, CEDE__CHILD_MEMORY = 4 };

/* Start this program anew with `argv`, with its end of the sockets and `memory_fd` as above and no
 * other descriptor, every signal at its default and none blocked. 0, or -EAGAIN, -ENOMEM, -EMFILE,
 * -ENFILE, -ENOENT (no /proc), -ENOSYS. The calling thread is to outlive the child, which may end
 * with it. */
int cede__child_start(char *const *argv, int memory_fd, struct cede__child *out);

/* How a child ended. */
struct cede__child_end {
    bool is_known; /* false: somebody else has waited for it */
    int signal;    /* that killed it; 0: none, it exited */
    int status;    /* with which it exited */
};

/* Once it has ended: how, and let its number go. */
void cede__child_reap(const struct cede__child *child, struct cede__child_end *out);

/* SIGKILL; one that has ended already is left alone. */
void cede__child_kill(const struct cede__child *child);

/* Close our descriptors; the child is told by the end of its socket. */
void cede__child_close(struct cede__child *child);

/* Send a byte, never waiting: where there is no room, bytes enough are on their way. */
void cede__bell_ring(int socket);

/* Take the bytes that are there, never waiting; whether descriptors came with one, and then there
 * may be more. */
bool cede__bell_clear(int socket, struct cede__passed *passed_out);

/* Wait for a byte and take what is there. False: the other side is gone. For sockets of a child. */
bool cede__bell_wait(int socket);

/* What a child does for itself. */

/* Whether it was started as a child: the two descriptors are what they should be. */
bool cede__child_is_here(void);

/* Leave Ctrl-C to the parent; end with the parent. False: it has ended already. */
bool cede__child_settle(void);

/* Called in a handler when a signal is about to end the process: at once without places, then, if
 * the process can still tell them, with return addresses, the innermost first. */
typedef void cede__crash_hook(int signo, void *const *places, size_t n);

/* Have `hook` called once for a fault or an abort; then the signal ends the process as it would
 * have. */
void cede__crash_watch(cede__crash_hook *hook);

/* End the process: with everything that is to be done at its end, or at once. */
__attribute__((noreturn)) void cede__process_exit(int status);
__attribute__((noreturn)) void cede__process_quit(int status);

/* Wait for the end that somebody else brings. */
__attribute__((noreturn)) void cede__process_wait_for_end(void);

/* The name of a signal: "SIGKILL"; its number where it has none. Valid until the next call here. */
const char *cede__signal_name(int signo);

#endif
