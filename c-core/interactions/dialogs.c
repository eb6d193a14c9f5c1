// SPDX-License-Identifier: Apache-2.0
// Opening a dialog, and what comes of what is entered into it: a state machine for each submission.
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/random.h"
#include "interactions/buttons_private.h"
#include "interactions/click.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

static const char SUBMIT_URL[] = "/plugins/openclaw" DIALOGS_SUBMIT_PATH;
enum { ANSWER_WITHIN_MS = 2000, LATE_MAX_BYTES = 4000, USE_ID_BYTES = 17, STATE_VERSION = 1 };

// --- the state that goes along: nonce.expiry.signature ---

static bool sign_state(const secret *s, const char *nonce, const char *user_id, int64_t expires_ms,
                       char mac[CLICK_MAC_BYTES]) {
    cJSON *fields = json_new_object();
    json_add_int(fields, "v", STATE_VERSION);
    json_add_string(fields, "dialog", nonce);
    json_add_string(fields, "user", user_id);
    json_add_int(fields, "expires", expires_ms);
    bool made = click_mac(s, fields, mac);
    cJSON_Delete(fields);
    return made;
}

// nonce has room for BUTTON_NONCE_BYTES.
static click_verdict check_state(const secret *s, const char *state, const char *user_id, int64_t now_ms,
                                 char *nonce) {
    char mac[CLICK_MAC_BYTES];
    size_t nonce_len = strcspn(state, "."), expires_len = 0;
    uint64_t expires_ms = 0;
    if (nonce_len != BUTTON_NONCE_BYTES - 1 || state[nonce_len] == '\0')
        return CLICK_MALFORMED;
    memcpy(nonce, state, nonce_len);
    nonce[nonce_len] = '\0';
    const char *number = state + nonce_len + 1;
    expires_len = strcspn(number, ".");
    if (!button_nonce_valid(nonce) || number[expires_len] == '\0' ||
        parse_uint(bytes_of((const uint8_t *)number, expires_len), INT64_MAX, &expires_ms) != OC_OK)
        return CLICK_MALFORMED;
    if (!sign_state(s, nonce, user_id, (int64_t)expires_ms, mac) ||
        !click_mac_equal(number + expires_len + 1, mac))
        return CLICK_FORGED; // also somebody else's: the person is signed, but not named
    return now_ms < (int64_t)expires_ms ? CLICK_GOOD : CLICK_EXPIRED;
}

// --- opening ---

typedef struct opening {
    buttons *buttons;
    char nonce[BUTTON_NONCE_BYTES];
    char *trigger_id, *user_id;
    cJSON *form, *record;
    dialogs_opened_fn *fn;
    void *ctx;
} opening;

static void opening_end(opening *o, oc_err err, const char *message) {
    o->fn(o->ctx, err, message);
    cJSON_Delete(o->form);
    cJSON_Delete(o->record);
    free(o->trigger_id);
    free(o->user_id);
    free(o);
}

static void on_opened(void *ctx, const chat_error *error) {
    opening *o = ctx;
    if (error->err != OC_OK)
        log_warn("a dialog could not be opened", "kind", json_text(o->record, "kind"), "error",
                 error->message);
    opening_end(o, error->err, error->message);
}

static void on_stored(void *ctx, oc_err err) {
    opening *o = ctx;
    if (err != OC_OK)
        opening_end(o, err, oc_err_text(err));
    else
        chat_open_dialog(o->buttons->chat, o->trigger_id, SUBMIT_URL, o->form, on_opened, o);
}

static void on_opening_secret(void *ctx, const secret *s) {
    opening *o = ctx;
    char mac[CLICK_MAC_BYTES];
    int64_t expires_ms = json_int(o->record, "expires", 0);
    if (s == NULL || !sign_state(s, o->nonce, o->user_id, expires_ms, mac)) {
        opening_end(o, OC_ESYS, "the installation's secret is not at hand");
        return;
    }
    char *state = xasprintf("%s.%lld.%s", o->nonce, (long long)expires_ms, mac);
    cJSON_DeleteItemFromObjectCaseSensitive(o->form, "state");
    json_add_string(o->form, "state", state);
    free(state);
    button_records_add(o->buttons->records, o->nonce, o->record, on_stored, o);
}

void dialogs_open(buttons *b, const dialog *d, dialogs_opened_fn *fn, void *ctx) {
    cJSON *form = dialog_form(chat_lang(b->chat, d->user_id), d, "");
    if (form == NULL) {
        fn(ctx, OC_EINVAL, "a dialog without title, with too many elements or nothing to choose from");
        return;
    }
    opening *o = xcalloc(1, sizeof *o);
    *o = (opening){.buttons = b,
                   .trigger_id = xstrdup(d->trigger_id),
                   .user_id = xstrdup(d->user_id),
                   .form = form,
                   .record = dialog_record(d, loop_wall_ms(b->loop)),
                   .fn = fn,
                   .ctx = ctx};
    random_hex(o->nonce, (BUTTON_NONCE_BYTES - 1) / 2);
    buttons_secret(b, on_opening_secret, o);
}

