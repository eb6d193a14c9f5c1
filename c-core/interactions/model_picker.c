// SPDX-License-Identifier: Apache-2.0
#include "interactions/model_picker.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "gateway/requests.h"
#include "interactions/foreign_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    CALL_MS = 900,   // two calls and the way back come within two seconds
    GUARD_MS = 3000, // a gateway that is removed forgets its requests
    ERROR_RUNES = 300,
    LIVES_MS = 3600 * 1000,
};
static const char KIND[] = "picker";

struct model_picker {
    loop *loop;
    buttons *buttons;
    place_world places;
};

typedef enum job_state {
    JOB_PLACE,    // of a click: who answers there, and may the person
    JOB_SESSION,  // the conversation's model is asked for
    JOB_MODELS,   // what there is
    JOB_CHOOSING, // the conversation gets the model that was clicked
    JOB_MAKING,   // the page's buttons are made
    JOB_DONE,
} job_state;

// A page on its way, for a command (fn) or a click (ticket).
typedef struct job {
    model_picker *picker;
    job_state state;
    account *account; // held
    char *session_key, *user_id, *channel_id, *root_id;
    picker_at at;
    char *current; // "provider/model"
    picker_view *view;
    model_picker_fn *fn;
    void *ctx;
    click_ticket *ticket;
    words_lang lang; // of the person
    loop_timer guard;
} job;

static void move(job *j, job_state to);

static void job_free(job *j) {
    loop_timer_cancel(&j->guard);
    account_release(j->account);
    picker_at_free(&j->at);
    picker_view_free(j->view);
    free(j->session_key);
    free(j->user_id);
    free(j->channel_id);
    free(j->root_id);
    free(j->current);
    free(j);
}

static void end_with(job *j, const char *failure) {
    j->state = JOB_DONE;
    if (j->ticket != NULL)
        buttons_answer(j->ticket, &(button_result){.ephemeral_text = failure, .undo = true});
    else
        j->fn(j->ctx, failure, NULL, NULL);
    job_free(j);
}

static void end_with_word(job *j, words_key key) {
    end_with(j, words_text(j->lang, key));
}

static void on_guard(void *ctx) {
    end_with_word(ctx, WORD_PICKER_NO_ANSWER);
}

static void end_for(job *j, const request_reply *reply) {
    char *said = foreign_line(json_text(reply->error, "message"), ERROR_RUNES);
    char *text = reply->err == OC_EREMOTE ? words_fill(j->lang, WORD_ASK_REFUSED, "said", said, NULL)
                                          : xstrdup(words_text(j->lang, WORD_PICKER_NO_ANSWER));
    end_with(j, text);
    free(text);
    free(said);
}

// --- the gateway ---

static void call(job *j, const char *method, cJSON *params, request_fn *fn) {
    gateway *g = j->account->gateway;
    loop_timer_set(j->picker->loop, &j->guard, GUARD_MS, on_guard, j);
    if (g == NULL || gateway_call(g, method, params, CALL_MS, fn, j) == NULL) {
        if (g == NULL)
            cJSON_Delete(params);
        end_with_word(j, WORD_SETTINGS_GATEWAY_AWAY);
    }
}

static cJSON *session_params(const job *j) {
    cJSON *params = json_new_object();
    json_add_string(params, "key", j->session_key);
    return params;
}

static void on_session(void *ctx, const request_reply *reply) {
    job *j = ctx;
    loop_timer_cancel(&j->guard);
    if (reply->err != OC_OK) {
        end_for(j, reply);
        return;
    }
    const cJSON *session = json_get(reply->payload, "session");
    const char *model = json_text(session, "model");
    free(j->current);
    j->current =
        *model != '\0' ? xasprintf("%s/%s", json_text(session, "modelProvider"), model) : xstrdup("");
    move(j, JOB_MODELS);
}

static bool lacks_provider(const job *j, const cJSON *models) {
    const cJSON *one = NULL;
    if (j->fn == NULL || j->at.page != PICKER_MODELS)
        return false;
    cJSON_ArrayForEach(one, models) {
        if (strcasecmp(json_text(one, "provider"), j->at.provider) == 0)
            return false;
    }
    return true;
}

static void on_models(void *ctx, const request_reply *reply) {
    job *j = ctx;
    loop_timer_cancel(&j->guard);
    if (reply->err != OC_OK) {
        end_for(j, reply);
        return;
    }
    const cJSON *models = json_array(reply->payload, "models");
    if (j->at.page == PICKER_SELECT && !picker_has(models, j->at.provider, j->at.model)) {
        end_with_word(j, WORD_PICKER_NOT_AVAILABLE);
    } else if (j->at.page == PICKER_SELECT) {
        move(j, JOB_CHOOSING);
    } else if (lacks_provider(j, models)) {
        end_with(j, NULL);
    } else {
        j->view = picker_view_of(j->lang, models, j->current, &j->at);
        move(j, JOB_MAKING);
    }
}

