// SPDX-License-Identifier: Apache-2.0
// interaction_http: clicks on buttons that OpenClaw's own channel made, which reach external mode's listener. A row names its
// circumstances. Compared are the status, what a refusal says, which post is read, and whether the choice was taken and is shown.
#include "vectors.h"

#include "base/mem.h"
#include "chat/rest_internal.h"
#include "interactions/http.h"
#include "rest_bench.h"

#include <stdlib.h>
#include <string.h>

#define PATH "/mattermost/interactions/default"
#define KIND "turn"

typedef struct circumstances {
    const char *name;
    const char *from;     // who may call; NULL: this machine
    bool refuses;         // the person may not talk to the bot
    const char *deviates; // the rule of deviations.md
    int ours;             // then: our status
} circumstances;

static const circumstances CASES[] = {
    {.name = "source not allowed", .from = "192.0.2.1", .deviates = "no-word", .ours = 0},
    {.name = "malformed json"},
    {.name = "too large"},
    {.name = "bad token"},
    {.name = "signed channel mismatch"},
    {.name = "unknown action"},
    {.name = "post fetch fails"},
    {.name = "not authorised", .refuses = true},
    {.name = "accepted without user_name"},
    {.name = "replay accepted again (no replay protection while action still on post)",
     .deviates = "replay",
     .ours = 403},
    {.name = "body is JSON null: handler throws, no response of its own",
     .deviates = "null-body",
     .ours = 400},
};

static const circumstances *find_case(const char *name) {
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (strcmp(CASES[i].name, name) == 0)
            return &CASES[i];
    }
    return NULL;
}

// --- the world ---

typedef struct world {
    const circumstances *now;
    rest_bench *bench;
    chat *chat;
    buttons *buttons;
    adopted_buttons *adopted;
    interactions_world interactions;
    account account;
    cJSON *attachments; // of the post as it stands
    char *chosen;       // the id that was taken
} world;

// Of what an action holds the server shows no integration.
static cJSON *shown_post(const world *w) {
    cJSON *post = json_new_object(), *props = json_new_object(), *list = cJSON_Duplicate(w->attachments, 1);
    cJSON *attachment = NULL, *action = NULL;
    cJSON_ArrayForEach(attachment, list) {
        cJSON_ArrayForEach(action, cJSON_GetObjectItemCaseSensitive(attachment, "actions"))
            cJSON_DeleteItemFromObjectCaseSensitive(action, "integration");
    }
    json_add_string(post, "id", "p1");
    json_add_string(post, "channel_id", "c1");
    json_add_string(post, "user_id", w->account.bot_user_id);
    json_add_string(post, "message", "Pick");
    json_add(props, "attachments", list);
    json_add(post, "props", props);
    return post;
}

static void patch_post(world *w, bytes body) {
    cJSON *json = NULL;
    const cJSON *list =
        json_parse(body, &json) == OC_OK ? json_array(json_get(json, "props"), "attachments") : NULL;
    if (list != NULL) {
        cJSON_Delete(w->attachments);
        w->attachments = cJSON_Duplicate(list, 1);
    }
    cJSON_Delete(json);
}