// --- a submission ---

typedef enum submit_state {
    SUBMIT_SIGNATURE, // the installation's secret is fetched, the state's signature checked
    SUBMIT_RECORD,    // the dialog's record is read
    SUBMIT_PERSON,    // who sent it is looked up
    SUBMIT_MEMBER,    // whether they are in the channel still
    SUBMIT_TAKING,    // it is noted, unless it was sent before
    SUBMIT_HANDLING,  // the kind takes what was entered
    SUBMIT_UNDOING,   // with a fault: it may be sent again
    SUBMIT_REFUSING,  // nothing comes of it: the person is told, in their language
    SUBMIT_DONE,      // over
} submit_state;

struct dialog_ticket {
    buttons *buttons; // NULL: they are gone
    submit_state state;
    char *user_id;
    cJSON *body, *record;
    char nonce[BUTTON_NONCE_BYTES], id[USE_ID_BYTES];
    person by;
    dialog_entered entered;
    dialog_submission submission; // borrows from all these
    const dialog_kind *kind;
    buttons_http_fn *fn; // NULL: the request was answered
    void *ctx;
    loop_timer patience;
    cJSON *answer; // while UNDOING
    char *refusal; // while REFUSING
    int refusal_status;
    dialog_ticket *prev, *next;
};

static void move(dialog_ticket *t, submit_state to);

static void reply(dialog_ticket *t, int status, const cJSON *body) {
    buttons_http_fn *fn = t->fn;
    t->fn = NULL;
    loop_timer_cancel(&t->patience);
    if (fn != NULL)
        fn(t->ctx, status, body);
}

static void reply_text(dialog_ticket *t, int status, const char *field, const char *text) {
    cJSON *body = json_new_object();
    char *said = field != NULL ? buttons_read(t->buttons, t->user_id, text) : NULL;
    if (field != NULL)
        json_add_string(body, field, said);
    reply(t, status, body);
    cJSON_Delete(body);
    free(said);
}

static void forget(dialog_ticket *t) {
    if (t->buttons != NULL) {
        DL_DELETE(t->buttons->submissions, t);
        t->buttons->open--;
    }
    loop_timer_cancel(&t->patience);
    cJSON_Delete(t->body);
    cJSON_Delete(t->record);
    cJSON_Delete(t->entered.values);
    cJSON_Delete(t->entered.errors);
    cJSON_Delete(t->answer);
    free(t->refusal);
    free(t->user_id);
    free(t);
}

static void tell_later(const dialog_ticket *t, const char *text) {
    char *said = buttons_read(t->buttons, t->user_id, text);
    chat_post post = {.user_id = json_text(t->record, "bot"),
                      .channel_id = json_text(t->record, "channel"),
                      .message = said};
    if (t->buttons != NULL && t->record != NULL)
        chat_send_ephemeral(t->buttons->chat, t->user_id, &post, NULL, NULL);
    free(said);
}

static void refuse(dialog_ticket *t, int status, const char *reason, const char *text) {
    log_warn("a dialog was refused", "reason", reason, "user", t->user_id, "kind",
             json_text(t->record, "kind"), "set", t->nonce);
    if (t->buttons != NULL)
        buttons_count(t->buttons, reason);
    t->refusal = xstrdup(text);
    t->refusal_status = status;
    move(t, SUBMIT_REFUSING);
}

static void on_reader(void *ctx, const chat_error *error, const chat_user *user) {
    dialog_ticket *t = ctx;
    (void)error, (void)user; // not known: it is said in the server's language
    if (t->buttons != NULL)
        reply_text(t, t->refusal_status, "error", t->refusal); // 200: it stands in the dialog
    move(t, SUBMIT_DONE);
}

static void tell_refusal(dialog_ticket *t) {
    if (*t->by.id != '\0') // looked up before
        on_reader(t, NULL, NULL);
    else
        chat_get_user(t->buttons->chat, t->user_id, on_reader, t);
}

static void on_patience(void *ctx) {
    reply_text(ctx, 200, NULL, NULL);
}

