// SPDX-License-Identifier: Apache-2.0
// Held posts: handed to the core in order, kept until it has reported their outcome, handed to the next core again.
#include "base/json.h"
#include "base/log.h"
#include "core_link_private.h"

enum {
    POSTS_UNDER_WAY_MAX = 2048, // leaves room for other calls on the link
    RETRY_MS = 50,              // when the link's queue is full
};

static void on_retry(void *ctx) {
    core_posts_pump(ctx);
}

static void on_outcome(void *ctx, const link_message *answer) {
    held_post *p = ctx;
    core_link *k = p->home->owner;
    int64_t code = json_int(answer->error, "code", 0);
    k->posts_open--;
    if (code == LINK_E_CLOSED) { // the core died with it: the next one gets it
        held_posts_returned(&k->posts, p);
        return;
    }
    if (answer->error != NULL)
        log_error("The core could not take a post", "reason", json_text(answer->error, "message"));
    held_posts_release(&k->posts, p);
    core_posts_pump(k);
}

static oc_err hand_over(core_link *k, held_post *p) {
    buf params;
    buf_init(&params, LINK_LARGE_MAX_BYTES);
    oc_err err = held_post_params(p, &params);
    if (err == OC_OK)
        err = link_call(k->link, p->hook, buf_bytes(&params), bytes_of(p->tail, p->tail_len), 0, on_outcome,
                        p, NULL);
    buf_free(&params);
    return err;
}

void core_posts_pump(core_link *k) {
    while (k->phase == CORE_READY && k->posts_open < POSTS_UNDER_WAY_MAX) {
        held_post *p = held_posts_next(&k->posts);
        if (p == NULL)
            return;
        oc_err err = p->tries < HELD_POST_TRIES_MAX ? hand_over(k, p) : OC_ELIMIT;
        if (err == OC_OK) {
            held_posts_handed(&k->posts, p);
            k->posts_open++;
        } else if (err == OC_ELIMIT) {
            log_error("A post is given up", "reason",
                      p->tries < HELD_POST_TRIES_MAX ? "it is too long"
                                                     : "the core died with it again and again");
            held_posts_release(&k->posts, p);
        } else {
            loop_timer_set(k->l, &k->posts_timer, RETRY_MS, on_retry, k);
            return;
        }
    }
}

oc_err core_link_post(core_link *k, const char *hook, bytes params_json, bytes tail) {
    oc_err err = held_posts_add(&k->posts, hook, params_json, tail);
    if (err != OC_OK) {
        log_error("A post is refused", "reason",
                  err == OC_EBUSY ? "too many posts wait for the core" : oc_err_text(err));
        return err;
    }
    core_posts_pump(k);
    return OC_OK;
}
