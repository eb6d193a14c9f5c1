// SPDX-License-Identifier: Apache-2.0
// Commands about the conversation of a place: its state, model and thinking level, beginning anew, compacting, stopping
// (gateway-protocol notes §10; scopes §9).
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "interactions/command_gateway.h"
#include "interactions/command_status.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_RUNES = 120, LIST_MAX_BYTES = 12000, LIST_MAX_MODELS = 100, LEVELS_MAX_BYTES = 1000 };

// --- status ---

static void on_status(command_call *call, const cJSON *payload) {
    char *text = command_status_text(call, json_get(payload, "session"));
    command_answer(call, text);
    free(text);
}

// For administrators it is also about the plugin, and answers where there is no bot or no gateway.
static void run_status(command_call *call) {
    bool talks = call->place != NULL && (call->roles & COMMAND_FOR_TALKERS) != 0;
    const account *a = talks ? call->place->account : NULL;
    bool ready = a != NULL && a->gateway != NULL && gateway_get_status(a->gateway).state == GATEWAY_READY;
    if (!ready && ((call->roles & COMMAND_FOR_ADMINS) != 0)) {
        char *text = command_status_text(call, NULL);
        command_answer(call, text);
        free(text);
        return;
    }
    command_ask(call, &(command_question){.method = "sessions.describe",
                                          .params = command_session_params(call),
                                          .fn = on_status});
}

// --- the model ---

static void on_model(command_call *call, const cJSON *payload) {
    const cJSON *session = json_get(payload, "session");
    char *model = command_model_name(call->person.lang, session);
    char *text = words_fill(call->person.lang, WORD_SESSION_MODEL_IS, "model", model, NULL);
    command_answer(call, text);
    free(text);
    free(model);
}

static void on_model_set(command_call *call, const cJSON *payload) {
    const cJSON *resolved = json_get(payload, "resolved");
    char *chosen =
        *json_text(resolved, "model") != '\0'
            ? xasprintf("%s/%s", json_text(resolved, "modelProvider"), json_text(resolved, "model"))
            : xstrdup(call->argument);
    char *name = command_quote(chosen, NAME_MAX_RUNES);
    if (strcasecmp(call->argument, "default") == 0)
        command_changed(call, WORD_SESSION_MODEL_BACK_YOU, WORD_SESSION_MODEL_BACK_BY, name);
    else
        command_changed(call, WORD_SESSION_MODEL_SET_YOU, WORD_SESSION_MODEL_SET_BY, name);
    free(name);
    free(chosen);
}

// One of ours as a value of sessions.patch: "default" takes the override away.
static void add_choice(cJSON *params, const char *key, const char *value) {
    if (strcasecmp(value, "default") == 0)
        json_add(params, key, cJSON_CreateNull());
    else
        json_add_string(params, key, value);
}

static bool is_name(const char *text) {
    bytes rest = bytes_str(text);
    uint32_t rune = 0;
    if (utf8_runes(rest) > NAME_MAX_RUNES)
        return false;
    for (; rest.len > 0; rest = bytes_of(rest.data + 1, rest.len - 1)) {
        rune = rest.data[0];
        if (rune <= ' ' || rune == 0x7F)
            return false;
    }
    return true;
}

static bool picks(command_call *call, const picker_at *at);

static void run_model(command_call *call) {
    if (*call->argument == '\0' && picks(call, &(picker_at){.page = PICKER_SUMMARY, .number = 1}))
        return;
    cJSON *params = command_session_params(call);
    bool shows = *call->argument == '\0';
    if (!shows && !is_name(call->argument)) {
        cJSON_Delete(params);
        command_answer_word(call, WORD_SESSION_NOT_A_MODEL);
        return;
    }
    if (!shows)
        add_choice(params, "model", call->argument);
    command_ask(call, &(command_question){.method = shows ? "sessions.describe" : "sessions.patch",
                                          .params = params,
                                          .slow = !shows,
                                          .fn = shows ? on_model : on_model_set});
}

// --- models ---

static bool is_wanted(const cJSON *model, const char *filter) {
    return *filter == '\0' || strcasecmp(json_text(model, "provider"), filter) == 0 ||
           strcasestr(json_text(model, "id"), filter) != NULL ||
           strcasestr(json_text(model, "name"), filter) != NULL;
}

