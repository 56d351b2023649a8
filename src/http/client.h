/* client.h - the inside of the HTTP client. Floor 6.
 *
 *   session    the limits, the queue for a slot, curl's multi handle and its place in the loop
 *   transfer   one question and its answer on the wire: a hop; curl has it from start to end
 *   response   the user's: its URL, its history, its last transfer
 *
 * libcurl is entered on the loop's own stack only (cede__http_on_loop), never on a task's: those
 * are small, and nothing may suspend inside of it. What it calls back only moves bytes and wakes.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_CLIENT_H
#define CEDE_HTTP_CLIENT_H

#include <curl/curl.h>

#include <cede/http.h>

#include "base/list.h"
#include "http/client_message.h"
#include "task/task.h"

enum {
    CEDE__HTTP_IDLE = 32, /* easy handles and responses kept for the next request */
};

/* Leave to use a connection: a place among the session's `limit`. In the response. */
struct cede__http_slot {
    struct cede__list link; /* on session->slots if held, on session->queue if waited for */
    const char *origin;     /* "http://host:port", borrowed while held or waited for */
    bool is_held;
    struct cede__waiter waiter;
};

struct cede_http_session {
    struct cede_loop *loop;
    unsigned n_refs; /* its owner, and each response */
    bool is_closed;  /* destroyed; here for the sake of responses only */
    unsigned limit;  /* UINT_MAX: none */
    unsigned limit_per_host;
    size_t buffer_size;
    char *user_agent;
    char *ca_file;                   /* NULL: the system's */
    char *proxy;                     /* NULL: none */
    struct cede__http_url proxy_url; /* taken apart; empty: none */
    long connect_timeout_ms;         /* 0: curl's own */
    bool insecure;

    /* client_slot.c */
    unsigned n_slots;        /* held */
    struct cede__list slots; /* of cede__http_slot: held */
    struct cede__list queue; /* of cede__http_slot: who waits, first come, first served */

    /* client_names.c */
    struct cede__list names; /* of name: look-ups under way and their results, newest first */
    unsigned n_names;

    /* client_multi.c */
    CURLM *multi;
    struct cede__timer timer;    /* when curl wants to be called next */
    struct cede__list transfers; /* of cede__http_transfer: those curl has */
    bool has_doomed;             /* some of them are to be ended when curl has returned */
    struct cede__http_easy *idle[CEDE__HTTP_IDLE]; /* set up for plain requests */
    unsigned n_idle;

    /* client_socket.c */
    struct cede__http_socket **sockets; /* by descriptor; n_sockets places, NULL where none is */
    int n_sockets;
    unsigned n_closed; /* so far */

    /* client_session.c */
    struct cede_http_response *spare; /* closed ones, for the sake of their memory; by `next` */
    unsigned n_spare;
};

/* What a transfer is to ask. Borrowed while it is started. */
struct cede__http_question {
    const struct cede__http_url *url;
    const cede_http_options *options;
    const char *addresses; /* for CURLOPT_RESOLVE, "host:port:address,..."; NULL: numeric */
    bool is_head;
    bool has_credentials; /* user, password and the headers that carry such go along */
};

/* An easy handle and what it borrows; client_easy.c. */
struct cede__http_easy {
    CURL *curl;
    CURLU *parts;               /* of a plain URL, for curl to copy; NULL: none yet */
    char *origin;               /* whose scheme, host and port those are; NULL: nobody's */
    struct curl_slist *headers; /* as long as it asks */
    struct curl_slist *resolve; /* as long as it asks */
    bool is_plain;              /* it is set up as it came, but for the URL and where things go */
};

/* What a task waits for. */
enum cede__http_stage {
    CEDE__HTTP_HEAD, /* the headers */
    CEDE__HTTP_BODY, /* a byte of the body */
    CEDE__HTTP_END,  /* all of it */
};

/* A task that waits for a transfer; on its stack. */
struct cede__http_watch {
    struct cede__waiter waiter;
    struct cede__http_transfer *transfer;
    enum cede__http_stage stage;
    bool is_told;
    char *memory; /* where bytes of the body go first; may be NULL */
    size_t size;  /* bytes of memory */
    size_t n;     /* bytes put there */
};

struct cede__http_transfer {
    struct cede__list link; /* on session->transfers */
    struct cede_http_session *session;
    struct cede__http_easy *easy;   /* curl has it; NULL before its start and after its end */
    struct cede__http_slot slot;    /* given back at the end */
    struct cede__http_watch *watch; /* who waits; NULL: nobody */
    struct cede__http_headers head;
    struct cede__http_buffer body;
    struct cede__http_coding *coding; /* to be undone; NULL: none */
    size_t n_decoded;   /* bytes that curl will give once more, but the coding has had */
    size_t header_size; /* bytes of headers so far */
    size_t max_header_size;
    int64_t body_size;     /* bytes of the body so far, its coding undone */
    int64_t max_body_size; /* 0: no limit */
    int max_coding_ratio;
    bool is_head_request;
    bool decodes;      /* a coding was asked for, and is undone */
    bool follows;      /* the body of a redirect is thrown away */
    bool has_head;     /* the headers are complete */
    bool discards;     /* the body is thrown away: that of a redirect, which may not be long */
    bool skips;        /* the body is thrown away: its reader wants it so */
    unsigned n_closed; /* session->n_closed at the start */
    bool is_paused;    /* the buffer was full */
    bool is_doomed;
    bool is_done;
    int code;                    /* once done: 0, or why not */
    int refusal;                 /* why we made curl fail; 0: we did not */
    const char *why;             /* in words: a constant, or `words`; NULL: the code says it all */
    char words[CURL_ERROR_SIZE]; /* curl's */
};

