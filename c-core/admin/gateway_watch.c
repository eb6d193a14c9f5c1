// SPDX-License-Identifier: Apache-2.0
#include "admin/gateway_watch.h"

#include "admin/first_words.h"
#include "admin/words.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { UNREACHABLE_TELL_MS = 60000 }; // a gateway that is away for less is nobody's business

typedef struct watched {
    gateway_watch *owner;
    const gateway *gateway;
    char *accounts; // NULL when there is only one
    char *trouble;  // what is told about it; NULL while all is well
    bool ready;
    loop_timer unreachable;
    struct watched *prev, *next;
} watched;

struct gateway_watch {
    loop *loop;
    notices *notices;
    const accounts *accounts; // whose bots can be written to; NULL: nobody is greeted
    bool greets_later;        // all was well before there was a bot to write to
    watched *all;
};

gateway_watch *gateway_watch_create(loop *l, notices *n) {
    gateway_watch *w = xcalloc(1, sizeof *w);
    *w = (gateway_watch){.loop = l, .notices = n};
    return w;
}

void gateway_watch_greet(gateway_watch *w, const accounts *a) {
    w->accounts = a;
}

static void forget(gateway_watch *w, watched *one) {
    DL_DELETE(w->all, one);
    loop_timer_cancel(&one->unreachable);
    free(one->accounts);
    free(one->trouble);
    free(one);
}

void gateway_watch_destroy(gateway_watch *w) {
    if (w == NULL)
        return;
    while (w->all != NULL)
        forget(w, w->all);
    free(w);
}

static char *greeting(const gateway_watch *w) {
    const config *rules = w->accounts != NULL ? accounts_config(w->accounts) : NULL;
    const account *one = rules != NULL ? accounts_find(w->accounts, config_default(rules)->id) : NULL;
    bool works = one != NULL && one->config != NULL;
    return works ? words_first_connected(one->config, one->bot_username) : NULL;
}

static bool is_any_ready(const gateway_watch *w) {
    const watched *one = w->all;
    while (one != NULL && !one->ready)
        one = one->next;
    return one != NULL;
}

static void tell_well(gateway_watch *w) {
    char *first = greeting(w);
    w->greets_later = first == NULL && w->accounts != NULL;
    notices_well_first(w->notices, NOTICE_GATEWAY, words_gateway_well(), first);
    free(first);
}

static void tell(gateway_watch *w) {
    char *text = NULL;
    for (const watched *one = w->all; one != NULL; one = one->next) {
        if (one->trouble == NULL)
            continue;
        char *longer = text == NULL ? xstrdup(one->trouble) : xasprintf("%s\n\n%s", text, one->trouble);
        free(text);
        text = longer;
    }
    if (text != NULL)
        notices_tell(w->notices, NOTICE_GATEWAY, text);
    else if (is_any_ready(w)) // else nothing is said until it is known
        tell_well(w);
    free(text);
}

void gateway_watch_bots_changed(gateway_watch *w) {
    if (w->greets_later)
        tell(w);
}

static void set_trouble(watched *one, const gateway_status *status) {
    free(one->trouble);
    one->trouble = status != NULL ? words_gateway_notice(status, one->accounts) : NULL;
    tell(one->owner);
}

static void on_unreachable(void *ctx) {
    watched *one = ctx;
    gateway_status status = gateway_get_status(one->gateway);
    set_trouble(one, &status);
}

static watched *find(gateway_watch *w, const gateway *g) {
    watched *one = NULL;
    DL_FOREACH (w->all, one) {
        if (one->gateway == g)
            return one;
    }
    one = xcalloc(1, sizeof *one);
    one->owner = w;
    one->gateway = g;
    DL_APPEND(w->all, one);
    return one;
}

void gateway_watch_status(gateway_watch *w, const gateway *g, const gateway_status *status,
                          const char *names) {
    watched *one = find(w, g);
    free(one->accounts);
    one->accounts = names != NULL ? xstrdup(names) : NULL;
    const char *whose = names != NULL ? names : "";
    one->ready = status->state == GATEWAY_READY;
    switch (status->state) {
    case GATEWAY_READY:
        loop_timer_cancel(&one->unreachable);
        log_info("the gateway is connected", "version", status->server_version, "accounts", whose);
        set_trouble(one, NULL);
        break;
    case GATEWAY_PAIRING:
    case GATEWAY_HALTED:
        loop_timer_cancel(&one->unreachable);
        log_error("the gateway does not let us in", "state", gateway_state_name(status->state), "code",
                  status->code, "reason", status->sentence, "command", status->command, "accounts", whose);
        set_trouble(one, status);
        break;
    case GATEWAY_BACKOFF:
        log_warn("the gateway cannot be reached", "code", status->code, "reason", status->sentence,
                 "accounts", whose);
        if (!loop_timer_armed(&one->unreachable))
            loop_timer_set(w->loop, &one->unreachable, UNREACHABLE_TELL_MS, on_unreachable, one);
        break;
    case GATEWAY_IDLE:
    case GATEWAY_CONNECTING:
    case GATEWAY_WAIT_CHALLENGE:
    case GATEWAY_WAIT_HELLO:
        break;
    }
}

static bool is_in(const gateway *g, const gateway *const *list) {
    while (*list != NULL && *list != g)
        list++;
    return *list != NULL;
}

void gateway_watch_keep(gateway_watch *w, const gateway *const *in_use) {
    watched *one = NULL, *next = NULL;
    bool told = false;
    DL_FOREACH_SAFE (w->all, one, next) {
        if (is_in(one->gateway, in_use))
            continue;
        told = told || one->trouble != NULL;
        forget(w, one);
    }
    if (told)
        tell(w);
}
