// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/asks_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { POST_TRIES_MAX = 4, POST_PAUSE_MS = 1000, LOOK_AGAIN_MS = ASK_CLAIM_MS + 5000 };

asks *asks_create(const asks_world *w) {
    asks *a = xcalloc(1, sizeof *a);
    a->world = *w;
    return a;
}

static void opening_free(opening *o) {
    loop_timer_cancel(&o->again);
    for (size_t i = 0; i < o->place_count; i++) {
        free(o->places[i].channel_id);
        free(o->places[i].root_id);
        free(o->places[i].user_id);
        free(o->places[i].reader_id);
        free(o->places[i].text);
        free(o->places[i].plain);
    }
    free(o->places);
    for (size_t i = 0; i < o->action_count; i++)
        free((void *)(uintptr_t)o->actions[i].options);
    free(o->actions);
    cJSON_Delete(o->texts);
    cJSON_Delete(o->props);
    free(o->bot_user_id);
    free(o);
}

void asks_destroy(asks *a) {
    if (a == NULL)
        return;
    while (a->openings != NULL) {
        opening *o = a->openings;
        DL_DELETE(a->openings, o);
        asks_closing_drop(o->close);
        opening_free(o);
    }
    asks_closings_end(a);
    free(a);
}

opening *asks_opening(const asks *a, const char *kind, const char *id) {
    opening *o = NULL;
    DL_FOREACH (a->openings, o) {
        if (strcmp(o->ask.kind, kind) == 0 && strcmp(o->ask.id, id) == 0)
            return o;
    }
    return NULL;
}

void asks_opening_end(opening *o) {
    closing *close = o->close;
    DL_DELETE(o->owner->openings, o);
    opening_free(o);
    if (close != NULL)
        asks_close_begin(close);
}

// --- NOTING ---

static bool change_note(void *ctx, open_asks_state *s, int64_t now_ms) {
    const opening *o = ctx;
    bool known = false;
    for (size_t i = 0; i < o->ask.post_count; i++)
        known = open_asks_add_post(s, o->ask.kind, o->ask.id, &o->ask.posts[i]);
    if (o->ask.post_count == 0) // nowhere: another process may have more luck
        return open_asks_take(s, o->ask.kind, o->ask.id, now_ms, NULL);
    return known && open_asks_set_posted(s, o->ask.kind, o->ask.id);
}

static void on_noted(void *ctx, oc_err err, const open_asks_state *s) {
    opening *o = ctx;
    bool over = err == OC_OK && open_asks_find(s, o->ask.kind, o->ask.id) == NULL;
    if (err == OC_ECLOSED)
        return;                        // asks_destroy comes next
    if (over && o->ask.post_count > 0) // another node closed it while its posts were made here
        asks_close_posts(o->owner, &o->ask, words_marked(WORD_APPROVAL_CLOSED));
    const asks_world *w = &o->owner->world;
    asks_opening_end(o);
    if (w->shown != NULL && err == OC_OK && !over)
        w->shown(w->ctx);
}

static void note(opening *o) {
    o->state = OPENING_NOTING;
    if (o->ask.post_count == 0)
        log_warn("a question or an approval could not be shown anywhere", "kind", o->ask.kind, "id",
                 o->ask.id);
    open_asks_change(o->owner->world.store, change_note, on_noted, o);
}

// --- POSTING ---

static void next_place(opening *o) {
    if (o->at == o->place_count || o->close != NULL)
        note(o);
    else
        asks_find_place(o);
}

words_lang asks_place_lang(const opening *o) {
    chat *c = o->owner->world.chat;
    const char *reader = o->places[o->at].reader_id;
    return *reader != '\0' ? chat_lang(c, reader) : chat_server_lang(c);
}

void asks_place_done(opening *o, const chat_post *post, const char *nonce) {
    if (post != NULL && o->ask.post_count < ASK_POSTS_MAX) {
        ask_post *p = &o->ask.posts[o->ask.post_count++];
        *p = (ask_post){.at_ms = post->create_at_ms};
        snprintf(p->id, sizeof p->id, "%s", post->id);
        snprintf(p->channel_id, sizeof p->channel_id, "%s", post->channel_id);
        snprintf(p->nonce, sizeof p->nonce, "%s", nonce);
        snprintf(p->lang, sizeof p->lang, "%s", words_lang_tag(asks_place_lang(o)));
    }
    cJSON_Delete(o->props);
    o->props = NULL;
    o->tries = 0;
    o->at++;
    next_place(o);
}

