// SPDX-License-Identifier: Apache-2.0
#include "config/choices.h"

#include "base/mem.h"
#include "config/streaming.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int choice_find(const choice_words *list, const char *name) {
    if (name == NULL || *name == '\0')
        return -1;
    for (int i = 0; i < list->count; i++) {
        if (strcasecmp(name, list->words[i]) == 0)
            return i;
    }
    return -1;
}

char *choice_list(const choice_words *list) {
    char *text = xstrdup("");
    for (int i = 0; i < list->count; i++) {
        if (*list->words[i] == '\0')
            continue;
        char *longer = xasprintf("%s%s%s", text, *text != '\0' ? ", " : "", list->words[i]);
        free(text);
        text = longer;
    }
    return text;
}

// One word list with its two functions.
#define WORDS(type, LIST, ...)                                                                               \
    static const char *const type##_words[] = {__VA_ARGS__};                                                 \
    const choice_words LIST = {.words = type##_words, .count = sizeof type##_words / sizeof *type##_words};  \
    const char *type##_name(type value) {                                                                    \
        return type##_words[value];                                                                          \
    }                                                                                                        \
    int type##_find(const char *name) {                                                                      \
        return choice_find(&LIST, name);                                                                     \
    }

WORDS(permission_mode, PERMISSION_MODES, "read-only", "guarded", "workspace", "full")
WORDS(dm_policy, DM_POLICIES, "pairing", "allowlist", "open", "disabled")
WORDS(group_policy, GROUP_POLICIES, "allowlist", "open", "disabled")
WORDS(chat_mode, CHAT_MODES, "", "oncall", "onmessage", "onchar")
WORDS(reply_mode, REPLY_MODES, "", "off", "first", "all", "batched")
WORDS(context_visibility, CONTEXT_VISIBILITIES, "all", "allowlist", "allowlist_quote")
WORDS(approval_target, APPROVAL_TARGETS, "dm", "channel", "both")
WORDS(table_mode, TABLE_MODES, "off", "bullets", "code", "block")
WORDS(dm_scope, DM_SCOPES, "main", "per-peer", "per-channel-peer", "per-account-channel-peer")
WORDS(streaming_mode, STREAMING_MODES, "off", "partial", "block", "progress")
WORDS(chunk_mode, CHUNK_MODES, "length", "newline")

const char *chat_kind_name(chat_kind k) {
    static const char *const names[CHAT_KINDS] = {"direct", "group", "channel"};
    return names[k];
}

chat_kind chat_kind_of(const char *channel_type) {
    while (isspace((unsigned char)*channel_type))
        channel_type++;
    size_t len = strlen(channel_type);
    while (len > 0 && isspace((unsigned char)channel_type[len - 1]))
        len--;
    if (len != 1)
        return CHAT_CHANNEL;
    switch (*channel_type) {
    case 'D':
    case 'd':
        return CHAT_DIRECT;
    case 'G':
    case 'g':
    case 'P':
    case 'p':
        return CHAT_GROUP;
    default:
        return CHAT_CHANNEL;
    }
}