static char *text_of(cJSON *json) {
    char *text = cJSON_PrintUnformatted(json), *copy = xstrdup(text != NULL ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(json);
    return copy;
}

static rest_bench_reply serve(void *ctx, const http_request *r) {
    world *w = ctx;
    if (strcmp(r->path, "/api/v4/posts/p1") == 0 || strcmp(r->path, "/api/v4/posts/p1/patch") == 0) {
        if (strcmp(r->method, "PUT") == 0)
            patch_post(w, r->body);
        return (rest_bench_reply){.status = 200, .body = text_of(shown_post(w))};
    }
    if (strncmp(r->path, "/api/v4/users/", 14) == 0)
        return (rest_bench_reply){
            .status = 200,
            .body =
                xasprintf("{\"id\":\"%s\",\"username\":\"bob\",\"roles\":\"system_user\"}", r->path + 14)};
    if (strstr(r->path, "/members/") != NULL)
        return (rest_bench_reply){.status = 200,
                                  .body = xasprintf("{\"user_id\":\"%s\"}", strrchr(r->path, '/') + 1)};
    return (rest_bench_reply){.status = 404, .body = NULL};
}

static void on_http(void *ctx, chat_http *request) {
    world *w = ctx;
    if (!interactions_http(&w->interactions, request))
        chat_http_answer_error(request, 404, "nothing");
}

static account *account_at(void *ctx, size_t index) {
    world *w = ctx;
    return index == 0 ? &w->account : NULL;
}

static void may(void *ctx, const button_click *click, click_ticket *ticket) {
    const world *w = ctx;
    (void)click;
    if (w->now->refuses)
        buttons_refuse(ticket, "not_allowed", "not here");
    else
        buttons_admit(ticket);
}

static void clicked(void *ctx, const button_click *click, click_ticket *ticket) {
    world *w = ctx;
    free(w->chosen);
    w->chosen = xstrdup(click->id);
    char *text = buttons_chosen_text(WORDS_EN, click);
    buttons_answer(ticket, &(button_result){.chosen = text});
    free(text);
}

static cJSON *attachments_of_then(void) {
    static const char *const names[][2] = {{"yes", "Yes"}, {"no", "No"}};
    cJSON *list = json_new_array(), *attachment = json_new_object();
    json_add_string(attachment, "text", "");
    cJSON *actions = json_add_array(attachment, "actions");
    for (size_t i = 0; i < 2; i++) {
        cJSON *action = json_new_object();
        json_add_string(action, "id", names[i][0]);
        json_add_string(action, "name", names[i][1]);
        json_add_string(action, "type", "button");
        json_push(actions, action);
    }
    json_push(list, attachment);
    return list;
}

static const char *from_only; // of the row that is being prepared

static void prepare(server_config *s) {
    secret_destroy(s->bot_token);
    s->bot_token = secret_create("bot-token"); // with which the rows are signed
    if (from_only == NULL)
        return;
    config_list_free(s->callback_ips);
    s->callback_ips = xcalloc(2, sizeof *s->callback_ips);
    s->callback_ips[0] = xstrdup(from_only);
}

static void make_world(world *w, const circumstances *now) {
    static const chat_events events = {.http = on_http};
    *w = (world){.now = now, .attachments = attachments_of_then()};
    from_only = now->from;
    w->bench = rest_bench_create(NULL, serve, &events, w);
    w->chat = rest_bench_add(w->bench, "default", true, prepare);
    w->account = (account){.id = xstrdup("default"), .bot_user_id = xstrdup(w->chat->bot_user_id)};
    w->buttons = buttons_create(rest_bench_loop(w->bench), w->chat);
    buttons_register(w->buttons, &(button_kind){.name = KIND, .may = may, .clicked = clicked, .ctx = w});
    w->adopted = adopted_buttons_create(
        w->chat, w->buttons, &(place_world){.chat = w->chat, .account = account_at, .ctx = w}, KIND);
    w->interactions = (interactions_world){.buttons = w->buttons, .adopted = w->adopted};
}

static void end_world(world *w) {
    adopted_buttons_destroy(w->adopted);
    buttons_destroy(w->buttons);
    rest_bench_destroy(w->bench);
    cJSON_Delete(w->attachments);
    free(w->account.id);
    free(w->account.bot_user_id);
    free(w->chosen);
}

// --- one row ---

// "<70000 bytes>" stands for that many; people's ids get the length that the server gives them.
static char *body_of(const cJSON *row) {
    enum { LARGE = 70000 };
    const cJSON *body = json_get(json_get(row, "request"), "body");
    if (body == NULL)
        return xstrdup("null");
    if (cJSON_IsString(body) && strcmp(body->valuestring, "<70000 bytes>") != 0)
        return xstrdup(body->valuestring);
    if (cJSON_IsString(body)) {
        char *large = xmalloc(LARGE + 1);
        memset(large, 'x', LARGE);
        large[LARGE] = '\0';
        return large;
    }
    cJSON *copy = cJSON_Duplicate(body, 1);
    if (json_string(copy, "user_id") != NULL) {
        char *id = xasprintf("%.26saaaaaaaaaaaaaaaaaaaaaaaaaa", json_text(copy, "user_id"));
        id[26] = '\0';
        cJSON_DeleteItemFromObjectCaseSensitive(copy, "user_id");
        json_add_string(copy, "user_id", id);
        free(id);
    }
    return text_of(copy);
}

static int ask(world *w, const char *body, char **text) {
    char *request = rest_bench_request("POST", PATH, "application/json", NULL, body);
    rest_bench_answer got;
    rest_bench_forget(w->bench);
    rest_bench_ask(w->bench, 1, (const char *const *)&request, &got);
    *text = xstrdup(got.body != NULL ? got.body : "");
    int status = got.status;
    rest_bench_answer_free(&got);
    free(request);
    return status;
}

// What was chosen is shown behind the answer.
static void let_it_be_shown(world *w) {
    enum { LIMIT_MS = 20000 };
    loop *l = rest_bench_loop(w->bench);
    for (int64_t end_ms = loop_now_ms(l) + LIMIT_MS; loop_now_ms(l) < end_ms;) {
        if (json_array(cJSON_GetArrayItem(w->attachments, 0), "actions") == NULL)
            return;
        loop_step(l, 10);
    }
}

static bool was_asked(const world *w, const char *line) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, rest_bench_asked(w->bench)) {
        if (strcmp(one->valuestring, line) == 0)
            return true;
    }
    return false;
}

