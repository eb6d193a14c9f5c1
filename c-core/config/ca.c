// SPDX-License-Identifier: Apache-2.0
#include "config/ca.h"

#include "base/mem.h"
#include "config/file.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

enum { CA_FILE_MAX_BYTES = 1 << 20 };

bool ca_is_pem(const char *value) {
    return strstr(value, "-----BEGIN ") != NULL;
}

const char *ca_check_pem(const char *pem) {
    int certificates = 0;
    bool broken = false;
    BIO *bio = BIO_new_mem_buf(pem, -1);
    if (bio == NULL)
        return "cannot be checked: out of memory";
    for (;;) {
        X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (certificate == NULL)
            break;
        X509_free(certificate);
        certificates++;
    }
    // The end of the text is "no start line"; anything else is a block that does not parse.
    broken = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(bio);
    if (broken)
        return "holds a PEM block that is not a valid certificate";
    return certificates > 0 ? NULL : "holds no certificate (no -----BEGIN CERTIFICATE----- block)";
}

const char *ca_check_file(const char *path, char **detail) {
    const char *wrong = NULL;
    int error_number = 0;
    *detail = NULL;
    char *text = file_read(path, CA_FILE_MAX_BYTES, &wrong, &error_number);
    if (text == NULL) {
        *detail = error_number != 0 ? xstrdup(strerror(error_number)) : NULL;
        return wrong;
    }
    wrong = ca_check_pem(text) != NULL ? "names a file that holds no valid certificate in PEM form" : NULL;
    file_free(text);
    return wrong;
}

static bool ends(const X509 *certificate, int64_t *ends_ms) {
    struct tm when;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) != 1)
        return false;
    *ends_ms = (int64_t)timegm(&when) * 1000;
    return true;
}

bool ca_first_end(const char *file, const char *pem, int64_t *ends_ms) {
    const char *wrong = NULL;
    int error_number = 0;
    bool found = false;
    char *text = *file != '\0' ? file_read(file, CA_FILE_MAX_BYTES, &wrong, &error_number) : NULL;
    if (*file != '\0' && text == NULL)
        return false;
    BIO *bio = BIO_new_mem_buf(text != NULL ? text : pem, -1);
    for (X509 *one = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL; one != NULL;
         one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) {
        int64_t this_ms = 0;
        bool known = ends(one, &this_ms);
        X509_free(one);
        if (known && (!found || this_ms < *ends_ms))
            *ends_ms = this_ms;
        found = found || known;
    }
    ERR_clear_error();
    BIO_free(bio);
    if (text != NULL)
        file_free(text);
    return found;
}
