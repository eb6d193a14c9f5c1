// SPDX-License-Identifier: Apache-2.0
#include "net/connect_failure.h"

#include "base/mem.h"

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
        return xasprintf(
            "The certificate of %s comes from an authority that is not trusted here (%s). Put the "
            "certificate of that authority into the setting GatewayCA.",
            f->host, X509_verify_cert_error_string(f->verify_result));
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return xasprintf(
            "The certificate of %s is not valid at this time (%s). Renew it, or set the clock of this "
            "machine.",
            f->host, X509_verify_cert_error_string(f->verify_result));
    default:
        return xasprintf("The certificate of %s is not accepted: %s.", f->host,
                         X509_verify_cert_error_string(f->verify_result));
    }
    if (f->code == CURLE_PEER_FAILED_VERIFICATION)
        return xasprintf("The certificate of %s is made out to another name. Use the name that stands in the "
                         "certificate, or give the server a certificate for this name.",
                         f->host);
    return xasprintf(
        "%s does not speak TLS as it should. If it serves plain WebSocket there, the address must begin "
        "with ws:// instead of wss://.",
        f->host);
}

static char *connect_sentence(const connect_facts *f) {
    if (f->proxied != 0)
        return xasprintf(
            "%s cannot be reached: the proxy does not answer (%s). Check the setting GatewayProxy, or the "
            "proxy in the environment.",
            f->host, f->os_error != 0 ? strerror((int)f->os_error) : curl_easy_strerror(f->code));
    if (f->code == CURLE_OPERATION_TIMEDOUT)
        return xasprintf("%s does not answer in time. Check address, port and firewall.", f->host);
    if (f->os_error == ECONNREFUSED)
        return xasprintf(
            "Nothing listens at %s (connection refused). Is the gateway running, and is it bound to an "
            "address that this machine can reach?",
            f->host);
    return xasprintf("%s cannot be reached: %s.", f->host,
                     f->os_error != 0 ? strerror((int)f->os_error) : curl_easy_strerror(f->code));
}

websocket_cause connect_failure(const connect_facts *f, char **sentence) {
    switch (f->code) {
    case CURLE_URL_MALFORMAT:
        *sentence = xasprintf("The address %s cannot be used.", f->host);
        return WEBSOCKET_SETTINGS;
    case CURLE_COULDNT_RESOLVE_HOST:
        *sentence =
            xasprintf("The name in %s has no address. Check the spelling and this machine's DNS.", f->host);
        return WEBSOCKET_NAME;
    case CURLE_COULDNT_RESOLVE_PROXY:
        *sentence =
            xstrdup("The proxy's name has no address. Check the proxy setting and this machine's DNS.");
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
        *sentence = xasprintf("The proxy does not let us through to %s.", f->host);
        return WEBSOCKET_PROXY;
    default:
        break;
    }
    if (f->proxied != 0 && f->proxy_status != 0 && f->proxy_status / 100 != 2) {
        *sentence = xasprintf("The proxy answered with HTTP status %ld instead of connecting to %s.",
                              f->proxy_status, f->host);
        return WEBSOCKET_PROXY;
    }
    *sentence = connect_sentence(f);
    return WEBSOCKET_CONNECT;
}
