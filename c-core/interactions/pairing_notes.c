// SPDX-License-Identifier: Apache-2.0
// The messages with buttons that approvers get.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/click.h"
#include "interactions/pairing_private.h"
#include "interactions/pairing_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_EVERY_MS = 600 * 1000, NOTES_AT_ONCE_MAX = 20 }; // strangers must not drown the approvers

static const char CLICK_URL[] = "/plugins/openclaw" PAIRING_CLICK_PATH;

// Asking everybody about one request.
typedef struct round {
    pairing_desk *desk;
    char *account_id, *bot_user_id;
    pairing_request request; // without notes
    char *text;
    char ids[PAIRING_NOTES_MAX][PAIRING_ID_BYTES]; // of the approvers
    size_t count;
    char notes[PAIRING_NOTES_MAX][PAIRING_ID_BYTES]; // the posts
    size_t note_count, open;
} round_t;

// One of them.
typedef struct note {
    round_t *round;
    const char *approver; // borrowed from the round
} note;

static void round_free(round_t *r) {
    free(r->account_id);
    free(r->bot_user_id);
    free(r->text);
    free(r);
}

// --- closing ---

typedef struct closing {
    pairing_desk *desk;
    pairing_request request;
} closing;

static void on_edited(void *ctx, const chat_error *error, const chat_post *post) {
    (void)ctx, (void)post;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        log_warn("an approver's message could not be brought up to date", "error", error->message);
}

// One message of an approver: its language stands in it.
typedef struct closing_note {
    chat *chat;
    char *text; // marked
} closing_note;

static void on_note(void *ctx, const chat_error *error, const chat_post *post) {
    closing_note *n = ctx;
    if (error->err == OC_OK) {
        const char *tag = json_text(json_get(post->props, "openclaw"), "lang");
        char *text = words_in(words_lang_of(tag, chat_server_lang(n->chat)), n->text);
        cJSON *props = json_new_object();
        json_add(props, "attachments", cJSON_CreateNull());
        chat_edit edit = {.post_id = post->id, .message = text, .props = props};
        chat_edit_post(n->chat, &edit, on_edited, NULL);
        cJSON_Delete(props);
        free(text);
    } else {
        on_edited(NULL, error, NULL);
    }
    free(n->text);
    free(n);
}

static void close_all(closing *c, const char *decider_name) {
    for (size_t i = 0; i < c->request.note_count; i++) {
        closing_note *n = xmalloc(sizeof *n);
        *n = (closing_note){.chat = c->desk->world.chat,
                            .text = words_pairing_note_closed(&c->request, decider_name)};
        chat_get_post(n->chat, c->request.notes[i], on_note, n);
    }
    free(c->request.notes);
    free(c);
}

static void on_decider(void *ctx, const chat_error *error, const chat_user *user) {
    close_all(ctx, error->err == OC_OK ? user->username : "");
}

void notes_close(pairing_desk *d, const pairing_request *r) {
    if (r->note_count == 0)
        return;
    closing *c = xmalloc(sizeof *c);
    *c = (closing){.desk = d, .request = *r};
    c->request.notes = xcalloc(r->note_count, sizeof *r->notes);
    memcpy(c->request.notes, r->notes, r->note_count * sizeof *r->notes);
    if (*r->decided_by == '\0')
        close_all(c, "");
    else
        chat_get_user(d->world.chat, r->decided_by, on_decider, c);
}

// --- asking ---

static bool change_notes(void *ctx, pairing_state *s, int64_t now_ms) {
    const round_t *r = ctx;
    bool known = false;
    (void)now_ms;
    for (size_t i = 0; i < r->note_count; i++)
        known = pairing_add_note(s, r->request.key, r->notes[i]);
    return known;
}

static void on_noted(void *ctx, oc_err err, const pairing_state *s) {
    round_t *r = ctx;
    const pairing_request *now = err == OC_OK ? pairing_find_key(s, r->request.key) : NULL;
    // Decided while the last approvers were still being asked: whoever decided did not know of their messages.
    if (now != NULL && now->status != PAIRING_PENDING)
        notes_close(r->desk, now);
    round_free(r);
}

static void note_done(note *n) {
    round_t *r = n->round;
    free(n);
    if (--r->open > 0)
        return;
    if (r->note_count == 0)
        log_warn("no approver could be asked: somebody waits to be let in", "account", r->account_id,
                 "look_at", "/openclaw pairing list");
    pairings_change(r->desk->world.store, r->account_id, change_notes, on_noted, r);
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    note *n = ctx;
    round_t *r = n->round;
    if (error->err == OC_OK)
        snprintf(r->notes[r->note_count++], PAIRING_ID_BYTES, "%s", post->id);
    else
        log_warn("an approver could not be asked", "approver", n->approver, "error", error->message);
    note_done(n);
}