static bool has_tag(const cJSON *model, const char *tag) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(model, "tags")) {
        if (cJSON_IsString(one) && strcmp(one->valuestring, tag) == 0)
            return true;
    }
    return false;
}

static oc_err add_model(buf *text, words_lang lang, const cJSON *model) {
    char *id = xasprintf("%s/%s", json_text(model, "provider"), json_text(model, "id"));
    char *name = command_quote(id, NAME_MAX_RUNES),
         *label = command_quote(json_text(model, "name"), NAME_MAX_RUNES);
    oc_err err = buf_printf(text, "- `%s` `%s`", name, label);
    if (err == OC_OK && has_tag(model, "default"))
        err = buf_printf(text, " %s", words_text(lang, WORD_SESSION_MODEL_DEFAULT));
    if (err == OC_OK && !json_bool(model, "available", true))
        err = buf_printf(text, " %s", words_text(lang, WORD_SESSION_MODEL_UNAVAILABLE));
    if (err == OC_OK)
        err = buf_append_byte(text, '\n');
    free(id);
    free(name);
    free(label);
    return err;
}

static void on_models(command_call *call, const cJSON *payload) {
    const cJSON *models = json_array(payload, "models"), *model = NULL;
    size_t shown = 0, left = 0;
    buf text;
    buf_init(&text, LIST_MAX_BYTES);
    words_lang lang = call->person.lang;
    oc_err err = buf_printf(&text, "%s\n\n", words_text(lang, WORD_SESSION_MODELS));
    cJSON_ArrayForEach(model, models) {
        if (!is_wanted(model, call->argument))
            continue;
        if (shown < LIST_MAX_MODELS && err == OC_OK)
            err = add_model(&text, lang, model);
        if (shown < LIST_MAX_MODELS && err == OC_OK)
            shown++;
        else
            left++;
    }
    buf out;
    buf_init(&out, LIST_MAX_BYTES + 200);
    err = buf_append(&out, buf_bytes(&text).data, buf_bytes(&text).len);
    char *more = words_fill(lang, WORD_SESSION_MODELS_MORE, "count", WORDS_NUMBER((int64_t)left), NULL);
    if (left > 0 && err == OC_OK)
        err = buf_printf(&out, "\n%s", more);
    free(more);
    char *all = buf_take_str(&out);
    buf_free(&text);
    command_answer(call, shown > 0 ? all : words_text(lang, WORD_SESSION_NO_SUCH_MODEL));
    free(all);
    (void)err; // what did not fit is left out
}

static void list_models(command_call *call) {
    command_ask(call,
                &(command_question){.method = "models.list", .params = json_new_object(), .fn = on_models});
}

// By buttons, where the person can click: only they see them.
static void on_picker(void *ctx, const char *failure, const char *text, const cJSON *props) {
    if (failure == NULL && text == NULL) // no provider's name: perhaps a part of a model's
        list_models(ctx);
    else
        command_answer_with(ctx, &(command_reply){.text = failure != NULL ? failure : text, .props = props});
}

static bool picks(command_call *call, const picker_at *at) {
    if (call->world->picker == NULL || *call->trigger_id == '\0')
        return false;
    if (command_gateway_ready(call))
        model_picker_open(call->world->picker, call->place, at, on_picker, call);
    return true;
}

static void run_models(command_call *call) {
    char *provider = xstrdup(call->argument);
    picker_at at = {
        .page = *provider == '\0' ? PICKER_PROVIDERS : PICKER_MODELS, .provider = provider, .number = 1};
    if (!picks(call, &at))
        list_models(call);
    free(provider);
}

// --- thinking ---

static void on_level(command_call *call, const cJSON *payload) {
    const cJSON *session = json_get(payload, "session");
    words_lang lang = call->person.lang;
    char *levels = command_level_names(session), *now = command_level_name(lang, session);
    const char *offered = *levels != '\0' ? levels : "`off`, `low`, `medium`, `high`";
    char *text = words_fill(lang, WORD_SESSION_LEVEL_IS, "level", now, "levels", offered, NULL);
    command_answer(call, text);
    free(text);
    free(now);
    free(levels);
}

