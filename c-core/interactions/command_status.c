// SPDX-License-Identifier: Apache-2.0
#include "interactions/command_status.h"

#include "base/buf.h"
#include "base/mem.h"
#include "gateway/control.h"
#include "interactions/command_gateway.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 12000, NAME_MAX_RUNES = 120, LEVELS_MAX = 12 };

char *command_model_name(const cJSON *session) {
    const char *model = json_text(session, "model");
    if (*model == '\0')
        return xstrdup("the agent's usual model");
    char *whole = xasprintf("%s/%s", json_text(session, "modelProvider"), model);
    char *name = command_quote(whole, NAME_MAX_RUNES);
    char *text = xasprintf("`%s`", name);
    free(name);
    free(whole);
    return text;
}

char *command_level_name(const cJSON *session) {
    bool own = *json_text(session, "thinkingLevel") != '\0';
    const char *level = json_text(session, own ? "thinkingLevel" : "thinkingDefault");
    if (*level == '\0')
        return xstrdup("the model's usual level");
    char *name = command_quote(level, NAME_MAX_RUNES);
    char *text = xasprintf("`%s`%s", name, own ? "" : " (the model's usual level)");
    free(name);
    return text;
}

char *command_level_names(const cJSON *session) {
    const cJSON *level = NULL;
    int count = 0;
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    oc_err err = OC_OK;
    cJSON_ArrayForEach(level, json_array(session, "thinkingLevels")) {
        if (err != OC_OK || count == LEVELS_MAX)
            break;
        char *name = command_quote(json_text(level, "id"), NAME_MAX_RUNES);
        err = buf_printf(&out, "%s`%s`", count++ > 0 ? ", " : "", name);
        free(name);
    }
    return buf_take_str(&out);
}

// --- the conversation ---

static oc_err add_usage(buf *out, const cJSON *session) {
    int64_t used = json_int(session, "totalTokens", -1), room = json_int(session, "contextTokens", -1);
    oc_err err = OC_OK;
    if (used >= 0 && room > 0)
        err = buf_printf(out, "- Context: %lld of %lld tokens (%lld %%)\n", (long long)used, (long long)room,
                         (long long)(used * 100 / room));
    else if (used >= 0)
        err = buf_printf(out, "- Context: %lld tokens\n", (long long)used);
    const cJSON *cost = json_get(session, "estimatedCostUsd");
    if (err == OC_OK && cJSON_IsNumber(cost) && cost->valuedouble > 0)
        err = buf_printf(out, "- Cost so far: about $%.4f\n", cost->valuedouble);
    return err;
}

static oc_err add_session(buf *out, const command_call *call, const cJSON *session) {
    char *key = place_session_key(call->place), *model = command_model_name(session),
         *level = command_level_name(session), *state = command_quote(json_text(session, "status"), 40);
    oc_err err = buf_printf(out, "**The conversation here** (`@%s`)\n", call->place->account->bot_username);
    if (err == OC_OK && session == NULL)
        err = buf_append_str(out, "- Nothing was said yet.\n");
    if (err == OC_OK && session != NULL)
        err = buf_printf(out, "- Model: %s\n- Thinking: %s\n", model, level);
    if (err == OC_OK && *state != '\0')
        err = buf_printf(out, "- Last run: %s\n", state);
    if (err == OC_OK)
        err = add_usage(out, session);
    if (err == OC_OK)
        err = buf_printf(out, "- Session: `%s`\n", key);
    free(state);
    free(level);
    free(model);
    free(key);
    return err;
}

static oc_err add_gateway(buf *out, const gateway *g) {
    const gateway_status s = gateway_get_status(g);
    if (s.state == GATEWAY_READY) {
        char *version = command_quote(s.server_version, 40);
        oc_err err = buf_printf(out, "- Gateway: connected, OpenClaw %s\n", version);
        free(version);
        return err;
    }
    return buf_append_str(out, "- Gateway: not connected\n");
}

// --- the plugin, for administrators ---

static oc_err add_account(buf *out, const account *a) {
    oc_err err = buf_printf(out, "- `@%s` (account `%s`): ", a->bot_username, a->id);
    if (a->gateway == NULL)
        return err == OC_OK ? buf_append_str(out, "has no gateway\n") : err;
    const gateway_status s = gateway_get_status(a->gateway);
    char *why = control_why_not(a->control);
    if (err == OC_OK && s.state == GATEWAY_READY)
        err = buf_printf(out, "connected to OpenClaw %s%s%s\n", s.server_version,
                         why == NULL ? ", also with administrator's rights" : "; no administrator's rights: ",
                         why == NULL ? "" : why);
    else if (err == OC_OK)
        err = buf_printf(out, "%s. %s%s%s%s\n", gateway_state_name(s.state), s.sentence,
                         *s.command != '\0' ? " Run `" : "", s.command, *s.command != '\0' ? "`." : "");
    free(why);
    return err;
}

static oc_err add_plugin(buf *out, const command_world *w) {
    oc_err err =
        buf_printf(out, "%s**The plugin**, version %s\n", out->len > 0 ? "\n" : "", OPENCLAW_VERSION);
    const account *a;
    size_t i = 0;
    for (; err == OC_OK && (a = w->place.account(w->place.ctx, i)) != NULL; i++)
        err = add_account(out, a);
    if (err == OC_OK && i == 0)
        err = buf_append_str(
            out, "- No bot is at work: the settings cannot be used, or the server gave no bot user.\n");
    if (err == OC_OK)
        err = buf_append_str(out, "\n`/openclaw doctor` looks for what is wrong.\n");
    return err;
}

char *command_status_text(const command_call *call, const cJSON *session) {
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    oc_err err = OC_OK;
    if ((call->roles & COMMAND_FOR_TALKERS) != 0 && call->place != NULL) {
        err = add_session(&out, call, session);
        if (err == OC_OK && call->place->account->gateway != NULL)
            err = add_gateway(&out, call->place->account->gateway);
    }
    if (err == OC_OK && (call->roles & COMMAND_FOR_ADMINS) != 0)
        err = add_plugin(&out, call->world);
    (void)err; // what does not fit is left out
    return buf_take_str(&out);
}
