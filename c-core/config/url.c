// SPDX-License-Identifier: Apache-2.0
#include "config/url.h"

#include "base/mem.h"
#include "base/parse.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { URL_MAX_BYTES = 2000, PORT_MAX = 65535 };

static bool has_scheme(const char *url, size_t len, const char *const *schemes) {
    for (; *schemes != NULL; schemes++) {
        if (strlen(*schemes) == len && strncasecmp(url, *schemes, len) == 0)
            return true;
    }
    return false;
}

static char *scheme_sentence(const char *const *schemes) {
    char *list = xstrdup("");
    for (size_t i = 0; schemes[i] != NULL; i++) {
        char *longer = xasprintf("%s%s%s://", list,
                                 i == 0                   ? ""
                                 : schemes[i + 1] == NULL ? " or "
                                                          : ", ",
                                 schemes[i]);
        free(list);
        list = longer;
    }
    char *sentence = xasprintf("must start with %s", list);
    free(list);
    return sentence;
}

static bool has_strange_bytes(const char *url) {
    for (; *url != '\0'; url++) {
        if ((unsigned char)*url <= ' ' || (unsigned char)*url == 0x7f)
            return true;
    }
    return false;
}

// host:port, [v6]:port or host alone.
static const char *check_authority(bytes authority) {
    const uint8_t *end = authority.data + authority.len;
    const uint8_t *port = NULL;
    if (authority.len > 0 && authority.data[0] == '[') {
        const uint8_t *close = memchr(authority.data, ']', authority.len);
        if (close == NULL || close == authority.data + 1)
            return "has an IPv6 address without its closing bracket.";
        port = close + 1 < end ? close + 1 : NULL;
        if (port != NULL && *port != ':')
            return "has something unexpected behind the host.";
    } else {
        port = memchr(authority.data, ':', authority.len);
        if ((port != NULL ? port : end) == authority.data)
            return "has no host name.";
    }
    uint64_t number = 0;
    if (port != NULL &&
        (parse_uint(bytes_of(port + 1, (size_t)(end - port - 1)), PORT_MAX, &number) != OC_OK || number == 0))
        return "has a port that is not a number from 1 to 65535.";
    return NULL;
}

char *url_check(const char *url, const char *const *schemes) {
    const char *colon = strstr(url, "://");
    if (strlen(url) > URL_MAX_BYTES)
        return xstrdup("is longer than 2000 bytes.");
    if (has_strange_bytes(url))
        return xstrdup("holds white space or control characters.");
    if (colon == NULL || !has_scheme(url, (size_t)(colon - url), schemes))
        return scheme_sentence(schemes);
    const char *authority = colon + 3;
    size_t len = strcspn(authority, "/?#");
    bool is_proxy = strncasecmp(schemes[0], "ws", 2) != 0;
    const char *at = memrchr(authority, '@', len);
    if (at != NULL && !is_proxy)
        return xstrdup("must not hold a user name or password: the token has its own setting.");
    if (at != NULL) {
        len -= (size_t)(at + 1 - authority);
        authority = at + 1;
    }
    const char *wrong = check_authority(bytes_of(authority, len));
    if (wrong != NULL)
        return xstrdup(wrong);
    if (strpbrk(authority, "?#") != NULL)
        return xstrdup("must not hold a query or fragment (? or #).");
    return NULL;
}
