// SPDX-License-Identifier: Apache-2.0
// chat_upload_file over REST: the body is the file, sent on as its owner writes it. UPLOADS_OPEN_MAX at once.
#include "base/mem.h"
#include "base/percent.h"
#include "chat/files.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { UPLOADS_OPEN_MAX = 2, ROOM_BYTES = 256 * 1024, ANSWER_MAX_BYTES = 64 * 1024 };

typedef enum upload_state {
    UPLOAD_WAITING,  // for its turn
    UPLOAD_SENDING,  // the owner writes
    UPLOAD_FINISHED, // all is written; the server's answer is to come
} upload_state;

struct chat_upload {
    chat *chat;
    upload_state state;
    char *channel_id, *name;
    int64_t size_bytes, written_bytes;
    buf waiting, answer; // what libcurl has not taken yet
    bool paused;         // libcurl waits for more
    oc_err refused;
    chat_upload_events events;
    void *ctx;
    CURL *easy;
    struct curl_slist *headers;
    loop_timer step; // room is told, libcurl goes on, or why it cannot begin
    chat_upload *prev, *next;
};

static void begin_next(void *ctx);

static void forget(chat_upload *u) {
    chat *c = u->chat;
    DL_DELETE(c->uploads, u);
    loop_timer_cancel(&u->step);
    if (u->easy != NULL)
        net_end(rest_client_net(c->rest), u->easy);
    curl_slist_free_all(u->headers);
    buf_free(&u->waiting);
    buf_free(&u->answer);
    free(u->channel_id);
    free(u->name);
    free(u);
    loop_timer_set(c->loop, &c->next_upload, 0, begin_next, c);
}

static void end(chat_upload *u, const chat_error *error, const cJSON *file_json) {
    void (*done)(void *ctx, const chat_error *error, const chat_file *file) = u->events.done;
    void *ctx = u->ctx;
    const chat_file file = chat_file_view(file_json);
    forget(u);
    done(ctx, error, &file);
}

static void fail(chat_upload *u, oc_err err, const char *message) {
    end(u, &(chat_error){.err = err, .id = "", .message = message}, NULL);
}

void rest_uploads_close(chat *c) {
    while (c->uploads != NULL)
        fail(c->uploads, OC_ECLOSED, "we end");
    loop_timer_cancel(&c->next_upload);
}

void chat_upload_cancel(chat_upload *u) {
    if (u != NULL)
        forget(u);
}

// --- the content ---

size_t chat_upload_room_bytes(const chat_upload *u) {
    if (u->state != UPLOAD_SENDING)
        return 0;
    size_t room = ROOM_BYTES - u->waiting.len, left = (size_t)(u->size_bytes - u->written_bytes);
    return room < left ? room : left;
}

static void go_on(void *ctx) {
    chat_upload *u = ctx;
    if (u->paused && u->waiting.len > 0) {
        u->paused = false;
        (void)curl_easy_pause(u->easy, CURLPAUSE_CONT); // asks on_read
    }
    if (chat_upload_room_bytes(u) > 0)
        u->events.room(u->ctx, u); // may end u
}

oc_err chat_upload_write(chat_upload *u, bytes piece) {
    if (piece.len == 0)
        return OC_OK;
    if (piece.len > chat_upload_room_bytes(u))
        return OC_EBUSY;
    oc_err err = buf_append(&u->waiting, piece.data, piece.len);
    if (err != OC_OK)
        return err;
    u->written_bytes += (int64_t)piece.len;
    if (u->written_bytes == u->size_bytes)
        u->state = UPLOAD_FINISHED;
    if (u->paused)
        loop_timer_set(u->chat->loop, &u->step, 0, go_on, u);
    return OC_OK;
}

