/* client_names.c - the addresses of hosts, looked up in a thread and remembered for ten seconds.
 *
 * A session has a list of names, newest first. Each has a look-up, which is a job in a thread: it
 * blocks in the system's resolver and cannot be called off, so its memory is held by the job as
 * well as by the list, and whoever waits for it may leave. Requests for the same host share one.
 * Failures are told to those who waited and then forgotten.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/executor.h>

#include "http/client.h"
#include "sys/socket.h"

enum {
    NAMES_LIMIT = 64, /* remembered at once */
    ADDRESSES = 8,    /* of one name */
};

#define NAME_LIFE CEDE_S(10)

struct lookup {
    uint32_t n_refs; /* atomic: the job, and the name */
    int rc;          /* addresses found, or an error; written by the job */
    const char *why;
    struct cede__address addresses[ADDRESSES];
    char host[];
};

struct name {
    struct cede__list link; /* on session->names */
    struct lookup *lookup;
    cede_future *job;
    cede_time expires; /* CEDE_NEVER while it is looked up */
};

static void lookup_unref(struct lookup *lookup)
{
    if (__atomic_sub_fetch(&lookup->n_refs, 1, __ATOMIC_ACQ_REL) == 0)
        cede__free(lookup);
}

static void lookup_drop(void *lookup)
{
    lookup_unref(lookup);
}

static int lookup_run(const void *in, void *out)
{
    struct lookup *lookup = out;

    (void)in;
    lookup->rc =
        cede__address_look_up(lookup->host, "0", lookup->addresses, ADDRESSES, &lookup->why);
    lookup_unref(lookup);
    return 0;
}

/* Start the job. NULL, with a record, if that failed; then its reference is dropped. */
static cede_future *lookup_start(struct lookup *lookup)
{
    return cede_submit(cede_default_pool(), &(cede_job){.fn = lookup_run,
                                                        .in = lookup,
                                                        .out = lookup,
                                                        .drop = lookup_drop,
                                                        .name = "look-up of a host"});
}

static void name_free(struct cede_http_session *session, struct name *name)
{
    cede__list_remove(&name->link);
    session->n_names--;
    cede_future_unref(name->job);
    lookup_unref(name->lookup);
    cede__free(name);
}

static struct lookup *lookup_create(const char *host)
{
    const size_t length = strlen(host);
    struct lookup *lookup = cede__calloc(1, sizeof *lookup + length + 1);

    if (!lookup)
        return NULL;
    lookup->n_refs = 2;
    lookup->rc = CEDE_ERESOLVE;
    memcpy(lookup->host, host, length + 1);
    return lookup;
}

static struct name *name_create(struct cede_http_session *session, const char *host)
{
    struct name *name = cede__calloc(1, sizeof *name);

    if (!name)
        return NULL;
    name->lookup = lookup_create(host);
    name->job = name->lookup ? lookup_start(name->lookup) : NULL;
    if (!name->job) {
        if (name->lookup)
            lookup_unref(name->lookup);
        cede__free(name);
        return NULL;
    }
    name->expires = CEDE_NEVER;
    cede__list_append(session->names.next, &name->link); /* before the first */
    session->n_names++;
    return name;
}

/* The name, if it is remembered; what has expired or is too much is forgotten on the way. */
static struct name *name_find(struct cede_http_session *session, const char *host)
{
    const cede_time now = cede__loop_now(session->loop);
    struct name *found = NULL;
    struct cede__list *next;

    for (struct cede__list *link = session->names.next; link != &session->names; link = next) {
        struct name *name = cede__container_of(link, struct name, link);
        next = link->next;
        if (name->expires <= now ||
            (session->n_names >= NAMES_LIMIT && next == &session->names && name != found))
            name_free(session, name);
        else if (!found && strcmp(name->lookup->host, host) == 0)
            found = name;
    }
    return found;
}

/* Wait for the look-up, which goes on if this is cancelled. */
static int name_wait(struct cede_http_session *session, struct name *name, struct lookup **out)
{
    struct lookup *lookup = name->lookup;
    cede_future *job = cede_future_ref(name->job);
    int rc;

    __atomic_add_fetch(&lookup->n_refs, 1, __ATOMIC_RELAXED);
    rc = cede_shield(job);
    /* The name itself may be gone by now: find it again. */
    for (struct cede__list *link = session->names.next; link != &session->names;
         link = link->next) {
        name = cede__container_of(link, struct name, link);
        if (name->job != job || name->expires != CEDE_NEVER || !cede__future_done(job))
            continue;
        name->expires = lookup->rc > 0 && rc >= 0 ? cede_after(NAME_LIFE) : 0;
        break;
    }
    cede_future_unref(job);
    if (rc < 0) {
        lookup_unref(lookup);
        return rc;
    }
    *out = lookup;
    return 0;
}

/* "host:port:address,address" for CURLOPT_RESOLVE; the + lets curl forget it. */
static char *lookup_format(const struct lookup *lookup, const struct cede__http_url *url)
{
    struct cede__text text = {NULL, 0, 0};

    text.size = strlen(url->host) + strlen(url->port) + 4 +
                (size_t)lookup->rc * (CEDE__ADDRESS_TEXT_SIZE + 1);
    text.buffer = cede__malloc(text.size);
    if (!text.buffer)
        return NULL;
    cede__text_add(&text, "+%s:%s", url->host, url->port);
    for (int i = 0; i < lookup->rc; i++) {
        char address[CEDE__ADDRESS_TEXT_SIZE];
        (void)cede__address_format(&lookup->addresses[i], address, sizeof address);
        *strrchr(address, ':') = '\0'; /* the port */
        cede__text_add(&text, "%c%s", i == 0 ? ':' : ',', address);
    }
    return text.buffer;
}

int cede__http_names_find(struct cede_http_session *session, const struct cede__http_url *url,
                          char **addresses_out)
{
    struct lookup *lookup = NULL;
    struct name *name;
    int rc;

    *addresses_out = NULL;
    if (cede__http_host_is_address(url->host))
        return cede_checkpoint();
    name = name_find(session, url->host);
    if (!name)
        name = name_create(session, url->host);
    if (!name)
        return cede_raise(-ENOMEM, "no memory to look up %.100s", url->host);
    CEDE_TRY(name_wait(session, name, &lookup));
    rc = lookup->rc; /* NOLINT(clang-analyzer-core.NullDereference): set where name_wait gave 0 */
    if (rc > 0)
        *addresses_out = lookup_format(lookup, url);
    else
        rc = cede_raise(rc, "%.100s: %s", url->host, lookup->why ? lookup->why : cede_strerror(rc));
    lookup_unref(lookup);
    if (rc > 0 && !*addresses_out)
        return cede_raise(-ENOMEM, "no memory for addresses");
    return rc < 0 ? rc : 0;
}

void cede__http_names_drop(struct cede_http_session *session)
{
    while (!cede__list_is_empty(&session->names))
        name_free(session, cede__container_of(session->names.next, struct name, link));
}
