// SPDX-License-Identifier: Apache-2.0
// chat_upload_file: an upload session of the server's, filled by a body that the shim hands on. One at a time.
#include "base/mem.h"
#include "base/random.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <utlist.h>

enum { ID_CHARACTERS = 26 };

typedef enum upload_state {
    UPLOAD_WAITING,  // for its turn
    UPLOAD_OPENING,  // the server was asked for an upload session
    UPLOAD_SENDING,  // the owner writes
    UPLOAD_FINISHED, // all is written; the server's answer is to come
    UPLOAD_LEFT, // the owner has been told, or wants nothing any more; an answer of the server is still to come
} upload_state;

struct chat_upload {
    chat *chat;
    upload_state state;
    char *channel_id, *name;
    int64_t size_bytes, written_bytes;
    oc_err refused; // told when its timer fires
    chat_upload_events events;
    void *ctx;
    link_body *body;
    loop_timer limit;
    chat_upload *prev, *next;
};

static void begin_next(void *ctx);

static void forget(chat_upload *u) {
    chat *c = u->chat;
    DL_DELETE(c->uploads, u);
    loop_timer_cancel(&u->limit);
    link_body_cancel(u->body);
    free(u->channel_id);
    free(u->name);
    free(u);
    loop_timer_set(c->loop, &c->next_upload, 0, begin_next, c);
}

void plugin_uploads_free(chat *c) {
    while (c->uploads != NULL)
        forget(c->uploads);
    loop_timer_cancel(&c->next_upload);
}

static bool answer_is_open(const chat_upload *u) {
    return u->state == UPLOAD_OPENING || u->state == UPLOAD_SENDING || u->state == UPLOAD_FINISHED;
}

// answer_open: the server still owes an answer, which needs u.
static void end(chat_upload *u, const chat_error *error, const cJSON *file_json, bool answer_open) {
    void (*done)(void *ctx, const chat_error *error, const chat_file *file) = u->events.done;
    void *ctx = u->ctx;
    bool told = u->state == UPLOAD_LEFT;
    const chat_file file = chat_file_view(file_json);
    u->state = UPLOAD_LEFT;
    link_body_cancel(u->body);
    u->body = NULL;
    if (!answer_open)
        forget(u);
    if (!told)
        done(ctx, error, &file);
}

static void fail(chat_upload *u, oc_err err, const char *message, bool answer_open) {
    end(u, &(chat_error){.err = err, .id = "", .message = message}, NULL, answer_open);
}

void chat_upload_cancel(chat_upload *u) {
    if (u == NULL || u->state == UPLOAD_LEFT)
        return;
    bool open = answer_is_open(u);
    u->state = UPLOAD_LEFT;
    loop_timer_cancel(&u->limit); // the answer comes, or its own limit does; u stays until then
    link_body_cancel(u->body);
    u->body = NULL;
    if (!open)
        forget(u);
}

static void on_limit(void *ctx) {
    chat_upload *u = ctx;
    if (u->refused != OC_OK)
        fail(u, u->refused,
             u->refused == OC_EBUSY ? "too many files are waiting" : "the file's size is not allowed", false);
    else
        fail(u, OC_ETIMEOUT, "the file took too long", answer_is_open(u));
}

// --- the content ---

size_t chat_upload_room_bytes(const chat_upload *u) {
    if (u->state != UPLOAD_SENDING || u->body == NULL)
        return 0;
    size_t room = link_body_room_bytes(u->body), left = (size_t)(u->size_bytes - u->written_bytes);
    room = room < LINK_PIECE_BYTES ? room : LINK_PIECE_BYTES; // so that a piece goes or stays whole
    return room < left ? room : left;
}

oc_err chat_upload_write(chat_upload *u, bytes piece) {
    if (piece.len == 0)
        return OC_OK;
    if (piece.len > chat_upload_room_bytes(u))
        return OC_EBUSY;
    oc_err err = link_body_write(u->body, piece);
    if (err != OC_OK)
        return err;
    u->written_bytes += (int64_t)piece.len;
    if (u->written_bytes == u->size_bytes) {
        u->state = UPLOAD_FINISHED;
        link_body_end(u->body);
        u->body = NULL;
    }
    return OC_OK;
}

static void tell_room(chat_upload *u) {
    if (chat_upload_room_bytes(u) > 0)
        u->events.room(u->ctx, u);
}