static void send(void *ctx);

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    opening *o = ctx;
    if (error->err == OC_OK) {
        const char *nonce = asks_marker_nonce(post->props);
        nonce = *nonce != '\0' ? nonce : o->nonce; // of an earlier sending with the same key
        if (*nonce != '\0')
            buttons_bind(o->owner->world.buttons, nonce, post->id);
        asks_place_done(o, post, nonce);
        return;
    }
    log_warn("a question or an approval could not be posted", "kind", o->ask.kind, "channel",
             o->places[o->at].channel_id, "error", error->message);
    bool passing = error->http_status == 0 || error->http_status >= 500 || error->http_status == 429;
    if (passing && ++o->tries < POST_TRIES_MAX)
        loop_timer_set(o->owner->world.loop, &o->again, POST_PAUSE_MS << o->tries, send, o);
    else
        asks_place_done(o, NULL, NULL);
}

static void send(void *ctx) {
    opening *o = ctx;
    const kept_place *p = &o->places[o->at];
    bool bare = p->with_buttons && *o->nonce == '\0' && p->plain != NULL;
    char *key = xasprintf("%s.%s.%zu", o->ask.kind, o->ask.id, o->at),
         *text = words_in(asks_place_lang(o), bare ? p->plain : p->text);
    chat_post post = {.user_id = o->bot_user_id,
                      .channel_id = p->channel_id,
                      .root_id = p->root_id,
                      .message = text,
                      .props = o->props,
                      .key = key};
    chat_create_post(o->owner->world.chat, &post, on_posted, o);
    free(text);
    free(key);
}

static void on_buttons(void *ctx, oc_err err, const char *nonce, const cJSON *attachment) {
    opening *o = ctx;
    if (err == OC_OK) {
        snprintf(o->nonce, sizeof o->nonce, "%s", nonce);
        json_push(json_add_array(o->props, "attachments"), cJSON_Duplicate(attachment, true));
        json_add_string(cJSON_GetObjectItemCaseSensitive(o->props, "openclaw"), "nonce", nonce);
    } else {
        log_warn("a question or an approval gets no buttons", "kind", o->ask.kind, "error", oc_err_text(err));
    }
    send(o);
}

// The actions with labels as they are read in the present place. The caller frees them and the texts.
static button_action *read_actions(const opening *o, cJSON *texts) {
    words_lang lang = asks_place_lang(o);
    button_action *actions = xcalloc(o->action_count + 1, sizeof *actions);
    for (size_t i = 0; i < o->action_count; i++) {
        char *label = words_in(lang, o->actions[i].label);
        cJSON *kept = json_new_string(label);
        json_push(texts, kept);
        actions[i] = o->actions[i];
        actions[i].label = kept->valuestring;
        free(label);
    }
    return actions;
}

void asks_post_place(opening *o) {
    const kept_place *p = &o->places[o->at];
    *o->nonce = '\0';
    o->props = asks_marker(o);
    if (!p->with_buttons || chat_get_connection(o->owner->world.chat).no_buttons) {
        send(o);
        return;
    }
    cJSON *data = json_new_object();
    json_add_string(data, "id", o->ask.id);
    cJSON *texts = json_new_array();
    button_action *actions = read_actions(o, texts);
    button_set set = {.kind = o->ask.kind,
                      .account_id = o->ask.account,
                      .bot_user_id = o->bot_user_id,
                      .channel_id = p->channel_id,
                      .actions = actions,
                      .count = o->action_count,
                      .lives_ms = o->lives_ms,
                      .reusable =
                          true, // one decision is the store's and the gateway's business, not one click
                      .data = data};
    buttons_make(o->owner->world.buttons, &set, on_buttons, o);
    free(actions);
    cJSON_Delete(texts);
    cJSON_Delete(data);
}

// --- CLAIMING ---

static bool change_claim(void *ctx, open_asks_state *s, int64_t now_ms) {
    opening *o = ctx;
    o->claim = open_asks_claim(s, &o->ask, o->earlier, now_ms);
    return o->claim == ASK_MINE || o->claim == ASK_TAKEN_OVER;
}

static void claim(void *ctx);

