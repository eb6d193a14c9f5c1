// SPDX-License-Identifier: Apache-2.0
// One click from the server's request to its answer: a state machine. Who clicked is whom the server says; everything else
// in the body counts only as far as the signature and the record bear it out.
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "interactions/button_context.h"
#include "interactions/button_words.h"
#include "interactions/buttons_private.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    ANSWER_WITHIN_MS = 2000, // Mattermost and the person wait no longer than that
    CLICK_ID_BYTES = 17,
};

typedef enum click_state {
    CLICK_SIGNATURE, // the installation's secret is fetched, the signature checked
    CLICK_RECORD,    // the set's record is read
    CLICK_POST,      // nobody has noted the set's post: the post that the click names is read
    CLICK_PERSON,    // who clicked is looked up
    CLICK_MEMBER,    // whether they are in the channel
    CLICK_RIGHT,     // the kind says whether they may
    CLICK_TAKING,    // the choice is noted, unless somebody was faster
    CLICK_HANDLING,  // the kind does what was chosen
    CLICK_SHOWING,   // the post is brought up to date
    CLICK_REFUSING,  // nothing comes of it: the person is told, in their language
    CLICK_DONE,      // over
} click_state;

struct click_ticket {
    buttons *buttons; // NULL: they are gone
    click_state state;
    char *user_id;
    cJSON *body, *record;
    button_context context;  // borrows from body
    const char *option;      // likewise
    char id[CLICK_ID_BYTES]; // names this click
    person by;
    button_click click; // borrows from body, record and by
    const button_kind *kind;
    buttons_http_fn *fn; // NULL: the request was answered
    void *ctx;
    loop_timer patience;
    char *chosen, *message; // what becomes of the post
    char *refusal;          // while REFUSING
    cJSON *attachment;
    click_ticket *prev, *next;
};

static void move(click_ticket *t, click_state to);

// --- ends ---

static void reply(click_ticket *t, int status, const char *field, const char *text) {
    buttons_http_fn *fn = t->fn;
    t->fn = NULL;
    loop_timer_cancel(&t->patience);
    if (fn == NULL)
        return;
    char *said = text != NULL ? buttons_read(t->buttons, t->user_id, text) : NULL;
    buttons_reply(fn, t->ctx, status, field, said);
    free(said);
}

static void forget(click_ticket *t) {
    if (t->buttons != NULL) {
        DL_DELETE(t->buttons->clicks, t);
        t->buttons->open--;
    }
    loop_timer_cancel(&t->patience);
    cJSON_Delete(t->body);
    cJSON_Delete(t->record);
    cJSON_Delete(t->attachment);
    free(t->user_id);
    free(t->chosen);
    free(t->message);
    free(t->refusal);
    free(t);
}

// To the person only: in the answer, or, when that has gone, by a post that nobody else sees.
static void tell(click_ticket *t, const char *text) {
    if (t->fn != NULL) {
        reply(t, 200, text != NULL ? "ephemeral_text" : NULL, text);
    } else if (text != NULL && t->buttons != NULL && t->click.kind != NULL) {
        char *said = buttons_read(t->buttons, t->user_id, text);
        chat_post post = {
            .user_id = t->click.bot_user_id, .channel_id = t->click.channel_id, .message = said};
        chat_send_ephemeral(t->buttons->chat, t->user_id, &post, NULL, NULL);
        free(said);
    }
}

static void audit(const click_ticket *t, const char *reason) {
    log_warn("a click was refused", "reason", reason, "user", t->user_id, "kind", t->context.kind, "set",
             t->context.nonce, "post_id", json_text(t->body, "post_id"), "channel_id",
             json_text(t->body, "channel_id"));
    if (t->buttons != NULL)
        buttons_count(t->buttons, reason);
}

static const char NOT_MADE_BY_US[] = "This button was not made by me, or does not belong to this post.";

// What is no click of ours: the server tells the person that the action failed.
static void refuse_hard(click_ticket *t, int status, const char *reason, const char *text) {
    audit(t, reason);
    reply(t, status, "error", text);
    move(t, CLICK_DONE);
}

static void refuse(click_ticket *t, const char *reason, const char *text) {
    audit(t, reason);
    t->refusal = xstrdup(text);
    move(t, CLICK_REFUSING);
}

static void on_reader(void *ctx, const chat_error *error, const chat_user *user) {
    click_ticket *t = ctx;
    (void)error, (void)user; // not known: it is said in the server's language
    if (t->buttons != NULL)
        tell(t, t->refusal);
    move(t, CLICK_DONE);
}

static void tell_refusal(click_ticket *t) {
    if (*t->by.id != '\0') // looked up before
        on_reader(t, NULL, NULL);
    else
        chat_get_user(t->buttons->chat, t->user_id, on_reader, t);
}

