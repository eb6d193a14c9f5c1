// SPDX-License-Identifier: Apache-2.0
#include "interactions/adopted_buttons.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/buttons_private.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

typedef struct adoption {   // one click; one at a time for each post
    adopted_buttons *owner; // NULL: they are gone
    char *user_id, *post_id;
    cJSON *body;
    cJSON *attachments; // of the post
    int index;          // of the one with the button
    int number;         // of the button among those that are adopted
    cJSON *adopted;     // what takes the attachment's place
    buttons_http_fn *fn;
    void *ctx;
    struct adoption *prev, *next;
} adoption;

struct adopted_buttons {
    chat *chat;
    buttons *buttons;
    place_world places;
    const char *kind;
    adoption *open;
};

static void forget(adoption *a) {
    if (a->owner != NULL)
        DL_DELETE(a->owner->open, a);
    cJSON_Delete(a->body);
    cJSON_Delete(a->attachments);
    cJSON_Delete(a->adopted);
    free(a->user_id);
    free(a->post_id);
    free(a);
}

static void end(adoption *a, int status, const char *field, const char *text) {
    buttons_http_fn *fn = a->fn;
    void *ctx = a->ctx;
    char *said = buttons_read(a->owner != NULL ? a->owner->buttons : NULL, a->user_id, text);
    if (status != 200)
        log_warn("a click on a button of OpenClaw's own channel was refused", "reason", text, "user",
                 a->user_id, "post_id", a->post_id);
    forget(a);
    if (fn != NULL)
        buttons_reply(fn, ctx, status, field, said);
    free(said);
}

// True: there is nobody left to answer to.
static bool is_over(adoption *a) {
    if (a->owner != NULL)
        return false;
    forget(a);
    return true;
}

// --- the click goes on as one of ours ---

static void click(adoption *a) {
    const cJSON *action = cJSON_GetArrayItem(json_array(a->adopted, "actions"), a->number);
    const cJSON *context = json_get(json_get(action, "integration"), "context");
    cJSON *json = cJSON_Duplicate(a->body, 1);
    buttons *b = a->owner->buttons;
    cJSON_ReplaceItemInObjectCaseSensitive(json, "context", cJSON_Duplicate(context, 1));
    char *text = cJSON_PrintUnformatted(json), *user_id = xstrdup(a->user_id);
    buttons_http_fn *fn = a->fn;
    void *ctx = a->ctx;
    cJSON_Delete(json);
    forget(a);
    buttons_http(b, user_id, bytes_str(text != NULL ? text : ""), fn, ctx);
    cJSON_free(text);
    free(user_id);
}

static void on_edited(void *ctx, const chat_error *error, const chat_post *post) {
    adoption *a = ctx;
    (void)post;
    if (is_over(a))
        return;
    if (error->err == OC_OK)
        click(a);
    else
        end(a, 200, "ephemeral_text", words_marked(WORD_BUTTON_TROUBLE));
}

static void on_made(void *ctx, oc_err err, const char *nonce, const cJSON *made) {
    adoption *a = ctx;
    (void)nonce;
    if (is_over(a))
        return;
    if (err != OC_OK) {
        end(a, 200, "ephemeral_text", words_marked(WORD_BUTTON_TROUBLE));
        return;
    }
    a->adopted = cJSON_Duplicate(made, 1);
    cJSON *list = cJSON_Duplicate(a->attachments, 1), *props = json_new_object();
    cJSON_ReplaceItemInArray(list, a->index, cJSON_Duplicate(made, 1));
    json_add(props, "attachments", list);
    chat_edit_post(a->owner->chat, &(chat_edit){.post_id = a->post_id, .props = props}, on_edited, a);
    cJSON_Delete(props);
}

// --- what the post holds ---

// The server does not show what a button carries; a button has a name.
static bool is_button(const cJSON *action) {
    return *json_text(action, "id") != '\0' && *json_text(action, "name") != '\0' &&
           json_get(action, "options") == NULL;
}

static bool has_own_meaning(const cJSON *context) {
    return json_bool(context, "oc_question", false) || json_bool(context, "oc_model_picker", false);
}

static bool find(adoption *a) {
    const char *wanted = json_text(json_get(a->body, "context"), "action_id");
    const cJSON *one = NULL, *action = NULL;
    a->index = 0;
    cJSON_ArrayForEach(one, a->attachments) {
        a->number = 0;
        cJSON_ArrayForEach(action, json_array(one, "actions")) {
            if (is_button(action) && strcmp(json_text(action, "id"), wanted) == 0)
                return true;
            a->number += is_button(action);
        }
        a->index++;
    }
    return false;
}

// Of the one that was clicked the request brings what it carries; of the others the id is what it mostly was.
static const char *value_of(const adoption *a, const cJSON *action, size_t number) {
    const char *value = json_string(json_get(a->body, "context"), "callback_data");
    return number == (size_t)a->number && value != NULL ? value : json_text(action, "id");
}

