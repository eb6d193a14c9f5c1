// SPDX-License-Identifier: Apache-2.0
#include "interactions/command_gateway.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sanitise.h"
#include "base/utf8.h"
#include "gateway/control.h"

#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MS = 1700, // of the two seconds; the rest is the way to the person
    SLOW_MS = 5 * 60 * 1000,
    GRACE_MS = 2000, // a gateway that is removed forgets its requests: they end here
    ERROR_MAX_RUNES = 300,
};

typedef struct asking {
    command_call *call;
    command_asked_fn *fn;
    const char *method;
    loop_timer limit;
} asking;

char *command_quote(const char *text, size_t max_runes) {
    buf out;
    bytes rest = utf8_trim(bytes_str(text));
    uint32_t rune = 0;
    buf_init(&out, 4 * max_runes + 8);
    oc_err err = OC_OK;
    for (size_t i = 0; rest.len > 0 && i < max_runes && err == OC_OK; i++) {
        size_t len = utf8_next(rest, &rune);
        if (rune == '`')
            err = buf_append(&out, "'", 1);
        else if (rune < ' ' || rune == 0x7F || utf8_is_space(rune))
            err = buf_append(&out, " ", 1);
        else
            err = buf_append(&out, rest.data, len);
        rest = bytes_of(rest.data + len, rest.len - len);
    }
    if (rest.len > 0 && err == OC_OK)
        err = buf_append_str(&out, "…");
    return buf_take_str(&out);
}

// --- what people are told ---

char *command_gateway_trouble(words_lang lang, const gateway_status *status) {
    char *sentence = words_in(lang, gateway_said(status));
    if (*status->command == '\0')
        return sentence;
    char *run = words_fill(lang, WORD_ASK_RUN_COMMAND, "command", status->command, NULL);
    char *text = xasprintf("%s %s", sentence, run);
    free(run);
    free(sentence);
    return text;
}

static char *away(const command_call *call, const gateway_status *status) {
    words_lang lang = call->person.lang;
    if ((call->roles & COMMAND_FOR_ADMINS) == 0)
        return xstrdup(words_text(lang, WORD_ASK_GATEWAY_AWAY));
    char *why = command_gateway_trouble(lang, status);
    char *text = words_fill(lang, WORD_ASK_GATEWAY_AWAY_ADMIN, "why", why, NULL);
    free(why);
    return text;
}

static char *failure(const asking *a, const request_reply *reply) {
    words_lang lang = a->call->person.lang;
    if (reply->err == OC_ETIMEOUT)
        return xstrdup(words_text(lang, WORD_ASK_TIMEOUT));
    if (reply->err != OC_EREMOTE)
        return xstrdup(words_text(lang, WORD_ASK_BROKE));
    char *clean = sanitise(json_text(reply->error, "message"));
    char *said = command_quote(clean, ERROR_MAX_RUNES);
    free(clean);
    bool forbidden = strcmp(json_text(reply->error, "code"), "FORBIDDEN") == 0;
    char *text = words_fill(lang, forbidden ? WORD_ASK_FORBIDDEN : WORD_ASK_REFUSED, "said", said, NULL);
    log_info("the gateway refused a command", "method", a->method, "error", said);
    free(said);
    return text;
}

// --- the way of a question ---

static void finish(asking *a, const request_reply *reply) {
    command_call *call = a->call;
    command_asked_fn *fn = a->fn;
    char *text = reply->err != OC_OK ? failure(a, reply) : NULL;
    loop_timer_cancel(&a->limit);
    free(a);
    if (text != NULL)
        command_answer(call, text);
    else
        fn(call, reply->payload);
    free(text);
}

static void on_reply(void *ctx, const request_reply *reply) {
    finish(ctx, reply);
}

// The gateway went with its requests.
static void on_forgotten(void *ctx) {
    finish(ctx, &(request_reply){.err = OC_ECLOSED});
}

static void on_slow(void *ctx) {
    asking *a = ctx;
    loop_timer_set(a->call->world->loop, &a->limit, SLOW_MS + GRACE_MS, on_forgotten, a);
    command_wait(a->call, words_text(a->call->person.lang, WORD_ASK_SLOW));
}

static void send(command_call *call, const command_question *q) {
    account *to = call->place->account;
    asking *a = xcalloc(1, sizeof *a);
    *a = (asking){.call = call, .fn = q->fn, .method = q->method};
    int64_t limit_ms = q->slow ? SLOW_MS : ANSWER_MS;
    open_request *sent = q->control ? control_call(to->control, q->method, q->params, limit_ms, on_reply, a)
                                    : gateway_call(to->gateway, q->method, q->params, limit_ms, on_reply, a);
    if (sent == NULL)
        finish(a, &(request_reply){.err = OC_ECLOSED});
    else if (q->slow)
        loop_timer_set(call->world->loop, &a->limit, ANSWER_MS, on_slow, a);
    else
        loop_timer_set(call->world->loop, &a->limit, limit_ms + GRACE_MS, on_forgotten, a);
}

bool command_gateway_ready(command_call *call) {
    const account *to = call->place != NULL ? call->place->account : NULL;
    if (to == NULL || to->gateway == NULL || to->config == NULL) {
        command_answer_word(call, WORD_ASK_NO_GATEWAY);
        return false;
    }
    gateway_status status = gateway_get_status(to->gateway);
    if (status.state == GATEWAY_READY)
        return true;
    char *text = away(call, &status);
    command_answer(call, text);
    free(text);
    return false;
}

void command_ask(command_call *call, const command_question *q) {
    if (!command_gateway_ready(call)) {
        cJSON_Delete(q->params);
        return;
    }
    char *why_not = q->control ? control_why_not(call->place->account->control) : NULL;
    if (why_not != NULL) {
        char *text = words_fill(call->person.lang, WORD_ASK_NEEDS_CONTROL, "why", why_not, NULL);
        cJSON_Delete(q->params);
        command_answer(call, text);
        free(text);
        free(why_not);
        return;
    }
    send(call, q);
}

cJSON *command_session_params(const command_call *call) {
    cJSON *params = json_new_object();
    char *key = place_session_key(call->place);
    json_add_string(params, "key", key);
    free(key);
    return params;
}

words_lang command_changed_lang(const command_call *call) {
    return call->place->kind == CHAT_DIRECT ? call->person.lang : chat_server_lang(call->world->chat);
}

void command_changed(command_call *call, words_key you, words_key by, const char *value) {
    bool alone = call->place->kind == CHAT_DIRECT;
    char *text = words_fill(command_changed_lang(call), alone ? you : by, "user", call->person.username,
                            "value", value, NULL);
    if (alone)
        command_answer(call, text);
    else
        command_answer_with(call, &(command_reply){.text = "", .everybody = text});
    free(text);
}
