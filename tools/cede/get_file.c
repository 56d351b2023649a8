/* get_file.c - one download: a request, and a file that appears whole or not at all.
 *
 * The body goes to a file with a name that no URL can give (it begins with a dot), in the same
 * folder; when it is complete that is renamed. Whatever ends it sooner removes the file.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cede/scope.h>

#include "get.h"

/* The reason of the error that is here, without the URL in front of it, which the line has
 * anyway. */
static void item_fail(struct get_item *item, int code)
{
    const char *words = cede_error_message(cede_error_last());
    const size_t length = strlen(item->url);

    if (strncmp(words, item->url, length) == 0 && strncmp(words + length, ": ", 2) == 0)
        words += length + 2;
    snprintf(item->why, sizeof item->why, "%s", words[0] ? words : cede_strerror(code));
    item->outcome = GET_FAILED;
    cede_error_clear();
}

static void item_fail_system(struct get_item *item, const char *what)
{
    snprintf(item->why, sizeof item->why, "%s: %s: %s", what, item->name, strerror(errno));
    item->outcome = GET_FAILED;
}

/* Save the body under a name for the time being, then give it its own. 0, or -ECANCELED. */
static int item_save(const struct get *get, cede_http_response *response, struct get_item *item)
{
    char part[64];
    int fd, rc;

    snprintf(part, sizeof part, ".cede-%ld-%zu.part", (long)getpid(), (size_t)(item - get->items));
    fd = openat(get->folder_fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) {
        item_fail_system(item, "cannot create");
        return 0;
    }
    rc = cede_http_response_save(response, fd, &item->size);
    if (close(fd) != 0 && rc == 0)
        item_fail_system(item, "cannot write");
    else if (rc < 0 && rc != -ECANCELED)
        item_fail(item, rc);
    else if (rc == 0 && renameat(get->folder_fd, part, get->folder_fd, item->name) != 0)
        item_fail_system(item, "cannot rename");
    else if (rc == 0)
        item->outcome = GET_SAVED;
    if (item->outcome != GET_SAVED)
        (void)unlinkat(get->folder_fd, part, 0);
    return rc == -ECANCELED ? rc : 0;
}

static int item_fetch(const struct get *get, cede_http_session *session, struct get_item *item)
{
    cede_http_response *response;
    int rc = cede_http_get(session, item->url, NULL, &response);

    if (rc == -ECANCELED)
        return rc;
    if (rc < 0) {
        item_fail(item, rc);
        return 0;
    }
    rc = cede_http_response_check(response);
    if (rc < 0) {
        const int status = cede_http_response_status(response);
        item_fail(item, rc);
        if (status == 404 || status == 410)
            item->outcome = GET_NOT_FOUND;
        rc = 0;
    } else {
        rc = item_save(get, response, item);
    }
    cede_http_response_close(response);
    return rc;
}

int get_item_run(const struct get *get, cede_http_session *session, struct get_item *item)
{
    cede_scope scope;
    int rc;

    cede_scope_enter(&scope, cede_after(get->timeout));
    rc = cede_scope_exit(&scope, item_fetch(get, session, item));
    if (rc != -ETIMEDOUT)
        return rc;
    snprintf(item->why, sizeof item->why, "did not come within %g s",
             cede_time_seconds(get->timeout));
    item->outcome = GET_FAILED;
    cede_error_clear();
    return 0;
}
