// SPDX-License-Identifier: Apache-2.0
#include "interactions/command_status.h"

#include "base/buf.h"
#include "base/mem.h"
#include "gateway/control.h"
#include "interactions/command_gateway.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 12000, NAME_MAX_RUNES = 120, LEVELS_MAX = 12 };

char *command_model_name(words_lang lang, const cJSON *session) {
    const char *model = json_text(session, "model");
    if (*model == '\0')
        return xstrdup(words_text(lang, WORD_STATUS_MODEL_USUAL));
    char *whole = xasprintf("%s/%s", json_text(session, "modelProvider"), model);
    char *name = command_quote(whole, NAME_MAX_RUNES);
    char *text = xasprintf("`%s`", name);
    free(name);
    free(whole);
    return text;
}

char *command_level_name(words_lang lang, const cJSON *session) {
    bool own = *json_text(session, "thinkingLevel") != '\0';
    const char *level = json_text(session, own ? "thinkingLevel" : "thinkingDefault");
    if (*level == '\0')
        return xstrdup(words_text(lang, WORD_STATUS_LEVEL_USUAL));
    char *name = command_quote(level, NAME_MAX_RUNES);
    char *text =
        own ? xasprintf("`%s`", name) : words_fill(lang, WORD_STATUS_LEVEL_OF_MODEL, "level", name, NULL);
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

// --- lines ---

typedef struct page {
    words_lang lang;
    buf out;
    oc_err err; // what does not fit is left out
} page;

static void add(page *p, const char *front, const char *text, const char *end) {
    if (p->err == OC_OK)
        p->err = buf_printf(&p->out, "%s%s%s", front, text, end);
}

// A line of a list; text is taken.
static void add_item(page *p, char *text) {
    add(p, "- ", text, "\n");
    free(text);
}

// --- the conversation ---

static void add_usage(page *p, const cJSON *session) {
    int64_t used = json_int(session, "totalTokens", -1), room = json_int(session, "contextTokens", -1);
    if (used >= 0 && room > 0)
        add_item(p, words_fill(p->lang, WORD_STATUS_CONTEXT_OF, "used", WORDS_NUMBER(used), "room",
                               WORDS_NUMBER(room), "percent", WORDS_NUMBER(used * 100 / room), NULL));
    else if (used >= 0)
        add_item(p, words_fill(p->lang, WORD_STATUS_CONTEXT, "used", WORDS_NUMBER(used), NULL));
    const cJSON *cost = json_get(session, "estimatedCostUsd");
    if (!cJSON_IsNumber(cost) || cost->valuedouble <= 0)
        return;
    char *dollars = xasprintf("%.4f", cost->valuedouble);
    add_item(p, words_fill(p->lang, WORD_STATUS_COST, "cost", dollars, NULL));
    free(dollars);
}

static void add_session(page *p, const command_call *call, const cJSON *session) {
    char *key = place_session_key(call->place), *model = command_model_name(p->lang, session),
         *level = command_level_name(p->lang, session),
         *state = command_quote(json_text(session, "status"), 40);
    char *head =
        words_fill(p->lang, WORD_STATUS_CONVERSATION, "bot", call->place->account->bot_username, NULL);
    add(p, "", head, "\n");
    if (session == NULL) {
        add(p, "- ", words_text(p->lang, WORD_STATUS_NOTHING_SAID), "\n");
    } else {
        add_item(p, words_fill(p->lang, WORD_STATUS_MODEL, "model", model, NULL));
        add_item(p, words_fill(p->lang, WORD_STATUS_THINKING, "level", level, NULL));
    }
    if (*state != '\0')
        add_item(p, words_fill(p->lang, WORD_STATUS_LAST_RUN, "state", state, NULL));
    add_usage(p, session);
    add_item(p, words_fill(p->lang, WORD_STATUS_SESSION, "session", key, NULL));
    free(head);
    free(state);
    free(level);
    free(model);
    free(key);
}

static void add_gateway(page *p, const gateway *g) {
    const gateway_status s = gateway_get_status(g);
    if (s.state != GATEWAY_READY) {
        add(p, "- ", words_text(p->lang, WORD_STATUS_GATEWAY_AWAY), "\n");
        return;
    }
    char *version = command_quote(s.server_version, 40);
    add_item(p, words_fill(p->lang, WORD_STATUS_GATEWAY, "version", version, NULL));
    free(version);
}

// --- the plugin, for administrators ---

// How it is with an account's gateway; the caller frees it.
static char *account_state(words_lang lang, const account *a) {
    if (a->gateway == NULL)
        return xstrdup(words_text(lang, WORD_STATUS_NO_GATEWAY));
    const gateway_status s = gateway_get_status(a->gateway);
    if (s.state != GATEWAY_READY) {
        char *why = command_gateway_trouble(lang, &s);
        char *text = xasprintf("%s. %s", gateway_state_name(s.state), why);
        free(why);
        return text;
    }
    char *why = control_why_not(a->control);
    char *text = why == NULL
                     ? words_fill(lang, WORD_STATUS_CONNECTED_CONTROL, "version", s.server_version, NULL)
                     : words_fill(lang, WORD_STATUS_CONNECTED, "version", s.server_version, "why", why, NULL);
    free(why);
    return text;
}

static void add_account(page *p, const account *a) {
    char *state = account_state(p->lang, a);
    add_item(p, words_fill(p->lang, WORD_STATUS_ACCOUNT, "bot", a->bot_username, "account", a->id, "state",
                           state, NULL));
    free(state);
}

static void add_plugin(page *p, const command_world *w) {
    char *head = words_fill(p->lang, WORD_STATUS_PLUGIN, "version", OPENCLAW_VERSION, NULL);
    add(p, p->out.len > 0 ? "\n" : "", head, "\n");
    free(head);
    const account *a;
    size_t i = 0;
    for (; (a = w->place.account(w->place.ctx, i)) != NULL; i++)
        add_account(p, a);
    if (i == 0)
        add(p, "- ", words_text(p->lang, WORD_STATUS_NO_BOT), "\n");
    add(p, "\n", words_text(p->lang, WORD_STATUS_DOCTOR), "\n");
}

char *command_status_text(const command_call *call, const cJSON *session) {
    page p = {.lang = call->person.lang};
    buf_init(&p.out, TEXT_MAX_BYTES);
    if ((call->roles & COMMAND_FOR_TALKERS) != 0 && call->place != NULL) {
        add_session(&p, call, session);
        if (call->place->account->gateway != NULL)
            add_gateway(&p, call->place->account->gateway);
    }
    if ((call->roles & COMMAND_FOR_ADMINS) != 0)
        add_plugin(&p, call->world);
    return buf_take_str(&p.out);
}