struct cede_http_response {
    struct cede_http_session *session;
    struct cede_http_response *next; /* on session->spare */
    struct cede__http_transfer transfer;
    struct cede__http_url url;
    char **redirects;
    size_t n_redirects;
    bool has_credentials;         /* they may be sent where we are going */
    bool is_busy;                 /* a task reads it */
    struct cede__http_buffer all; /* what read_all gave */
};

/* client_multi.c. fn(arg) on the loop's own stack, while the task waits; what it returns. Outside
 * of tasks it is just called. It must not raise errors: it has no record of its own. */
int cede__http_on_loop(int (*fn)(void *arg), void *arg);
int cede__http_multi_open(struct cede_http_session *session);   /* on the loop's stack */
void cede__http_multi_close(struct cede_http_session *session); /* on the loop's stack */
/* Take note of what curl has done; after each entrance that may have moved a transfer. */
void cede__http_multi_reap(struct cede_http_session *session);
/* Have curl look at what is due. */
void cede__http_multi_kick(struct cede_http_session *session);

void cede__http_transfer_doom(struct cede__http_transfer *transfer, int code);

/* client_socket.c. For CURLMOPT_SOCKETFUNCTION; for each easy handle; at the end. */
int cede__http_socket_want(CURL *easy, curl_socket_t fd, int what, void *arg, void *data);
bool cede__http_socket_set(CURL *easy, struct cede_http_session *session);
void cede__http_socket_forget_all(struct cede_http_session *session);

/* client_easy.c. A handle that is set up for plain requests; NULL: no memory. Back, to be kept as
 * it is if it is plain and not stale, else reset. */
struct cede__http_easy *cede__http_easy_take(struct cede_http_session *session);
void cede__http_easy_give(struct cede_http_session *session, struct cede__http_easy *easy,
                          bool is_stale);
void cede__http_easy_destroy(struct cede__http_easy *easy);
/* Set the transfer's handle up for its question, and is_plain; false: no memory. */
bool cede__http_easy_ask(struct cede__http_transfer *transfer,
                         const struct cede__http_question *question);

/* client_session.c */
void cede__http_session_unref(struct cede_http_session *session);
/* A response, empty, that holds the session. NULL: no memory. */
struct cede_http_response *cede__http_response_create(struct cede_http_session *session);
void cede__http_response_free(struct cede_http_response *response); /* not under way */

/* client_slot.c. Wait for a slot: 0, or -ECANCELED, CEDE_ESHUTDOWN. */
int cede__http_slot_take(struct cede_http_session *session, struct cede__http_slot *slot,
                         const char *origin);
void cede__http_slot_give(struct cede_http_session *session, struct cede__http_slot *slot);
void cede__http_slot_refuse_all(struct cede_http_session *session); /* CEDE_ESHUTDOWN */

/* client_names.c. The addresses of a host, "host:port:address,..."; NULL where it is one itself. To
 * be freed. Raises CEDE_ERESOLVE, -ECANCELED, -ENOMEM. */
int cede__http_names_find(struct cede_http_session *session, const struct cede__http_url *url,
                          char **addresses_out);
void cede__http_names_drop(struct cede_http_session *session);

/* client_request.c. Raise the end of its transfer. */
int cede__http_response_raise(const struct cede_http_response *response);

/* client_transfer.c. On the loop's stack: ask. 0, or -ENOMEM, CEDE_ESHUTDOWN; then nothing is under
 * way. The slot is held. */
int cede__http_transfer_start(struct cede__http_transfer *transfer,
                              const struct cede__http_question *question);
/* On the loop's stack: the end, by curl, or by us (why: a constant). */
void cede__http_transfer_finished(struct cede__http_transfer *transfer, CURLcode result);
void cede__http_transfer_end(struct cede__http_transfer *transfer, int code, const char *why);
/* End it if it is under way; from a task or a callback. */
void cede__http_transfer_abort(struct cede__http_transfer *transfer);
/* Wait for a stage, or for the end. 0, or -ECANCELED. With BODY, memory may be filled. */
int cede__http_transfer_wait(struct cede__http_transfer *transfer, struct cede__http_watch *watch);
/* What curl calls with a line of the head, and with a piece of the body. */
size_t cede__http_transfer_take_header(char *line, size_t unit, size_t count, void *arg);
size_t cede__http_transfer_take_body(char *bytes, size_t unit, size_t count, void *arg);
/* Let bytes come again. */
void cede__http_transfer_resume(struct cede__http_transfer *transfer);

#endif
