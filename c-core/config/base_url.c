// SPDX-License-Identifier: Apache-2.0
#include "config/base_url.h"

#include "base/mem.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t without_slashes(const char *text, size_t len) {
    while (len > 0 && text[len - 1] == '/')
        len--;
    return len;
}

char *base_url_normalise(const char *text) {
    static const char api[] = "/api/v4";
    size_t api_len = sizeof api - 1;
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    if (len == 0)
        return NULL;
    len = without_slashes(text, len);
    if (len >= api_len && strncasecmp(text + len - api_len, api, api_len) == 0)
        len -= api_len;
    return xstrndup(text, len);
}

typedef struct address { // parts of the text
    const char *host, *port, *path;
    size_t host_len, port_len;
} address;

static address address_of(const char *url) {
    const char *scheme_end = strstr(url, "://");
    const char *authority = scheme_end != NULL ? scheme_end + 3 : url;
    size_t len = strcspn(authority, "/?#");
    address a = {.host = authority, .host_len = len, .port = "", .path = authority + len};
    const char *colon = memrchr(authority, ':', len), *bracket = memrchr(authority, ']', len);
    if (colon != NULL && (bracket == NULL || colon > bracket)) {
        a.host_len = (size_t)(colon - authority);
        a.port = colon + 1;
        a.port_len = len - a.host_len - 1;
    }
    bool usual = (a.port_len == 2 && memcmp(a.port, "80", 2) == 0) ||
                 (a.port_len == 3 && memcmp(a.port, "443", 3) == 0);
    if (usual)
        a.port_len = 0;
    return a;
}

bool base_url_same_server(const char *a, const char *b) {
    address left = address_of(a), right = address_of(b);
    return left.host_len == right.host_len && strncasecmp(left.host, right.host, left.host_len) == 0 &&
           left.port_len == right.port_len && memcmp(left.port, right.port, left.port_len) == 0 &&
           strcmp(left.path, right.path) == 0;
}

bool base_url_is_example(const char *url) {
    static const char *const domains[] = {"example.com", "example.net", "example.org", "example"};
    address a = address_of(url);
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        size_t len = strlen(domains[i]);
        bool ends = a.host_len >= len && strncasecmp(a.host + a.host_len - len, domains[i], len) == 0;
        if (ends && (a.host_len == len || a.host[a.host_len - len - 1] == '.'))
            return true;
    }
    return false;
}
