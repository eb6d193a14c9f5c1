// SPDX-License-Identifier: Apache-2.0
#include "config/check.h"

#include "base/mem.h"
#include "base/parse.h"
#include "config/url.h"
#include "net/forwarded.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { BOT_USERNAME_MAX = 22, AGENT_MAX = 64, ID_LEN = 26 };

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

char *check_gateway_url(const char *text) {
    return url_check(text, (const char *const[]){"ws", "wss", NULL});
}

char *check_proxy_url(const char *text) {
    return *text == '\0' ? NULL
                         : url_check(text, (const char *const[]){"http", "https", "socks5", "socks5h", NULL});
}

char *check_listen(const char *text) {
    const char *colon = strrchr(text, ':');
    uint64_t port = 0;
    bool fine = *text == '\0' || (colon != NULL && colon > text &&
                                  parse_uint(bytes_str(colon + 1), 65535, &port) == OC_OK && port > 0);
    return fine ? NULL : xstrdup("must be an address and a port; for example: 127.0.0.1:8066 or [::1]:8066");
}

char *check_source(const char *text) {
    return ip_is_entry(text) ? NULL
                             : xstrdup("must be addresses or networks; for example: 192.0.2.10, 2001:db8::1 "
                                       "or 198.51.100.0/24");
}

char *check_username(const char *text) {
    size_t len = strlen(text);
    bool fine = len >= 1 && len <= BOT_USERNAME_MAX && islower((unsigned char)text[0]) &&
                strspn(text, LOWER DIGITS ".-_") == len;
    return fine ? NULL
                : xstrdup("must be 1 to 22 lower-case letters, digits, dots, dashes or underscores, a letter "
                          "first; for example: openclaw");
}

char *check_agent(const char *text) {
    size_t len = strlen(text);
    return len <= AGENT_MAX && strspn(text, LOWER UPPER DIGITS "_-") == len
               ? NULL
               : xstrdup("must be an agent's id: up to 64 letters, digits, dashes and underscores; for "
                         "example: main");
}

char *check_session_name(const char *text) {
    size_t len = strlen(text);
    bool fine = len > 0 && strspn(text, LOWER DIGITS "_-:.") == len && text[0] != ':' && text[len - 1] != ':';
    return fine ? NULL
                : xstrdup("must consist of lower-case letters, digits, dashes, underscores, dots and colons "
                          "between them; for example: mattermost-plugin");
}

char *check_emoji(const char *text) {
    size_t len = strlen(text);
    if (len > 1 && text[0] == ':' && text[len - 1] == ':') {
        text++;
        len -= 2;
    }
    return strspn(text, LOWER UPPER DIGITS "_-+") >= len
               ? NULL
               : xstrdup("must be the name of an emoji: letters, digits, _, - and +; for example: eyes");
}

char *check_not_everybody(const char *text) {
    return strcmp(text, "*") == 0 ? xstrdup("must name people: \"*\" is not allowed here.") : NULL;
}

char *check_channel_id(const char *text) {
    const bool id = strlen(text) == ID_LEN && strspn(text, LOWER DIGITS) == ID_LEN;
    return id ? NULL
              : xstrdup("must hold channel ids (26 lower-case letters and digits; a channel's menu shows it "
                        "under View Info).");
}

bool is_lasting_entry(const char *entry) {
    static const char *const prefixes[] = {"mattermost:", "user:"};
    if (strcmp(entry, "*") == 0 || strncmp(entry, "accessGroup:", strlen("accessGroup:")) == 0)
        return true;
    for (size_t i = 0; i < 2; i++) {
        if (strncasecmp(entry, prefixes[i], strlen(prefixes[i])) == 0) {
            entry += strlen(prefixes[i]);
            break;
        }
    }
    entry += *entry == '@';
    return strlen(entry) == ID_LEN && strspn(entry, LOWER UPPER DIGITS) == ID_LEN;
}