static void on_room(void *ctx, link_body *b) {
    (void)b;
    tell_room(ctx);
}

// The shim wants no more: the answer says why.
static void on_cancelled(void *ctx, link_body *b) {
    chat_upload *u = ctx;
    (void)b;
    u->body = NULL;
}

static void finish_data(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_upload *u = call->ctx;
    (void)tail;
    if (error->err == OC_OK && *json_text(result, "id") == '\0')
        fail(u, OC_EREMOTE, "the server has not got the whole file", false);
    else
        end(u, error, result, false);
}

static void send_data(chat_upload *u, const cJSON *session) {
    static const link_body_events events = {.room = on_room, .cancelled = on_cancelled};
    chat *c = u->chat;
    cJSON *params = plugin_one(cJSON_Duplicate(session, 1)), *named = json_new_object();
    u->body = link_body_send(c->link);
    if (u->body == NULL) {
        cJSON_Delete(params);
        cJSON_Delete(named);
        fail(u, OC_EBUSY, "too many files are under way", false);
        return;
    }
    json_add_int(named, "$body", (int64_t)link_body_id(u->body));
    json_push(params, named);
    link_body_on(u->body, &events, u);
    u->state = UPLOAD_SENDING;
    // Where it cannot be sent this ends u before it returns: the room is told from the loop.
    loop_timer_set(c->loop, &c->next_upload, 0, begin_next, c);
    plugin_api(c, "UploadData", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_data, .ctx = u, .timeout_ms = CHAT_FILE_LIMIT_MS});
}

static void finish_session(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_upload *u = call->ctx;
    (void)tail;
    if (error->err != OC_OK || u->state == UPLOAD_LEFT)
        end(u, error, NULL, false);
    else
        send_data(u, result);
}

// --- turns ---

// The server wants the session's id from us: one of its own kind.
static cJSON *new_session(const chat_upload *u) {
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    char id[ID_CHARACTERS + 1];
    cJSON *session = json_new_object();
    random_bytes(id, ID_CHARACTERS);
    for (size_t i = 0; i < ID_CHARACTERS; i++)
        id[i] = alphabet[(unsigned char)id[i] % (sizeof alphabet - 1)];
    id[ID_CHARACTERS] = '\0';
    json_add_string(session, "id", id);
    json_add_string(session, "type", "attachment");
    // Mattermost's UploadNoUserID: a file of a bot's own could be attached to a new post, but not by an edit, which a
    // plugin makes in nobody's name (seen on a real server).
    json_add_string(session, "user_id", "nouser");
    json_add_string(session, "channel_id", u->channel_id);
    json_add_string(session, "filename", u->name);
    json_add_int(session, "file_size", u->size_bytes);
    return session;
}

// The first one begins, or hears that it may write.
static void begin_next(void *ctx) {
    chat *c = ctx;
    chat_upload *u = c->uploads;
    if (u == NULL)
        return;
    if (u->state == UPLOAD_SENDING && u->written_bytes == 0)
        tell_room(u);
    if (c->uploads != u || u->state != UPLOAD_WAITING || u->refused != OC_OK)
        return;
    u->state = UPLOAD_OPENING;
    loop_timer_set(c->loop, &u->limit, CHAT_FILE_LIMIT_MS, on_limit, u);
    plugin_api(c, "CreateUploadSession", plugin_one(new_session(u)), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_session, .ctx = u});
}

chat_upload *chat_upload_file(chat *c, const chat_upload_info *info, const chat_upload_events *events,
                              void *ctx) {
    chat_upload *u = xcalloc(1, sizeof *u), *other = NULL;
    int waiting = 0;
    DL_COUNT(c->uploads, other, waiting);
    *u = (chat_upload){.chat = c, .size_bytes = info->size_bytes, .events = *events, .ctx = ctx};
    u->channel_id = xstrdup(info->channel_id);
    u->name = xstrdup(info->name);
    if (info->size_bytes < 1 || info->size_bytes > CHAT_FILE_MAX_BYTES)
        u->refused = OC_ELIMIT;
    else if (waiting >= CHAT_FILES_WAITING_MAX)
        u->refused = OC_EBUSY;
    DL_APPEND(c->uploads, u);
    if (u->refused != OC_OK)
        loop_timer_set(c->loop, &u->limit, 0, on_limit, u);
    else
        loop_timer_set(c->loop, &c->next_upload, 0, begin_next, c);
    return u;
}