static void refuse_used(click_ticket *t, const button_use *use) {
    char *text = words_button_used(use, t->user_id);
    refuse(t, "used", text);
    free(text);
}

static void on_patience(void *ctx) {
    reply(ctx, 200, NULL, NULL);
}

// --- signature ---

static void on_secret(void *ctx, const secret *s) {
    click_ticket *t = ctx;
    if (s == NULL) {
        refuse(t, "store_unreadable", words_marked(WORD_BUTTON_TROUBLE));
        return;
    }
    int64_t now_ms = loop_wall_ms(t->buttons->loop);
    const cJSON *context = json_get(t->body, "context");
    switch (button_context_check(s, context, t->user_id, now_ms, &t->context, &t->option)) {
    case CLICK_MALFORMED:
        refuse_hard(t, 400, "incomplete", BUTTONS_NOT_OURS);
        return;
    case CLICK_FORGED:
        refuse_hard(t, 403, "forged", NOT_MADE_BY_US);
        return;
    case CLICK_BORROWED:
        refuse(t, "other_user", words_marked(WORD_BUTTON_NOT_FOR_YOU));
        return;
    case CLICK_EXPIRED:
        refuse(t, "expired", words_marked(WORD_BUTTON_EXPIRED));
        return;
    case CLICK_GOOD:
        break;
    }
    if (strcmp(t->context.channel, json_text(t->body, "channel_id")) != 0)
        refuse_hard(t, 403, "other_channel", NOT_MADE_BY_US);
    else
        move(t, CLICK_RECORD);
}

// --- record ---

static const button_kind *find_kind(const buttons *b, const char *name) {
    for (size_t i = 0; i < b->kind_count; i++) {
        if (strcmp(b->kinds[i].name, name) == 0)
            return &b->kinds[i];
    }
    return NULL;
}

static void fill_click(click_ticket *t, const button_choice *picked) {
    t->click = (button_click){.kind = json_text(t->record, "kind"),
                              .nonce = t->context.nonce,
                              .account_id = json_text(t->record, "account"),
                              .bot_user_id = json_text(t->record, "bot"),
                              .channel_id = json_text(t->record, "channel"),
                              .post_id = json_text(t->body, "post_id"),
                              .trigger_id = json_text(t->body, "trigger_id"),
                              .id = picked->id,
                              .label = picked->label,
                              .value = picked->value,
                              .data = json_get(t->record, "data"),
                              .reusable = !json_bool(t->record, "once", true),
                              .at_ms = loop_wall_ms(t->buttons->loop),
                              .by = &t->by};
}

// Nobody else sees it, and the server keeps nothing of it that could be read.
static bool is_ephemeral(const click_ticket *t) {
    return json_string(t->record, "ephemeral") != NULL;
}

// The record is ours alone, so what it says counts where the context (signed by us, too) would differ.
static void judge_record(click_ticket *t) {
    button_choice picked;
    button_use use;
    const char *post_id = json_text(t->record, "post");
    t->kind = find_kind(t->buttons, json_text(t->record, "kind"));
    if (strcmp(json_text(t->record, "channel"), t->context.channel) != 0 || t->kind == NULL ||
        !button_record_choice(t->record, t->context.number, t->option, &picked)) {
        refuse_hard(t, 403, "unknown_choice", NOT_MADE_BY_US);
        return;
    }
    fill_click(t, &picked);
    if (*post_id != '\0' && strcmp(post_id, t->click.post_id) != 0)
        refuse_hard(t, 403, "other_post", NOT_MADE_BY_US);
    else if (!button_record_for(t->record, t->user_id))
        refuse(t, "other_user", words_marked(WORD_BUTTON_NOT_FOR_YOU));
    else if (button_record_used(t->record, &use))
        refuse_used(t, &use);
    else
        move(t, *post_id == '\0' && !is_ephemeral(t) ? CLICK_POST : CLICK_PERSON);
}

static void on_record(void *ctx, oc_err err, const cJSON *record) {
    click_ticket *t = ctx;
    t->record = cJSON_Duplicate(record, 1);
    if (err == OC_ENOTFOUND)
        refuse(t, "no_record", words_marked(WORD_BUTTON_GONE));
    else if (err != OC_OK)
        refuse(t, "store_unreadable", words_marked(WORD_BUTTON_TROUBLE));
    else
        judge_record(t);
}

// --- post, when nobody has noted it ---

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    click_ticket *t = ctx;
    bool gone = error->err == OC_ENOTFOUND;
    cJSON *rest = error->err == OC_OK
                      ? button_set_replaced(json_array(post->props, "attachments"), t->context.nonce, NULL)
                      : NULL;
    bool ours = rest != NULL && strcmp(post->user_id, t->click.bot_user_id) == 0 &&
                strcmp(post->channel_id, t->click.channel_id) == 0;
    cJSON_Delete(rest);
    if (error->err != OC_OK && !gone)
        refuse(t, "post_unreadable", words_marked(WORD_BUTTON_TROUBLE));
    else if (!ours)
        refuse_hard(t, 403, "other_post", NOT_MADE_BY_US);
    else
        move(t, CLICK_PERSON);
}

