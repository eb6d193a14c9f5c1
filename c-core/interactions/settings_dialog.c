// SPDX-License-Identifier: Apache-2.0
#include "interactions/settings_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/foreign_text.h"

#include <stdlib.h>
#include <string.h>

enum { ERROR_RUNES = 300 };

// --- asking the gateway ---

typedef struct asking {
    settings_asked_fn *fn;
    void *ctx;
    loop_timer limit;
} asking;

static void answered(void *ctx, const request_reply *reply) {
    asking *a = ctx;
    settings_asked_fn *fn = a->fn;
    void *fn_ctx = a->ctx;
    loop_timer_cancel(&a->limit);
    free(a);
    fn(fn_ctx, reply);
}

static void on_forgotten(void *ctx) {
    answered(ctx, &(request_reply){.err = OC_ECLOSED});
}

bool settings_gateway_there(const bot_place *p) {
    return p->account->config != NULL && p->account->gateway != NULL &&
           gateway_get_status(p->account->gateway).state == GATEWAY_READY;
}

void settings_ask(settings_dialog *d, const bot_place *p, const settings_question *q) {
    asking *a = xcalloc(1, sizeof *a);
    *a = (asking){.fn = q->fn, .ctx = q->ctx};
    if (!settings_gateway_there(p)) {
        cJSON_Delete(q->params);
        on_forgotten(a);
        return;
    }
    loop_timer_set(d->loop, &a->limit, q->limit_ms + SETTINGS_FORGOTTEN_MS, on_forgotten, a);
    if (gateway_call(p->account->gateway, q->method, q->params, q->limit_ms, answered, a) == NULL)
        on_forgotten(a);
}

cJSON *settings_session_params(const bot_place *p) {
    cJSON *params = json_new_object();
    char *key = place_session_key(p);
    json_add_string(params, "key", key);
    free(key);
    return params;
}

char *settings_failure(words_lang lang, const char *front, const request_reply *reply) {
    if (reply->err == OC_ETIMEOUT)
        return xasprintf("%s%s", front, words_text(lang, WORD_SETTINGS_TIMEOUT));
    if (reply->err != OC_EREMOTE)
        return xasprintf("%s%s", front, words_text(lang, WORD_SETTINGS_GATEWAY_AWAY));
    char *said = foreign_line(json_text(reply->error, "message"), ERROR_RUNES);
    char *refused = words_fill(lang, WORD_ASK_REFUSED, "said", said, NULL);
    char *text = xasprintf("%s%s", front, refused);
    free(refused);
    free(said);
    return text;
}

// --- what there is ---

static bool may_widen(const bot_place *p, bool admin) {
    bool own = p->kind == CHAT_DIRECT && p->account->config->dm_scope != DM_SCOPE_MAIN;
    return admin || p->owner || own;
}

settings_modes settings_read(settings_dialog *d, const bot_place *p, bool admin, const cJSON *session,
                             cJSON **now) {
    char *conversation = place_conversation(p);
    talk_setting own = talk_settings_own(d->talk, p->account->id, conversation),
                 around = talk_settings_around(d->talk, p->account->id, conversation);
    settings_modes modes = settings_modes_of(
        &own, &around,
        account_permission(p->account->config, p->kind == CHAT_DIRECT, p->channel_id, p->user_id),
        may_widen(p, admin));
    *now = settings_now(session, &own, &modes);
    free(conversation);
    return modes;
}

// --- opening ---

typedef enum opening_state {
    OPENING_SESSION, // what the conversation has is asked
    OPENING_MODELS,  // which models there are
    OPENING_DIALOG,  // the dialog is on its way
    OPENING_DONE,
} opening_state;

typedef struct opening {
    settings_dialog *dialog;
    opening_state state;
    const bot_place *place;
    bool admin;
    words_lang lang; // of who asks
    char *trigger_id;
    cJSON *session, *models; // NULL: none
    settings_opened_fn *fn;
    void *ctx;
} opening;

static void move(opening *o, opening_state to);

static void end(opening *o, const char *failure) {
    move(o, OPENING_DONE);
    o->fn(o->ctx, failure);
    cJSON_Delete(o->session);
    cJSON_Delete(o->models);
    free(o->trigger_id);
    free(o);
}

