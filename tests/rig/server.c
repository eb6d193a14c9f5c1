// SPDX-License-Identifier: Apache-2.0
// Who writes what, when the plugin is started, and the way of an API call through the faults. The calls are in api.c.
#include "server.h"

#include "api.h"
#include "base/json.h"
#include "base/mem.h"
#include "files.h"
#include "host.h"
#include "ledger.h"
#include "people.h"
#include "store.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEALTH_EVERY_MS = 30000, ROOTS_KEPT = 8 };

server_faults FAULTS;

static struct {
    bool held[NODES_MAX];
    char roots[CHANNELS][ROOTS_KEPT][ID_BYTES]; // posts that somebody may reply to
    int root_count[CHANNELS];
} server;

// --- the way of a call ---

typedef struct api_work {
    int generation;
    uint64_t seq;
    const char *name; // of the schema
    cJSON *params, *result, *error;
    char *tail;
    int tail_len, out_len;
    char *out;
    int64_t answer_ms; // how long its answer takes
} api_work;

enum { CREATE_MAX_MS = 2000 };

static void free_work(api_work *w) {
    cJSON_Delete(w->params);
    free(w->tail);
    free(w->out);
    free(w);
}

static cJSON *app_error(int status, const char *message) {
    cJSON *e = json_new_object();
    json_add_int(e, "code", status);
    json_add_string(e, "id", "rig.error");
    json_add_string(e, "message", message);
    json_add_int(e, "status_code", status);
    return e;
}

static void answer(void *ctx) {
    api_work *w = ctx;
    host_answer(w->generation, w->seq, w->name, w->result, w->error, w->out, w->out_len);
    free_work(w);
}

static void story_of(const api_work *w, const char *what) {
    const char *turn = api_turn_of(w->params);
    char *text = xasprintf("%s %s", w->name, what);
    if (turn != NULL)
        ledger_story(turn, text);
    free(text);
}

static void carry_out(void *ctx) {
    api_work *w = ctx;
    bool may_fail = api_may_fail(w->name);
    bool fails = may_fail && chance(FAULTS.error_permille);
    if (api_is_first_part(w->name, w->params) && chance(FAULTS.refuse_permille)) {
        w->error = app_error(403, "rig: the bot may not post here");
        story_of(w, "is refused for good");
    } else if (fails) {
        static const int statuses[] = {500, 503, 500, 502, 429};
        w->error = app_error(statuses[dice(5)], "rig: the call fails");
        story_of(w, "fails and does nothing");
    } else {
        api_reply reply = {0};
        int status = api_do(w->name, w->params, bytes_of(w->tail, (size_t)w->tail_len), &reply);
        w->result = reply.result;
        w->out = reply.tail;
        w->out_len = reply.tail_len;
        if (status != 0)
            w->error = app_error(status, "rig: no");
        if (status == 0 && may_fail && chance(FAULTS.late_error_permille)) {
            cJSON_Delete(w->result);
            w->result = NULL;
            w->error = app_error(500, "rig: done, and says it failed");
            story_of(w, "is done and says that it failed");
        }
    }
    if (may_fail && chance(FAULTS.lost_permille)) {
        story_of(w, "is done, its answer is lost");
        cJSON_Delete(w->result);
        cJSON_Delete(w->error);
        free_work(w);
        return;
    }
    world_after(between(0, 2) + w->answer_ms, answer, w);
}

void server_call(int generation, uint64_t seq, const char *name, cJSON *params, bytes tail) {
    api_work *w = xcalloc(1, sizeof *w);
    *w = (api_work){
        .generation = generation, .seq = seq, .name = name, .params = params, .tail_len = (int)tail.len};
    w->tail = xmalloc(tail.len + 1);
    if (tail.len > 0)
        memcpy(w->tail, tail.data, tail.len);
    // Part of the time goes by before it is done, the rest before it is answered. A post that is made more than two
    // seconds after its caller died can be doubled: the limit of what a search in the channel can find.
    int64_t slow_ms = chance(FAULTS.slow_permille) ? between(0, FAULTS.slow_ms) : 0;
    int64_t before_ms = strcmp(name, "CreatePost") == 0 && slow_ms > CREATE_MAX_MS ? CREATE_MAX_MS : slow_ms;
    w->answer_ms = slow_ms - before_ms;
    world_after(between(1, 4) + before_ms, carry_out, w);
}

// --- people write ---

// A node takes the request that can.
static bool choose_active_node(void) {
    int first = world_nodes() > 1 ? (int)dice((uint32_t)world_nodes()) : 0;
    for (int i = 0; i < world_nodes(); i++) {
        world_set_node((first + i) % world_nodes());
        if (host_active())
            return true;
    }
    return false;
}

