/* client_url.c - URLs taken apart, and those refused that mean something else than they show.
 *
 * curl's parser does it, on the loop's own stack. What is refused before it sees them: hosts
 * written in ways that other programs read differently (2130706433, 127.1, 0x7f.1 are all
 * 127.0.0.1), and those that are not ASCII. A URL that is plain, as most in a long list are, has
 * nothing to be normalised and is cut up right here: curl's way of doing nothing takes longer than
 * all the rest of a small request does in our code.
 */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "http/client.h"

/* A parse under way, handed to the loop's stack and back. */
struct parse {
    const char *text;
    const struct cede__http_url *base; /* NULL: none */
    struct cede__http_url url;
    const char *why; /* what is wrong with it */
};

void cede__http_url_fini(struct cede__http_url *url)
{
    cede__free(url->text);
    cede__free(url->origin);
    cede__free(url->host);
    cede__free(url->port);
    cede__free(url->user);
    cede__free(url->password);
    *url = (struct cede__http_url){0};
}

bool cede__http_host_is_address(const char *host)
{
    unsigned char bytes[16];

    return strchr(host, ':') || inet_pton(AF_INET, host, bytes) == 1;
}

/* The host as it is written, without user and port; its length. NULL if the URL names none. */
static const char *written_host(const char *text, size_t *length_out)
{
    const char *colon = strpbrk(text, ":/?#");
    const char *at = colon ? colon + (*colon == ':') : NULL;
    size_t length;

    if (!at || strncmp(at, "//", 2) != 0 || (*colon != ':' && at != text))
        return NULL;
    at += 2;
    length = strcspn(at, "/?#");
    for (const char *user; (user = memchr(at, '@', length)); at = user + 1)
        length -= (size_t)(user - at) + 1;
    *length_out = *at == '[' ? length : strcspn(at, ":/?#");
    return at;
}

/* Whether the host may be taken for an address without being one in full. */
static bool host_is_doubtful(const char *host, size_t length)
{
    char text[INET_ADDRSTRLEN];
    size_t last = length;

    if (length == 0 || host[0] == '[')
        return false;
    if (host[length - 1] == '.')
        length = last = length - 1;
    while (last > 0 && host[last - 1] != '.')
        last--;
    if (last == length || host[last] < '0' || host[last] > '9')
        return false; /* the last label of a name begins with no digit */
    if (length >= sizeof text)
        return true;
    memcpy(text, host, length);
    text[length] = '\0';
    return !cede__http_host_is_address(text);
}

/* Whether there is a scheme that takes a host, or the // of one, without // and a host behind it:
 * libcurl takes whatever follows for the host. */
static bool host_is_missing(const char *text)
{
    const char *colon = strpbrk(text, ":/?#");
    const char *rest = text;

    if (colon && *colon == ':')
        rest = colon + 1;
    if (rest == text)
        return strncmp(text, "///", 3) == 0;
    if (strncasecmp(text, "http:", 5) != 0 && strncasecmp(text, "https:", 6) != 0)
        return false;
    return strncmp(rest, "//", 2) != 0 || rest[2] == '\0' || strchr("/?#", rest[2]);
}

/* Percent signs above all: 127%2e1 is 127.1. */
static bool is_of_host(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_';
}

static const char *text_fault(const char *text)
{
    size_t length = 0;
    const char *host = written_host(text, &length);

    if (host_is_missing(text))
        return "it names no host";
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        if (*byte < ' ' || *byte == 0x7f)
            return "it has control characters";
    }
    for (size_t i = 0; host && i < length; i++) {
        if ((unsigned char)host[i] >= 0x80)
            return "its host is not ASCII: write it in Punycode";
        if (host[0] != '[' && !is_of_host(host[i]))
            return "its host has characters that no host has";
    }
    if (host && host_is_doubtful(host, length))
        return "its host is neither a name nor an address in full";
    return NULL;
}

