// SPDX-License-Identifier: Apache-2.0
// The stored form: {"v":1,"asks":[{"kind","id","account","node","claimed","expires","posted","posts":[[id,nonce,language,channel,time]],"by",…}]}.
#include "store/open_asks_state.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1 };

// A text that fits whole, or nothing.
static bool copy(char *out, size_t size, const char *text) {
    size_t len = strlen(text);
    if (len >= size)
        return false;
    memcpy(out, text, len + 1);
    return true;
}

#define COPY(field, text) copy(field, sizeof(field), text)

// --- the stored form ---

static int64_t read_time(const cJSON *json) {
    double ms = cJSON_IsNumber(json) ? json->valuedouble : 0;
    return ms > 0 && ms < 1e15 ? (int64_t)ms : 0;
}

static void read_posts(const cJSON *list, open_ask *a) {
    const cJSON *post = NULL;
    cJSON_ArrayForEach(post, list) {
        const char *id = cJSON_GetStringValue(cJSON_GetArrayItem(post, 0));
        const char *nonce = cJSON_GetStringValue(cJSON_GetArrayItem(post, 1));
        const char *lang = cJSON_GetStringValue(cJSON_GetArrayItem(post, 2));
        const char *channel = cJSON_GetStringValue(cJSON_GetArrayItem(post, 3));
        ask_post p = {.at_ms = read_time(cJSON_GetArrayItem(post, 4))};
        if (a->post_count < ASK_POSTS_MAX && id != NULL && *id != '\0' && COPY(p.id, id) &&
            COPY(p.nonce, nonce != NULL ? nonce : "") && COPY(p.lang, lang != NULL ? lang : "") &&
            COPY(p.channel_id, channel != NULL ? channel : ""))
            a->posts[a->post_count++] = p;
    }
}

static bool read_ask(const cJSON *json, open_ask *a) {
    *a = (open_ask){.claimed_ms = json_int(json, "claimed", 0),
                    .expires_ms = json_int(json, "expires", 0),
                    .posted = json_bool(json, "posted", false),
                    .by_ms = json_int(json, "byAt", 0)};
    bool good = COPY(a->kind, json_text(json, "kind")) && COPY(a->id, json_text(json, "id")) &&
                COPY(a->account, json_text(json, "account")) && COPY(a->node, json_text(json, "node")) &&
                COPY(a->by_id, json_text(json, "by")) && COPY(a->by_name, json_text(json, "byName")) &&
                COPY(a->choice, json_text(json, "choice")) && COPY(a->said, json_text(json, "said"));
    read_posts(json_array(json, "posts"), a);
    return good && *a->kind != '\0' && *a->id != '\0';
}

open_asks_state open_asks_read(bytes value, bool *damaged) {
    open_asks_state s = {.count = 0};
    cJSON *json = NULL;
    const cJSON *one = NULL;
    *damaged = value.len > ASK_VALUE_MAX_BYTES ||
               (value.len > 0 && (json_parse(value, &json) != OC_OK || json_int(json, "v", 0) != VERSION));
    int written = cJSON_GetArraySize(json_array(json, "asks"));
    size_t room = written < ASKS_MAX ? (size_t)written + 1 : ASKS_MAX; // one may be added
    s.items = xcalloc(room, sizeof *s.items);
    if (!*damaged) {
        cJSON_ArrayForEach(one, json_array(json, "asks")) {
            if (s.count < ASKS_MAX && read_ask(one, &s.items[s.count]) &&
                open_asks_find(&s, s.items[s.count].kind, s.items[s.count].id) == NULL)
                s.count++;
            else
                *damaged = true;
        }
    }
    cJSON_Delete(json);
    return s;
}

static cJSON *ask_json(const open_ask *a) {
    cJSON *json = json_new_object();
    json_add_string(json, "kind", a->kind);
    json_add_string(json, "id", a->id);
    json_add_string(json, "account", a->account);
    json_add_string(json, "node", a->node);
    json_add_int(json, "claimed", a->claimed_ms);
    json_add_int(json, "expires", a->expires_ms);
    json_add_bool(json, "posted", a->posted);
    cJSON *posts = json_add_array(json, "posts");
    for (size_t i = 0; i < a->post_count; i++) {
        cJSON *post = json_new_array();
        json_push(post, json_new_string(a->posts[i].id));
        json_push(post, json_new_string(a->posts[i].nonce));
        json_push(post, json_new_string(a->posts[i].lang));
        json_push(post, json_new_string(a->posts[i].channel_id));
        json_push(post, json_new_int(a->posts[i].at_ms));
        json_push(posts, post);
    }
    if (*a->said != '\0')
        json_add_string(json, "said", a->said);
    if (*a->by_id != '\0') {
        json_add_string(json, "by", a->by_id);
        json_add_string(json, "byName", a->by_name);
        json_add_string(json, "choice", a->choice);
        json_add_int(json, "byAt", a->by_ms);
    }
    return json;
}

oc_err open_asks_write(const open_asks_state *s, buf *out) {
    cJSON *json = json_new_object();
    json_add_int(json, "v", VERSION);
    cJSON *list = json_add_array(json, "asks");
    for (size_t i = 0; i < s->count; i++)
        json_push(list, ask_json(&s->items[i]));
    oc_err err = json_print(json, out);
    cJSON_Delete(json);
    return err;
}

void open_asks_clear(open_asks_state *s) {
    free(s->items);
    *s = (open_asks_state){.items = NULL};
}

// --- rules ---

open_ask *open_asks_find(const open_asks_state *s, const char *kind, const char *id) {
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->items[i].kind, kind) == 0 && strcmp(s->items[i].id, id) == 0)
            return &s->items[i];
    }
    return NULL;
}

