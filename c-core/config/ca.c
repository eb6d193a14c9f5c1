// SPDX-License-Identifier: Apache-2.0
#include "config/ca.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    *detail = NULL;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        *detail = xstrdup(strerror(errno));
        return "names a file that cannot be read";
    }
    char *text = xmalloc(CA_FILE_MAX_BYTES + 1);
    size_t len = fread(text, 1, CA_FILE_MAX_BYTES + 1, file);
    if (ferror(file) != 0) {
        *detail = xstrdup(strerror(errno));
        wrong = "names a file that cannot be read";
    } else if (len > CA_FILE_MAX_BYTES) {
        wrong = "names a file of more than 1 MiB";
    } else {
        text[len] = '\0';
        wrong =
            ca_check_pem(text) != NULL ? "names a file that holds no valid certificate in PEM form" : NULL;
    }
    free(text);
    fclose(file);
    return wrong;
}