static void on_level_set(command_call *call, const cJSON *payload) {
    (void)payload;
    char *level = command_quote(call->argument, NAME_MAX_RUNES);
    if (strcasecmp(level, "default") == 0)
        command_changed(call, WORD_SESSION_LEVEL_BACK_YOU, WORD_SESSION_LEVEL_BACK_BY, NULL);
    else
        command_changed(call, WORD_SESSION_LEVEL_SET_YOU, WORD_SESSION_LEVEL_SET_BY, level);
    free(level);
}

static void run_think(command_call *call) {
    cJSON *params = command_session_params(call);
    bool shows = *call->argument == '\0';
    if (!shows && !is_name(call->argument)) {
        cJSON_Delete(params);
        command_answer_word(call, WORD_SESSION_NOT_A_LEVEL);
        return;
    }
    if (!shows)
        add_choice(params, "thinkingLevel", call->argument);
    command_ask(call, &(command_question){.method = shows ? "sessions.describe" : "sessions.patch",
                                          .params = params,
                                          .slow = !shows,
                                          .fn = shows ? on_level : on_level_set});
}

// --- beginning anew, compacting ---

static void on_new(command_call *call, const cJSON *payload) {
    (void)payload;
    command_changed(call, WORD_SESSION_NEW_YOU, WORD_SESSION_NEW_BY, NULL);
}

static void run_new(command_call *call) {
    cJSON *params = command_session_params(call);
    json_add_string(params, "reason", "new");
    command_ask(
        call, &(command_question){
                  .method = "sessions.reset", .params = params, .control = true, .slow = true, .fn = on_new});
}

static void on_compacted(command_call *call, const cJSON *payload) {
    bool did = json_bool(payload, "compacted", true);
    if (did)
        command_changed(call, WORD_SESSION_COMPACTED_YOU, WORD_SESSION_COMPACTED_BY, NULL);
    else
        command_answer_word(call, WORD_SESSION_NOTHING_TO_COMPACT);
}

static void run_compact(command_call *call) {
    command_ask(call, &(command_question){.method = "sessions.compact",
                                          .params = command_session_params(call),
                                          .control = true,
                                          .slow = true,
                                          .fn = on_compacted});
}

// --- stopping ---

static void on_aborted(command_call *call, const cJSON *payload) {
    command_answer_word(call, json_bool(payload, "aborted", false) ? WORD_SESSION_STOPPED
                                                                   : WORD_SESSION_NOT_AT_WORK);
}

static void run_stop(command_call *call) {
    const command_world *w = call->world;
    if (w->stop != NULL && w->stop(w->ctx, call->place) > 0) {
        command_answer_word(call, WORD_SESSION_STOPPED);
        return;
    }
    cJSON *params = json_new_object(); // perhaps a run that others began
    char *key = place_session_key(call->place);
    json_add_string(params, "sessionKey", key);
    free(key);
    command_ask(call, &(command_question){.method = "chat.abort", .params = params, .fn = on_aborted});
}

static const command_row ROWS[] = {
    {.path = "status",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_STATUS,
     .right = COMMAND_FOR_TALKERS | COMMAND_FOR_ADMINS,
     .placed = true,
     .native = true,
     .run = run_status},
    {.path = "model",
     .argument = "[model]",
     .argument_help = WORD_COMMAND_MODEL_ARGUMENT,
     .help = WORD_COMMAND_MODEL,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .list = "models",
     .run = run_model},
    {.path = "models",
     .argument = "[provider]",
     .argument_help = WORD_COMMAND_MODELS_ARGUMENT,
     .help = WORD_COMMAND_MODELS,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .list = "providers",
     .run = run_models},
    {.path = "new",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_NEW,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .run = run_new},
    {.path = "think",
     .argument = "[level]",
     .argument_help = WORD_COMMAND_THINK_ARGUMENT,
     .help = WORD_COMMAND_THINK,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .list = "levels",
     .run = run_think},
    {.path = "stop",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_STOP,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .run = run_stop},
    {.path = "compact",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_COMPACT,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .run = run_compact},
};
const command_rows command_rows_session = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