static void post(int question, const char *user, const char *channel, const char *root, const char *text,
                 bool webhook) {
    cJSON *json = json_new_object(), *args = json_new_array();
    json_add_string(json, "user_id", user);
    json_add_string(json, "channel_id", channel);
    if (*root != '\0')
        json_add_string(json, "root_id", root);
    json_add_string(json, "message", text);
    if (webhook)
        json_add_string(json_add_object(json, "props"), "from_webhook", "true");
    json = store_add_post(json);
    ledger_posted(question, json_text(json, "id"), channel, root, json_int(json, "create_at", 0));
    if (!choose_active_node()) {
        ledger_hook_lost(json_text(json, "id"));
        cJSON_Delete(args);
        return;
    }
    json_push(args, json_new_object());
    json_push(args, cJSON_Duplicate(json, true));
    host_hook("MessageHasBeenPosted", args);
}

static void write_direct(ask kind) {
    char user[ID_BYTES], channel[ID_BYTES], place[64], text[160];
    int n = kind == ASK_REFUSED ? USERS + (int)dice(STRANGERS) : (int)dice(USERS);
    people_user_id(n, user);
    people_dm_id(n, channel);
    snprintf(place, sizeof place, "with person%d", n);
    int question = ledger_ask(kind, place);
    snprintf(text, sizeof text, "q%06d what do you say?", question);
    post(question, user, channel, "", text, false);
}

static void write_in_channel(ask kind) {
    char user[ID_BYTES], channel[ID_BYTES], place[64], text[160];
    int c = (int)dice(CHANNELS);
    const char *root = "";
    people_user_id((int)dice(USERS), user);
    people_channel_id(c, channel);
    if (server.root_count[c] > 0 && chance(350))
        root = server.roots[c][dice(
            (uint32_t)(server.root_count[c] < ROOTS_KEPT ? server.root_count[c] : ROOTS_KEPT))];
    snprintf(place, sizeof place, "in %s", *root != '\0' ? root : channel);
    int question = ledger_ask(kind, place);
    bool webhook = kind == ASK_ELSEWHERE && chance(300);
    snprintf(text, sizeof text, "%sq%06d hello everybody",
             kind == ASK_ADDRESSED || webhook ? "@openclaw " : "", question);
    post(question, user, channel, root, text, webhook);
    if (*root == '\0' && kind == ASK_ADDRESSED) {
        cJSON *newest = store_channel_posts(channel, 0, 1, 0);
        snprintf(server.roots[c][server.root_count[c]++ % ROOTS_KEPT], ID_BYTES, "%s",
                 cJSON_GetStringValue(cJSON_GetArrayItem(json_get(newest, "order"), 0)));
        cJSON_Delete(newest);
    }
}

void server_write(void) {
    uint32_t what = dice(100);
    if (what < 55)
        write_direct(ASK_ADDRESSED);
    else if (what < 87)
        write_in_channel(ASK_ADDRESSED);
    else if (what < 96)
        write_in_channel(ASK_ELSEWHERE);
    else
        write_direct(ASK_REFUSED);
}

// --- the plugin's life as the server sees it ---

static void check_health(void *ctx) {
    (void)ctx;
    if (!server.held[world_node()])
        host_check_health();
    world_after(HEALTH_EVERY_MS, check_health, NULL);
}

void server_start(void) {
    for (int node = 0; node < world_nodes(); node++) {
        world_set_node(node);
        host_start_plugin();
        world_after(HEALTH_EVERY_MS, check_health, NULL);
    }
}

void server_hold_plugin(bool hold) {
    server.held[world_node()] = hold;
    if (!hold && !host_plugin_runs())
        host_start_plugin();
}

bool server_is_down(void) {
    return server.held[world_node()];
}

void server_plugin_down(void) {
}

// --- stored values ---

void server_spoil_value(void) {
    static const char *const others[] = {
        "", "{", "null", "[]", "{\"v\":999,\"posts\":{},\"nodes\":{}}", "\xff\xfe garbage"};
    const char *key = store_key_at(dice(1000));
    if (key == NULL)
        return;
    stored v = store_get(key, 0);
    char *event = xasprintf("stored value %s", key);
    ledger_event("the rig spoils a", event);
    free(event);
    const char *minute = strncmp(key, "journal.", 8) == 0 ? strrchr(key, '.') : NULL;
    if (minute != NULL)
        ledger_page_destroyed(strtoll(minute + 1, NULL, 10));
    else
        api_values_spoilt();
    if (v.len > 1 && chance(500)) {
        char *cut = xstrndup(v.data, (size_t)v.len / 2);
        store_set(key, cut, v.len / 2);
        free(cut);
    } else {
        const char *other = others[dice(6)];
        store_set(key, other, (int)strlen(other));
    }
}

cJSON *server_bot_posts(void) {
    return store_posts_by(BOT_ID);
}

static void read_page(const char *key, stored v) {
    if (strncmp(key, "journal.", 8) == 0)
        ledger_page(v.data, v.len);
}

void server_read_pages(void) {
    store_each(read_page);
}

void server_end(void) {
    store_end();
    files_end();
}
