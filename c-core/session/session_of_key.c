// SPDX-License-Identifier: Apache-2.0
#include "session/session_of_key.h"

#include "base/mem.h"
#include "session/session_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ID_LENGTH = 26 }; // of Mattermost's ids
static const char THREAD[] = "thread";

typedef struct slice {
    const char *at;
    size_t len;
} slice;

// Cuts the last part off the key.
static slice take_last(slice *rest) {
    size_t len = rest->len;
    while (len > 0 && rest->at[len - 1] != ':')
        len--;
    slice last = {rest->at + len, rest->len - len};
    rest->len = len > 0 ? len - 1 : 0;
    return last;
}

static bool slice_is(slice s, const char *text) {
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static bool take_id(slice s, char out[SESSION_ID_BYTES]) {
    if (s.len != ID_LENGTH)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!islower((unsigned char)s.at[i]) && !isdigit((unsigned char)s.at[i]))
            return false;
    }
    memcpy(out, s.at, s.len);
    out[s.len] = '\0';
    return true;
}

static bool take_kind(slice s, chat_kind *out) {
    for (int kind = 0; kind < CHAT_KINDS; kind++) {
        if (slice_is(s, chat_kind_name((chat_kind)kind))) {
            *out = (chat_kind)kind;
            return true;
        }
    }
    return false;
}

static bool take_agent(const account_config *rules, const char *default_agent, session_of *out) {
    const group_config *group = out->kind == CHAT_DIRECT ? NULL : account_group(rules, out->channel_id);
    const char *agent = group != NULL && *group->agent != '\0' ? group->agent : rules->agent;
    if (*agent == '\0')
        agent = *default_agent != '\0' ? default_agent : "main";
    size_t len = strlen(agent);
    if (len >= sizeof out->agent)
        return false;
    for (size_t i = 0; i <= len; i++)
        out->agent[i] = (char)tolower((unsigned char)agent[i]);
    return true;
}

// The key that the conversation has by the account's settings.
static char *key_of(const account_config *rules, const session_of *s) {
    session_place place = {.agent = s->agent,
                           .account = rules->id,
                           .name = rules->session_name,
                           .scope = rules->dm_scope,
                           .kind = s->kind,
                           .channel_id = s->channel_id,
                           .user_id = s->user_id};
    char *base = session_base_key(&place);
    session_names names = session_names_of(base, s->kind, s->root_id);
    char *key = xstrdup(names.key);
    session_names_free(&names);
    free(base);
    return key;
}

bool session_of_key(const char *key, const account_config *rules, const char *default_agent,
                    session_of *out) {
    slice rest = {key, strlen(key)};
    *out = (session_of){0};
    if (rest.len > SESSION_KEY_MAX_BYTES)
        return false;
    slice id = take_last(&rest), kind = take_last(&rest);
    if (slice_is(kind, THREAD)) {
        if (!take_id(id, out->root_id))
            return false;
        id = take_last(&rest);
        kind = take_last(&rest);
    }
    if (!take_kind(kind, &out->kind) ||
        !take_id(id, out->kind == CHAT_DIRECT ? out->user_id : out->channel_id) ||
        !take_agent(rules, default_agent, out))
        return false;
    // What stands before can look in many ways: the one that we make ourselves is right.
    char *ours = key_of(rules, out);
    bool same = strcmp(ours, key) == 0;
    free(ours);
    return same;
}

account *session_find(const accounts *all, const gateway *g, const char *key, session_of *out) {
    gateway_status status = gateway_get_status(g);
    for (size_t i = 0; i < accounts_count(all); i++) {
        account *a = accounts_at(all, i);
        if (a->gateway == g && a->config != NULL &&
            session_of_key(key, a->config, status.default_agent != NULL ? status.default_agent : "", out))
            return a;
    }
    return NULL;
}
