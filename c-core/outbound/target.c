// SPDX-License-Identifier: Apache-2.0
#include "outbound/target.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ID_BYTES = 26 };

// What stands before the colon.
typedef enum prefix { PREFIX_NONE, PREFIX_CHANNEL, PREFIX_GROUP, PREFIX_USER, PREFIX_MATTERMOST } prefix;
static const char *const PREFIXES[] = {
    [PREFIX_NONE] = "",      [PREFIX_CHANNEL] = "channel:",       [PREFIX_GROUP] = "group:",
    [PREFIX_USER] = "user:", [PREFIX_MATTERMOST] = "mattermost:",
};

static bool begins(bytes text, const char *word) {
    size_t len = strlen(word);
    return text.len >= len && strncasecmp((const char *)text.data, word, len) == 0;
}

static bytes behind(bytes text, size_t count) {
    return utf8_trim(bytes_of(text.data + count, text.len - count));
}

// The prefix of a trimmed text, and what follows it, trimmed.
static prefix split_prefix(bytes text, bytes *rest) {
    for (prefix p = PREFIX_CHANNEL; p <= PREFIX_MATTERMOST; p++) {
        if (begins(text, PREFIXES[p])) {
            *rest = behind(text, strlen(PREFIXES[p]));
            return p;
        }
    }
    *rest = text;
    return PREFIX_NONE;
}

static bytes trimmed(const char *text) {
    return utf8_trim(bytes_str(text));
}

static bool starts_with(bytes text, char sign) {
    return text.len > 0 && text.data[0] == (uint8_t)sign;
}

static void put(char *out, bytes text) {
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
}

static oc_err refuse(const char **sentence, const char *why) {
    *sentence = why;
    return OC_EINVAL;
}

// "team/#name" and "team/~name", as people write a channel of another team. A name holds neither sign.
static bool split_team(bytes text, bytes *team, bytes *name) {
    for (size_t i = 1; i + 1 < text.len; i++) {
        if (text.data[i] != '/')
            continue;
        if (text.data[i + 1] != '#' && text.data[i + 1] != '~')
            return false;
        *team = utf8_trim(bytes_of(text.data, i));
        *name = behind(text, i + 2);
        return team->len > 0;
    }
    return false;
}

static oc_err name_of_channel(bytes text, target *out, const char **sentence) {
    bytes team = {.len = 0}, name = text;
    if (starts_with(text, '#'))
        name = behind(text, 1);
    else if (split_team(text, &team, &name))
        put(out->team, team);
    if (name.len == 0)
        return refuse(sentence, "Channel name is required for Mattermost sends");
    out->kind = TARGET_CHANNEL_NAME;
    put(out->text, name);
    return OC_OK;
}

static oc_err of_channel(bytes rest, target *out, const char **sentence) {
    if (rest.len == 0)
        return refuse(sentence, "Channel id is required for Mattermost sends");
    put(out->text, rest);
    out->kind = TARGET_CHANNEL;
    return parse_is_mm_id(out->text) ? OC_OK : name_of_channel(rest, out, sentence);
}

static oc_err of_user(bytes rest, target *out, const char **sentence) {
    if (rest.len == 0)
        return refuse(sentence, "User id is required for Mattermost sends");
    put(out->text, rest);
    out->kind = TARGET_USER;
    return OC_OK;
}

static oc_err of_bare(bytes text, target *out, const char **sentence) {
    put(out->text, text);
    if (parse_is_mm_id(out->text)) {
        out->kind = TARGET_BARE_ID;
        return OC_OK;
    }
    if (!starts_with(text, '@'))
        return name_of_channel(text, out, sentence);
    bytes name = behind(text, 1);
    if (name.len == 0)
        return refuse(sentence, "Username is required for Mattermost sends");
    out->kind = TARGET_USERNAME;
    put(out->text, name);
    return OC_OK;
}

oc_err target_parse(const char *text, target *out, const char **sentence) {
    bytes all = trimmed(text), rest;
    *out = (target){.kind = TARGET_CHANNEL_NAME};
    *sentence = "";
    if (all.len == 0)
        return refuse(sentence, "Recipient is required for Mattermost sends");
    if (all.len > TARGET_MAX_BYTES)
        return refuse(sentence, "The recipient is too long to be the name or id of anything in Mattermost");
    prefix p = split_prefix(all, &rest);
    out->is_group = p == PREFIX_GROUP;
    switch (p) {
    case PREFIX_CHANNEL:
    case PREFIX_GROUP:
        return of_channel(rest, out, sentence);
    case PREFIX_USER:
    case PREFIX_MATTERMOST:
        return of_user(rest, out, sentence);
    case PREFIX_NONE:
    default:
        return of_bare(all, out, sentence);
    }
}

char *target_normal_form(const char *text) {
    bytes all = trimmed(text), rest;
    prefix p = split_prefix(all, &rest);
    const char *begin = p == PREFIX_NONE ? "@" : p <= PREFIX_GROUP ? "channel:" : "user:";
    if (p == PREFIX_NONE) {
        if (!starts_with(all, '@'))
            return NULL;
        rest = behind(all, 1);
    }
    return rest.len == 0 ? NULL : xasprintf("%s%.*s", begin, (int)rest.len, (const char *)rest.data);
}

bool target_chat_kind(const char *text, chat_kind *out) {
    bytes all = trimmed(text), rest;
    prefix p = split_prefix(all, &rest);
    if (p == PREFIX_NONE && !starts_with(all, '@'))
        return false;
    *out = p == PREFIX_CHANNEL ? CHAT_CHANNEL : p == PREFIX_GROUP ? CHAT_GROUP : CHAT_DIRECT;
    return true;
}

bool target_is_explicit(const char *text) {
    bytes all = trimmed(text), rest;
    bytes team, name;
    return split_prefix(all, &rest) != PREFIX_NONE || starts_with(all, '@') || starts_with(all, '#') ||
           split_team(all, &team, &name);
}

static bool is_id_in_any_case(bytes text) {
    bool all = text.len == ID_BYTES;
    for (size_t i = 0; i < text.len && all; i++)
        all = isalnum(text.data[i]) != 0;
    return all;
}

bool target_looks_like_id(const char *text) {
    bytes all = trimmed(text), rest;
    if (split_prefix(all, &rest) != PREFIX_NONE || starts_with(all, '@') || is_id_in_any_case(all))
        return true;
    // the name of a direct channel: two ids
    return all.len == 2 * ID_BYTES + 2 && is_id_in_any_case(bytes_of(all.data, ID_BYTES)) &&
           memcmp(all.data + ID_BYTES, "__", 2) == 0 &&
           is_id_in_any_case(bytes_of(all.data + ID_BYTES + 2, ID_BYTES));
}