static void on_secret(void *ctx, const secret *s) {
    dialog_ticket *t = ctx;
    if (s == NULL) {
        refuse(t, 200, "store_unreadable", words_marked(WORD_BUTTON_TROUBLE));
        return;
    }
    int64_t now_ms = loop_wall_ms(t->buttons->loop);
    switch (check_state(s, json_text(t->body, "state"), t->user_id, now_ms, t->nonce)) {
    case CLICK_MALFORMED:
        refuse(t, 400, "incomplete", BUTTONS_NOT_OURS);
        return;
    case CLICK_FORGED:
    case CLICK_BORROWED:
        refuse(t, 403, "forged", words_marked(WORD_BUTTON_NOT_FOR_YOU));
        return;
    case CLICK_EXPIRED:
        refuse(t, 200, "expired", words_marked(WORD_BUTTON_EXPIRED));
        return;
    case CLICK_GOOD:
        break;
    }
    move(t, SUBMIT_RECORD);
}

static const dialog_kind *find_kind(const buttons *b, const char *name) {
    for (size_t i = 0; i < b->dialog_kind_count; i++) {
        if (strcmp(b->dialog_kinds[i].name, name) == 0)
            return &b->dialog_kinds[i];
    }
    return NULL;
}

static void fill_submission(dialog_ticket *t) {
    bool cancelled = json_bool(t->body, "cancelled", false);
    t->entered = cancelled ? (dialog_entered){.values = json_new_object()}
                           : dialog_check(json_array(t->record, "elements"), json_get(t->body, "submission"));
    t->submission = (dialog_submission){.kind = json_text(t->record, "kind"),
                                        .nonce = t->nonce,
                                        .account_id = json_text(t->record, "account"),
                                        .channel_id = json_text(t->record, "channel"),
                                        .data = json_get(t->record, "data"),
                                        .values = t->entered.values,
                                        .cancelled = cancelled,
                                        .at_ms = loop_wall_ms(t->buttons->loop),
                                        .by = &t->by};
}

static void on_record(void *ctx, oc_err err, const cJSON *record) {
    dialog_ticket *t = ctx;
    button_use use;
    t->record = cJSON_Duplicate(record, 1);
    t->kind = find_kind(t->buttons, json_text(record, "kind"));
    if (err != OC_OK && err != OC_ENOTFOUND) {
        refuse(t, 200, "store_unreadable", words_marked(WORD_BUTTON_TROUBLE));
    } else if (err == OC_ENOTFOUND || t->kind == NULL || json_array(record, "elements") == NULL) {
        refuse(t, 200, "no_record", words_marked(WORD_BUTTON_GONE));
    } else if (!button_record_for(record, t->user_id)) {
        refuse(t, 403, "other_user", words_marked(WORD_BUTTON_NOT_FOR_YOU));
    } else if (button_record_used(record, &use)) {
        refuse(t, 200, "used", words_marked(WORD_BUTTON_SENT_ALREADY));
    } else {
        fill_submission(t);
        move(t, SUBMIT_PERSON);
    }
}

static void on_person(void *ctx, const person *p) {
    dialog_ticket *t = ctx;
    t->by = *p;
    if (p->human)
        move(t, SUBMIT_MEMBER);
    else
        refuse(t, 403, "no_person", words_marked(WORD_BUTTON_NOT_FOR_YOU));
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    dialog_ticket *t = ctx;
    if (error->err != OC_OK)
        refuse(t, 200, "member_unknown", words_marked(WORD_BUTTON_TROUBLE));
    else if (!member)
        refuse(t, 403, "no_member", words_marked(WORD_BUTTON_NOT_FOR_YOU));
    else if (t->entered.errors != NULL)
        dialogs_fault(t, NULL, t->entered.errors);
    else
        move(t, SUBMIT_TAKING);
}

static bool change_take(void *ctx, cJSON *record) {
    const dialog_ticket *t = ctx;
    button_use use;
    if (button_record_used(record, &use))
        return false;
    use = (button_use){
        .click = t->id, .by = t->by.id, .name = t->by.username, .label = "", .at_ms = t->submission.at_ms};
    button_record_use(record, &use);
    return true;
}

static void on_taken(void *ctx, oc_err err, const cJSON *record) {
    dialog_ticket *t = ctx;
    button_use use;
    if (err != OC_OK)
        refuse(t, 200, "store_unreadable", words_marked(WORD_BUTTON_TROUBLE));
    else if (button_record_used(record, &use) && strcmp(use.click, t->id) != 0)
        refuse(t, 200, "used", words_marked(WORD_BUTTON_SENT_ALREADY));
    else
        move(t, SUBMIT_HANDLING);
}

void dialogs_accept(dialog_ticket *t, const char *ephemeral_text) {
    reply_text(t, 200, NULL, NULL);
    if (ephemeral_text != NULL)
        tell_later(t, ephemeral_text);
    move(t, SUBMIT_DONE);
}

static bool change_undo(void *ctx, cJSON *record) {
    const dialog_ticket *t = ctx;
    return button_record_undo(record, t->id);
}

