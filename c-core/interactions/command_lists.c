// SPDX-License-Identifier: Apache-2.0
#include "interactions/command_lists.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/percent.h"
#include "chat/http.h"
#include "interactions/slash_text.h"

#include <stdlib.h>
#include <string.h>

enum { ITEMS_MAX = 200, ANSWER_MAX_BYTES = 128 << 10, ASK_MS = 1500, GRACE_MS = 1000 };

// --- from the gateway's answer to items ---

static void add_item(cJSON *items, const char *item, const char *hint, const char *help) {
    if (*item == '\0' || cJSON_GetArraySize(items) >= ITEMS_MAX || strpbrk(item, " \t\r\n") != NULL)
        return; // a word with a blank in it could not be given back to us
    cJSON *one = json_new_object();
    char *cut = slash_description(help);
    json_add_string(one, "Item", item);
    json_add_string(one, "Hint", hint);
    json_add_string(one, "HelpText", cut);
    json_push(items, one);
    free(cut);
}

static void models(words_lang lang, const cJSON *payload, cJSON *items) {
    const cJSON *model = NULL;
    add_item(items, "default", "", words_text(lang, WORD_COMMAND_LIST_MODEL_USUAL));
    cJSON_ArrayForEach(model, json_array(payload, "models")) {
        if (*json_text(model, "id") == '\0' || !json_bool(model, "available", true))
            continue;
        char *id = xasprintf("%s/%s", json_text(model, "provider"), json_text(model, "id"));
        add_item(items, id, "", json_text(model, "name"));
        free(id);
    }
}

static bool has_item(const cJSON *items, const char *item) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, items) {
        if (strcmp(json_text(one, "Item"), item) == 0)
            return true;
    }
    return false;
}

static void providers(words_lang lang, const cJSON *payload, cJSON *items) {
    const cJSON *model = NULL;
    cJSON_ArrayForEach(model, json_array(payload, "models")) {
        if (!has_item(items, json_text(model, "provider")))
            add_item(items, json_text(model, "provider"), "", words_text(lang, WORD_COMMAND_LIST_PROVIDER));
    }
}

static void levels(words_lang lang, const cJSON *payload, cJSON *items) {
    static const char *const usual[] = {"off", "low", "medium", "high"}; // where nothing was said yet
    const cJSON *level = NULL, *known = json_array(json_get(payload, "session"), "thinkingLevels");
    add_item(items, "default", "", words_text(lang, WORD_COMMAND_LIST_LEVEL_USUAL));
    cJSON_ArrayForEach(level, known) add_item(items, json_text(level, "id"), "", json_text(level, "label"));
    for (size_t i = 0; known == NULL && i < sizeof usual / sizeof *usual; i++)
        add_item(items, usual[i], "", words_text(lang, WORD_COMMAND_LIST_LEVEL));
}

static void skills(words_lang lang, const cJSON *payload, cJSON *items) {
    (void)lang; // all of it is the gateway's
    const cJSON *command = NULL;
    cJSON_ArrayForEach(command, json_array(payload, "commands")) {
        if (strcmp(json_text(command, "source"), "skill") == 0)
            add_item(items, json_text(command, "name"), "", json_text(command, "description"));
    }
}

static void no_params(cJSON *params, const bot_place *p) {
    (void)params, (void)p;
}

static void session_params(cJSON *params, const bot_place *p) {
    char *key = place_session_key(p);
    json_add_string(params, "key", key);
    free(key);
}

static void skill_params(cJSON *params, const bot_place *p) {
    json_add_string(params, "scope", "text");
    json_add_bool(params, "includeArgs", false);
    if (*place_named_agent(p) != '\0')
        json_add_string(params, "agentId", place_named_agent(p));
}

static const struct list {
    const char *name, *method;
    void (*params)(cJSON *params, const bot_place *p);
    void (*items)(words_lang lang, const cJSON *payload, cJSON *items);
} LISTS[] = {
    {"models", "models.list", no_params, models},
    {"providers", "models.list", no_params, providers},
    {"levels", "sessions.describe", session_params, levels},
    {"skills", "commands.list", skill_params, skills},
};

static const struct list *find(const char *name) {
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        if (strcmp(LISTS[i].name, name) == 0)
            return &LISTS[i];
    }
    return NULL;
}

cJSON *command_lists_items(words_lang lang, const char *name, const cJSON *payload) {
    cJSON *items = json_new_array();
    find(name)->items(lang, payload, items);
    return items;
}

// --- the request ---

