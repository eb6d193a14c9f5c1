// SPDX-License-Identifier: Apache-2.0
// chat_edit_post: reads the post, writes it back changed. What the plugin API's UpdatePost is not given it clears, so what
// comes between the two calls (some ms) is written over. Edits of ours do not come between each other. The first reaction
// to a post does: the server then shows it to nobody, but tells us of it, and we put that right. A pin within these
// milliseconds is lost.
#include "base/mem.h"
#include "chat/edit.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { EDITS_MAX = 1024 }; // open and waiting

typedef struct plugin_edit {
    chat *chat;
    bool begun;           // else it waits for another edit of the same post
    bool shows_reactions; // not an edit: what one has hidden is shown again
    bool reacted;         // somebody did meanwhile
    bool hides_reactions; // what was written says that there are none
    chat_edit what;
    chat_post_fn *fn; // NULL: nobody waits
    void *ctx;
    struct plugin_edit *prev, *next;
} plugin_edit;

static void forget(plugin_edit *e) {
    DL_DELETE(e->chat->edits, e);
    free((void *)(uintptr_t)e->what.post_id);
    free((void *)(uintptr_t)e->what.message);
    cJSON_Delete((cJSON *)(uintptr_t)e->what.props);
    cJSON_Delete((cJSON *)(uintptr_t)e->what.file_ids);
    free(e);
}

static plugin_edit *find(chat *c, const char *post_id) {
    plugin_edit *e = NULL;
    DL_FOREACH (c->edits, e) {
        if (strcmp(e->what.post_id, post_id) == 0)
            return e;
    }
    return NULL;
}

static void begin(plugin_edit *e);

static void end(plugin_edit *e, const chat_error *error, const cJSON *result) {
    chat *c = e->chat;
    char *post_id = xstrdup(e->what.post_id);
    chat_post post = chat_post_view(result);
    chat_post_fn *fn = e->fn;
    void *ctx = e->ctx;
    bool hidden = error->err == OC_OK && e->hides_reactions, reacted = e->reacted;
    forget(e);
    if (hidden)
        cache_put(c->edited, post_id, &(cJSON){.type = cJSON_True}, loop_now_ms(c->loop));
    if (fn != NULL)
        fn(ctx, error, &post);
    if (reacted)
        plugin_edit_reacted(c, post_id);
    plugin_edit *next = find(c, post_id);
    if (next != NULL && !next->begun)
        begin(next);
    free(post_id);
}

// The server says "bad request" of an edit of a deleted post.
static chat_error judged(const chat_error *error) {
    static const char *const gone[] = {"api.post.update_post.permissions_details.app_error",
                                       "api.post.update_post.find.app_error"};
    chat_error verdict = *error;
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        if (error->err != OC_OK && strcmp(error->id, gone[i]) == 0)
            verdict.err = OC_ENOTFOUND;
    }
    return verdict;
}

static void finish_write(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    const chat_error verdict = judged(error);
    (void)tail;
    end(call->ctx, &verdict, result);
}

static void finish_read(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    static const chat_error gone = {
        .err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "the post was deleted"};
    plugin_edit *e = call->ctx;
    (void)tail;
    if (error->err != OC_OK || json_int(result, "delete_at", 0) != 0) {
        end(e, error->err != OC_OK ? error : &gone, result);
        return;
    }
    cJSON *post = e->shows_reactions ? edit_show_reactions(result) : edit_apply(result, &e->what);
    e->hides_reactions = post != NULL && !json_bool(post, "has_reactions", false);
    if (post == NULL)
        end(e, error, result);
    else
        plugin_api(call->chat, "UpdatePost", plugin_in_order(plugin_one(post), e->what.post_id),
                   PLUGIN_NO_TAIL, &(plugin_call){.finish = finish_write, .ctx = e});
}

static void begin(plugin_edit *e) {
    e->begun = true;
    plugin_api(e->chat, "GetPost", plugin_strings(1, e->what.post_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_read, .ctx = e});
}

static bool is_full(const chat *c) {
    const plugin_edit *e = NULL;
    size_t count = 0;
    DL_COUNT(c->edits, e, count);
    return count >= EDITS_MAX;
}

static void enqueue(plugin_edit *e) {
    bool wait = find(e->chat, e->what.post_id) != NULL;
    DL_APPEND(e->chat->edits, e);
    if (!wait)
        begin(e);
}

void plugin_edit_reacted(chat *c, const char *post_id) {
    plugin_edit *open = find(c, post_id);
    if (open != NULL) {
        open->reacted = true;
        return;
    }
    if (cache_get(c->edited, post_id, loop_now_ms(c->loop)) == NULL || is_full(c))
        return;
    cache_drop(c->edited, post_id);
    plugin_edit *e = xcalloc(1, sizeof *e);
    *e = (plugin_edit){.chat = c, .shows_reactions = true, .what = {.post_id = xstrdup(post_id)}};
    enqueue(e);
}

void chat_edit_post(chat *c, const chat_edit *edit, chat_post_fn *fn, void *ctx) {
    static const chat_error full = {.err = OC_EBUSY, .id = "", .message = "too many edits are waiting"};
    if (is_full(c)) {
        const chat_post none = chat_post_view(NULL);
        fn(ctx, &full, &none);
        return;
    }
    plugin_edit *e = xcalloc(1, sizeof *e);
    *e = (plugin_edit){.chat = c, .fn = fn, .ctx = ctx};
    e->what = (chat_edit){
        .post_id = xstrdup(edit->post_id),
        .message = edit->message != NULL ? xstrdup(edit->message) : NULL,
        .pin = edit->pin,
        .props = cJSON_Duplicate(edit->props, 1),
        .file_ids = cJSON_Duplicate(edit->file_ids, 1),
    };
    enqueue(e);
}
