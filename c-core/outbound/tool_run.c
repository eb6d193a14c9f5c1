// SPDX-License-Identifier: Apache-2.0
// A call's way: checked, counted, its facts gathered, decided, carried out, answered once.
#include "outbound/tool_run.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/random.h"
#include "chat/audit.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

enum { RESULTS_KEPT_MAX = 256, RESULT_KEPT_MAX_BYTES = 16 << 10, KEY_BYTES = 12 };

// --- the module ---

tools *tools_create(const tools_parts *parts) {
    tools *t = xcalloc(1, sizeof *t);
    t->parts = *parts;
    t->limits = tool_limits_create();
    t->results = cache_create(RESULTS_KEPT_MAX, TOOLS_REPEAT_MS);
    return t;
}

void tools_destroy(tools *t) {
    if (t == NULL)
        return;
    while (t->runs != NULL)
        tool_close(t->runs);
    tool_limits_destroy(t->limits);
    cache_destroy(t->results);
    free(t);
}

// --- the end ---

void tool_close(tool_run *r) {
    tools *t = r->tools;
    DL_DELETE(t->runs, r);
    t->run_count--;
    loop_timer_cancel(&r->begin);
    delivery_cancel(r->delivery);
    media_cancel(r->media);
    chat_read_cancel(r->read);
    buf_free(&r->content);
    cJSON_Delete(r->args);
    cJSON_Delete(r->found);
    cJSON_Delete(r->answers);
    cJSON_Delete(r->teams);
    if (r->has_post)
        chat_post_free(&r->post);
    if (r->account != NULL)
        account_release(r->account);
    free(r->own.name);
    free(r->place.name);
    free(r->session_key);
    free(r->key);
    free(r->viewer);
    free(r->file_name);
    free(r->file_type);
    free(r);
}

static void remember(tool_run *r, const tool_result *result) {
    if (!r->remembers || strlen(result->text) > RESULT_KEPT_MAX_BYTES)
        return;
    cJSON *kept = json_new_object();
    json_add_string(kept, "code", result->code);
    json_add_string(kept, "text", result->text);
    cache_put(r->tools->results, r->key, kept, loop_now_ms(r->tools->parts.loop));
    cJSON_Delete(kept);
}

static void end(tool_run *r, const tool_result *result) {
    tool_done_fn *fn = r->fn;
    r->state = TOOL_ANSWERED;
    r->fn = NULL;
    remember(r, result);
    tool_limits_add_bytes(r->tools->limits, r->session_key,
                          strlen(result->text) + (result->image != NULL ? strlen(result->image) : 0));
    metric_count(METRIC_TOOL_CALLS, r->tool->name, 1);
    if (*result->code != '\0')
        metric_count(METRIC_TOOL_REFUSALS, result->code, 1);
    log_info("a tool was called", "tool", r->tool->name, "account", r->account != NULL ? r->account->id : "",
             "session", r->session_key, "outcome", *result->code != '\0' ? result->code : "done");
    if (r->facts.writes)
        audit(r->tools->parts.chat, AUDIT_TOOL_CALL, r->viewer, result->code, "tool", r->tool->name,
              "account", r->account != NULL ? r->account->id : "", "session", r->session_key);
    if (fn != NULL)
        fn(r->ctx, result);
    tool_close(r);
}

void tool_refuse(tool_run *r, const char *code, const char *sentence) {
    end(r, &(tool_result){.code = code, .text = sentence});
}

void tool_refuse_verdict(tool_run *r, authorise_verdict v) {
    char *sentence = v == AUTHORISE_OFF ? xasprintf("%s %s.", authorise_sentence(v), r->tool->setting)
                                        : xstrdup(authorise_sentence(v));
    tool_refuse(r, authorise_code(v), sentence);
    free(sentence);
}

void tool_refuse_failure(tool_run *r, const char *what, const chat_error *error) {
    char *sentence = xasprintf("%s: Mattermost says \"%s\". Try again in a moment, or tell the person.", what,
                               *error->message != '\0' ? error->message : oc_err_text(error->err));
    log_warn("a tool failed", "tool", r->tool->name, "error", error->message);
    tool_refuse(r, "UNAVAILABLE", sentence);
    free(sentence);
}

void tool_answer_image(tool_run *r, cJSON *result, const char *base64, const char *type) {
    buf text;
    buf_init(&text, TOOLS_RESULT_MAX_BYTES);
    if (json_print(result, &text) != OC_OK || buf_append_byte(&text, '\0') != OC_OK)
        tool_refuse(r, "TOO_LONG", "The result is too long. Ask for less, with limit.");
    else
        end(r, &(tool_result){.code = "",
                              .text = (const char *)buf_bytes(&text).data,
                              .image = base64,
                              .image_type = type});
    cJSON_Delete(result);
    buf_free(&text);
}

void tool_answer(tool_run *r, cJSON *result) {
    tool_answer_image(r, result, NULL, NULL);
}

// --- the beginning ---

const char *tool_text(const tool_run *r, const char *name) {
    return json_text(r->args, name);
}

bool tool_flag(const tool_run *r, const char *name) {
    return json_bool(r->args, name, false);
}

bool tool_wants_upload(const tool_run *r) {
    return r->tool->id == TOOL_FILE && strcmp(tool_text(r, "action"), "upload") == 0;
}

