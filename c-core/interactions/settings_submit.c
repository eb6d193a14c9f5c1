// SPDX-License-Identifier: Apache-2.0
// A settings dialog that was sent. Rights are looked at anew, and what is set by now: only what the person changed and what is
// not so already is set, each for itself, so that what fails is told by its field and may be sent again.
#include "interactions/settings_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/audit.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 4000 };

typedef enum sending_state {
    SENDING_PLACE,    // who answers there now, and may the person
    SENDING_SESSION,  // what is set by now
    SENDING_MODEL,    // the gateway sets the model …
    SENDING_THINKING, // … and the thinking level, which the model must know
    SENDING_OURS,     // what the gateway does not know is stored
    SENDING_TELLING,  // everybody there is told
    SENDING_DONE,
} sending_state;

typedef struct sending {
    settings_dialog *dialog;
    sending_state state;
    const dialog_submission *sent; // until the ticket is answered
    dialog_ticket *ticket;
    bot_place *place; // ours
    settings_modes modes;
    cJSON *now;
    cJSON *errors;   // by field; NULL: none
    cJSON *changed;  // array of fields' names
    words_lang lang; // of who sent it
    bool lost;       // the gateway says nothing any more
    char *text;      // for everybody
} sending;

static void move(sending *s, sending_state to);

// --- the end ---

static void release(sending *s) {
    place_free(s->place);
    cJSON_Delete(s->now);
    cJSON_Delete(s->errors);
    cJSON_Delete(s->changed);
    free(s->text);
    free(s);
}

static void accept(sending *s, const char *text) {
    move(s, SENDING_DONE);
    dialogs_accept(s->ticket, text);
    release(s);
}

static void fault(sending *s, const char *text) {
    move(s, SENDING_DONE);
    dialogs_fault(s->ticket, text, s->errors);
    release(s);
}

static const char *wanted(const sending *s, const char *name) {
    return settings_changed(json_get(s->sent->data, "had"), s->now, s->sent->values, name);
}

static char *list_of_changes(const sending *s, words_lang lang) {
    buf out;
    const cJSON *one = NULL;
    buf_init(&out, TEXT_MAX_BYTES);
    oc_err err = OC_OK;
    cJSON_ArrayForEach(one, s->changed) {
        char *words = settings_words(lang, one->valuestring, wanted(s, one->valuestring));
        if (err == OC_OK)
            err = buf_printf(&out, "%s%s", out.len > 0 ? ", " : "", words);
        free(words);
    }
    (void)err; // four short texts always fit
    return buf_take_str(&out);
}

static void finish(sending *s) {
    char *list = list_of_changes(s, s->lang), *text = NULL;
    bool some = *list != '\0';
    if (s->errors != NULL) {
        text = some ? words_fill(s->lang, WORD_SETTINGS_SOME_FAILED, "list", list, NULL)
                    : xstrdup(words_text(s->lang, WORD_SETTINGS_FAILED));
        fault(s, text);
    } else {
        text = words_fill(s->lang, WORD_SETTINGS_CHANGED_YOU, "list", list, NULL);
        accept(s, !some                           ? words_text(s->lang, WORD_SETTINGS_NOTHING_CHANGED)
                  : s->place->kind == CHAT_DIRECT ? text
                                                  : NULL);
    }
    free(text);
    free(list);
}

static void on_told(void *ctx, const chat_error *error, const chat_post *post) {
    sending *s = ctx;
    (void)post;
    if (error->err != OC_OK)
        log_warn("changed settings could not be told to the channel", "channel_id", s->place->channel_id,
                 "error", error->message);
    finish(s);
}

