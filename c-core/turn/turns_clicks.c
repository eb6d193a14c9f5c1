// SPDX-License-Identifier: Apache-2.0
#include "turn/turns_clicks.h"

#include "base/json.h"
#include "base/mem.h"
#include "interactions/place.h"
#include "turn/words.h"

#include <stdlib.h>
#include <string.h>

enum { SUFFIX_NONCE_LENGTH = 12 };

struct clicks {
    turns *turns;
    place_world places;
};

// --- may they? ---

typedef struct judging {
    click_ticket *ticket;
    char *account_id;
} judging;

static void on_place(void *ctx, place_verdict verdict, bot_place *p) {
    judging *j = ctx;
    if (verdict == PLACE_FOUND && p->allowed && strcmp(p->account->id, j->account_id) == 0)
        buttons_admit(j->ticket);
    else
        buttons_refuse(j->ticket, verdict == PLACE_FAILED ? "place_unknown" : "not_allowed",
                       verdict == PLACE_FOUND && p->allowed ? words_click_account_gone()
                                                            : place_sentence(verdict, p));
    place_free(p);
    free(j->account_id);
    free(j);
}

static void may(void *ctx, const button_click *click, click_ticket *ticket) {
    const clicks *c = ctx;
    judging *j = xmalloc(sizeof *j);
    *j = (judging){.ticket = ticket, .account_id = xstrdup(click->account_id)};
    place_request request = {.user_id = click->by->id,
                             .channel_id = click->channel_id,
                             .root_id = json_text(click->data, "root"),
                             .bot = click->account_id};
    place_find(&c->places, &request, on_place, j);
}

// --- it becomes a turn ---

char *clicks_text(const char *label, const char *value, const char *post_id) {
    if (*value == '\0' || strcmp(value, label) == 0)
        return xasprintf("(chose \"%s\" under your message %s)", label, post_id);
    return xasprintf("(chose \"%s\" under your message %s; value: %s)", label, post_id, value);
}

static char *suffix_of(const button_click *click) {
    return xasprintf("c%.*sn%lld", SUFFIX_NONCE_LENGTH, click->nonce, (long long)click->at_ms);
}

static void clicked(void *ctx, const button_click *click, click_ticket *ticket) {
    const clicks *c = ctx;
    char *text = clicks_text(click->label, click->value, click->post_id), *suffix = suffix_of(click);
    const chat_post said = {.id = click->post_id,
                            .channel_id = click->channel_id,
                            .user_id = click->by->id,
                            .root_id = json_text(click->data, "root"),
                            .message = text,
                            .type = "",
                            .pending_post_id = "",
                            .create_at_ms = click->at_ms};
    bool taken = turns_take_click(c->turns, &said, click->account_id, suffix);
    char *chosen = buttons_chosen_text(click);
    buttons_answer(ticket, &(button_result){.chosen = taken && !click->reusable ? chosen : NULL,
                                            .ephemeral_text = taken ? NULL : words_click_account_gone(),
                                            .undo = !taken});
    free(chosen);
    free(suffix);
    free(text);
}

clicks *clicks_create(buttons *b, turns *t, const place_world *places) {
    clicks *c = xcalloc(1, sizeof *c);
    c->turns = t;
    c->places = *places;
    buttons_register(b, &(button_kind){.name = CLICKS_KIND, .may = may, .clicked = clicked, .ctx = c});
    return c;
}

void clicks_destroy(clicks *c) {
    free(c);
}
