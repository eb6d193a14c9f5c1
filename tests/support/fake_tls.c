// SPDX-License-Identifier: Apache-2.0
#include "fake_tls.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/parse.h"

#include <errno.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_BYTES = 32 * 1024 * 1024, READ_BYTES = 16384, DAY_SECONDS = 86400 };

struct fake_tls {
    loop *loop;
    uint16_t target_port;
    int listener, outer, inner; // outer: the TLS client; inner: the plain server
    loop_watch *listening, *outer_watch, *inner_watch;
    SSL_CTX *context;
    SSL *tls;
    buf to_inner, to_outer;
    char *url, *pem;
};

static void need(bool good) {
    if (!good)
        abort(); // a test cannot go on without
}

static X509 *make_certificate(EVP_PKEY *key, const char *name, int days) {
    X509 *x = X509_new();
    X509V3_CTX ctx;
    X509_NAME *subject = X509_get_subject_name(x);
    need(X509_set_version(x, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -10L * DAY_SECONDS);
    X509_gmtime_adj(X509_getm_notAfter(x), (long)days * DAY_SECONDS);
    need(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)"fake", -1, -1, 0) ==
         1);
    need(X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1);
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, name);
    X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, &ctx, NID_basic_constraints, "critical,CA:TRUE");
    need(names != NULL && ca != NULL && X509_add_ext(x, names, -1) == 1 && X509_add_ext(x, ca, -1) == 1);
    X509_EXTENSION_free(names);
    X509_EXTENSION_free(ca);
    need(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

static char *to_pem(X509 *x) {
    BIO *out = BIO_new(BIO_s_mem());
    char *data = NULL;
    need(PEM_write_bio_X509(out, x) == 1);
    long n = BIO_get_mem_data(out, &data);
    char *pem = xstrndup(data, (size_t)n);
    BIO_free(out);
    return pem;
}

static void drop(fake_tls *t) {
    loop_unwatch(t->outer_watch);
    loop_unwatch(t->inner_watch);
    t->outer_watch = t->inner_watch = NULL;
    SSL_free(t->tls);
    t->tls = NULL;
    if (t->outer >= 0)
        close(t->outer);
    if (t->inner >= 0)
        close(t->inner);
    t->outer = t->inner = -1;
    buf_clear(&t->to_inner);
    buf_clear(&t->to_outer);
}

// True when the connection is to end.
static bool tls_failed(fake_tls *t, int result) {
    int why = SSL_get_error(t->tls, result);
    return why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
}

static bool move_outer(fake_tls *t) {
    uint8_t *where = NULL;
    int n = 1;
    while (n > 0 && buf_reserve(&t->to_inner, READ_BYTES, &where) == OC_OK) {
        n = SSL_read(t->tls, where, READ_BYTES);
        if (n > 0)
            buf_commit(&t->to_inner, (size_t)n);
    }
    if (n <= 0 && tls_failed(t, n))
        return false;
    n = 1;
    while (n > 0 && t->to_outer.len > 0) {
        bytes out = buf_bytes(&t->to_outer);
        n = SSL_write(t->tls, out.data, (int)out.len);
        if (n > 0)
            buf_consume(&t->to_outer, (size_t)n);
    }
    return n > 0 || !tls_failed(t, n);
}

static bool move_inner(fake_tls *t) {
    uint8_t *where = NULL;
    ssize_t n = 1;
    while (n > 0 && buf_reserve(&t->to_outer, READ_BYTES, &where) == OC_OK) {
        n = recv(t->inner, where, READ_BYTES, MSG_DONTWAIT);
        if (n > 0)
            buf_commit(&t->to_outer, (size_t)n);
    }
    if (n == 0 || (n < 0 && errno != EAGAIN))
        return false;
    while (t->to_inner.len > 0) {
        bytes out = buf_bytes(&t->to_inner);
        n = send(t->inner, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0)
            return errno == EAGAIN;
        buf_consume(&t->to_inner, (size_t)n);
    }
    return true;
}

static void on_io(void *ctx, unsigned events) {
    fake_tls *t = ctx;
    (void)events;
    // The order matters: what one side brought the other takes in the same round.
    if (!move_outer(t) || !move_inner(t) || !move_outer(t)) {
        drop(t);
        return;
    }
    loop_watch_events(t->outer_watch, LOOP_READ | (t->to_outer.len > 0 ? LOOP_WRITE : 0U));
    loop_watch_events(t->inner_watch, LOOP_READ | (t->to_inner.len > 0 ? LOOP_WRITE : 0U));
}

static void on_accept(void *ctx, unsigned events) {
    fake_tls *t = ctx;
    struct sockaddr_in target = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(t->target_port)};
    (void)events;
    drop(t);
    t->outer = accept4(t->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (t->outer < 0)
        return;
    t->inner = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(t->inner >= 0 && connect(t->inner, (struct sockaddr *)&target, sizeof target) == 0);
    t->tls = SSL_new(t->context);
    need(SSL_set_fd(t->tls, t->outer) == 1);
    SSL_set_accept_state(t->tls);
    need(loop_watch_fd(t->loop, t->outer, LOOP_READ, on_io, t, &t->outer_watch) == OC_OK);
    need(loop_watch_fd(t->loop, t->inner, LOOP_READ, on_io, t, &t->inner_watch) == OC_OK);
}

fake_tls *fake_tls_create(loop *l, const char *target_url, const char *name, int days) {
    fake_tls *t = xcalloc(1, sizeof *t);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    uint64_t port = 0;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, name, days);
    *t = (fake_tls){.loop = l, .outer = -1, .inner = -1};
    buf_init(&t->to_inner, MAX_BYTES);
    buf_init(&t->to_outer, MAX_BYTES);
    need(parse_uint(bytes_str(strrchr(target_url, ':') + 1), 65535, &port) == OC_OK);
    t->target_port = (uint16_t)port;
    t->pem = to_pem(certificate);
    t->context = SSL_CTX_new(TLS_server_method());
    (void)SSL_CTX_set_mode(t->context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    need(SSL_CTX_use_certificate(t->context, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(t->context, key) == 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    t->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    need(t->listener >= 0 && bind(t->listener, (struct sockaddr *)&address, sizeof address) == 0);
    need(listen(t->listener, 8) == 0 && getsockname(t->listener, (struct sockaddr *)&address, &size) == 0);
    need(loop_watch_fd(l, t->listener, LOOP_READ, on_accept, t, &t->listening) == OC_OK);
    t->url = xasprintf("wss://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return t;
}

void fake_tls_destroy(fake_tls *t) {
    if (t == NULL)
        return;
    drop(t);
    loop_unwatch(t->listening);
    close(t->listener);
    SSL_CTX_free(t->context);
    buf_free(&t->to_inner);
    buf_free(&t->to_outer);
    free(t->url);
    free(t->pem);
    free(t);
}

const char *fake_tls_url(const fake_tls *t) {
    return t->url;
}

const char *fake_tls_pem(const fake_tls *t) {
    return t->pem;
}
