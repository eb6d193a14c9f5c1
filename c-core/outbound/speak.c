// SPDX-License-Identifier: Apache-2.0
#include "outbound/speak_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "reply/chunk.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    LIST_ROWS = 100,
    LIST_LIMIT_MS = 30000,
    SCAN_PAUSE_MS = 5000,
    MARGIN_MS = 60 * 1000, // rows are written a little before and after the moments that the gateway tells
    MOVE_EVERY_MS = 30 * 60 * 1000, // while all is heard as it comes
    OTHERS_MARGIN_MS = 30 * 1000,   // so long may what another node sent still be on its way
};

bool speak_may(speak *s) {
    return s->active && (s->parts.may == NULL || s->parts.may(s->parts.ctx));
}

static void about_to(speak *s) {
    if (s->parts.about_to != NULL)
        s->parts.about_to(s->parts.ctx);
}

// --- what was said while nobody was listening ---

static void begin_scan(source *of);

static void scan_again(void *ctx) {
    begin_scan(ctx);
}

static void pause_scan(source *of) {
    of->scan = SCAN_PAUSED;
    loop_timer_set(of->owner->parts.loop, &of->timer, SCAN_PAUSE_MS, scan_again, of);
}

static spoken *known(const source *of) {
    return spoken_store_known(of->store);
}

static void move_on(void *ctx);

static void move_later(source *of) {
    loop_timer_set(of->owner->parts.loop, &of->timer, MOVE_EVERY_MS, move_on, of);
}

// All is heard as it comes: up to a little ago it was dealt with.
static void move_on(void *ctx) {
    source *of = ctx;
    int64_t elapsed_ms = loop_now_ms(of->owner->parts.loop) - of->heard_ms;
    move_later(of);
    if (of->scan != SCAN_NONE || of->talks != NULL || gateway_get_status(of->gateway).state != GATEWAY_READY)
        return;
    spoken_move(known(of), of->listed_ms + elapsed_ms - 2 * (int64_t)MARGIN_MS);
    spoken_store_save(of->store);
}

static void end_scan(source *of) {
    of->scan = SCAN_NONE;
    if (of->again) {
        of->again = false;
        begin_scan(of);
        return;
    }
    spoken_move(known(of), of->listed_ms - MARGIN_MS);
    spoken_store_save(of->store);
    move_later(of);
}

void source_talk_ended(source *of) {
    talks_go_on(of);
    if (of->scan == SCAN_TALKING && of->talks == NULL)
        end_scan(of);
}

static void list(source *of, int64_t offset);

// Youngest first. Returns whether older ones are of interest as well.
static bool take_sessions(source *of, const cJSON *sessions) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sessions) {
        session_of place;
        const char *key = json_text(one, "key");
        if (json_int(one, "updatedAt", INT64_MAX) < spoken_since(known(of)))
            return false;
        if (session_find(of->owner->parts.accounts, of->gateway, key, &place) != NULL &&
            !talk_want(of, key, NULL))
            of->again = true;
    }
    return cJSON_GetArraySize(sessions) > 0;
}

static void on_list(void *ctx, const request_reply *reply) {
    source *of = ctx;
    of->request = NULL;
    if (reply->err != OC_OK) {
        log_warn("a gateway's sessions could not be listed: what agents said meanwhile has to wait", "error",
                 oc_err_text(reply->err));
        pause_scan(of);
        return;
    }
    int64_t ts = json_int(reply->payload, "ts", 0), next = json_int(reply->payload, "nextOffset", 0);
    if (of->listed_ms == 0 || next == 0 || of->active_ms == INT64_MAX) {
        of->listed_ms = ts;
        of->heard_ms = loop_now_ms(of->owner->parts.loop);
    }
    if (of->active_ms == INT64_MAX)
        of->active_ms = ts + OTHERS_MARGIN_MS;
    if (spoken_since(known(of)) == 0) // the first time: what was said before us is none of our business
        spoken_move(known(of), ts > MARGIN_MS ? ts : 1);
    if (take_sessions(of, json_array(reply->payload, "sessions")) && next > 0) {
        list(of, next);
        return;
    }
    of->scan = SCAN_TALKING;
    source_talk_ended(of);
}

static void list(source *of, int64_t offset) {
    cJSON *params = json_new_object();
    json_add_int(params, "limit", LIST_ROWS);
    if (offset > 0)
        json_add_int(params, "offset", offset);
    of->scan = SCAN_LISTING;
    of->request = gateway_call(of->gateway, "sessions.list", params, LIST_LIMIT_MS, on_list, of);
    if (of->request == NULL)
        pause_scan(of);
}

static void on_loaded(void *ctx, bool readable) {
    source *of = ctx;
    if (of->scan != SCAN_LOADING)
        return;
    if (readable)
        list(of, 0);
    else
        pause_scan(of);
}

