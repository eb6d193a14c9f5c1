// SPDX-License-Identifier: Apache-2.0
#include "admin/purge.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "chat/audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    CODE_BYTES = 4,
    CODE_LIVES_S = 300,
    MARK_LIVES_S = 600,  // in a cluster: all nodes have ended by then
    SETTLE_MS = 1000,    // what was on its way to the store has arrived
    OFF_AFTER_MS = 1000, // the answer reaches the person first
    LOOK_MS = 500,
    VALUE_VERSION = 1,
    VALUE_MAX_BYTES = 512,
};
static const char CODE_KEY[] = CHAT_KV_UNSEALED "code", MARK_KEY[] = CHAT_KV_UNSEALED "done";

typedef enum purge_state {
    AT_REST,
    ASKED,    // a command is being answered
    SETTLING, // sealed; what was on its way arrives
    REMOVING, // the server removes
    MARKING,  // other nodes are told
    GOING,    // all is gone, we turn ourselves off
} purge_state;

struct purge {
    loop *loop;
    chat *chat;
    purge_state state;
    char *user_id, *code; // of the command
    words_lang lang;
    purge_text_fn *fn;
    void *ctx;
    loop_timer timer;
    int64_t since_ms; // wall clock: this process began
    void (*on)(void *ctx);
    void *on_ctx;
    loop_timer look;
};

purge *purge_create(loop *l, chat *c) {
    purge *p = xcalloc(1, sizeof *p);
    *p = (purge){.loop = l, .chat = c, .since_ms = loop_wall_ms(l)};
    return p;
}

void purge_destroy(purge *p) {
    if (p == NULL)
        return;
    loop_timer_cancel(&p->timer);
    loop_timer_cancel(&p->look);
    free(p->user_id);
    free(p->code);
    free(p);
}

static void answer(purge *p, purge_state next, const char *text) {
    p->state = next;
    p->fn(p->ctx, text);
}

static void answer_trouble(purge *p, const chat_error *error) {
    char *text = words_fill(p->lang, WORD_PURGE_FAILED, "error", error->message, NULL);
    audit(p->chat, AUDIT_PURGE, p->user_id, "the store did not allow it");
    log_error("what the plugin keeps could not be removed", "error", error->message);
    answer(p, AT_REST, text);
    free(text);
}

// --- the first command: a code ---

static void on_code_kept(void *ctx, const chat_error *error) {
    purge *p = ctx;
    if (error->err != OC_OK) {
        answer_trouble(p, error);
        return;
    }
    char *text = words_fill(p->lang, WORD_PURGE_ASK, "command", "/openclaw purge", "code", p->code, NULL);
    answer(p, AT_REST, text);
    free(text);
}

static void give_code(purge *p) {
    char code[2 * CODE_BYTES + 1], *value;
    random_hex(code, CODE_BYTES);
    free(p->code);
    p->code = xstrdup(code);
    value = xasprintf("{\"v\":%d,\"user\":\"%s\",\"code\":\"%s\"}", VALUE_VERSION, p->user_id, code);
    chat_kv_set(p->chat, CODE_KEY, bytes_str(value), CODE_LIVES_S, on_code_kept, p);
    free(value);
}

// --- the second one ---

// Not turned off: what happens from now on is kept again.
static void on_off(void *ctx, const chat_error *error) {
    purge *p = ctx;
    if (error->err == OC_OK || error->err == OC_ECLOSED) // the server ends us before it answers
        return;
    log_error("the plugin could not turn itself off: please disable it", "error", error->message);
    chat_kv_seal(p->chat, false);
    p->state = AT_REST;
}

static void turn_off(void *ctx) {
    purge *p = ctx;
    chat_turn_off(p->chat, on_off, p);
}

static void gone(purge *p) {
    audit(p->chat, AUDIT_PURGE, p->user_id, "");
    log_warn("everything that the plugin kept was removed, and it turns itself off", "by", p->user_id);
    loop_timer_set(p->loop, &p->timer, OFF_AFTER_MS, turn_off, p);
    answer(p, GOING, words_text(p->lang, WORD_PURGE_DONE));
}