static void on_claimed(void *ctx, oc_err err, const open_asks_state *s) {
    opening *o = ctx;
    (void)s;
    if (err == OC_ECLOSED)
        return; // asks_destroy comes next
    if (o->close != NULL || (err == OC_OK && o->claim == ASK_STANDS)) {
        asks_opening_end(o); // over, or posted by an earlier process or another node
        return;
    }
    if (err != OC_OK || o->claim == ASK_OTHERS) {
        o->state = OPENING_LEFT;
        loop_timer_set(o->owner->world.loop, &o->again, err != OC_OK ? POST_PAUSE_MS : LOOK_AGAIN_MS, claim,
                       o);
        return;
    }
    if (o->claim == ASK_FULL) {
        log_error("too many questions and approvals wait: one is not shown", "kind", o->ask.kind, "id",
                  o->ask.id);
        asks_opening_end(o);
        return;
    }
    o->look = o->claim == ASK_TAKEN_OVER;
    o->state = OPENING_POSTING;
    next_place(o);
}

static void claim(void *ctx) {
    opening *o = ctx;
    if (loop_wall_ms(o->owner->world.loop) > o->ask.expires_ms) {
        asks_opening_end(o);
        return;
    }
    o->state = OPENING_CLAIMING;
    open_asks_change(o->owner->world.store, change_claim, on_claimed, o);
}

// --- a request ---

static const char *keep_text(opening *o, const char *text) {
    cJSON *kept = json_new_string(text);
    if (text == NULL) {
        cJSON_Delete(kept);
        return NULL;
    }
    json_push(o->texts, kept);
    return kept->valuestring;
}

static void keep_actions(opening *o, const ask_request *r) {
    o->texts = json_new_array();
    o->actions = xcalloc(r->action_count + 1, sizeof *o->actions);
    o->action_count = r->action_count;
    for (size_t i = 0; i < r->action_count; i++) {
        const button_action *from = &r->actions[i];
        button_option *options = xcalloc(from->option_count + 1, sizeof *options);
        for (size_t k = 0; k < from->option_count; k++)
            options[k] = (button_option){.text = keep_text(o, from->options[k].text),
                                         .value = keep_text(o, from->options[k].value)};
        o->actions[i] = (button_action){.id = keep_text(o, from->id),
                                        .label = keep_text(o, from->label),
                                        .style = keep_text(o, from->style),
                                        .value = keep_text(o, from->value),
                                        .options = options,
                                        .option_count = from->option_count};
    }
}

static void keep_places(opening *o, const ask_request *r) {
    o->place_count = r->place_count < ASK_POSTS_MAX ? r->place_count : ASK_POSTS_MAX;
    o->places = xcalloc(o->place_count + 1, sizeof *o->places);
    for (size_t i = 0; i < o->place_count; i++) {
        const ask_place *from = &r->places[i];
        o->places[i] = (kept_place){.channel_id = xstrdup(from->channel_id),
                                    .root_id = xstrdup(from->root_id),
                                    .user_id = xstrdup(from->user_id),
                                    .reader_id = xstrdup(from->reader_id),
                                    .text = xstrdup(from->text),
                                    .plain = from->plain != NULL ? xstrdup(from->plain) : NULL,
                                    .with_buttons = from->with_buttons};
    }
}

void asks_open(asks *a, const ask_request *r) {
    if (asks_opening(a, r->kind, r->id) != NULL)
        return;
    if (strlen(r->id) >= ASK_ID_BYTES || strlen(r->account_id) >= ASK_NAME_BYTES) {
        log_warn("the gateway's name for something that waits is too long to be shown", "kind", r->kind);
        return;
    }
    opening *o = xcalloc(1, sizeof *o);
    o->owner = a;
    snprintf(o->ask.kind, sizeof o->ask.kind, "%s", r->kind);
    snprintf(o->ask.id, sizeof o->ask.id, "%s", r->id);
    snprintf(o->ask.account, sizeof o->ask.account, "%s", r->account_id);
    snprintf(o->ask.node, sizeof o->ask.node, "%s", a->world.node);
    o->ask.expires_ms = loop_wall_ms(a->world.loop) + r->lives_ms;
    o->bot_user_id = xstrdup(r->bot_user_id);
    o->lives_ms = r->lives_ms;
    o->earlier = r->earlier;
    keep_places(o, r);
    keep_actions(o, r);
    DL_APPEND(a->openings, o);
    claim(o);
}