static void on_chosen(void *ctx, const request_reply *reply) {
    job *j = ctx;
    loop_timer_cancel(&j->guard);
    if (reply->err != OC_OK) {
        end_for(j, reply);
        return;
    }
    char *name = xasprintf("%s/%s", j->at.provider, j->at.model), *line = foreign_line(name, ERROR_RUNES);
    char *text = words_fill(j->lang, WORD_PICKER_CHOSEN, "model", line, NULL);
    log_info("a model was chosen", "user", j->user_id, "account", j->account->id, "model", name);
    j->state = JOB_DONE;
    buttons_answer(j->ticket,
                   &(button_result){.message = text, .chosen = words_text(j->lang, WORD_PICKER_GOES_BACK)});
    free(text);
    free(line);
    free(name);
    job_free(j);
}

static cJSON *choosing_params(const job *j) {
    cJSON *params = session_params(j);
    char *model = xasprintf("%s/%s", j->at.provider, j->at.model);
    json_add_string(params, "model", model);
    free(model);
    return params;
}

// --- the page ---

static void on_made(void *ctx, oc_err err, const char *nonce, const cJSON *attachment) {
    job *j = ctx;
    (void)nonce;
    if (err != OC_OK) {
        end_with_word(j, WORD_BUTTON_TROUBLE);
        return;
    }
    j->state = JOB_DONE;
    if (j->ticket != NULL) {
        buttons_answer(j->ticket, &(button_result){.message = j->view->text, .attachment = attachment});
    } else {
        cJSON *props = json_new_object();
        json_push(json_add_array(props, "attachments"), cJSON_Duplicate(attachment, 1));
        j->fn(j->ctx, NULL, j->view->text, props);
        cJSON_Delete(props);
    }
    job_free(j);
}

static void make(job *j) {
    button_action actions[PICKER_BUTTONS_MAX];
    const char *const users[] = {j->user_id, NULL};
    for (size_t i = 0; i < j->view->count; i++) {
        const picker_button *b = &j->view->buttons[i];
        actions[i] = (button_action){.id = b->value,
                                     .label = b->label,
                                     .value = b->value,
                                     .style = b->primary ? "primary" : "default"};
    }
    cJSON *data = json_new_object();
    json_add_string(data, "root", j->root_id);
    // Bound to no post: the next page may stand in another one than this (chat_update_ephemeral).
    button_set set = {.kind = KIND,
                      .data = data,
                      .account_id = j->account->id,
                      .bot_user_id = j->account->bot_user_id,
                      .channel_id = j->channel_id,
                      .actions = actions,
                      .count = j->view->count,
                      .user_ids = users,
                      .ephemeral_root_id = j->root_id,
                      .lives_ms = LIVES_MS};
    buttons_make(j->picker->buttons, &set, on_made, j);
    cJSON_Delete(data);
}

// --- from a click ---

static void begin(job *j, const bot_place *place) {
    j->account = account_hold(place->account);
    j->session_key = place_session_key(place);
    j->current = xstrdup("");
    move(j, JOB_SESSION);
}

static void on_place(void *ctx, place_verdict verdict, bot_place *place) {
    job *j = ctx;
    if (verdict == PLACE_FOUND && place->allowed)
        begin(j, place);
    else
        end_with(j, place_sentence(j->lang, verdict, place));
    place_free(place);
}

static job *job_create(model_picker *p, const char *user_id, const char *channel_id, const char *root_id) {
    job *j = xcalloc(1, sizeof *j);
    *j = (job){.picker = p,
               .user_id = xstrdup(user_id),
               .channel_id = xstrdup(channel_id),
               .root_id = xstrdup(root_id),
               .lang = chat_lang(p->places.chat, user_id),
               .at = {.number = 1}};
    return j;
}

static void clicked(void *ctx, const button_click *click, click_ticket *ticket) {
    model_picker *p = ctx;
    job *j = job_create(p, click->by->id, click->channel_id, json_text(click->data, "root"));
    j->ticket = ticket;
    if (!picker_read(click->value, &j->at)) {
        end_with_word(j, WORD_BUTTON_GONE);
        return;
    }
    place_request request = {.user_id = click->by->id,
                             .channel_id = click->channel_id,
                             .root_id = j->root_id,
                             .bot = click->account_id};
    place_find(&p->places, &request, on_place, j);
}

static void move(job *j, job_state to) {
    j->state = to;
    switch (to) {
    case JOB_SESSION:
        call(j, "sessions.describe", session_params(j), on_session);
        break;
    case JOB_MODELS:
        call(j, "models.list", json_new_object(), on_models);
        break;
    case JOB_CHOOSING:
        call(j, "sessions.patch", choosing_params(j), on_chosen);
        break;
    case JOB_MAKING:
        make(j);
        break;
    case JOB_PLACE:
    case JOB_DONE:
        break;
    }
}

void model_picker_open(model_picker *p, const bot_place *place, const picker_at *at, model_picker_fn *fn,
                       void *ctx) {
    job *j = job_create(p, place->user_id, place->channel_id, place->root_id);
    j->fn = fn;
    j->ctx = ctx;
    j->at = (picker_at){.page = at->page,
                        .number = at->number,
                        .provider = at->provider != NULL ? xstrdup(at->provider) : NULL};
    begin(j, place);
}

model_picker *model_picker_create(loop *l, buttons *b, const place_world *places) {
    model_picker *p = xcalloc(1, sizeof *p);
    *p = (model_picker){.loop = l, .buttons = b, .places = *places};
    buttons_register(b, &(button_kind){.name = KIND, .clicked = clicked, .ctx = p});
    return p;
}

void model_picker_destroy(model_picker *p) {
    free(p);
}
