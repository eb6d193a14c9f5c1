// SPDX-License-Identifier: Apache-2.0
#include "admin/beside_watch.h"

#include "admin/words.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <utlist.h>

typedef struct watched {
    const void *of; // a gateway_control or a gateway_node
    char *trouble;  // NULL while nobody need do anything
    struct watched *prev, *next;
} watched;

struct beside_watch {
    notices *notices;
    watched *all;
    bool stopped;
};

static void free_watched(watched *one) {
    free(one->trouble);
    free(one);
}

static void tell(beside_watch *w) {
    char *text = NULL;
    if (w->stopped)
        return;
    for (const watched *one = w->all; one != NULL; one = one->next) {
        if (one->trouble == NULL)
            continue;
        char *longer = text == NULL ? xstrdup(one->trouble) : xasprintf("%s\n\n%s", text, one->trouble);
        free(text);
        text = longer;
    }
    if (text != NULL)
        notices_tell(w->notices, NOTICE_BESIDE, text);
    else
        notices_well(w->notices, NOTICE_BESIDE, words_beside_well());
    free(text);
}

static watched *find(const beside_watch *w, const void *of) {
    watched *one = NULL;
    DL_FOREACH (w->all, one) {
        if (one->of == of)
            return one;
    }
    return NULL;
}

// trouble is taken; NULL when there is none.
static void set_trouble(beside_watch *w, const void *of, char *trouble) {
    watched *one = find(w, of);
    if (one == NULL) {
        one = xcalloc(1, sizeof *one);
        one->of = of;
        DL_APPEND(w->all, one);
    }
    free(one->trouble);
    one->trouble = trouble;
    tell(w);
}

static void on_control(void *ctx, gateway_control *c, const gateway_status *status) {
    if (status->state == GATEWAY_READY) {
        log_info("the control connection to the gateway is open");
        set_trouble(ctx, c, NULL);
    } else if (status->state == GATEWAY_PAIRING || status->state == GATEWAY_HALTED) {
        log_error("the gateway does not open the control connection", "code", status->code, "reason",
                  status->sentence, "command", status->command);
        set_trouble(ctx, c, words_control_notice(status));
    }
}

static void on_node(void *ctx, gateway_node *n, const node_status *status) {
    bool trouble =
        status->state == NODE_UNPAIRED || status->state == NODE_HALTED || status->state == NODE_UNAPPROVED;
    if (trouble)
        log_error("the gateway's agents do not have all tools", "state", node_state_name(status->state),
                  "reason", status->sentence, "command", status->command, "missing", status->missing);
    else if (status->state == NODE_READY)
        log_info("the gateway's agents have the tools");
    if (trouble || status->state == NODE_READY || status->state == NODE_OFF)
        set_trouble(ctx, n, trouble ? words_node_notice(status) : NULL);
}

static void forget(beside_watch *w, const void *of) {
    watched *one = of != NULL ? find(w, of) : NULL;
    if (one == NULL)
        return;
    bool told = one->trouble != NULL;
    DL_DELETE(w->all, one);
    free_watched(one);
    if (told)
        tell(w);
}

static void on_gone(void *ctx, gateway *g, gateway_control *c, gateway_node *n) {
    (void)g;
    forget(ctx, c);
    forget(ctx, n);
}

beside_watch *beside_watch_create(accounts *a, notices *n) {
    static const account_listener listener = {
        .control_status = on_control, .node_status = on_node, .gone = on_gone};
    beside_watch *w = xcalloc(1, sizeof *w);
    w->notices = n;
    accounts_listen(a, &listener, w);
    return w;
}

void beside_watch_stop(beside_watch *w) {
    w->stopped = true;
}

void beside_watch_destroy(beside_watch *w) {
    if (w == NULL)
        return;
    while (w->all != NULL) {
        watched *one = w->all;
        DL_DELETE(w->all, one);
        free_watched(one);
    }
    free(w);
}