static size_t on_read(char *to, size_t size, size_t count, void *ctx) {
    chat_upload *u = ctx;
    size_t len = size * count < u->waiting.len ? size * count : u->waiting.len;
    if (len == 0 && u->state == UPLOAD_SENDING) {
        u->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    memcpy(to, buf_bytes(&u->waiting).data, len);
    buf_consume(&u->waiting, len);
    loop_timer_set(u->chat->loop, &u->step, 0, go_on, u);
    return len;
}

static size_t on_answer(char *data, size_t size, size_t count, void *ctx) {
    chat_upload *u = ctx;
    return buf_append(&u->answer, data, size * count) == OC_OK ? size * count : CURL_WRITEFUNC_ERROR;
}

static void on_done(void *ctx, CURLcode result) {
    chat_upload *u = ctx;
    char *text = NULL;
    cJSON *json = NULL;
    const chat_error error = rest_judge(u->chat->rest, u->easy, result, buf_bytes(&u->answer), &text);
    if (error.err == OC_OK && json_parse(buf_bytes(&u->answer), &json) != OC_OK)
        json = NULL;
    const cJSON *file = cJSON_GetArrayItem(json_array(json, "file_infos"), 0);
    if (error.err == OC_OK && *json_text(file, "id") == '\0')
        fail(u, OC_EREMOTE, "the server has not got the whole file");
    else
        end(u, &error, file);
    cJSON_Delete(json);
    free(text);
}

static void begin(chat_upload *u) {
    char *name = percent_encode(bytes_str(u->name)), *why = NULL;
    char *query = xasprintf("&filename=%s", name);
    char *path = rest_path("/files?channel_id=", u->channel_id, query, NULL);
    u->easy = rest_easy(u->chat->rest, path, &why);
    free(path);
    free(query);
    free(name);
    if (u->easy == NULL) {
        fail(u, OC_EINVAL, why);
        free(why);
        return;
    }
    u->headers = curl_slist_append(NULL, "Content-Type: application/octet-stream");
    u->headers = curl_slist_append(u->headers, "Expect:");
    (void)curl_easy_setopt(u->easy, CURLOPT_HTTPHEADER, u->headers);
    (void)curl_easy_setopt(u->easy, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(u->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)u->size_bytes);
    (void)curl_easy_setopt(u->easy, CURLOPT_READFUNCTION, on_read);
    (void)curl_easy_setopt(u->easy, CURLOPT_READDATA, u);
    (void)curl_easy_setopt(u->easy, CURLOPT_WRITEFUNCTION, on_answer);
    (void)curl_easy_setopt(u->easy, CURLOPT_WRITEDATA, u);
    (void)curl_easy_setopt(u->easy, CURLOPT_TIMEOUT_MS, (long)CHAT_FILE_LIMIT_MS);
    u->state = UPLOAD_SENDING;
    if (net_start(rest_client_net(u->chat->rest), u->easy, on_done, u) != OC_OK)
        fail(u, OC_ENOMEM, "there is no memory for it");
    else
        loop_timer_set(u->chat->loop, &u->step, 0, go_on, u);
}

// --- turns ---

static void begin_next(void *ctx) {
    chat *c = ctx;
    chat_upload *u = NULL, *next = NULL;
    int open = 0;
    DL_FOREACH_SAFE (c->uploads, u, next) {
        if (c->rest == NULL || open == UPLOADS_OPEN_MAX)
            return;
        open++;
        if (u->state == UPLOAD_WAITING && u->refused == OC_OK)
            begin(u);
    }
}

static void on_refused(void *ctx) {
    chat_upload *u = ctx;
    fail(u, u->refused,
         u->refused == OC_EBUSY ? "too many files are waiting" : "the file's size is not allowed");
}

chat_upload *chat_upload_file(chat *c, const chat_upload_info *info, const chat_upload_events *events,
                              void *ctx) {
    chat_upload *u = xcalloc(1, sizeof *u), *other = NULL;
    int waiting = 0;
    DL_COUNT(c->uploads, other, waiting);
    *u = (chat_upload){.chat = c, .size_bytes = info->size_bytes, .events = *events, .ctx = ctx};
    u->channel_id = xstrdup(info->channel_id);
    u->name = xstrdup(info->name);
    buf_init(&u->waiting, ROOM_BYTES);
    buf_init(&u->answer, ANSWER_MAX_BYTES);
    if (info->size_bytes < 1 || info->size_bytes > CHAT_FILE_MAX_BYTES)
        u->refused = OC_ELIMIT;
    else if (waiting >= CHAT_FILES_WAITING_MAX || c->rest == NULL)
        u->refused = OC_EBUSY;
    DL_APPEND(c->uploads, u);
    if (u->refused != OC_OK)
        loop_timer_set(c->loop, &u->step, 0, on_refused, u);
    else
        loop_timer_set(c->loop, &c->next_upload, 0, begin_next, c);
    return u;
}
