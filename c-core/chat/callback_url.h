// SPDX-License-Identifier: Apache-2.0
// Addresses at which a Mattermost server calls us back. Pure. The caller frees what comes back.
#ifndef OC_CHAT_CALLBACK_URL_H
#define OC_CHAT_CALLBACK_URL_H

#include <stdbool.h>
#include <stdint.h>

// http://host:port for whoever listens at host: every-address hosts ("0.0.0.0", "::", also in brackets, "") become localhost,
// IPv6 addresses get brackets (reference-behaviour notes §8.3).
char *callback_base(const char *host, uint16_t port);
// The same of "host:port" as it is written in callbacks.listen.
char *callback_base_of(const char *listen);
// Of buttons: base (trimmed, without slashes at its end) + /mattermost/interactions/<account>.
char *callback_interactions(const char *base, const char *account_id);
// Of the tools over MCP: likewise + /mattermost/mcp/<account>.
char *callback_mcp(const char *base, const char *account_id);
// Of slash commands (§9.2): url as it is, else base + path with one slash before it; an empty path is the usual one.
char *callback_commands(const char *url, const char *base, const char *path);
// The path of an address, "/" at least.
char *callback_path(const char *url);
// Whether a server at server_url will call this address.
typedef enum callback_reach {
    CALLBACK_PUBLIC, // as far as the address tells
    CALLBACK_NEEDS_LEAVE, // a private one: its ServiceSettings.AllowedUntrustedInternalConnections must name the host
    CALLBACK_ELSEWHERE, // this machine's own, and the server is on another one: it cannot
} callback_reach;
callback_reach callback_judge(const char *url, const char *server_url);
char *callback_host(const char *url); // without brackets and port

#endif