typedef struct exchange {
    const command_world *world;
    const struct list *list;
    chat_http *request;
    char *channel_id, *root_id;
    loop_timer limit;
} exchange;

static void answer(exchange *e, const cJSON *payload) {
    words_lang lang = chat_lang(e->world->chat, chat_http_user_id(e->request));
    cJSON *items = payload != NULL ? command_lists_items(lang, e->list->name, payload) : json_new_array();
    buf text;
    buf_init(&text, ANSWER_MAX_BYTES);
    bytes body = bytes_str("[]");
    if (json_print(items, &text) == OC_OK)
        body = buf_bytes(&text);
    chat_http_answer(e->request, 200, "application/json", NULL, body);
    buf_free(&text);
    cJSON_Delete(items);
    loop_timer_cancel(&e->limit);
    free(e->channel_id);
    free(e->root_id);
    free(e);
}

static void on_reply(void *ctx, const request_reply *reply) {
    answer(ctx, reply->err == OC_OK ? reply->payload : NULL);
}

// The gateway was removed, and its requests with it.
static void on_forgotten(void *ctx) {
    answer(ctx, NULL);
}

static void ask(exchange *e, const bot_place *p) {
    gateway *g = p->account->gateway;
    if (g == NULL || gateway_get_status(g).state != GATEWAY_READY) {
        answer(e, NULL);
        return;
    }
    cJSON *params = json_new_object();
    e->list->params(params, p);
    if (gateway_call(g, e->list->method, params, ASK_MS, on_reply, e) == NULL)
        answer(e, NULL);
    else
        loop_timer_set(e->world->loop, &e->limit, ASK_MS + GRACE_MS, on_forgotten, e);
}

static void on_place(void *ctx, place_verdict verdict, bot_place *p) {
    exchange *e = ctx;
    if (verdict == PLACE_FOUND && p->allowed)
        ask(e, p);
    else
        answer(e, NULL);
    place_free(p);
}

// Who types says where; the server does not vouch for it.
static void on_member(void *ctx, const chat_error *error, bool member) {
    exchange *e = ctx;
    const place_request where = {
        .user_id = chat_http_user_id(e->request), .channel_id = e->channel_id, .root_id = e->root_id};
    if (error->err == OC_OK && member)
        place_find(&e->world->place, &where, on_place, e);
    else
        answer(e, NULL);
}

// The value of a parameter, "" when it is absent; the caller frees it.
static char *parameter(const char *query, const char *name) {
    size_t length = strlen(name);
    while (*query != '\0') {
        size_t part = strcspn(query, "&");
        if (part > length && strncmp(query, name, length) == 0 && query[length] == '=')
            return percent_decode(bytes_of(query + length + 1, part - length - 1));
        query += part + (query[part] == '&');
    }
    return xstrdup("");
}

static void refuse_method(chat_http *r) {
    cJSON *header = json_new_object();
    json_add_string(header, "Allow", "GET");
    chat_http_answer(r, 405, "application/json", header,
                     bytes_str("{\"error\":\"This address takes another method.\"}"));
    cJSON_Delete(header);
}

static void begin(const command_world *w, const struct list *list, chat_http *r) {
    char *channel_id = parameter(chat_http_query(r), "channel_id"),
         *root_id = parameter(chat_http_query(r), "root_id");
    if (!parse_is_mm_id(channel_id) || (*root_id != '\0' && !parse_is_mm_id(root_id))) {
        chat_http_answer_error(r, 400,
                               "Say in which channel (channel_id) and thread (root_id) this is asked.");
        free(channel_id);
        free(root_id);
        return;
    }
    exchange *e = xcalloc(1, sizeof *e);
    *e = (exchange){.world = w, .list = list, .request = r, .channel_id = channel_id, .root_id = root_id};
    chat_is_member(w->chat, channel_id, chat_http_user_id(r), on_member, e);
}

bool command_lists_http(const command_world *w, chat_http *r) {
    static const char prefix[] = COMMAND_LISTS_PATH "/";
    const char *path = chat_http_path(r);
    if (strncmp(path, prefix, sizeof prefix - 1) != 0)
        return false;
    const struct list *list = find(path + sizeof prefix - 1);
    if (list == NULL)
        return false;
    if (strcmp(chat_http_method(r), "GET") != 0)
        refuse_method(r);
    else if (*chat_http_user_id(r) == '\0')
        chat_http_answer_error(r, 401, "Log in to Mattermost first.");
    else
        begin(w, list, r);
    return true;
}
