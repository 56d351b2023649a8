/* errors.c - an error raised deep down, handed up, translated, and printed with its cause. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede.h>

/* [raise] */
static int parse_port(const char *text)
{
    int port;
    char rest;

    if (sscanf(text, "%d%c", &port, &rest) != 1)
        return cede_raise(-EINVAL, "\"%s\" is not a number", text);
    if (port < 1 || port > 65535)
        return cede_raise(-ERANGE, "%d is not a port", port);
    return port;
}
/* [/raise] */

/* [chain] */
static int parse_address(const char *address)
{
    const char *colon = strchr(address, ':');

    CEDE_TRY(parse_port(colon ? colon + 1 : ""));
    return 0;
}

static int configure(const char *address)
{
    if (parse_address(address) < 0)
        return cede_raise_from(CEDE_EURL, "cannot listen on %s", address);
    return 0;
}
/* [/chain] */

int main(void)
{
    if (configure("localhost:http") < 0)
        cede_error_print(cede_error_last(), stdout);
    cede_error_clear();
    return configure("localhost:8080") == 0 ? 0 : 1;
}

/* Output:
 * Traceback (most recent call last):
 *   errors.c:27 in parse_address
 *   errors.c:15 in parse_port
 * EINVAL: "http" is not a number
 *
 * This was the direct cause of the following error:
 *
 * Traceback (most recent call last):
 *   errors.c:34 in configure
 * CEDE_EURL: cannot listen on localhost:http
 */