// In a direct message the person is told, which finish does.
static void tell(sending *s) {
    const bot_place *p = s->place;
    if (p->kind == CHAT_DIRECT || cJSON_GetArraySize(s->changed) == 0) {
        finish(s);
        return;
    }
    words_lang lang = chat_server_lang(s->dialog->places.chat);
    char *list = list_of_changes(s, lang);
    s->text = words_fill(lang, WORD_SETTINGS_CHANGED_BY, "user", s->sent->by->username, "list", list, NULL);
    free(list);
    chat_create_post(s->dialog->places.chat,
                     &(chat_post){.user_id = p->account->bot_user_id,
                                  .channel_id = p->channel_id,
                                  .root_id = p->root_id,
                                  .message = s->text},
                     on_told, s);
}

// --- one field ---

static void note_error(sending *s, const char *name, const char *sentence) {
    char *text = words_fill(s->lang, WORD_SETTINGS_FIELD_FAULT, "field", settings_label(s->lang, name), "why",
                            sentence, NULL);
    if (s->errors == NULL)
        s->errors = json_new_object();
    json_add_string(s->errors, name, text);
    free(text);
}

static void note_change(sending *s, const char *name) {
    audit(s->dialog->places.chat, AUDIT_CONVERSATION_SET, s->sent->by->id, "", "account",
          s->place->account->id, "channel", s->place->channel_id, "setting", name, "value", wanted(s, name));
    json_push(s->changed, json_new_string(name));
}

// --- at the gateway ---

static void note_reply(sending *s, const char *name, const request_reply *reply) {
    if (reply->err == OC_OK) {
        note_change(s, name);
        return;
    }
    char *why = reply->err == OC_EREMOTE ? settings_failure(s->lang, "", reply)
                                         : xstrdup(words_text(s->lang, WORD_SETTINGS_UNANSWERED));
    s->lost = s->lost || reply->err != OC_EREMOTE;
    note_error(s, name, why);
    free(why);
}

static void on_model(void *ctx, const request_reply *reply) {
    note_reply(ctx, SETTINGS_MODEL, reply);
    move(ctx, SENDING_THINKING);
}

static void on_thinking(void *ctx, const request_reply *reply) {
    note_reply(ctx, SETTINGS_THINKING, reply);
    move(ctx, SENDING_OURS);
}

static void patch(sending *s, const char *name, const char *key, settings_asked_fn *fn, sending_state next) {
    const char *value = wanted(s, name);
    if (value == NULL || s->lost) {
        if (value != NULL)
            note_error(s, name, words_text(s->lang, WORD_SETTINGS_GATEWAY_LOST));
        move(s, next);
        return;
    }
    cJSON *params = settings_session_params(s->place);
    if (strcmp(value, "default") == 0)
        json_add(params, key, cJSON_CreateNull());
    else
        json_add_string(params, key, value);
    settings_ask(s->dialog, s->place,
                 &(settings_question){.method = "sessions.patch",
                                      .params = params,
                                      .limit_ms = SETTINGS_CHANGE_MS,
                                      .fn = fn,
                                      .ctx = s});
}

// --- ours ---

static void on_stored(void *ctx, bool stored) {
    static const char *const ours[] = {SETTINGS_VERBOSE, SETTINGS_PERMISSION};
    sending *s = ctx;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (wanted(s, ours[i]) == NULL || json_get(s->errors, ours[i]) != NULL)
            continue;
        if (stored)
            note_change(s, ours[i]);
        else
            note_error(s, ours[i], words_text(s->lang, WORD_SETTINGS_NOT_STORED));
    }
    move(s, SENDING_TELLING);
}

// Why this mode may not be chosen, or WORD_NONE.
static words_key mode_fault(const sending *s, const char *value) {
    int found = permission_mode_find(value);
    permission_mode mode = strcmp(value, "default") == 0 ? s->modes.usual : (permission_mode)found;
    if (found < 0 && strcmp(value, "default") != 0)
        return WORD_SETTINGS_NO_MODE;
    if (mode > s->modes.allowed)
        return WORD_SETTINGS_MODE_FORBIDDEN;
    return mode > s->modes.most ? WORD_SETTINGS_MODE_TOO_WIDE : WORD_NONE;
}

