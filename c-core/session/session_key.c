// SPDX-License-Identifier: Apache-2.0
#include "session/session_key.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// The middle part of the keys.
static char *name_of(const session_place *p, bool with_account) {
    const char *plain = *p->name != '\0' ? p->name : "mattermost";
    bool other = *p->name == '\0' && strcmp(p->account, "default") != 0;
    return with_account || other ? xasprintf("%s:%s", plain, p->account) : xstrdup(plain);
}

static char *direct_key(const session_place *p, const char *agent) {
    if (p->scope == DM_SCOPE_MAIN)
        return xasprintf("agent:%s:main", agent);
    if (p->scope == DM_SCOPE_PEER)
        return xasprintf("agent:%s:direct:%s", agent, p->user_id);
    char *name = name_of(p, p->scope == DM_SCOPE_ACCOUNT_CHANNEL_PEER);
    char *key = xasprintf("agent:%s:%s:direct:%s", agent, name, p->user_id);
    free(name);
    return key;
}

static char *group_key(const session_place *p, const char *agent) {
    char *name = name_of(p, false);
    char *key = xasprintf("agent:%s:%s:%s:%s", agent, name, chat_kind_name(p->kind), p->channel_id);
    free(name);
    return key;
}

char *session_base_key(const session_place *place) {
    const char *agent = *place->agent != '\0' ? place->agent : "main";
    char *key = place->kind == CHAT_DIRECT ? direct_key(place, agent) : group_key(place, agent);
    for (char *at = key; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return key;
}

reply_mode session_reply_mode(const account_config *rules, chat_kind kind) {
    if (rules->reply_to_mode_by_type[kind] != REPLY_UNSET)
        return rules->reply_to_mode_by_type[kind];
    if (kind == CHAT_DIRECT || rules->reply_to_mode == REPLY_UNSET)
        return REPLY_OFF;
    return rules->reply_to_mode;
}

const char *session_thread(chat_kind kind, reply_mode mode, const char *root_id, const char *post_id) {
    bool opens = mode != REPLY_OFF && mode != REPLY_UNSET;
    if (kind == CHAT_DIRECT && !opens)
        return "";
    if (*root_id != '\0')
        return root_id;
    return opens ? post_id : "";
}

const char *session_reply_root(chat_kind kind, reply_mode mode, const char *root_id, const char *post_id) {
    const char *thread = session_thread(kind, mode, root_id, post_id);
    return *thread != '\0' ? thread : root_id;
}

const char *session_part_root(chat_kind kind, const char *thread, const char *reply_to) {
    return *thread != '\0' || kind == CHAT_DIRECT ? thread : reply_to;
}

session_names session_names_of(const char *base_key, chat_kind kind, const char *thread_id) {
    bool threaded = *thread_id != '\0', direct = kind == CHAT_DIRECT;
    char *key = threaded ? xasprintf("%s:thread:%s", base_key, thread_id) : xstrdup(base_key);
    return (session_names){
        .key = key,
        .parent_key = threaded && !direct ? xstrdup(base_key) : NULL,
        .history_key = threaded || !direct ? xstrdup(key) : NULL,
    };
}

void session_names_free(session_names *n) {
    free(n->key);
    free(n->parent_key);
    free(n->history_key);
    *n = (session_names){0};
}

char *session_key_of(const session_place *place, reply_mode mode, const char *root_id, const char *post_id) {
    char *base = session_base_key(place);
    session_names names =
        session_names_of(base, place->kind, session_thread(place->kind, mode, root_id, post_id));
    char *key = xstrdup(names.key);
    session_names_free(&names);
    free(base);
    return key;
}
