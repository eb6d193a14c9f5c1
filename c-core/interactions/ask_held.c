// SPDX-License-Identifier: Apache-2.0
#include "interactions/ask_held.h"

#include "base/mem.h"

#include <stdlib.h>
#include <utlist.h>

enum { LATE_AFTER_MS = 1500, HELD_MAX = 200 }; // whoever clicks is answered within two seconds

struct held_click {
    ask_held *owner;
    const void *source;
    const button_click *click; // lives as long as the ticket
    click_ticket *ticket;
    loop_timer timer;
    struct held_click *prev, *next;
};

static click_ticket *take_out(held_click *one) {
    click_ticket *t = one->ticket;
    loop_timer_cancel(&one->timer);
    DL_DELETE(one->owner->waiting, one);
    one->owner->count--;
    free(one);
    return t;
}

static void look(held_click *one) {
    ask_held *h = one->owner;
    const button_click *click = one->click;
    click_ticket *t = take_out(one);
    h->fn(h->ctx, click, t);
}

static void on_late(void *ctx) {
    look(ctx);
}

bool ask_held_keep(ask_held *h, const void *source, const button_click *click, click_ticket *t) {
    if (h->count == HELD_MAX)
        return false;
    held_click *one = xcalloc(1, sizeof *one);
    *one = (held_click){.owner = h, .source = source, .click = click, .ticket = t};
    DL_APPEND(h->waiting, one);
    h->count++;
    loop_timer_set(h->loop, &one->timer, LATE_AFTER_MS, on_late, one);
    return true;
}

void ask_held_look(ask_held *h, const void *source) {
    held_click *one = NULL, *next = NULL;
    DL_FOREACH_SAFE (h->waiting, one, next) {
        if (one->source == source)
            look(one);
    }
}

void ask_held_end(ask_held *h) {
    while (h->waiting != NULL)
        buttons_answer(take_out(h->waiting), &(button_result){.ephemeral_text = NULL});
}
