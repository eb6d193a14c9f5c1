// SPDX-License-Identifier: Apache-2.0
// chat_edit_post: a patch, which leaves alone what it does not name. Where props are changed the post is read first, since
// a patch takes them as a whole. Edits of the same post go one after the other.
#include "base/mem.h"
#include "chat/edit.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { EDITS_MAX = 1024 }; // open and waiting

typedef struct rest_edit {
    chat *chat;
    bool begun; // else it waits for another edit of the same post
    char *post_id, *message;
    cJSON *props, *file_ids;
    chat_pin pin;
    chat_post_fn *fn;
    void *ctx;
    struct rest_edit *prev, *next;
} rest_edit;

static void begin(rest_edit *e);

static rest_edit *find(chat *c, const char *post_id) {
    rest_edit *e = NULL;
    DL_FOREACH (c->edits, e) {
        if (strcmp(e->post_id, post_id) == 0)
            return e;
    }
    return NULL;
}

static void end(rest_edit *e, const chat_error *error, const cJSON *json) {
    chat *c = e->chat;
    chat_post post = chat_post_view(json);
    char *post_id = e->post_id;
    DL_DELETE(c->edits, e);
    e->fn(e->ctx, error, &post);
    rest_edit *next = find(c, post_id);
    if (next != NULL && !next->begun)
        begin(next);
    free(post_id);
    free(e->message);
    cJSON_Delete(e->props);
    cJSON_Delete(e->file_ids);
    free(e);
}

// The server says "bad request" or "forbidden" of an edit of a deleted post.
static bool is_gone(const chat_error *error) {
    static const char *const gone[] = {"api.post.update_post.permissions_details.app_error",
                                       "api.post.update_post.find.app_error", "app.post.get.app_error",
                                       "api.post.patch_post.can_not_update_deleted.error"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        if (error->err != OC_OK && strcmp(error->id, gone[i]) == 0)
            return true;
    }
    return false;
}

static void finish_patch(rest_wanted *w, const chat_error *error, const cJSON *json) {
    chat_error verdict = *error;
    if (is_gone(error))
        verdict.err = OC_ENOTFOUND;
    end(w->ctx, &verdict, json);
}

// Pins have a call of their own, which takes others' posts, too.
static void set_pin(rest_edit *e) {
    rest_send(e->chat, "POST",
              rest_path("/posts/", e->post_id, e->pin == CHAT_PIN_ON ? "/pin" : "/unpin", NULL), NULL, true,
              &(rest_wanted){.finish = finish_patch, .ctx = e});
}

static void patch(rest_edit *e, const cJSON *props) {
    if (e->pin != CHAT_PIN_STAYS && e->message == NULL && props == NULL && e->file_ids == NULL) {
        set_pin(e);
        return;
    }
    cJSON *json = json_new_object();
    if (e->message != NULL)
        json_add_string(json, "message", e->message);
    if (e->pin != CHAT_PIN_STAYS)
        json_add_bool(json, "is_pinned", e->pin == CHAT_PIN_ON);
    if (props != NULL)
        json_add(json, "props", rest_props_for_server(e->chat, props));
    if (e->file_ids != NULL)
        json_add(json, "file_ids", cJSON_Duplicate(e->file_ids, 1));
    rest_send(e->chat, "PUT", rest_path("/posts/", e->post_id, "/patch", NULL), json, true,
              &(rest_wanted){.finish = finish_patch, .ctx = e});
}

static void finish_read(rest_wanted *w, const chat_error *error, const cJSON *json) {
    static const chat_error gone = {
        .err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "the post was deleted"};
    rest_edit *e = w->ctx;
    if (error->err != OC_OK || json_int(json, "delete_at", 0) != 0) {
        end(e, error->err != OC_OK ? error : &gone, json);
        return;
    }
    const chat_edit what = {.post_id = e->post_id,
                            .message = e->message,
                            .props = e->props,
                            .file_ids = e->file_ids,
                            .pin = e->pin};
    cJSON *post = edit_apply(json, &what);
    if (post == NULL)
        end(e, error, json); // nothing would change
    else
        patch(e, json_get(post, "props"));
    cJSON_Delete(post);
}

static void begin(rest_edit *e) {
    e->begun = true;
    if (e->props == NULL)
        patch(e, NULL);
    else
        rest_get(e->chat, rest_path("/posts/", e->post_id, NULL),
                 &(rest_wanted){.finish = finish_read, .ctx = e});
}

void chat_edit_post(chat *c, const chat_edit *edit, chat_post_fn *fn, void *ctx) {
    static const chat_error full = {.err = OC_EBUSY, .id = "", .message = "too many edits are waiting"};
    rest_edit *other = NULL;
    size_t count = 0;
    DL_COUNT(c->edits, other, count);
    if (count >= EDITS_MAX) {
        const chat_post none = chat_post_view(NULL);
        fn(ctx, &full, &none);
        return;
    }
    rest_edit *e = xcalloc(1, sizeof *e);
    *e = (rest_edit){.chat = c, .pin = edit->pin, .fn = fn, .ctx = ctx};
    e->post_id = xstrdup(edit->post_id);
    e->message = edit->message != NULL ? xstrdup(edit->message) : NULL;
    e->props = cJSON_Duplicate(edit->props, 1);
    e->file_ids = cJSON_Duplicate(edit->file_ids, 1);
    bool wait = find(c, e->post_id) != NULL;
    DL_APPEND(c->edits, e);
    if (!wait)
        begin(e);
}