static void end_for(opening *o, const request_reply *reply) {
    char *text = settings_failure(o->lang, "", reply);
    end(o, text);
    free(text);
}

static void on_session(void *ctx, const request_reply *reply) {
    opening *o = ctx;
    if (reply->err != OC_OK) {
        end_for(o, reply);
        return;
    }
    o->session = cJSON_Duplicate(json_get(reply->payload, "session"), true);
    move(o, OPENING_MODELS);
}

static void on_models(void *ctx, const request_reply *reply) {
    opening *o = ctx;
    if (reply->err != OC_OK) {
        end_for(o, reply);
        return;
    }
    o->models = cJSON_Duplicate(json_array(reply->payload, "models"), true);
    move(o, OPENING_DIALOG);
}

static void on_opened(void *ctx, oc_err err, const char *message) {
    opening *o = ctx;
    (void)message; // the log has it
    end(o, err == OC_OK ? NULL : words_text(o->lang, WORD_SETTINGS_NOT_OPENED));
}

static void show(opening *o) {
    settings_dialog *d = o->dialog;
    const bot_place *p = o->place;
    if (p->account->config == NULL) {
        end(o, words_text(o->lang, WORD_SETTINGS_JUST_CHANGED));
        return;
    }
    cJSON *now = NULL, *data = json_new_object();
    settings_modes modes = settings_read(d, p, o->admin, o->session, &now);
    settings_form *form = settings_form_make(o->lang, o->session, o->models, now, &modes);
    json_add_string(data, "root", p->root_id);
    json_add(data, "had", now);
    dialog made = {.kind = SETTINGS_KIND,
                   .account_id = p->account->id,
                   .channel_id = p->channel_id,
                   .bot_user_id = p->account->bot_user_id,
                   .user_id = p->user_id,
                   .trigger_id = o->trigger_id,
                   .title = words_text(o->lang, WORD_SETTINGS_TITLE),
                   .introduction = words_text(o->lang, WORD_SETTINGS_INTRODUCTION),
                   .submit_label = words_text(o->lang, WORD_SETTINGS_SAVE),
                   .data = data};
    made.elements = settings_form_elements(form, &made.count);
    dialogs_open(d->buttons, &made, on_opened, o);
    settings_form_free(form);
    cJSON_Delete(data);
}

static void ask(opening *o, const char *method, cJSON *params, settings_asked_fn *fn) {
    settings_ask(o->dialog, o->place,
                 &(settings_question){
                     .method = method, .params = params, .limit_ms = SETTINGS_READ_MS, .fn = fn, .ctx = o});
}

static void move(opening *o, opening_state to) {
    o->state = to;
    switch (to) {
    case OPENING_SESSION:
        ask(o, "sessions.describe", settings_session_params(o->place), on_session);
        break;
    case OPENING_MODELS:
        ask(o, "models.list", json_new_object(), on_models);
        break;
    case OPENING_DIALOG:
        show(o);
        break;
    case OPENING_DONE:
        break;
    }
}

void settings_dialog_open(settings_dialog *d, const settings_asker *who, settings_opened_fn *fn, void *ctx) {
    opening *o = xcalloc(1, sizeof *o);
    *o = (opening){.dialog = d,
                   .place = who->place,
                   .admin = who->admin,
                   .lang = chat_lang(d->places.chat, who->place->user_id),
                   .trigger_id = xstrdup(who->trigger_id),
                   .fn = fn,
                   .ctx = ctx};
    move(o, OPENING_SESSION);
}

settings_dialog *settings_dialog_create(loop *l, buttons *b, const place_world *places, talk_settings *talk) {
    settings_dialog *d = xcalloc(1, sizeof *d);
    *d = (settings_dialog){.loop = l, .buttons = b, .places = *places, .talk = talk};
    dialogs_register(b, &(dialog_kind){.name = SETTINGS_KIND, .submitted = settings_submitted, .ctx = d});
    return d;
}

void settings_dialog_destroy(settings_dialog *d) {
    free(d);
}