/* A part of the URL in memory of our own. 0, or CURLUE_*; a part that is not there is NULL. */
static CURLUcode url_part(CURLU *handle, CURLUPart what, unsigned flags, char **out)
{
    char *part = NULL;
    const CURLUcode rc = curl_url_get(handle, what, &part, flags);

    if (rc == CURLUE_NO_USER || rc == CURLUE_NO_PASSWORD)
        return CURLUE_OK;
    if (rc != CURLUE_OK)
        return rc;
    *out = cede__strdup(part);
    curl_free(part);
    return *out ? CURLUE_OK : CURLUE_OUT_OF_MEMORY;
}

/* "http://host:port" */
static CURLUcode url_join_origin(struct cede__http_url *url, const char *scheme)
{
    const bool is_v6 = strchr(url->host, ':') != NULL;
    struct cede__text text = {NULL, strlen(scheme) + strlen(url->host) + strlen(url->port) + 8, 0};

    text.buffer = cede__malloc(text.size);
    if (!text.buffer)
        return CURLUE_OUT_OF_MEMORY;
    cede__text_add(&text, is_v6 ? "%s://[%s]:%s" : "%s://%s:%s", scheme, url->host, url->port);
    url->origin = text.buffer;
    return CURLUE_OK;
}

static void host_normalise(char *host)
{
    const size_t length = strlen(host);

    if (host[0] == '[') {
        memmove(host, host + 1, length - 1);
        host[length - 2] = '\0';
    }
    for (char *at = host; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
}

static CURLUcode parse_parts(struct parse *parse, CURLU *handle, const char *scheme)
{
    struct cede__http_url *url = &parse->url;
    CURLUcode rc = url_part(handle, CURLUPART_HOST, 0, &url->host);

    if (rc == CURLUE_OK)
        rc = url_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT, &url->port);
    if (rc == CURLUE_OK)
        rc = url_part(handle, CURLUPART_USER, CURLU_URLDECODE, &url->user);
    if (rc == CURLUE_OK)
        rc = url_part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE, &url->password);
    if (rc != CURLUE_OK)
        return rc;
    (void)curl_url_set(handle, CURLUPART_USER, NULL, 0);
    (void)curl_url_set(handle, CURLUPART_PASSWORD, NULL, 0);
    (void)curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    rc = url_part(handle, CURLUPART_URL, 0, &url->text);
    if (rc != CURLUE_OK)
        return rc;
    host_normalise(url->host);
    return url_join_origin(url, scheme);
}

static CURLUcode parse_with(struct parse *parse, CURLU *handle)
{
    const unsigned flags = CURLU_NON_SUPPORT_SCHEME | (parse->base ? CURLU_URLENCODE : 0);
    char *scheme = NULL;
    CURLUcode rc = CURLUE_OK;

    if (parse->base)
        rc = curl_url_set(handle, CURLUPART_URL, parse->base->text, 0);
    if (rc == CURLUE_OK)
        rc = curl_url_set(handle, CURLUPART_URL, parse->text, flags);
    if (rc == CURLUE_OK)
        rc = curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0);
    if (rc == CURLUE_OK && strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        rc = CURLUE_UNSUPPORTED_SCHEME;
    if (rc == CURLUE_OK)
        rc = parse_parts(parse, handle, scheme);
    curl_free(scheme);
    return rc;
}

static int parse_here(void *arg)
{
    struct parse *parse = arg;
    CURLU *handle = curl_url();
    const CURLUcode rc = handle ? parse_with(parse, handle) : CURLUE_OUT_OF_MEMORY;

    curl_url_cleanup(handle);
    if (rc == CURLUE_OK)
        return 0;
    cede__http_url_fini(&parse->url);
    if (rc == CURLUE_OUT_OF_MEMORY)
        return -ENOMEM;
    parse->why = rc == CURLUE_UNSUPPORTED_SCHEME ? "neither http nor https" : curl_url_strerror(rc);
    return CEDE_EURL;
}

