// SPDX-License-Identifier: Apache-2.0
#include "wire/handshake.h"

#include "base/bytes.h"

#include <stdio.h>

static const char COOKIE_NAME[] = "MATTERMOST_PLUGIN";
static const char COOKIE[] = "Securely message teams, anywhere.";
static const char OUR_PROTOCOL[] = "1";

// Is word one of the comma-separated words of list?
static bool list_has(const char *list, const char *word) {
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        if (bytes_is(bytes_of(list, len), word))
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

oc_err handshake_check(handshake_env_fn *env, void *ctx, const char **why) {
    const char *cookie = env(ctx, COOKIE_NAME);
    const char *versions = env(ctx, "PLUGIN_PROTOCOL_VERSIONS");
    const char *certificate = env(ctx, "PLUGIN_CLIENT_CERT");
    if (cookie == NULL || strcmp(cookie, COOKIE) != 0) {
        *why =
            "This is a Mattermost plugin. It is started by a Mattermost server and does nothing by itself: "
            "upload the plugin in the System Console.";
        return OC_EDENIED;
    }
    if (versions != NULL && !list_has(versions, OUR_PROTOCOL)) {
        *why = "The Mattermost server does not speak version 1 of the plugin protocol: this plugin is too "
               "old for it.";
        return OC_EINVAL;
    }
    if (certificate != NULL && certificate[0] != '\0') {
        *why = "The Mattermost server asks for TLS between itself and its plugins, which this plugin does "
               "not have.";
        return OC_EINVAL;
    }
    return OC_OK;
}

static void add_folder(handshake_addresses *out, const char *folder, const char *token) {
    char *at = out->at[out->count];
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/')
        len--;
    if (len == 0 || folder[0] != '/' || len >= HANDSHAKE_ADDRESS_BYTES || strpbrk(folder, "|\r\n") != NULL)
        return;
    int need = snprintf(at, HANDSHAKE_ADDRESS_BYTES, "%.*s/plugin%s", (int)len, folder, token);
    if (need > 0 && need < HANDSHAKE_ADDRESS_BYTES)
        out->count++;
}

void handshake_choose(handshake_env_fn *env, void *ctx, const char *token, handshake_addresses *out) {
    const char *wanted = env(ctx, "PLUGIN_UNIX_SOCKET_DIR");
    const char *temp = env(ctx, "TMPDIR");
    out->count = 0;
    if (wanted != NULL && wanted[0] != '\0') {
        // A container that is named here shares only this folder with us.
        add_folder(out, wanted, token);
        return;
    }
    if (temp != NULL)
        add_folder(out, temp, token);
    if (temp == NULL || strcmp(temp, "/tmp") != 0)
        add_folder(out, "/tmp", token);
    (void)snprintf(out->at[out->count++], HANDSHAKE_ADDRESS_BYTES, "@mattermost-plugin-openclaw-%s", token);
}

oc_err handshake_line(handshake_env_fn *env, void *ctx, const char *address, char out[HANDSHAKE_LINE_BYTES]) {
    if (strpbrk(address, "|\r\n") != NULL)
        return OC_ELIMIT;
    // The seventh field concerns gRPC only, but a host that asks for it wants to see it.
    const char *multiplex = env(ctx, "PLUGIN_MULTIPLEX_GRPC");
    int need = snprintf(out, HANDSHAKE_LINE_BYTES, "1|%s|unix|%s|netrpc|%s\n", OUR_PROTOCOL, address,
                        multiplex != NULL && multiplex[0] != '\0' ? "|false" : "");
    return need > 0 && need < HANDSHAKE_LINE_BYTES ? OC_OK : OC_ELIMIT;
}