static void on_marked(void *ctx, const chat_error *error) {
    if (error->err != OC_OK)
        log_warn("other nodes could not be told: what they write at their end stays in the store", "error",
                 error->message);
    gone(ctx);
}

static void on_server_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    purge *p = ctx;
    (void)error;
    if (!info->clustered) {
        gone(p);
        return;
    }
    p->state = MARKING;
    char *value = xasprintf("{\"v\":%d,\"at\":%" PRId64 "}", VALUE_VERSION, loop_wall_ms(p->loop));
    chat_kv_set(p->chat, MARK_KEY, bytes_str(value), MARK_LIVES_S, on_marked, p);
    free(value);
}

static void on_removed(void *ctx, const chat_error *error) {
    purge *p = ctx;
    if (error->err == OC_OK) {
        chat_get_server_info(p->chat, on_server_info, p);
        return;
    }
    chat_kv_seal(p->chat, false);
    answer_trouble(p, error);
}

static void remove_all(void *ctx) {
    purge *p = ctx;
    p->state = REMOVING;
    chat_kv_delete_all(p->chat, on_removed, p);
}

static bool is_code(const purge *p, bytes value, bool found) {
    cJSON *json = NULL;
    bool right = found && value.len <= VALUE_MAX_BYTES && json_parse(value, &json) == OC_OK &&
                 json_int(json, "v", 0) == VALUE_VERSION &&
                 strcmp(json_text(json, "user"), p->user_id) == 0 &&
                 strcmp(json_text(json, "code"), p->code) == 0;
    cJSON_Delete(json);
    return right;
}

static void on_code(void *ctx, const chat_error *error, bytes value, bool found) {
    purge *p = ctx;
    if (error->err != OC_OK) {
        answer_trouble(p, error);
    } else if (!is_code(p, value, found)) {
        answer(p, AT_REST, words_text(p->lang, WORD_PURGE_WRONG_CODE));
    } else {
        p->state = SETTLING;
        chat_kv_seal(p->chat, true);
        loop_timer_set(p->loop, &p->timer, SETTLE_MS, remove_all, p);
    }
}

void purge_command(purge *p, const char *user_id, const char *code, words_lang lang, purge_text_fn *fn,
                   void *ctx) {
    if (!chat_is_plugin(p->chat)) {
        fn(ctx, words_text(lang, WORD_PURGE_EXTERNAL));
        return;
    }
    if (p->state != AT_REST) {
        fn(ctx, words_text(lang, WORD_PURGE_BUSY));
        return;
    }
    free(p->user_id);
    free(p->code);
    p->user_id = xstrdup(user_id);
    p->code = xstrdup(code);
    p->lang = lang;
    p->fn = fn;
    p->ctx = ctx;
    p->state = ASKED;
    if (*code == '\0')
        give_code(p);
    else
        chat_kv_get(p->chat, CODE_KEY, on_code, p);
}

// --- at the end of this process ---

static void go_on(purge *p) {
    void (*on)(void *ctx) = p->on;
    loop_timer_cancel(&p->look);
    p->on = NULL;
    if (on != NULL)
        on(p->on_ctx);
}

static void on_mark(void *ctx, const chat_error *error, bytes value, bool found) {
    purge *p = ctx;
    cJSON *json = NULL;
    if (error->err == OC_OK && found && value.len <= VALUE_MAX_BYTES && json_parse(value, &json) == OC_OK &&
        json_int(json, "at", 0) > p->since_ms) {
        log_warn("another node has removed everything that the plugin kept: nothing more is written");
        chat_kv_seal(p->chat, true);
    }
    cJSON_Delete(json);
    go_on(p);
}

static void on_late(void *ctx) {
    go_on(ctx);
}

static void on_cluster(void *ctx, const chat_error *error, const chat_server_info *info) {
    purge *p = ctx;
    (void)error;
    if (info->clustered)
        chat_kv_get(p->chat, MARK_KEY, on_mark, p);
    else
        go_on(p);
}

void purge_before_last_writes(purge *p, void (*fn)(void *ctx), void *ctx) {
    p->on = fn;
    p->on_ctx = ctx;
    loop_timer_set(p->loop, &p->look, LOOK_MS, on_late, p);
    chat_get_server_info(p->chat, on_cluster, p);
}