static void on_undone(void *ctx, oc_err err, const cJSON *record) {
    dialog_ticket *t = ctx;
    (void)record;
    if (err != OC_OK)
        log_warn("a dialog may not be sent again", "set", t->nonce, "error", oc_err_text(err));
    reply(t, 200, t->answer);
    move(t, SUBMIT_DONE);
}

static void tell_fault_later(dialog_ticket *t, const char *error, const cJSON *errors) {
    const cJSON *one = NULL;
    buf text;
    buf_init(&text, LATE_MAX_BYTES);
    oc_err err = error != NULL ? buf_append_str(&text, error) : OC_OK;
    cJSON_ArrayForEach(one, errors) {
        if (err == OC_OK && cJSON_IsString(one))
            err = buf_printf(&text, "%s%s", text.len > 0 ? "\n- " : "", one->valuestring);
    }
    char *all = buf_take_str(&text); // what does not fit is left out
    tell_later(t, *all != '\0' ? all : words_marked(WORD_BUTTON_TROUBLE));
    free(all);
}

// An object of texts, as this person reads them.
static cJSON *read_all(const dialog_ticket *t, const cJSON *errors) {
    cJSON *out = json_new_object();
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, errors) {
        char *said = buttons_read(t->buttons, t->user_id, cJSON_IsString(one) ? one->valuestring : "");
        json_add_string(out, one->string, said);
        free(said);
    }
    return out;
}

void dialogs_fault(dialog_ticket *t, const char *error, const cJSON *errors) {
    t->answer = json_new_object();
    if (error != NULL) {
        char *said = buttons_read(t->buttons, t->user_id, error);
        json_add_string(t->answer, "error", said);
        free(said);
    }
    if (errors != NULL)
        json_add(t->answer, "errors", read_all(t, errors));
    if (t->fn == NULL) // the dialog is closed already: at least the person learns of it
        tell_fault_later(t, error, errors);
    move(t, SUBMIT_UNDOING);
}

void dialogs_end(buttons *b) {
    dialog_ticket *t = NULL, *next = NULL;
    DL_FOREACH_SAFE (b->submissions, t, next) { // whoever handles one frees it with its answer
        DL_DELETE(b->submissions, t);
        reply_text(t, 503, "error", words_marked(WORD_BUTTON_TROUBLE));
        t->buttons = NULL;
    }
}

static void move(dialog_ticket *t, submit_state to) {
    buttons *b = t->buttons;
    t->state = b != NULL ? to : SUBMIT_DONE;
    switch (t->state) {
    case SUBMIT_SIGNATURE:
        buttons_secret(b, on_secret, t);
        break;
    case SUBMIT_RECORD:
        button_records_change(b->records, t->nonce, NULL, on_record, t);
        break;
    case SUBMIT_PERSON:
        person_look(b->chat, t->user_id, on_person, t);
        break;
    case SUBMIT_MEMBER:
        chat_is_member(b->chat, t->submission.channel_id, t->user_id, on_member, t);
        break;
    case SUBMIT_TAKING:
        button_records_change(b->records, t->nonce, change_take, on_taken, t);
        break;
    case SUBMIT_HANDLING:
        log_info("a dialog was sent", "kind", t->submission.kind, "user", t->user_id, "set", t->nonce);
        buttons_count(b, "taken");
        t->kind->submitted(t->kind->ctx, &t->submission, t);
        break;
    case SUBMIT_UNDOING:
        button_records_change(b->records, t->nonce, change_undo, on_undone, t);
        break;
    case SUBMIT_REFUSING:
        tell_refusal(t);
        break;
    case SUBMIT_DONE:
        forget(t);
        break;
    }
}

void dialogs_http(buttons *b, const char *user_id, bytes body, buttons_http_fn *fn, void *ctx) {
    int status = 0;
    const char *fault = NULL;
    cJSON *json = buttons_body(b, user_id, body, &status, &fault);
    if (json != NULL && json_string(json, "state") == NULL) {
        status = 400;
        fault = BUTTONS_NOT_OURS;
    }
    if (fault != NULL) {
        buttons_turn_down(b, user_id, status, fault, fn, ctx);
        cJSON_Delete(json);
        return;
    }
    dialog_ticket *t = xcalloc(1, sizeof *t);
    *t = (dialog_ticket){.buttons = b, .user_id = xstrdup(user_id), .body = json, .fn = fn, .ctx = ctx};
    random_hex(t->id, (USE_ID_BYTES - 1) / 2);
    DL_APPEND(b->submissions, t);
    b->open++;
    loop_timer_set(b->loop, &t->patience, ANSWER_WITHIN_MS, on_patience, t);
    move(t, SUBMIT_SIGNATURE);
}