static bool answered_before(tool_run *r) {
    const cJSON *known =
        r->remembers ? cache_get(r->tools->results, r->key, loop_now_ms(r->tools->parts.loop)) : NULL;
    if (known == NULL)
        return false;
    cJSON *kept = cJSON_Duplicate(known, 1);
    r->remembers = false;
    end(r, &(tool_result){.code = json_text(kept, "code"), .text = json_text(kept, "text")});
    cJSON_Delete(kept);
    return true;
}

static bool within_limits(tool_run *r) {
    tools *t = r->tools;
    const account_config *rules = r->account != NULL ? r->account->config : NULL;
    size_t length = 0;
    const cJSON *value = NULL;
    cJSON_ArrayForEach(value, r->args) length += cJSON_IsString(value) ? strlen(value->valuestring) : 0;
    const int most = rules != NULL ? rules->tools.calls_per_minute : 1;
    const bool within = tool_limits_take(t->limits, r->session_key, most, TOOLS_BYTES_PER_MINUTE,
                                         loop_wall_ms(t->parts.loop));
    tool_limits_add_bytes(t->limits, r->session_key, length);
    return within;
}

static void begin(void *ctx) {
    tool_run *r = ctx;
    char *wrong = tool_check(r->tool, r->args);
    if (wrong != NULL) {
        r->remembers = false;
        tool_refuse(r, "INVALID_ARGUMENTS", wrong);
    } else if (r->facts.origin == ORIGIN_NOBODY) {
        tool_refuse_verdict(r, AUTHORISE_NO_SESSION);
    } else if (answered_before(r)) {
        return; // r is gone
    } else if (!within_limits(r)) {
        r->remembers = false;
        tool_refuse(r, "LIMIT",
                    "This conversation has used the tools too often within a minute. Go on without them, or "
                    "wait a minute.");
    } else {
        r->facts.writes = r->tool->writes || tool_wants_upload(r);
        tool_look_at_caller(r);
    }
    free(wrong);
}

// The same for the same call of the same conversation.
static char *key_of(const tool_call *call) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char *named = xasprintf("%s\n%s\n%s", call->tool->name, call->session_key, call->idempotency_key);
    char hex[2 * KEY_BYTES + 1];
    SHA256((const uint8_t *)named, strlen(named), digest);
    for (size_t i = 0; i < KEY_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    free(named);
    if (*call->idempotency_key == '\0')
        random_hex(hex, KEY_BYTES);
    return xasprintf("tool-%s", hex);
}

static void find_origin(tool_run *r, const tool_call *call) {
    tools *t = r->tools;
    account *of = call->mcp;
    if (of == NULL && call->gateway != NULL && *call->session_key != '\0')
        of = session_find(t->parts.accounts, call->gateway, call->session_key, &r->from);
    if (of == NULL) {
        r->facts.origin = ORIGIN_NOBODY;
        return;
    }
    r->account = account_hold(of);
    r->facts.rules = of->config != NULL ? &of->config->tools : NULL;
    if (call->mcp != NULL)
        r->facts.origin = ORIGIN_MCP;
    else
        r->facts.origin = r->from.kind == CHAT_DIRECT ? ORIGIN_PERSON : ORIGIN_ROOM;
}

tool_run *tools_call(tools *t, const tool_call *call, tool_done_fn *fn, void *ctx) {
    tool_run *r = xcalloc(1, sizeof *r);
    r->tools = t;
    r->tool = call->tool;
    r->facts.tool = call->tool;
    r->args = cJSON_Duplicate(call->args, 1);
    r->key = key_of(call);
    r->remembers = *call->idempotency_key != '\0';
    r->fn = fn;
    r->ctx = ctx;
    buf_init(&r->content, TOOLS_IMAGE_MAX_BYTES);
    DL_APPEND(t->runs, r);
    t->run_count++;
    find_origin(r, call);
    r->session_key = call->mcp != NULL ? xasprintf("mcp:%s", call->mcp->id) : xstrdup(call->session_key);
    r->viewer = xstrdup(r->facts.origin == ORIGIN_PERSON ? r->from.user_id : "");
    loop_timer_set(t->parts.loop, &r->begin, 0, begin, r);
    return r;
}

void tool_run_forget(tool_run *r) {
    r->fn = NULL;
}

resolve_ask tool_direct_ask(const tool_run *r) {
    const account_config *rules = r->account->config;
    return (resolve_ask){.bot_user_id = r->account->bot_user_id,
                         .viewer_id = "",
                         .retry = rules != NULL ? &rules->dm_retry : NULL,
                         .open_direct = true};
}

// --- the work ---

void tool_work(tool_run *r) {
    static void (*const work[TOOL_COUNT])(tool_run * r) = {
        [TOOL_SEND] = tool_do_send,     [TOOL_REACT] = tool_do_react, [TOOL_READ] = tool_do_read,
        [TOOL_SEARCH] = tool_do_search, [TOOL_EDIT] = tool_do_edit,   [TOOL_DELETE] = tool_do_delete,
        [TOOL_PIN] = tool_do_pin,       [TOOL_FILE] = tool_do_file,   [TOOL_DIRECTORY] = tool_do_directory,
    };
    if (r->fn == NULL) { // nobody waits any more: do not act behind their back
        r->remembers = false;
        tool_refuse(r, "CANCELLED", "");
        return;
    }
    r->state = TOOL_WORKS;
    work[r->tool->id](r);
}