// --- person ---

static void on_person(void *ctx, const person *p) {
    click_ticket *t = ctx;
    t->by = *p;
    if (p->human)
        move(t, CLICK_MEMBER);
    else
        refuse(t, "no_person", words_marked(WORD_BUTTON_NOT_FOR_YOU));
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    click_ticket *t = ctx;
    if (error->err != OC_OK)
        refuse(t, "member_unknown", words_marked(WORD_BUTTON_TROUBLE));
    else if (!member)
        refuse(t, "no_member", words_marked(WORD_BUTTON_NOT_FOR_YOU));
    else
        move(t, CLICK_RIGHT);
}

void buttons_admit(click_ticket *t) {
    if (t->buttons == NULL)
        forget(t);
    else
        move(t, CLICK_TAKING);
}

void buttons_refuse(click_ticket *t, const char *reason, const char *text) {
    refuse(t, reason, text);
}

// --- taking the choice ---

static bool change_take(void *ctx, cJSON *record) {
    const click_ticket *t = ctx;
    button_use use;
    if (button_record_used(record, &use))
        return false;
    use = (button_use){.click = t->id,
                       .by = t->by.id,
                       .name = t->by.username,
                       .label = t->click.label,
                       .at_ms = t->click.at_ms};
    button_record_use(record, &use);
    if (*json_text(record, "post") == '\0') {
        cJSON_DeleteItemFromObjectCaseSensitive(record, "post");
        json_add_string(record, "post", t->click.post_id);
    }
    return true;
}

static void on_taken(void *ctx, oc_err err, const cJSON *record) {
    click_ticket *t = ctx;
    button_use use;
    if (err == OC_ENOTFOUND)
        refuse(t, "no_record", words_marked(WORD_BUTTON_GONE));
    else if (err != OC_OK)
        refuse(t, "store_unreadable", words_marked(WORD_BUTTON_TROUBLE));
    else if (button_record_used(record, &use) && strcmp(use.click, t->id) != 0)
        refuse_used(t, &use);
    else
        move(t, CLICK_HANDLING);
}

static void take(click_ticket *t) {
    if (json_bool(t->record, "once", true))
        button_records_change(t->buttons->records, t->context.nonce, change_take, on_taken, t);
    else
        move(t, CLICK_HANDLING);
}

static void handle(click_ticket *t) {
    log_info("a button was clicked", "kind", t->click.kind, "user", t->user_id, "set", t->click.nonce,
             "post_id", t->click.post_id, "choice", t->click.id);
    buttons_count(t->buttons, "taken");
    t->kind->clicked(t->kind->ctx, &t->click, t);
}

// --- the answer ---

static bool change_undo(void *ctx, cJSON *record) {
    return button_record_undo(record, ctx);
}

static void on_undone(void *ctx, oc_err err, const cJSON *record) {
    (void)record;
    if (err != OC_OK && err != OC_ENOTFOUND)
        log_warn("a choice of which nothing came could not be taken back", "error", oc_err_text(err));
    free(ctx);
}

void buttons_answer(click_ticket *t, const button_result *result) {
    if (t->buttons == NULL) {
        forget(t);
        return;
    }
    if (result->undo)
        button_records_change(t->buttons->records, t->context.nonce, change_undo, on_undone, xstrdup(t->id));
    t->chosen = result->chosen != NULL ? xstrdup(result->chosen) : NULL;
    t->message = result->message != NULL ? xstrdup(result->message) : NULL;
    t->attachment = cJSON_Duplicate(result->attachment, 1);
    bool changes = t->chosen != NULL || t->message != NULL || t->attachment != NULL;
    if (!changes || !is_ephemeral(t) || result->ephemeral_text != NULL) // else once it is shown, or not
        tell(t, result->ephemeral_text);
    move(t, changes ? CLICK_SHOWING : CLICK_DONE);
}

static void on_shown(void *ctx, const chat_error *error, const chat_post *post) {
    (void)post;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        log_warn("a post could not show what was chosen", "error", error->message);
    move(ctx, CLICK_DONE);
}

// Nobody can look it up later, so what could not be shown is told.
static void on_ephemeral_shown(void *ctx, const chat_error *error, const chat_post *post) {
    click_ticket *t = ctx;
    if (error->err == OC_OK) {
        tell(t, NULL);
    } else if (t->attachment != NULL) { // text alone can be told, buttons cannot
        tell(t, words_marked(WORD_BUTTON_NOT_SHOWN));
    } else {
        char *text =
            xasprintf("%s\n\n%s", t->message != NULL ? t->message : "", t->chosen != NULL ? t->chosen : "");
        tell(t, text);
        free(text);
    }
    on_shown(ctx, error, post);
}

