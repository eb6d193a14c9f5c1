// SPDX-License-Identifier: Apache-2.0
#include "chat/callback_url.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "net/ssrf.h"

#include <stdlib.h>
#include <string.h>

#define COMMANDS_PATH "/api/channels/mattermost/command"

char *callback_base(const char *host, uint16_t port) {
    static const char *const all[] = {"", "0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0"};
    size_t len = strlen(host);
    bool bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
    char *bare = bracketed ? xstrndup(host + 1, len - 2) : xstrdup(host);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(bare, all[i]) == 0) {
            free(bare);
            bare = xstrdup("localhost");
        }
    }
    bool v6 = strchr(bare, ':') != NULL;
    char *base = xasprintf("http://%s%s%s:%u", v6 ? "[" : "", bare, v6 ? "]" : "", (unsigned)port);
    free(bare);
    return base;
}

char *callback_base_of(const char *listen) {
    const char *colon = strrchr(listen, ':');
    uint64_t port = 0;
    if (colon == NULL || parse_uint(bytes_str(colon + 1), UINT16_MAX, &port) != OC_OK)
        return xstrdup("");
    char *host = xstrndup(listen, (size_t)(colon - listen));
    char *base = callback_base(host, (uint16_t)port);
    free(host);
    return base;
}

static char *without_slashes(const char *text) {
    bytes trimmed = utf8_trim(bytes_str(text));
    while (trimmed.len > 0 && trimmed.data[trimmed.len - 1] == '/')
        trimmed.len--;
    return xstrndup((const char *)trimmed.data, trimmed.len);
}

char *callback_interactions(const char *base, const char *account_id) {
    char *bare = without_slashes(base);
    char *url = xasprintf("%s/mattermost/interactions/%s", bare, account_id);
    free(bare);
    return url;
}

char *callback_mcp(const char *base, const char *account_id) {
    char *bare = without_slashes(base);
    char *url = xasprintf("%s/mattermost/mcp/%s", bare, account_id);
    free(bare);
    return url;
}

char *callback_commands(const char *url, const char *base, const char *path) {
    bytes named = utf8_trim(bytes_str(path));
    if (*url != '\0')
        return xstrdup(url);
    char *bare = without_slashes(base);
    char *whole = named.len == 0 ? xasprintf("%s" COMMANDS_PATH, bare)
                                 : xasprintf("%s%s%.*s", bare, named.data[0] == '/' ? "" : "/",
                                             (int)named.len, (const char *)named.data);
    free(bare);
    return whole;
}

// Where the host begins: behind "scheme://".
static const char *authority(const char *url) {
    const char *at = strstr(url, "://");
    return at != NULL ? at + 3 : url;
}

static size_t host_bytes(const char *at) {
    size_t end = strcspn(at, "/?#");
    size_t len = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/?#");
    return len < end ? len : end;
}

char *callback_path(const char *url) {
    const char *at = authority(url);
    at += strcspn(at, "/?#");
    return *at == '/' ? xstrndup(at, strcspn(at, "?#")) : xstrdup("/");
}

static bool callback_is_loopback(const char *url) {
    const char *at = authority(url);
    size_t len = host_bytes(at);
    ssrf_verdict v = ssrf_judge_host(bytes_of(at, len), false);
    return v == SSRF_LOOPBACK || (len == 9 && strncasecmp(at, "localhost", len) == 0);
}

callback_reach callback_judge(const char *url, const char *server_url) {
    if (callback_is_loopback(url))
        return callback_is_loopback(server_url) ? CALLBACK_NEEDS_LEAVE : CALLBACK_ELSEWHERE;
    const char *at = authority(url);
    return ssrf_judge_host(bytes_of(at, host_bytes(at)), false) == SSRF_ALLOWED ? CALLBACK_PUBLIC
                                                                                : CALLBACK_NEEDS_LEAVE;
}

char *callback_host(const char *url) {
    const char *at = authority(url);
    size_t len = host_bytes(at);
    bool bracketed = len > 2 && at[0] == '[' && at[len - 1] == ']';
    return xstrndup(at + bracketed, len - 2 * bracketed);
}
