// SPDX-License-Identifier: Apache-2.0
#include "chat/rest_trouble.h"

#include "base/mem.h"

#include <openssl/x509_vfy.h>
#include <string.h>
#include <strings.h>

static bool is_https(const char *url) {
    return strncasecmp(url, "https:", strlen("https:")) == 0;
}

// libcurl says "unspecified" before a certificate was looked at.
static bool certificate_was_refused(const rest_failure *f) {
    return f->verify != X509_V_OK && f->verify != X509_V_ERR_UNSPECIFIED;
}

bool rest_failure_is_of_trust(const rest_failure *f) {
    return f->result == CURLE_PEER_FAILED_VERIFICATION || f->result == CURLE_SSL_CACERT_BADFILE ||
           (f->result == CURLE_SSL_CONNECT_ERROR && certificate_was_refused(f));
}

// What to do, behind "cannot be reached: …"; "" where nobody can say.
static const char *remedy(const rest_failure *f) {
    switch (f->result) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return " Check the name in baseUrl, and this machine's name resolution (DNS).";
    case CURLE_COULDNT_RESOLVE_PROXY:
        return " Check the proxy in server.proxy, or in the environment.";
    case CURLE_COULDNT_CONNECT:
        return " Is the server running, are host and port in baseUrl right, and does a firewall let this "
               "machine through?";
    case CURLE_SSL_CONNECT_ERROR:
        return " Does the server speak TLS at this port? If not, baseUrl begins with http://.";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return is_https(f->base_url)
                   ? ""
                   : " If the server speaks TLS at this port, baseUrl begins with https://.";
    default:
        return "";
    }
}

char *rest_failure_text(const rest_failure *f) {
    if (rest_failure_is_of_trust(f))
        return xasprintf(
            "The certificate of %s is not accepted (%s). A private authority's certificate goes into "
            "server.ca.",
            f->base_url, certificate_was_refused(f) ? X509_verify_cert_error_string(f->verify) : f->detail);
    if (f->result == CURLE_OPERATION_TIMEDOUT)
        return xasprintf("%s does not answer in time", f->base_url);
    const char *what = remedy(f);
    return xasprintf("%s cannot be reached: %s%s%s", f->base_url, f->detail, *what != '\0' ? "." : "", what);
}

static bool says(bytes body, const char *words) {
    return body.len > 0 && memmem(body.data, body.len, words, strlen(words)) != NULL;
}

const char *rest_foreign_answer(const char *base_url, long status, bytes body) {
    if (status >= 300 && status < 400)
        return "the server sends us elsewhere: put its final address into baseUrl";
    // In the words of Go's server, of nginx and of Apache.
    if (status == 400 && !is_https(base_url) &&
        (says(body, "HTTPS server") || says(body, "HTTPS port") || says(body, "SSL-enabled server port")))
        return "the server speaks TLS at this port: baseUrl begins with https://";
    if (status == 502 || status == 503 || status == 504)
        return "a proxy in front of it answers, not the Mattermost server: is that running?";
    if (status == 407)
        return "the proxy wants a name and a password: put them into server.proxy";
    return "this is no answer of a Mattermost server: is baseUrl right?";
}
