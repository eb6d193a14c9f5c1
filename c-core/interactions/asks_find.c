// SPDX-License-Identifier: Apache-2.0
// Where a post goes, and whether it stands there already because an earlier process, or a node that died, has made it: known by
// its marker props.openclaw = {turn: "<kind>.<id>", part, nonce}.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "delivery/marker.h"
#include "interactions/asks_private.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK = 200 }; // posts of a channel: it was made minutes ago

static char *marker_name(const opening *o) {
    return xasprintf("%s.%s", o->ask.kind, o->ask.id);
}

cJSON *asks_marker(const opening *o) {
    char *name = marker_name(o);
    cJSON *props = marker_props(name, (int)o->at);
    free(name);
    return props;
}

const char *asks_marker_nonce(const cJSON *props) {
    return json_text(json_get(props, "openclaw"), "nonce");
}

static void on_list(void *ctx, const chat_error *error, const cJSON *list) {
    opening *o = ctx;
    char *name = marker_name(o);
    const cJSON *post = NULL, *found = NULL;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        log_warn("whether a question stands already could not be looked up", "error", error->message);
    cJSON_ArrayForEach(post, json_get(list, "posts")) {
        if (marker_part(post, o->bot_user_id, name) == (int)o->at)
            found = post;
    }
    free(name);
    const chat_post stands = {.id = json_text(found, "id"),
                              .channel_id = json_text(found, "channel_id"),
                              .create_at_ms = json_int(found, "create_at", 0)};
    if (found != NULL)
        asks_place_done(o, &stands, asks_marker_nonce(json_get(found, "props")));
    else
        asks_post_place(o);
}

static void look(opening *o) {
    const kept_place *p = &o->places[o->at];
    if (!o->look)
        asks_post_place(o);
    else if (*p->root_id != '\0')
        chat_get_thread(o->owner->world.chat, p->root_id, on_list, o);
    else
        chat_get_posts(o->owner->world.chat, p->channel_id, 0, LOOK_BACK, on_list, o);
}

static void on_direct(void *ctx, const chat_error *error, const chat_channel *channel) {
    opening *o = ctx;
    kept_place *p = &o->places[o->at];
    if (error->err != OC_OK) {
        log_warn("no direct channel to somebody who should be asked", "user", p->user_id, "error",
                 error->message);
        asks_place_done(o, NULL, NULL);
        return;
    }
    free(p->channel_id);
    p->channel_id = xstrdup(channel->id);
    look(o);
}

static void find(opening *o) {
    const kept_place *p = &o->places[o->at];
    if (*p->channel_id != '\0')
        look(o);
    else
        chat_direct_channel(o->owner->world.chat, o->bot_user_id, p->user_id, on_direct, o);
}

static void on_reader(void *ctx, const chat_error *error, const chat_user *user) {
    (void)error, (void)user; // looked up for their language; not known: it is said in the server's
    find(ctx);
}

void asks_find_place(opening *o) {
    const char *reader = o->places[o->at].reader_id;
    if (*reader != '\0')
        chat_get_user(o->owner->world.chat, reader, on_reader, o);
    else
        find(o);
}
