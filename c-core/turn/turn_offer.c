// SPDX-License-Identifier: Apache-2.0
// OFFERING: what the agent has attached to its answer can be clicked. The answer's text names every choice as well, so
// nothing is lost when the buttons cannot be made.
#include "turn/turn_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "turn/turns_clicks.h"

#include <stdio.h>
#include <stdlib.h>

// --- reading ---

static cJSON *presentations_of(const cJSON *payloads) {
    cJSON *objects = json_new_array();
    const cJSON *payload = NULL;
    cJSON_ArrayForEach(payload, payloads) {
        const cJSON *one = json_get(payload, "presentation");
        if (presentation_is(one))
            json_push(objects, cJSON_Duplicate(one, 1));
    }
    return objects;
}

char *turn_read_choices(turn *t, const gateway_run_result *result) {
    const account_config *rules = t->account->config;
    cJSON *objects = presentations_of(result->payloads);
    char *text = rules != NULL && account_offers_buttons(rules)
                     ? presentation_extract(result->text, true, objects)
                     : xstrdup(result->text);
    if (cJSON_GetArraySize(objects) > 0) {
        presentation *p = presentation_read(text, objects, NULL);
        free(text);
        text = xstrdup(p->text);
        if (p->count > 0 && t->world->buttons != NULL)
            t->choices = p;
        else
            presentation_free(p);
    }
    cJSON_Delete(objects);
    return text;
}

// --- offering ---

typedef struct drawn { // a set, as long as it is being made
    button_action actions[PRESENTATION_ITEMS_MAX];
    button_option *options[PRESENTATION_ITEMS_MAX];
    char ids[PRESENTATION_ITEMS_MAX][8];
    size_t count;
    bool reusable;
} drawn;

static button_option *options_of(const presentation_item *menu) {
    button_option *options = xcalloc(menu->option_count, sizeof *options);
    for (size_t i = 0; i < menu->option_count; i++)
        options[i] = (button_option){.text = menu->options[i].label, .value = menu->options[i].value};
    return options;
}

// Options of a question are drawn where the gateway asks it.
static void draw(const presentation *p, drawn *d) {
    d->reusable = true;
    for (size_t i = 0; i < p->count; i++) {
        const presentation_item *item = &p->items[i];
        if (item->kind == PRESENTATION_QUESTION)
            continue;
        size_t n = d->count++;
        (void)snprintf(d->ids[n], sizeof d->ids[n], "%u", (unsigned)(i % 100));
        d->options[n] = item->kind == PRESENTATION_MENU ? options_of(item) : NULL;
        d->actions[n] = (button_action){.id = d->ids[n],
                                        .label = item->label,
                                        .style = item->style,
                                        .value = item->value,
                                        .options = d->options[n],
                                        .option_count = item->option_count};
        d->reusable = d->reusable && item->reusable;
    }
}

static turn *turn_of(asking *a) {
    turn *t = a->turn;
    free(a);
    if (t != NULL)
        t->asking = NULL;
    return t;
}

static asking *ask(turn *t) {
    asking *a = xmalloc(sizeof *a);
    a->turn = t;
    t->asking = a;
    return a;
}

static void on_shown(void *ctx, const chat_error *error, const chat_post *post) {
    turn *t = turn_of(ctx);
    (void)post;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        log_warn("an answer did not get its buttons", "error", error->message);
    if (t != NULL)
        turn_finish(t, t->reason);
}

static void on_made(void *ctx, oc_err err, const char *nonce, const cJSON *made) {
    turn *t = turn_of(ctx);
    (void)nonce;
    if (t == NULL)
        return;
    if (err != OC_OK) {
        log_warn("the buttons of an answer could not be made", "turn", t->id, "error", oc_err_text(err));
        turn_finish(t, t->reason);
        return;
    }
    cJSON *props = json_new_object();
    json_push(json_add_array(props, "attachments"), cJSON_Duplicate(made, 1));
    chat_edit edit = {.post_id = t->offered_post, .props = props};
    chat_edit_post(t->world->chat, &edit, on_shown, ask(t));
    cJSON_Delete(props);
}

void turn_offer(turn *t, const char *post_id) {
    drawn d = {.count = 0};
    cJSON *data = json_new_object();
    turn_move(t, TURN_OFFERING);
    t->offered_post = xstrdup(post_id);
    draw(t->choices, &d);
    json_add_string(data, "root", turn_reply_root(t));
    json_add_string(data, "lang", words_lang_tag(turn_lang(t))); // of the post
    button_set set = {.kind = CLICKS_KIND,
                      .account_id = t->account->id,
                      .bot_user_id = t->account->bot_user_id,
                      .channel_id = t->post.channel_id,
                      .post_id = post_id,
                      .actions = d.actions,
                      .count = d.count,
                      .lives_ms = BUTTONS_LIVE_MAX_MS,
                      .reusable = d.reusable,
                      .data = data};
    if (d.count > 0)
        buttons_make(t->world->buttons, &set, on_made, ask(t));
    else
        turn_finish(t, t->reason);
    for (size_t i = 0; i < d.count; i++)
        free(d.options[i]);
    cJSON_Delete(data);
}
