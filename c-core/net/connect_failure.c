// SPDX-License-Identifier: Apache-2.0
#include "net/connect_failure.h"

#include "base/mem.h"
#include "words/words.h"

#include <errno.h>
#include <openssl/x509_vfy.h>

static char *tls_sentence(const connect_facts *f) {
    switch (f->verify_result) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED: // OpenSSL's word before any certificate came
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return words_mark(WORD_GATEWAY_CA_UNKNOWN, "host", f->host, "why",
                          X509_verify_cert_error_string(f->verify_result), NULL);
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return words_mark(WORD_GATEWAY_CERTIFICATE_TIME, "host", f->host, "why",
                          X509_verify_cert_error_string(f->verify_result), NULL);
    default:
        return words_mark(WORD_GATEWAY_CERTIFICATE_BAD, "host", f->host, "why",
                          X509_verify_cert_error_string(f->verify_result), NULL);
    }
    if (f->code == CURLE_PEER_FAILED_VERIFICATION)
        return words_mark(WORD_GATEWAY_CERTIFICATE_NAME, "host", f->host, NULL);
    return words_mark(WORD_GATEWAY_NO_TLS, "host", f->host, NULL);
}

static char *connect_sentence(const connect_facts *f) {
    if (f->proxied != 0)
        return words_mark(WORD_GATEWAY_PROXY_SILENT, "host", f->host, "why",
                          f->os_error != 0 ? strerror((int)f->os_error) : curl_easy_strerror(f->code), NULL);
    if (f->code == CURLE_OPERATION_TIMEDOUT)
        return words_mark(WORD_GATEWAY_NO_ANSWER, "host", f->host, NULL);
    if (f->os_error == ECONNREFUSED)
        return words_mark(WORD_GATEWAY_NOTHING_LISTENS, "host", f->host, NULL);
    return words_mark(WORD_GATEWAY_UNREACHABLE, "host", f->host, "why",
                      f->os_error != 0 ? strerror((int)f->os_error) : curl_easy_strerror(f->code), NULL);
}

websocket_cause connect_failure(const connect_facts *f, char **sentence) {
    switch (f->code) {
    case CURLE_URL_MALFORMAT:
        *sentence = words_mark(WORD_GATEWAY_ADDRESS_UNUSABLE, "host", f->host, NULL);
        return WEBSOCKET_SETTINGS;
    case CURLE_COULDNT_RESOLVE_HOST:
        *sentence = words_mark(WORD_GATEWAY_NAME_UNKNOWN, "host", f->host, NULL);
        return WEBSOCKET_NAME;
    case CURLE_COULDNT_RESOLVE_PROXY:
        *sentence = xstrdup(words_marked(WORD_GATEWAY_PROXY_NAME_UNKNOWN));
        return WEBSOCKET_NAME;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        *sentence = tls_sentence(f);
        return WEBSOCKET_TLS;
    case CURLE_PROXY:
        *sentence = words_mark(WORD_GATEWAY_PROXY_REFUSES, "host", f->host, NULL);
        return WEBSOCKET_PROXY;
    default:
        break;
    }
    if (f->proxied != 0 && f->proxy_status != 0 && f->proxy_status / 100 != 2) {
        *sentence = words_mark(WORD_GATEWAY_PROXY_STATUS, "status", WORDS_NUMBER(f->proxy_status), "host",
                               f->host, NULL);
        return WEBSOCKET_PROXY;
    }
    *sentence = connect_sentence(f);
    return WEBSOCKET_CONNECT;
}
