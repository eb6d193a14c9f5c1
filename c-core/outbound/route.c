// SPDX-License-Identifier: Apache-2.0
#include "outbound/route.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool take(bytes *text, const char *word) {
    size_t len = strlen(word);
    if (text->len < len || strncasecmp((const char *)text->data, word, len) != 0)
        return false;
    *text = utf8_trim(bytes_of(text->data + len, text->len - len));
    return true;
}

// What the target itself says of the kind, and the id or name behind it. false: it does not say.
static bool kind_of_text(bytes *text, chat_kind *kind) {
    take(text, "mattermost:"); // the host's name for us, which says nothing of the kind
    *kind = CHAT_CHANNEL;
    if (take(text, "user:") || take(text, "@"))
        *kind = CHAT_DIRECT;
    else if (take(text, "group:"))
        *kind = CHAT_GROUP;
    else if (!take(text, "channel:"))
        return false;
    return *kind != CHAT_CHANNEL;
}

// A session key of the group with that id: "…:group:<id>", perhaps with a thread behind it.
static bool names_group(const char *session_key, const char *id) {
    char *part = xasprintf(":group:%s", id);
    const char *at = strstr(session_key, part);
    char end = at != NULL ? at[strlen(part)] : 'x';
    free(part);
    return end == '\0' || end == ':';
}

static chat_kind kind_of(const outbound_place *place, chat_kind told, bool says, const char *id) {
    if (strcmp(place->resolved_kind, "user") == 0)
        return CHAT_DIRECT;
    if (strcmp(place->resolved_kind, "group") == 0)
        return CHAT_GROUP;
    if (strcmp(place->resolved_kind, "channel") == 0)
        return CHAT_CHANNEL;
    if (says)
        return told;
    return names_group(place->current_session_key, id) ? CHAT_GROUP : CHAT_CHANNEL;
}

bool outbound_route_of(const outbound_place *place, outbound_route *out) {
    bytes text = utf8_trim(bytes_str(place->target));
    chat_kind told;
    bool named_user = strncasecmp((const char *)text.data, "user:", 5) == 0;
    bool says = kind_of_text(&text, &told);
    *out = (outbound_route){.kind = CHAT_CHANNEL};
    if (text.len == 0)
        return false;
    char *id = xstrndup((const char *)text.data, text.len);
    const char *thread = *place->thread_id != '\0' ? place->thread_id : place->reply_to_id;
    session_place names = place->names;
    out->peer_id = id;
    out->kind = names.kind = kind_of(place, told, says, id);
    names.channel_id = names.user_id = id;
    out->base_key = session_base_key(&names);
    out->session_key =
        *thread != '\0' ? xasprintf("%s:thread:%s", out->base_key, thread) : xstrdup(out->base_key);
    out->thread_id = xstrdup(thread);
    bool direct = out->kind == CHAT_DIRECT;
    out->from = direct ? xasprintf("mattermost:%s", id)
                       : xasprintf("mattermost:%s:%s", chat_kind_name(out->kind), id);
    out->to = xasprintf("%s:%s", direct ? "user" : "channel", id);
    out->exact = direct && (named_user || strcmp(place->resolved_kind, "user") == 0) && parse_is_mm_id(id);
    return true;
}

void outbound_route_free(outbound_route *r) {
    char *texts[] = {r->session_key, r->base_key, r->from, r->to, r->peer_id, r->thread_id};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    *r = (outbound_route){.kind = CHAT_CHANNEL};
}

// --- threads ---

static bool same_channel(const char *a, const char *b) {
    bytes left = utf8_trim(bytes_str(a)), right = utf8_trim(bytes_str(b));
    take(&left, "channel:");
    take(&right, "channel:");
    return left.len > 0 && bytes_equal(left, right);
}

const char *outbound_thread(const thread_ask *ask) {
    bool inside = same_channel(ask->to, ask->current_channel) && *ask->current_thread != '\0';
    if (ask->is_top_level)
        return "";
    if (!inside)
        return ask->reply_to_id;
    if (*ask->reply_to_id != '\0')
        return strcmp(ask->reply_to_id, ask->current_message) == 0 ? ask->current_thread : ask->reply_to_id;
    bool goes_along = ask->mode == REPLY_ALL || (ask->mode == REPLY_FIRST && !ask->has_replied);
    return goes_along ? ask->current_thread : "";
}
