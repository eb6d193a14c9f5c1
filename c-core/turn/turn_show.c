// SPDX-License-Identifier: Apache-2.0
// The answer while it grows: what the agent says and does becomes posts at a measured pace (RUNNING).
#include "turn/turn_private.h"

#include "base/mem.h"
#include "reply/render.h"

#include <stdlib.h>

enum { EDITS_PER_SECOND = 20, EDIT_EVERY_MS = 1000, EDIT_SLOWEST_MS = 5000, EDITS_MAX = 20 };

size_t turn_post_limit(const turn *t) {
    const account_config *rules = t->account->config;
    size_t limit = t->world->post_max_runes > 0 ? t->world->post_max_runes : POST_MAX_RUNES;
    return rules != NULL && (size_t)rules->text_chunk_limit < limit ? (size_t)rules->text_chunk_limit : limit;
}

preview *turn_new_preview(const turn *t) {
    account_config rules = *t->account->config; // what of it is shown is borrowed for the moment
    streaming_config *s = &rules.streaming;
    const talk_setting set = talk_settings_get(t->world->talk, t->account->id, t->place);
    if (set.verbose != TALK_VERBOSE_UNSET) {
        s->preview_tool_progress = s->progress_tool_progress = set.verbose != TALK_VERBOSE_OFF;
        s->command_text = set.verbose == TALK_VERBOSE_FULL;
    }
    s->show_thinking = set.reasoning == TALK_REASONING_ON;
    preview *p = preview_create(&rules, t->place, turn_post_limit(t));
    preview_speak(p, turn_lang(t));
    return p;
}

// An account that was removed meanwhile finishes by the usual rules.
static pace_rules pace_of(const turn *t) {
    const account_config *rules = t->account->config;
    if (rules == NULL)
        return (pace_rules){EDIT_EVERY_MS, EDIT_SLOWEST_MS, EDITS_MAX, EDITS_PER_SECOND};
    const streaming_config *s = &rules->streaming;
    return (pace_rules){s->edit_every_ms, s->edit_slowest_ms, s->edits_max, s->edits_per_second_total};
}

delivery *turn_posts(turn *t) {
    if (t->delivery != NULL)
        return t->delivery;
    cJSON *props = t->account->config != NULL ? render_props(t->account->config) : NULL;
    delivery_request request = {
        .turn = t->id,
        .bot_user_id = t->account->bot_user_id,
        .channel_id = t->post.channel_id,
        .root_id = turn_reply_root(t),
        .props = props,
        .maybe_posted = t->post.again,
        .remembered_until_ms = t->post.remembered_until_ms,
        .pace = pace_of(t),
        .bucket = &t->world->edits,
        .looks = t->world->looks,
    };
    t->delivery = delivery_create(t->world->loop, t->world->chat, &request);
    cJSON_Delete(props);
    return t->delivery;
}

size_t turn_parts_of(const turn *t, chunks *c, part out[PARTS_MAX]) {
    size_t count = c->count < PARTS_MAX ? c->count : PARTS_MAX;
    if (c->count > PARTS_MAX) {
        free(c->items[PARTS_MAX - 1]);
        c->items[PARTS_MAX - 1] = xstrdup(words_text(turn_lang(t), WORD_TURN_ANSWER_CUT));
    }
    for (size_t i = 0; i < count; i++)
        out[i] = (part){.text = c->items[i]};
    return count;
}

static void on_show(void *ctx) {
    turn *t = ctx;
    part wanted[PARTS_MAX];
    chunks c = preview_parts(t->preview);
    if (c.count > 0 && t->delivery == NULL) // people may reply as soon as they see it
        turn_takes_part(t);
    t->showed = t->showed || c.count > 0;
    if (c.count > 0)
        delivery_show(turn_posts(t), wanted, turn_parts_of(t, &c, wanted));
    chunks_free(&c);
}

// Most of what comes between two edits is never shown: it is not worth being laid out.
static void show_soon(turn *t) {
    int64_t now_ms = loop_now_ms(t->world->loop);
    int64_t due_ms = t->delivery != NULL ? delivery_due_ms(t->delivery) : now_ms;
    if (due_ms != DELIVERY_NEVER && !loop_timer_armed(&t->show))
        loop_timer_set(t->world->loop, &t->show, due_ms > now_ms ? due_ms - now_ms : 0, on_show, t);
}

void turn_show_text(turn *t, const char *so_far) {
    const account_config *rules = t->account->config;
    if (rules != NULL && account_offers_buttons(rules)) { // a block of buttons is nothing to be read
        char *visible = presentation_extract(so_far, false, NULL);
        preview_text(t->preview, visible);
        free(visible);
    } else {
        preview_text(t->preview, so_far);
    }
    show_soon(t);
}

void turn_show_activity(turn *t, const gateway_activity *activity) {
    preview_activity(t->preview, activity);
    show_soon(t);
}
