// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <string.h>

static const config_section *const SECTIONS[] = {
    &KEYS_ACCOUNTS,  &KEYS_ACCESS, &KEYS_WAKING, &KEYS_CONTEXT, &KEYS_ANSWERS,
    &KEYS_STREAMING, &KEYS_TOOLS,  &KEYS_LIMITS, &KEYS_IDLE,
};
enum { SECTION_COUNT = sizeof SECTIONS / sizeof *SECTIONS };

size_t config_section_count(void) {
    return SECTION_COUNT;
}

const config_section *config_section_at(size_t i) {
    return SECTIONS[i];
}

size_t config_key_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < SECTION_COUNT; i++)
        count += SECTIONS[i]->count;
    return count;
}

const config_key *config_key_at(size_t at) {
    size_t section = 0;
    for (; at >= SECTIONS[section]->count; section++)
        at -= SECTIONS[section]->count;
    return &SECTIONS[section]->keys[at];
}

const config_key *config_key_find(const char *path) {
    for (size_t i = 0; i < config_key_count(); i++) {
        if (strcmp(config_key_at(i)->path, path) == 0)
            return config_key_at(i);
    }
    return NULL;
}

bool config_key_is_group(const char *path) {
    size_t len = strlen(path);
    for (size_t i = 0; i < config_key_count(); i++) {
        const char *other = config_key_at(i)->path;
        if (strncmp(other, path, len) == 0 && other[len] == '.')
            return true;
    }
    return false;
}

const config_beside CONFIG_BESIDE[] = {
    {"channels.defaults.implicitMentions", "implicitMentions", NULL, false},
    {"channels.defaults.contextVisibility", "contextVisibility", NULL, false},
    {"channels.defaults.groupPolicy", NULL,
     "is not used: groupPolicy counts only where it is written for Mattermost.", false},
    {"messages.groupChat.historyLimit", "historyLimit", NULL, false},
    {"messages.groupChat.mentionPatterns", "mentionPatterns", NULL, false},
    {"messages.inbound.debounceMs", "debounceMs", NULL, false},
    {"messages.inbound.byChannel.mattermost", "debounceMs", NULL, false},
    {"messages.responsePrefix", "responsePrefix", NULL, false},
    {"agents.defaults.mediaMaxMb", "mediaMaxMb", NULL, false},
    {"agents.defaults.blockStreamingDefault", "streaming.block.enabled", NULL, false},
    {"session.dmScope", "dmScope", NULL, false},
    {"commands.text", "commands.text", NULL, false},
    {"commands.ownerAllowFrom", "owners", NULL, false},
    {"accessGroups", "accessGroups", NULL, false},
    {"gateway.auth.token", "gateway.token", NULL, true},
    {"gateway.port", "gateway.url", NULL, true},
    {"gateway.trustedProxies", "callbacks.trustedProxies", NULL, true},
    {"gateway.allowRealIpFallback", "callbacks.allowRealIpFallback", NULL, true},
    {"bindings", NULL,
     "is not used: the key agent of an account or of an entry of groups says which agent answers.", false},
    {"commands.allowFrom", NULL,
     "is not used: allowFrom, groupAllowFrom and owners say who may use commands.", false},
};
const size_t CONFIG_BESIDE_COUNT = sizeof CONFIG_BESIDE / sizeof *CONFIG_BESIDE;
