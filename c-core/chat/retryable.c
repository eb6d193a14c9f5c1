// SPDX-License-Identifier: Apache-2.0
#include "chat/retryable.h"

#include "base/parse.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { TOO_MANY_REQUESTS = 429, SERVER_ERRORS = 500, SERVER_ERRORS_END = 600 };

static bool is_any(const char *text, const char *const *list) {
    while (*list != NULL && strcasecmp(text, *list) != 0)
        list++;
    return *list != NULL;
}

static bool has_any(const char *text, const char *const *list) {
    while (*list != NULL && strcasestr(text, *list) == NULL)
        list++;
    return *list != NULL;
}

static bool status_may_pass(int status) {
    return status == TOO_MANY_REQUESTS || (status >= SERVER_ERRORS && status < SERVER_ERRORS_END);
}

// The status that an answer of Mattermost's API had; 0 when the words tell of none.
static int api_status(const char *message) {
    static const char lead[] = "mattermost api ";
    const char *found = strcasestr(message, lead);
    uint64_t status = 0;
    if (found == NULL)
        return 0;
    found += strlen(lead);
    size_t digits = 0;
    while (digits < 4 && isdigit((unsigned char)found[digits]) != 0)
        digits++;
    return digits == 3 && parse_uint(bytes_of(found, digits), 999, &status) == OC_OK ? (int)status : 0;
}

bool failure_may_pass(const char *message, const char *name, const char *code) {
    static const char *const codes[] = {"ECONNRESET",
                                        "ECONNREFUSED",
                                        "ETIMEDOUT",
                                        "ESOCKETTIMEDOUT",
                                        "ECONNABORTED",
                                        "ENOTFOUND",
                                        "EAI_AGAIN",
                                        "EHOSTUNREACH",
                                        "ENETUNREACH",
                                        "EPIPE",
                                        "UND_ERR_CONNECT_TIMEOUT",
                                        "UND_ERR_DNS_RESOLVE_FAILED",
                                        "UND_ERR_CONNECT",
                                        "UND_ERR_SOCKET",
                                        "UND_ERR_HEADERS_TIMEOUT",
                                        "UND_ERR_BODY_TIMEOUT",
                                        NULL};
    static const char *const names[] = {"AbortError",          "TimeoutError",     "ConnectTimeoutError",
                                        "HeadersTimeoutError", "BodyTimeoutError", NULL};
    static const char *const words[] = {"network error",      "timeout",        "timed out",    "abort",
                                        "connection refused", "econnreset",     "econnrefused", "etimedout",
                                        "enotfound",          "socket hang up", "getaddrinfo",  NULL};
    int status = api_status(message);
    if (status > 0 && status_may_pass(status))
        return true;
    if (strcasestr(message, "too many requests") != NULL)
        return true;
    if (status > 0)
        return false;
    return is_any(code, codes) || is_any(name, names) || has_any(message, words);
}

bool chat_error_may_pass(const chat_error *error) {
    if (error->http_status > 0)
        return status_may_pass(error->http_status);
    switch (error->err) {
    case OC_EDENIED:
    case OC_EINVAL:
    case OC_ENOTFOUND:
        return false;
    case OC_EREMOTE:
        return failure_may_pass(error->message != NULL ? error->message : "", "", "");
    default:
        return true;
    }
}