static void show_ephemeral(click_ticket *t) {
    cJSON *props = json_new_object(), *list = json_add_array(props, "attachments");
    cJSON *chosen = json_new_object();
    json_add_string(chosen, "text", t->chosen);
    json_push(list, t->attachment != NULL ? cJSON_Duplicate(t->attachment, 1) : cJSON_Duplicate(chosen, 1));
    chat_post post = {.id = t->click.post_id,
                      .user_id = t->click.bot_user_id,
                      .channel_id = t->click.channel_id,
                      .root_id = json_text(t->record, "ephemeral"),
                      .create_at_ms = t->click.at_ms,
                      .message = t->message != NULL ? t->message : "",
                      .props = props};
    chat_update_ephemeral(t->buttons->chat, t->user_id, &post, on_ephemeral_shown, t);
    cJSON_Delete(chosen);
    cJSON_Delete(props);
}

static void on_read(void *ctx, const chat_error *error, const chat_post *post) {
    click_ticket *t = ctx;
    if (error->err != OC_OK || t->buttons == NULL) {
        on_shown(t, error, post);
        return;
    }
    const cJSON *present = json_array(post->props, "attachments");
    cJSON *with = t->attachment != NULL ? cJSON_Duplicate(t->attachment, 1)
                  : t->chosen != NULL   ? button_set_done(present, t->click.nonce, t->chosen)
                                        : NULL;
    cJSON *list = with != NULL ? button_set_replaced(present, t->click.nonce, with) : NULL;
    cJSON *props = json_new_object();
    if (list != NULL)
        json_add(props, "attachments", list);
    chat_edit edit = {.post_id = t->click.post_id, .message = t->message, .props = props};
    chat_edit_post(t->buttons->chat, &edit, on_shown, t);
    cJSON_Delete(props);
    cJSON_Delete(with);
}

void clicks_end(buttons *b) {
    click_ticket *t = NULL, *next = NULL;
    DL_FOREACH_SAFE (b->clicks, t, next) { // whoever handles one frees it with its answer
        DL_DELETE(b->clicks, t);
        reply(t, 503, "error", words_marked(WORD_BUTTON_TROUBLE));
        t->buttons = NULL;
    }
}

// --- the machine ---

static void move(click_ticket *t, click_state to) {
    buttons *b = t->buttons;
    t->state = b != NULL ? to : CLICK_DONE;
    switch (t->state) {
    case CLICK_SIGNATURE:
        buttons_secret(b, on_secret, t);
        break;
    case CLICK_RECORD:
        button_records_change(b->records, t->context.nonce, NULL, on_record, t);
        break;
    case CLICK_POST:
        chat_get_post(b->chat, t->click.post_id, on_post, t);
        break;
    case CLICK_PERSON:
        person_look(b->chat, t->user_id, on_person, t);
        break;
    case CLICK_MEMBER:
        chat_is_member(b->chat, t->click.channel_id, t->user_id, on_member, t);
        break;
    case CLICK_RIGHT:
        if (t->kind->may != NULL)
            t->kind->may(t->kind->ctx, &t->click, t);
        else
            move(t, CLICK_TAKING);
        break;
    case CLICK_TAKING:
        take(t);
        break;
    case CLICK_HANDLING:
        handle(t);
        break;
    case CLICK_SHOWING:
        if (is_ephemeral(t))
            show_ephemeral(t);
        else
            chat_get_post(b->chat, t->click.post_id, on_read, t);
        break;
    case CLICK_REFUSING:
        tell_refusal(t);
        break;
    case CLICK_DONE:
        forget(t);
        break;
    }
}

void buttons_http(buttons *b, const char *user_id, bytes body, buttons_http_fn *fn, void *ctx) {
    int status = 0;
    const char *fault = NULL;
    cJSON *json = buttons_body(b, user_id, body, &status, &fault);
    if (json != NULL && !cJSON_IsObject(json_get(json, "context"))) {
        status = 400;
        fault = BUTTONS_NOT_OURS;
    }
    if (fault != NULL) {
        buttons_turn_down(b, user_id, status, fault, fn, ctx);
        cJSON_Delete(json);
        return;
    }
    click_ticket *t = xcalloc(1, sizeof *t);
    *t = (click_ticket){.buttons = b, .user_id = xstrdup(user_id), .body = json, .fn = fn, .ctx = ctx};
    random_hex(t->id, (CLICK_ID_BYTES - 1) / 2);
    DL_APPEND(b->clicks, t);
    b->open++;
    loop_timer_set(b->loop, &t->patience, ANSWER_WITHIN_MS, on_patience, t);
    move(t, CLICK_SIGNATURE);
}