static void begin_scan(source *of) {
    loop_timer_cancel(&of->timer);
    request_cancel(of->request);
    of->request = NULL;
    if (!of->owner->active || gateway_get_status(of->gateway).state != GATEWAY_READY) {
        of->scan = SCAN_NONE; // there will be another occasion
        return;
    }
    about_to(of->owner);
    of->scan = SCAN_LOADING;
    spoken_store_load(of->store, on_loaded, of);
}

// --- gateways ---

static source *source_of(const speak *s, const gateway *g) {
    source *of = NULL;
    LL_SEARCH_SCALAR(s->sources, of, gateway, g);
    return of;
}

static const char *address_of(const speak *s, const gateway *g) {
    for (size_t i = 0; i < accounts_count(s->parts.accounts); i++) {
        const account *a = accounts_at(s->parts.accounts, i);
        if (a->gateway == g && a->config != NULL)
            return a->config->gateway.url;
    }
    return NULL;
}

static void on_ready(void *ctx, gateway *g) {
    speak *s = ctx;
    source *of = source_of(s, g);
    const char *url = address_of(s, g);
    if (of == NULL && url != NULL) {
        of = xcalloc(1, sizeof *of);
        *of = (source){.owner = s,
                       .gateway = g,
                       .store = spoken_store_create(s->parts.loop, s->parts.chat, url),
                       .active_ms = INT64_MAX};
        LL_PREPEND(s->sources, of);
    }
    if (of != NULL)
        begin_scan(of);
}

static void stop(source *of) {
    loop_timer_cancel(&of->timer);
    request_cancel(of->request);
    of->request = NULL;
    of->scan = SCAN_NONE;
    of->again = false;
    of->active_ms = INT64_MAX;
    talks_drop(of);
}

static void forget(speak *s, source *of) {
    stop(of);
    LL_DELETE(s->sources, of);
    spoken_store_destroy(of->store);
    free(of);
}

static void on_gone(void *ctx, gateway *g, gateway_control *c, gateway_node *n) {
    speak *s = ctx;
    source *of = source_of(s, g);
    (void)c, (void)n;
    if (of != NULL)
        forget(s, of);
}

static bool wants_session(void *ctx, const gateway *g, bytes session_key) {
    const speak *s = ctx;
    session_of place;
    char key[SESSION_KEY_MAX_BYTES + 1];
    if (!s->active || session_key.len >= sizeof key)
        return false;
    memcpy(key, session_key.data, session_key.len);
    key[session_key.len] = '\0';
    return session_find(s->parts.accounts, g, key, &place) != NULL;
}

static void on_final(void *ctx, gateway *g, const gateway_final *final) {
    speak *s = ctx;
    session_of place;
    source *of = source_of(s, g);
    if (!s->active || of == NULL || session_find(s->parts.accounts, g, final->session_key, &place) == NULL)
        return;
    about_to(s);
    if (!talk_want(of, final->session_key, final))
        of->again = true;
    talks_go_on(of);
}

// A wake in one of our sessions is known from the session's history only.
static void on_heartbeat(void *ctx, gateway *g) {
    speak *s = ctx;
    source *of = source_of(s, g);
    if (!s->active || of == NULL)
        return;
    if (of->scan == SCAN_NONE)
        begin_scan(of);
    else
        of->again = true;
}

// --- from outside ---

speak *speak_create(const speak_parts *parts) {
    static const account_listener listener = {.ready = on_ready,
                                              .wants_session = wants_session,
                                              .final = on_final,
                                              .heartbeat = on_heartbeat,
                                              .gone = on_gone};
    speak *s = xcalloc(1, sizeof *s);
    s->parts = *parts;
    s->world = (speak_world){.loop = parts->loop,
                             .chat = parts->chat,
                             .resolver = parts->resolver,
                             .media = parts->media,
                             .paired = parts->paired,
                             .threads = parts->threads,
                             .flood = flood_create(),
                             .post_limit = POST_MAX_RUNES};
    accounts_listen(parts->accounts, &listener, s);
    return s;
}

void speak_destroy(speak *s) {
    if (s == NULL)
        return;
    while (s->sources != NULL)
        forget(s, s->sources);
    flood_destroy(s->world.flood);
    free(s);
}

void speak_set_post_limit(speak *s, size_t runes) {
    s->world.post_limit = runes;
}

void speak_set_active(speak *s, bool active) {
    source *of = NULL;
    if (s->active == active)
        return;
    s->active = active;
    LL_FOREACH (s->sources, of) {
        stop(of);
        if (active)
            begin_scan(of);
    }
}

void speak_flush(speak *s) {
    source *of = NULL;
    LL_FOREACH (s->sources, of)
        spoken_store_flush(of->store);
}
