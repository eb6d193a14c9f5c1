// SPDX-License-Identifier: Apache-2.0
// The certificates that a TLS connection is checked against.
#include "net/net.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <unistd.h>

enum { TRUST_MAX_BYTES = 4 * 1024 * 1024 };

// Where distributions keep the bundle: Debian and Alpine, RHEL and Fedora, older RHEL, openSUSE, other.
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    NULL,
};

const char *net_system_bundle(void) {
    const char *named = getenv("SSL_CERT_FILE");
    if (named != NULL && *named != '\0')
        return named;
    for (size_t i = 0; bundles[i] != NULL; i++) {
        if (access(bundles[i], R_OK) == 0)
            return bundles[i];
    }
    return NULL;
}

static const char *system_folder(void) {
    const char *named = getenv("SSL_CERT_DIR");
    if (named != NULL && *named != '\0')
        return named;
    return access("/etc/ssl/certs", X_OK) == 0 ? "/etc/ssl/certs" : NULL;
}

static oc_err append_file(buf *out, const char *path) {
    oc_err err = OC_OK;
    uint8_t *where = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return OC_ESYS;
    for (;;) {
        err = buf_reserve(out, 16384, &where);
        ssize_t got = err == OC_OK ? read(fd, where, 16384) : 0;
        if (got < 0)
            err = OC_ESYS;
        if (got <= 0)
            break;
        buf_commit(out, (size_t)got);
    }
    int saved = errno;
    close(fd);
    errno = saved;
    return err;
}

// At least one certificate, and nothing broken between them.
static bool holds_certificates(bytes pem) {
    size_t count = 0;
    BIO *in = pem.len > 0 ? BIO_new_mem_buf(pem.data, (int)pem.len) : NULL;
    for (X509 *one = in != NULL ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL; one != NULL;
         one = PEM_read_bio_X509(in, NULL, NULL, NULL)) {
        X509_free(one);
        count++;
    }
    unsigned long last = ERR_peek_last_error();
    ERR_clear_error();
    BIO_free(in);
    return count > 0 && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

static oc_err read_private(buf *out, const char *ca_file, const char *ca_pem, char **why) {
    if (ca_file != NULL && *ca_file != '\0') {
        oc_err err = append_file(out, ca_file);
        if (err != OC_OK)
            *why = xasprintf("The certificate file %s cannot be read: %s.", ca_file,
                             err == OC_ESYS ? strerror(errno) : "it is too large");
        if (err != OC_OK)
            return OC_EINVAL;
    }
    if (ca_pem != NULL && (buf_append_str(out, ca_pem) != OC_OK || buf_append_byte(out, '\n') != OC_OK)) {
        *why = xstrdup("The certificate in the settings is too large.");
        return OC_EINVAL;
    }
    if (holds_certificates(buf_bytes(out)))
        return OC_OK;
    *why = ca_file != NULL && *ca_file != '\0'
               ? xasprintf("The certificate file %s holds no readable PEM certificate.", ca_file)
               : xstrdup("The certificate in the settings is no readable PEM certificate.");
    return OC_EINVAL;
}

oc_err net_trust(CURL *easy, const char *ca_file, const char *ca_pem, char **why) {
    const char *bundle = net_system_bundle(), *folder = system_folder();
    bool private_ca = (ca_file != NULL && *ca_file != '\0') || (ca_pem != NULL && *ca_pem != '\0');
    *why = NULL;
    (void)curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
    if (!private_ca) {
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
        return OC_OK;
    }
    buf all;
    buf_init(&all, TRUST_MAX_BYTES);
    oc_err err = read_private(&all, ca_file, ca_pem, why);
    if (err == OC_OK) {
        // libcurl takes either a file or a blob: the blob must carry the system's roots as well.
        size_t own = all.len;
        if (bundle != NULL && append_file(&all, bundle) != OC_OK)
            buf_truncate(&all, own);
        struct curl_blob blob = {.data = all.memory + all.start, .len = all.len, .flags = CURL_BLOB_COPY};
        if (curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob) != CURLE_OK)
            err = OC_ENOMEM;
    }
    if (err == OC_ENOMEM)
        *why = xstrdup("There is not enough memory for the certificates.");
    buf_free(&all);
    return err;
}