static void store(sending *s) {
    settings_dialog *d = s->dialog;
    const char *verbose = wanted(s, SETTINGS_VERBOSE), *mode = wanted(s, SETTINGS_PERMISSION);
    words_key why_not = mode != NULL ? mode_fault(s, mode) : WORD_NONE;
    if (why_not != WORD_NONE)
        note_error(s, SETTINGS_PERMISSION, words_text(s->lang, why_not));
    if (verbose == NULL && (mode == NULL || why_not != WORD_NONE)) {
        move(s, SENDING_TELLING);
        return;
    }
    char *conversation = place_conversation(s->place);
    talk_setting own = talk_settings_own(d->talk, s->place->account->id, conversation);
    int found = verbose != NULL ? talk_verbose_find(verbose) : (int)own.verbose; // -1: "default"
    own.verbose = found > 0 ? (talk_verbose)found : TALK_VERBOSE_UNSET;
    found = mode != NULL && why_not == WORD_NONE ? talk_permission_find(mode) : (int)own.permission;
    own.permission = found > 0 ? (talk_permission)found : TALK_PERMISSION_UNSET;
    talk_settings_put(d->talk, s->place->account->id, conversation, &own, on_stored, s);
    free(conversation);
}

// --- who, where, what is set ---

static void on_session(void *ctx, const request_reply *reply) {
    sending *s = ctx;
    if (reply->err != OC_OK || s->place->account->config == NULL) {
        char *front = xasprintf("%s ", words_text(s->lang, WORD_SETTINGS_NOTHING_CHANGED));
        char *text = settings_failure(s->lang, front, reply);
        fault(s, text);
        free(text);
        free(front);
        return;
    }
    s->modes =
        settings_read(s->dialog, s->place, s->sent->by->admin, json_get(reply->payload, "session"), &s->now);
    move(s, SENDING_MODEL);
}

static void on_place(void *ctx, place_verdict verdict, bot_place *p) {
    sending *s = ctx;
    s->place = p;
    if (verdict == PLACE_FOUND && p->allowed)
        move(s, SENDING_SESSION);
    else if (verdict == PLACE_FAILED || verdict == PLACE_NOT_READY)
        fault(s, place_sentence(s->lang, verdict, p));
    else
        accept(s, place_sentence(s->lang, verdict, p));
}

static void look(sending *s) {
    place_request request = {.user_id = s->sent->by->id,
                             .channel_id = s->sent->channel_id,
                             .root_id = json_text(s->sent->data, "root"),
                             .bot = s->sent->account_id};
    place_find(&s->dialog->places, &request, on_place, s);
}

static void describe(sending *s) {
    settings_ask(s->dialog, s->place,
                 &(settings_question){.method = "sessions.describe",
                                      .params = settings_session_params(s->place),
                                      .limit_ms = SETTINGS_READ_MS,
                                      .fn = on_session,
                                      .ctx = s});
}

static void move(sending *s, sending_state to) {
    s->state = to;
    switch (to) {
    case SENDING_PLACE:
        look(s);
        break;
    case SENDING_SESSION:
        describe(s);
        break;
    case SENDING_MODEL:
        patch(s, SETTINGS_MODEL, "model", on_model, SENDING_THINKING);
        break;
    case SENDING_THINKING:
        patch(s, SETTINGS_THINKING, "thinkingLevel", on_thinking, SENDING_OURS);
        break;
    case SENDING_OURS:
        store(s);
        break;
    case SENDING_TELLING:
        tell(s);
        break;
    case SENDING_DONE:
        break;
    }
}

void settings_submitted(void *ctx, const dialog_submission *submission, dialog_ticket *t) {
    sending *s = xcalloc(1, sizeof *s);
    *s = (sending){.dialog = ctx,
                   .sent = submission,
                   .ticket = t,
                   .lang = submission->by->lang,
                   .changed = json_new_array()};
    move(s, SENDING_PLACE);
}
