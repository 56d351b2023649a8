/* files_test.h - a folder and a server of its files, for tests */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_FILES_TEST_H
#define CEDE_TESTS_FILES_TEST_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cede/http_files.h>

#include "http/server_test.h"

static char folder[64]; /* of the test that runs */

static inline const char *in_folder(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline void put(const char *name, const char *content, size_t size)
{
    FILE *file = fopen(in_folder(name), "w");

    CHECK(file != NULL);
    CHECK_EQ(fwrite(content, 1, size, file), size);
    CHECK_EQ(fclose(file), 0);
}

/* root/ is served; secret lies beside it. */
static inline void make_folder(void)
{
    static char big[100000];
    char target[256];

    snprintf(folder, sizeof folder, "/tmp/cede-files-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK_EQ(mkdir(in_folder("root"), 0755), 0);
    CHECK_EQ(mkdir(in_folder("root/sub"), 0755), 0);
    CHECK_EQ(mkdir(in_folder("root/empty dir"), 0755), 0);
    put("secret", "secret", 6);
    put("root/a.txt", "hello", 5);
    put("root/sub/index.html", "<p>index", 8);
    put("root/%2e%2e", "just a name", 11);
    put("root/none", "", 0);
    memset(big, 'B', sizeof big);
    put("root/big.PNG", big, sizeof big);
    CHECK_EQ(symlink("../secret", in_folder("root/out")), 0);
    snprintf(target, sizeof target, "%s", in_folder("secret"));
    CHECK_EQ(symlink(target, in_folder("root/absolute")), 0);
    CHECK_EQ(symlink("..", in_folder("root/up")), 0);
    CHECK_EQ(symlink("loop", in_folder("root/loop")), 0);
    CHECK_EQ(mkfifo(in_folder("root/pipe"), 0644), 0);
}

static inline void remove_folder(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r '%s'", folder);
    CHECK_EQ(system(command), 0);
}

struct site {
    cede_http_files *files;
    cede_http_server *server;
};

static inline struct site open_site_with(const cede_http_files_options *options)
{
    struct site site;

    make_folder();
    CHECK_EQ(cede_http_files_open(in_folder("root"), options, &site.files), 0);
    site.server =
        start((cede_http_server_options){.handler = cede_http_files_handler, .arg = site.files});
    return site;
}

static inline struct site open_site(void)
{
    return open_site_with(NULL);
}

static inline void close_site(struct site *site)
{
    CHECK_EQ(cede_http_server_stop(site->server, 0), 0);
    cede_http_files_close(site->files);
    remove_folder();
}

static inline const char *get(const struct site *site, const char *target)
{
    char request[6000];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", target);
    return ask(site->server, request);
}

static inline const char *body_of(const char *reply)
{
    const char *end = strstr(reply, "\r\n\r\n");

    CHECK(end != NULL);
    return end + 4;
}

/* The value of a header of a reply. */
static inline void header_of(const char *reply, const char *name, char *value, size_t size)
{
    const char *at = strstr(reply, name);

    CHECK(at != NULL);
    at += strlen(name);
    snprintf(value, size, "%.*s", (int)strcspn(at, "\r"), at);
}

#endif
