// SPDX-License-Identifier: Apache-2.0
#include "chat/plugin_chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "chat/plugin_internal.h"

#include <stdlib.h>

enum {
    API_TIMEOUT_MS = 10000,
    // A right may hang on these facts: no older than design §4 allows.
    FACT_GOOD_FOR_MS = 30000,
    FACTS_MAX = 2048,
};

chat *plugin_chat_create(loop *l, link_t *link) {
    chat *c = xcalloc(1, sizeof *c);
    c->loop = l;
    c->link = link;
    c->created_ms = loop_now_ms(l);
    c->users = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->channels = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->members = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->teams = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->edited = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->tongues = tongues_create();
    link_on_call(link, plugin_on_call, c);
    link_on_down(link, plugin_on_down, c);
    return c;
}

void plugin_chat_destroy(chat *c) {
    if (c == NULL)
        return;
    cache_destroy(c->users);
    cache_destroy(c->channels);
    cache_destroy(c->members);
    cache_destroy(c->teams);
    cache_destroy(c->edited);
    tongues_destroy(c->tongues);
    plugin_reads_free(c);
    plugin_uploads_free(c);
    cJSON_Delete(c->server_info);
    free(c);
}

void chat_on(chat *c, const chat_events *events, void *ctx) {
    c->events = *events;
    c->ctx = ctx;
}

static void finish(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    metric_count(METRIC_CHAT_CALLS, call->method, 1);
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        metric_count(METRIC_CHAT_FAILURES, call->method, 1);
    metric_observe_ms(METRIC_CHAT_SECONDS, NULL, loop_now_ms(call->chat->loop) - call->since_ms);
    call->finish(call, error, result, tail);
    free(call->key);
    free(call);
}

static void on_answer(void *ctx, const link_message *answer) {
    plugin_call *call = ctx;
    chat_error error = {.err = OC_OK, .id = "", .message = ""};
    if (answer->error != NULL) {
        int64_t code = json_int(answer->error, "code", 0);
        error.err = code == LINK_E_TIMEOUT  ? OC_ETIMEOUT
                    : code == LINK_E_CLOSED ? OC_ECLOSED
                    : code == 404           ? OC_ENOTFOUND
                                            : OC_EREMOTE;
        error.http_status = code >= 100 && code < 600 ? (int)code : 0;
        error.id = json_text(json_get(answer->error, "data"), "id");
        error.message = json_text(answer->error, "message");
    } else if (call->cache != NULL && cJSON_IsObject(answer->json)) {
        cache_put(call->cache, call->key, answer->json, loop_now_ms(call->chat->loop));
        if (call->cache == call->chat->users)
            tongues_learn(call->chat->tongues, answer->json);
    }
    call->body = answer->body;
    finish(call, &error, answer->json, answer->tail);
}

static oc_err send_call(chat *c, const char *method, const cJSON *params, bytes tail, plugin_call *call) {
    buf text;
    buf_init(&text, LINK_MESSAGE_MAX_BYTES);
    oc_err err = json_print(params, &text);
    if (err == OC_OK)
        err = link_call(c->link, method, buf_bytes(&text), tail,
                        call != NULL && call->timeout_ms != 0 ? call->timeout_ms : API_TIMEOUT_MS,
                        call != NULL ? on_answer : NULL, call, NULL);
    buf_free(&text);
    return err;
}

void plugin_api(chat *c, const char *method, cJSON *params, bytes tail, const plugin_call *call) {
    plugin_call *kept = xmalloc(sizeof *kept);
    *kept = *call;
    kept->chat = c;
    kept->method = method;
    kept->since_ms = loop_now_ms(c->loop);
    oc_err err = send_call(c, method, params, tail, kept);
    cJSON_Delete(params);
    if (err != OC_OK) {
        const chat_error error = {.err = err, .id = "", .message = oc_err_text(err)};
        finish(kept, &error, NULL, bytes_of(NULL, 0));
    }
}

void plugin_tell(chat *c, const char *method, cJSON *params) {
    oc_err err = send_call(c, method, params, bytes_of(NULL, 0), NULL);
    cJSON_Delete(params);
    if (err != OC_OK)
        log_debug("a call to the server was not sent", "method", method, "error", oc_err_text(err));
}
