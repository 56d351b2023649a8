/* closing.c - closing, suppress and nullcontext. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

struct page {
    const char *url;
    int n_lines;
};

static int page_close(void *arg)
{
    const struct page *page = arg;

    printf("closed %s\n", page->url);
    return 0;
}

static int read_page(struct page *page)
{
    for (int i = 1; i <= page->n_lines; i++)
        printf("line %d\n", i);
    return page->n_lines > 0 ? 0 : cede_raise(-ENODATA, "%s is empty", page->url);
}

/* [closing] */
static int read_and_close(struct page *page)
{
    cede_closing closing;
    int rc = 0;

    cede_closing_init(&closing, page_close, page);
    CEDE_WITH_AS(&closing.context, rc, struct page *, opened) {
        rc = read_page(opened);
    }
    return rc;
}
/* [/closing] */

/* [suppress] */
static int remove_quietly(const char *path)
{
    static const int missing[] = {-ENOENT, -ENOTDIR};
    cede_suppress suppress;
    int rc = 0;

    cede_suppress_init(&suppress, missing, 2);
    CEDE_WITH(&suppress.context, rc) {
        if (remove(path) < 0)
            rc = cede_raise(-errno, "cannot remove %s", path);
    }
    return rc;
}
/* [/suppress] */

/* [null] */
/* Where the page is the caller's, it is not ours to close. */
static int read_maybe_close(struct page *page, bool is_ours)
{
    cede_closing closing;
    cede_null_context null;
    int rc = 0;

    cede_closing_init(&closing, page_close, page);
    cede_null_context_init(&null, page);
    CEDE_WITH_AS(is_ours ? &closing.context : &null.context, rc, struct page *, opened) {
        rc = read_page(opened);
    }
    return rc;
}
/* [/null] */

int main(void)
{
    struct page python = {"http://www.python.org", 2};
    struct page empty = {"http://example.org/empty", 0};

    if (read_and_close(&python) < 0)
        return 1;
    if (read_and_close(&empty) == -ENODATA)
        printf("%s\n", cede_error_message(cede_error_last()));
    if (remove_quietly("/no/such/file") < 0)
        return 1;
    puts("nothing to remove");
    return read_maybe_close(&python, false) < 0;
}

/* Output:
 * line 1
 * line 2
 * closed http://www.python.org
 * closed http://example.org/empty
 * http://example.org/empty is empty
 * nothing to remove
 * line 1
 * line 2
 */