static void adopt(adoption *a, const account *by, const chat_post *post) {
    const cJSON *attachment = cJSON_GetArrayItem(a->attachments, a->index), *action = NULL;
    button_action actions[BUTTONS_MAX];
    size_t count = 0;
    cJSON *data = json_new_object();
    cJSON_ArrayForEach(action, json_array(attachment, "actions")) {
        if (!is_button(action) || count == BUTTONS_MAX)
            continue;
        actions[count] = (button_action){.id = json_text(action, "id"),
                                         .label = json_text(action, "name"),
                                         .style = json_string(action, "style"),
                                         .value = value_of(a, action, count)};
        count++;
    }
    json_add_string(data, "root", post->root_id);
    const button_set set = {.kind = a->owner->kind,
                            .account_id = by->id,
                            .bot_user_id = by->bot_user_id,
                            .channel_id = post->channel_id,
                            .post_id = a->post_id,
                            .text = json_text(attachment, "text"),
                            .actions = actions,
                            .count = count,
                            .lives_ms = BUTTONS_LIVE_MAX_MS,
                            .data = data};
    buttons_make(a->owner->buttons, &set, on_made, a);
    cJSON_Delete(data);
}

static const account *account_of(const adopted_buttons *a, const char *bot_user_id) {
    account *one = NULL;
    for (size_t i = 0; (one = a->places.account(a->places.ctx, i)) != NULL; i++) {
        if (one->bot_user_id != NULL && strcmp(one->bot_user_id, bot_user_id) == 0)
            return one;
    }
    return NULL;
}

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    adoption *a = ctx;
    if (is_over(a))
        return;
    if (error->err != OC_OK) {
        end(a, 500, "error", "Failed to validate interaction");
        return;
    }
    const account *by = account_of(a->owner, post->user_id);
    a->attachments = cJSON_Duplicate(json_array(post->props, "attachments"), 1);
    if (strcmp(post->channel_id, json_text(a->body, "channel_id")) != 0)
        end(a, 403, "error", "Post/channel mismatch");
    else if (by == NULL || !find(a))
        end(a, 403, "error", "Unknown action");
    else if (has_own_meaning(json_get(a->body, "context")) || a->number >= BUTTONS_MAX)
        end(a, 200, "ephemeral_text", words_marked(WORD_BUTTON_OF_BEFORE));
    else
        adopt(a, by, post);
}

// --- in and out ---

static bool is_adopted_now(const adopted_buttons *o, const char *post_id) {
    const adoption *a = NULL;
    DL_FOREACH (o->open, a) {
        if (strcmp(a->post_id, post_id) == 0)
            return true;
    }
    return false;
}

void adopted_buttons_click(adopted_buttons *o, const char *user_id, bytes body, buttons_http_fn *fn,
                           void *ctx) {
    int status = 0;
    const char *fault = NULL;
    cJSON *json = buttons_body(o->buttons, user_id, body, &status, &fault);
    const char *post_id = json_text(json, "post_id");
    if (fault != NULL) {
        buttons_turn_down(o->buttons, user_id, status, fault, fn, ctx);
        cJSON_Delete(json);
        return;
    }
    if (is_adopted_now(o, post_id)) { // somebody else was a moment faster
        char *said = buttons_read(o->buttons, user_id, words_marked(WORD_BUTTON_BUSY));
        buttons_reply(fn, ctx, 200, "ephemeral_text", said);
        free(said);
        cJSON_Delete(json);
        return;
    }
    adoption *a = xcalloc(1, sizeof *a);
    *a = (adoption){
        .owner = o, .user_id = xstrdup(user_id), .post_id = xstrdup(post_id), .fn = fn, .ctx = ctx};
    a->body = json;
    DL_APPEND(o->open, a);
    chat_get_post(o->chat, a->post_id, on_post, a);
}

adopted_buttons *adopted_buttons_create(chat *c, buttons *b, const place_world *places, const char *kind) {
    adopted_buttons *o = xcalloc(1, sizeof *o);
    *o = (adopted_buttons){.chat = c, .buttons = b, .places = *places, .kind = kind};
    return o;
}

// Those that are open are freed when what they asked for comes.
void adopted_buttons_destroy(adopted_buttons *o) {
    adoption *a = NULL, *next = NULL;
    if (o == NULL)
        return;
    DL_FOREACH_SAFE (o->open, a, next) {
        DL_DELETE(o->open, a);
        a->owner = NULL;
        buttons_reply(a->fn, a->ctx, 503, "error",
                      words_text(WORDS_EN, WORD_BUTTON_TROUBLE)); // shown to nobody
        a->fn = NULL;
    }
    free(o);
}