static void drop(open_asks_state *s, open_ask *a) {
    size_t index = (size_t)(a - s->items);
    memmove(a, a + 1, (s->count - index - 1) * sizeof *a);
    s->count--;
}

static bool is_said(const open_ask *a) {
    return strcmp(a->kind, ASK_SAID) == 0;
}

// What waits for people comes first.
static void forget_oldest_said(open_asks_state *s) {
    for (size_t i = 0; i < s->count; i++) {
        if (is_said(&s->items[i])) {
            drop(s, &s->items[i]);
            return;
        }
    }
}

ask_claim open_asks_claim(open_asks_state *s, const open_ask *what, bool restarted, int64_t now_ms) {
    open_ask *a = open_asks_find(s, what->kind, what->id);
    if (a == NULL) {
        if (s->count == ASKS_MAX)
            forget_oldest_said(s);
        if (s->count == ASKS_MAX)
            return ASK_FULL;
        s->items[s->count] = *what;
        s->items[s->count++].claimed_ms = now_ms;
        return ASK_MINE;
    }
    if (a->posted)
        return ASK_STANDS;
    bool own = strcmp(a->node, what->node) == 0;
    if (own ? !restarted : now_ms - a->claimed_ms < ASK_CLAIM_MS)
        return ASK_OTHERS;
    memcpy(a->node, what->node, sizeof a->node);
    a->claimed_ms = now_ms;
    return ASK_TAKEN_OVER;
}

bool open_asks_add_post(open_asks_state *s, const char *kind, const char *id, const ask_post *p) {
    open_ask *a = open_asks_find(s, kind, id);
    if (a == NULL)
        return false;
    for (size_t i = 0; i < a->post_count; i++) {
        if (strcmp(a->posts[i].id, p->id) == 0)
            return true;
    }
    if (a->post_count < ASK_POSTS_MAX)
        a->posts[a->post_count++] = *p;
    return true;
}

bool open_asks_set_posted(open_asks_state *s, const char *kind, const char *id) {
    open_ask *a = open_asks_find(s, kind, id);
    if (a == NULL)
        return false;
    a->posted = true;
    return true;
}

ask_deciding open_asks_decide(open_asks_state *s, const char *kind, const char *id, const char *user_id,
                              const char *name, const char *choice, int64_t now_ms) {
    open_ask *a = open_asks_find(s, kind, id);
    if (a == NULL)
        return ASK_UNKNOWN;
    bool again = a->by_ms == now_ms && strcmp(a->by_id, user_id) == 0 &&
                 strncmp(a->choice, choice, sizeof a->choice - 1) == 0; // the same change, made once more
    if (*a->by_id != '\0' && now_ms - a->by_ms < ASK_DECIDING_MS && !again)
        return ASK_BUSY;
    snprintf(a->by_id, sizeof a->by_id, "%s", user_id);
    snprintf(a->by_name, sizeof a->by_name, "%s", name);
    snprintf(a->choice, sizeof a->choice, "%s", choice);
    *a->said = '\0';
    a->by_ms = now_ms;
    return ASK_DECIDES;
}

static void forget_decision(open_ask *a) {
    *a->by_id = *a->by_name = *a->choice = *a->said = '\0';
    a->by_ms = 0;
}

ask_deciding open_asks_decide_said(open_asks_state *s, const char *kind, const char *id, const char *user_id,
                                   const char *name, const char *choice, const char *post_id,
                                   int64_t now_ms) {
    open_ask *a = open_asks_find(s, kind, id);
    if (a != NULL && *post_id != '\0' && strcmp(a->said, post_id) == 0)
        forget_decision(a);
    ask_deciding verdict = open_asks_decide(s, kind, id, user_id, name, choice, now_ms);
    if (verdict == ASK_DECIDES)
        snprintf(a->said, sizeof a->said, "%s", post_id);
    return verdict;
}

bool open_asks_undecide(open_asks_state *s, const char *kind, const char *id, const char *user_id) {
    open_ask *a = open_asks_find(s, kind, id);
    if (a == NULL || strcmp(a->by_id, user_id) != 0)
        return false;
    forget_decision(a);
    return true;
}

bool open_asks_unsay(open_asks_state *s, const char *post_id) {
    for (size_t i = 0; *post_id != '\0' && i < s->count; i++) {
        open_ask *a = &s->items[i];
        if (is_said(a) ? strcmp(a->id, post_id) != 0 : strcmp(a->said, post_id) != 0)
            continue;
        if (is_said(a))
            drop(s, a);
        else
            forget_decision(a);
        return true;
    }
    return false;
}

static void forget_old(open_asks_state *s, int64_t now_ms) {
    for (size_t i = s->count; i > 0; i--) {
        if (is_said(&s->items[i - 1]) && s->items[i - 1].expires_ms <= now_ms)
            drop(s, &s->items[i - 1]);
    }
}

bool open_asks_take(open_asks_state *s, const char *kind, const char *id, int64_t now_ms, open_ask *out) {
    open_ask *a = open_asks_find(s, kind, id);
    if (a == NULL)
        return false;
    const open_ask taken = *a;
    if (out != NULL)
        *out = taken;
    drop(s, a);
    forget_old(s, now_ms);
    if (*taken.said != '\0' && open_asks_find(s, ASK_SAID, taken.said) == NULL) {
        a = &s->items[s->count++]; // the place that has just become free
        *a = (open_ask){.kind = ASK_SAID, .claimed_ms = now_ms, .expires_ms = now_ms + ASK_SAID_MS};
        COPY(a->id, taken.said);
        COPY(a->account, taken.account);
        COPY(a->choice, taken.choice);
    }
    return true;
}
