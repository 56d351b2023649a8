/* test_server_tls.c - the server over TLS: a client of OpenSSL's own in a thread, a certificate
 * made for the occasion. */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server_test.h"

static char pem[] = "/tmp/cede-tls-XXXXXX"; /* certificate and key */

static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    FILE *file = fdopen(mkstemp(pem), "w");
    X509_NAME *name;

    CHECK(key && certificate && file);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"here", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
    CHECK(PEM_write_X509(file, certificate));
    CHECK(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    CHECK_EQ(fclose(file), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* A client, run in a thread: says `request` in `n_pieces`, hears all until the end. */
struct client {
    int port;
    const char *request;
    size_t piece;       /* bytes of it in one record; 0: all */
    int version;        /* the highest that it speaks; 0: any */
    char heard[200000]; /* terminated */
    size_t n_heard;
    int error;    /* how SSL ended */
    bool is_done; /* atomic */
};

static void client_talk(struct client *client, SSL *ssl)
{
    const size_t size = strlen(client->request);
    const size_t piece = client->piece > 0 ? client->piece : size;
    int n = 1;

    for (size_t at = 0; at < size; at += piece)
        CHECK(SSL_write(ssl, client->request + at, (int)(size - at < piece ? size - at : piece)) >
              0);
    while (n > 0 && client->n_heard < sizeof client->heard - 1) {
        n = SSL_read(ssl, client->heard + client->n_heard,
                     (int)(sizeof client->heard - 1 - client->n_heard));
        client->n_heard += n > 0 ? (size_t)n : 0;
    }
    client->error = SSL_get_error(ssl, n);
}

static void *client_run(void *arg)
{
    struct client *client = arg;
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)client->port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK_EQ(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    if (client->version > 0) {
        SSL_set_min_proto_version(ssl, 0);
        SSL_set_max_proto_version(ssl, client->version);
    }
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1)
        client_talk(client, ssl);
    else
        client->error = -1;
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    __atomic_store_n(&client->is_done, true, __ATOMIC_RELEASE);
    return NULL;
}

static void ask_tls(const cede_http_server *server, struct client *client)
{
    pthread_t thread;

    client->port = cede_http_server_port(server);
    CHECK_EQ(pthread_create(&thread, NULL, client_run, client), 0);
    while (!__atomic_load_n(&client->is_done, __ATOMIC_ACQUIRE))
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

static int reply_long(cede_http_request *request, void *arg)
{
    static char body[150000];

    (void)arg;
    memset(body, 'x', sizeof body);
    return cede_http_reply(request, 200, "text/plain", body, sizeof body);
}

static cede_http_server *start_tls(cede_http_server_options options)
{
    if (strchr(pem, 'X'))
        make_certificate();
    options.certificate = pem;
    return start(options);
}

TEST_HTTP(server_tls, requests_are_answered_and_the_end_is_said)
{
    static struct client client = {.request = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                                              "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                              "\r\n"};
    cede_http_server *server = start_tls((cede_http_server_options){0});
    char url[64];

    (void)cede_http_server_url(server, url, sizeof url);
    CHECK_HAS(url, "https://127.0.0.1:");
    ask_tls(server, &client);
    CHECK_HAS(client.heard, "GET /1 -");
    CHECK_HAS(client.heard, "GET /2 -");
    CHECK_EQ(client.error, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
    unlink(pem);
}

TEST_HTTP(server_tls, small_records_and_long_replies_pass)
{
    static struct client client = {
        .request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", .piece = 3};
    static struct client old = {.request = "GET / HTTP/1.0\r\n\r\n", .version = TLS1_2_VERSION};
    cede_http_server *server = start_tls((cede_http_server_options){.handler = reply_long});

    ask_tls(server, &client);
    CHECK_EQ(strspn(strstr(client.heard, "\r\n\r\n") + 4, "x"), 150000);
    ask_tls(server, &old);
    CHECK_EQ(strspn(strstr(old.heard, "\r\n\r\n") + 4, "x"), 150000);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
    unlink(pem);
}

TEST_HTTP(server_tls, who_shakes_no_hands_is_sent_away)
{
    static struct client ancient = {.request = "GET / HTTP/1.0\r\n\r\n", .version = TLS1_1_VERSION};
    static struct client client = {.request = "GET / HTTP/1.0\r\n\r\n"};
    cede_http_server *server = start_tls((cede_http_server_options){.head_timeout = CEDE_MS(300)});
    cede_stream *stream = connect_to_server(server);
    char some[256];
    int n;

    ask_tls(server, &ancient);
    CHECK_EQ(ancient.error, -1);
    say(stream, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");    /* without TLS */
    n = cede_stream_read(stream, some, sizeof some - 1); /* an alert, perhaps */
    CHECK(n <= 0 || some[0] != 'H');
    cede_stream_close(stream);
    stream = connect_to_server(server); /* and says nothing */
    CHECK_EQ(cede_stream_read(stream, some, sizeof some), 0);
    cede_stream_close(stream);
    stream = connect_to_server(server); /* and leaves amid it */
    CHECK_EQ(cede_stream_write_all(stream, "\x16\x03\x01\x02", 4), 0);
    cede_stream_close(stream);
    ask_tls(server, &client);
    CHECK_EQ(status_of(client.heard), 200);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
    unlink(pem);
}

TEST_HTTP(server_tls, a_certificate_must_be_there_with_its_key)
{
    cede_http_server_options options = {.handler = tell, .certificate = "/no/such/file"};
    cede_http_server *server;

    CHECK_EQ(cede_http_server_start(&options, &server), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "/no/such/file");
    make_certificate();
    options.certificate = pem;
    options.key = "/etc/passwd";
    CHECK_EQ(cede_http_server_start(&options, &server), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "/etc/passwd");
    unlink(pem);
}