/* Plain URLs. */

/* Whether a byte may stand in a path or a query as it is, and means nothing to a parser. A percent
 * sign may introduce a dot, a number sign ends the path. */
static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           (byte >= 'A' && byte <= 'Z') || (byte && strchr("-._~!$&'()*+,;=:@/?", byte));
}

/* The end of a host in lower case, or NULL. */
static const char *plain_host(const char *at)
{
    const char *end = at;

    while ((*end >= 'a' && *end <= 'z') || (*end >= '0' && *end <= '9') || *end == '.' ||
           *end == '-')
        end++;
    return end > at && *at != '.' && *at != '-' && end[-1] != '.' ? end : NULL;
}

/* The end of a port, given or not; NULL: it is none. */
static const char *plain_port(const char *at)
{
    long port = 0;

    if (*at != ':')
        return at;
    if (*++at == '0')
        return NULL;
    for (; *at >= '0' && *at <= '9' && port <= 65535; at++)
        port = port * 10 + (*at - '0');
    return port >= 1 && port <= 65535 ? at : NULL;
}

static char *copy(const char *from, const char *to)
{
    const size_t length = (size_t)(to - from);
    char *text = cede__malloc(length + 1);

    if (!text)
        return NULL;
    memcpy(text, from, length);
    text[length] = '\0';
    return text;
}

/* Take apart a URL in which nothing is to be changed. 1, -ENOMEM, or 0: it is no such. */
static int plain_parse(const char *text, struct cede__http_url *url)
{
    const bool is_https = strncmp(text, "https://", 8) == 0;
    const char *host = text + (is_https ? 8 : 7), *host_end, *port_end, *at;
    bool has_query = false;

    if (!is_https && strncmp(text, "http://", 7) != 0)
        return 0;
    host_end = plain_host(host);
    port_end = host_end ? plain_port(host_end) : NULL;
    if (!port_end || *port_end != '/')
        return 0;
    for (at = port_end; is_plain(*at); at++) {
        has_query = has_query || *at == '?';
        if (at[0] == '/' && at[1] == '.')
            return 0; /* perhaps . or .. */
        if (at[0] == '?' && at[1] == '\0')
            return 0; /* which is left out */
    }
    if (*at)
        return 0;
    url->text = copy(text, at);
    url->host = copy(host, host_end);
    url->port =
        port_end > host_end ? copy(host_end + 1, port_end) : cede__strdup(is_https ? "443" : "80");
    if (!url->text || !url->host || !url->port)
        return -ENOMEM;
    if (!has_query)
        url->path = url->text + (port_end - text);
    if (port_end > host_end)
        return (url->origin = copy(text, port_end)) ? 1 : -ENOMEM;
    return url_join_origin(url, is_https ? "https" : "http") == CURLUE_OK ? 1 : -ENOMEM;
}

static int parse_any(struct parse *parse)
{
    const int rc = parse->base ? 0 : plain_parse(parse->text, &parse->url);

    if (rc == 0)
        return cede__http_on_loop(parse_here, parse);
    if (rc < 0)
        cede__http_url_fini(&parse->url);
    return rc < 0 ? rc : 0;
}

int cede__http_url_parse(const char *text, const struct cede__http_url *base,
                         struct cede__http_url *url_out)
{
    struct parse parse = {.text = text, .base = base, .why = text_fault(text)};
    const int rc = parse.why ? CEDE_EURL : parse_any(&parse);

    if (rc == -ENOMEM)
        return cede_raise(rc, "no memory for a URL");
    if (rc < 0 && base)
        return cede_raise(rc, "%.80s: redirected to %.80s: %s", base->text, text, parse.why);
    if (rc < 0)
        return cede_raise(rc, "%.160s: %s", text, parse.why);
    *url_out = parse.url;
    return 0;
}