static void add_button(cJSON *actions, const note *n, const char *name, const char *label,
                       const char *style) {
    const round_t *r = n->round;
    click what = {.kind = "pairing",
                  .account = r->account_id,
                  .subject = r->request.key,
                  .choice = name,
                  .user_id = n->approver,
                  .expires_ms = r->request.created_ms + PAIRING_LIVES_MS};
    cJSON *action = json_new_object();
    json_add_string(action, "id", name);
    json_add_string(action, "type", "button");
    json_add_string(action, "name", label);
    json_add_string(action, "style", style);
    cJSON *integration = json_add_object(action, "integration");
    json_add_string(integration, "url", CLICK_URL);
    json_add(integration, "context", click_context(r->desk->secret, &what));
    json_push(actions, action);
}

static cJSON *note_props(const note *n) {
    cJSON *props = json_new_object();
    words_lang lang = chat_lang(n->round->desk->world.chat, n->approver);
    cJSON *ours = json_add_object(props, "openclaw");
    json_add_string(ours, "pairing", n->round->request.key);
    json_add_string(ours, "lang", words_lang_tag(lang));
    cJSON *attachment = json_new_object();
    json_add_string(attachment, "fallback", "Approve or deny");
    cJSON *actions = json_add_array(attachment, "actions");
    add_button(actions, n, "approve", words_text(lang, WORD_PAIRING_APPROVE), "primary");
    add_button(actions, n, "deny", words_text(lang, WORD_PAIRING_DENY), "danger");
    json_push(json_add_array(props, "attachments"), attachment);
    return props;
}

static void on_direct_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    note *n = ctx;
    const round_t *r = n->round;
    if (error->err != OC_OK) {
        log_warn("no direct channel to an approver", "approver", n->approver, "error", error->message);
        note_done(n);
        return;
    }
    char *key = xasprintf("pairing.%s.%s", r->request.key, n->approver);
    cJSON *props = r->desk->secret != NULL ? note_props(n) : NULL; // without it the commands still work
    char *text = words_in(chat_lang(r->desk->world.chat, n->approver), r->text);
    chat_post post = {
        .user_id = r->bot_user_id, .channel_id = channel->id, .message = text, .props = props, .key = key};
    chat_create_post(r->desk->world.chat, &post, on_posted, n);
    cJSON_Delete(props);
    free(text);
    free(key);
}

static void on_approver(void *ctx, const chat_error *error, const chat_user *user) {
    note *n = ctx;
    (void)error, (void)user; // looked up for their language; not known: it is said in the server's
    chat_direct_channel(n->round->desk->world.chat, n->round->bot_user_id, n->approver, on_direct_channel, n);
}

static void add_approver(round_t *r, const char *id) {
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->ids[i], id) == 0)
            return;
    }
    if (r->count < PAIRING_NOTES_MAX)
        snprintf(r->ids[r->count++], PAIRING_ID_BYTES, "%s", id);
}

static void on_admins(void *ctx, const chat_error *error, const cJSON *ids) {
    round_t *r = ctx;
    const cJSON *id = NULL;
    if (error->err != OC_OK)
        log_warn("the system administrators could not be listed", "error", error->message);
    cJSON_ArrayForEach(id, ids) {
        if (cJSON_IsString(id))
            add_approver(r, id->valuestring);
    }
    if (r->count == 0) {
        log_warn("there is nobody who could let people in", "account", r->account_id, "setting", "Approvers");
        round_free(r);
        return;
    }
    r->open = r->count;
    for (size_t i = 0, count = r->count; i < count; i++) { // the last one may free r
        note *n = xmalloc(sizeof *n);
        *n = (note){.round = r, .approver = r->ids[i]};
        chat_get_user(r->desk->world.chat, n->approver, on_approver, n);
    }
}

static void on_secret(void *ctx, const secret *s) {
    round_t *r = ctx;
    if (s == NULL)
        log_warn("approvers get no buttons this time: the installation's secret is not at hand");
    chat_system_admins(r->desk->world.chat, on_admins, r);
}

// Counts one more request; false when approvers have been told of enough for now.
static bool may_tell(pairing_desk *d) {
    int64_t now_ms = loop_now_ms(d->world.loop);
    if (d->notes_told == 0 || now_ms - d->notes_since_ms >= NOTES_EVERY_MS) {
        d->notes_since_ms = now_ms;
        d->notes_told = 0;
    }
    if (d->notes_told >= NOTES_AT_ONCE_MAX)
        return false;
    d->notes_told++;
    return true;
}

void notes_ask(pairing_desk *d, const account *a, const pairing_request *request) {
    if (!may_tell(d)) {
        log_warn("many people ask to talk to the bot: approvers are not told of each", "account", a->id,
                 "look_at", "/openclaw pairing list");
        return;
    }
    round_t *r = xcalloc(1, sizeof *r);
    r->desk = d;
    r->account_id = xstrdup(a->id);
    r->bot_user_id = xstrdup(a->bot_user_id);
    r->request = *request;
    r->request.notes = NULL;
    r->request.note_count = 0;
    r->text = words_pairing_note(request, a->id, d->notes_told == NOTES_AT_ONCE_MAX);
    char **ids = a->config != NULL ? approver_ids(a->config) : NULL;
    for (char **id = ids; id != NULL && *id != NULL; id++)
        add_approver(r, *id);
    if (ids != NULL)
        approver_ids_free(ids);
    desk_secret(d, on_secret, r);
}