// Reads of posts, and whether the post was changed.
static void check_calls(report *r, const cJSON *row, const world *w) {
    const cJSON *call = NULL;
    cJSON_ArrayForEach(call, json_array(row, "apiCalls")) {
        bool writes = strcmp(json_text(call, "method"), "PUT") == 0;
        char *line = xasprintf("%s /api/v4%s%s", json_text(call, "method"), json_text(call, "path"),
                               writes ? "/patch" : "");
        check_bool(r, row, true, was_asked(w, line));
        free(line);
    }
    if (cJSON_GetArraySize(json_array(row, "apiCalls")) == 0)
        check_int(r, row, 0, cJSON_GetArraySize(rest_bench_asked(w->bench)));
}

static void check_choice(report *r, const cJSON *row, world *w) {
    const cJSON *turn = cJSON_GetArrayItem(json_array(row, "dispatched"), 0);
    if (turn != NULL)
        let_it_be_shown(w);
    const char *label = json_text(turn, "actionName");
    const cJSON *one = cJSON_GetArrayItem(w->attachments, 0);
    check_text(r, row, json_string(turn, "actionId"), w->chosen);
    if (turn == NULL)
        return;
    char *wanted = xasprintf("✓ **%s** chosen by @bob", label);
    check_text(r, row, wanted, json_text(one, "text"));
    check_int(r, row, 0, cJSON_GetArraySize(json_array(one, "actions")));
    free(wanted);
}

static void check_row(report *r, const cJSON *row, world *w) {
    char *body = body_of(row), *text = NULL;
    bool again = w->now->deviates != NULL && strcmp(w->now->deviates, "replay") == 0;
    if (again) { // the first one counts
        check_int(r, row, json_int(row, "status", 0), ask(w, body, &text));
        check_choice(r, row, w);
        free(text);
    }
    int status = ask(w, body, &text);
    if (w->now->deviates != NULL) {
        check_deviating(r, w->now->deviates, row, json_get(row, "status"), json_new_int(w->now->ours),
                        json_new_int(status));
    } else {
        check_int(r, row, json_int(row, "status", 0), status);
        if (status != 200 && status != 413) // too much is refused before it is looked at
            check_text(r, row, json_text(row, "responseBody"), text);
        check_calls(r, row, w);
        check_choice(r, row, w);
    }
    free(text);
    free(body);
}

void run_interaction_http(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const circumstances *now = find_case(json_text(row, "case"));
        world w;
        if (now == NULL) {
            check_text(r, row, "circumstances that are known here", NULL);
            continue;
        }
        make_world(&w, now);
        check_row(r, row, &w);
        end_world(&w);
    }
}
