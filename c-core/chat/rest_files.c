// SPDX-License-Identifier: Apache-2.0
// chat_get_file over REST: streamed as it comes, READS_OPEN_MAX at once.
#include "base/mem.h"
#include "chat/files.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <utlist.h>

enum { READS_OPEN_MAX = 2, ERROR_MAX_BYTES = 8192, IDLE_S = 30, SLOWEST_BYTES_PER_S = 1 };

typedef enum read_state {
    READ_WAITING, // for its turn
    READ_COMING,  // the request is out
} read_state;

struct chat_read {
    chat *chat;
    read_state state;
    char *file_id;
    size_t max_bytes, came_bytes;
    bool too_long;
    bool busy, cancelled; // a piece is being handed out; its owner cancelled meanwhile
    buf error_body;
    CURL *easy;
    chat_read_events events;
    void *ctx;
    loop_timer refused;
    chat_read *prev, *next;
};

void chat_get_file_info(chat *c, const char *file_id, chat_file_fn *fn, void *ctx) {
    rest_get(c, rest_path("/files/", file_id, "/info", NULL),
             &(rest_wanted){.finish = rest_finish_file, .fn.file = fn, .ctx = ctx});
}

static void begin_next(void *ctx);

static void forget(chat_read *r) {
    chat *c = r->chat;
    DL_DELETE(c->reads, r);
    loop_timer_cancel(&r->refused);
    if (r->easy != NULL)
        net_end(rest_client_net(c->rest), r->easy);
    buf_free(&r->error_body);
    free(r->file_id);
    free(r);
    loop_timer_set(c->loop, &c->next_read, 0, begin_next, c);
}

static void end(chat_read *r, const chat_error *error) {
    void (*done)(void *ctx, const chat_error *error) = r->events.done;
    void *ctx = r->ctx;
    forget(r);
    done(ctx, error);
}

static void fail(chat_read *r, oc_err err, const char *message) {
    end(r, &(chat_error){.err = err, .id = "", .message = message});
}

void rest_reads_close(chat *c) {
    while (c->reads != NULL)
        fail(c->reads, OC_ECLOSED, "we end");
    loop_timer_cancel(&c->next_read);
}

void chat_read_cancel(chat_read *r) {
    if (r == NULL)
        return;
    r->cancelled = true;
    if (!r->busy)
        forget(r);
}

// --- the content ---

static size_t on_data(char *data, size_t size, size_t count, void *ctx) {
    chat_read *r = ctx;
    size_t len = size * count;
    long status = 0;
    (void)curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return buf_append(&r->error_body, data, len) == OC_OK ? len : CURL_WRITEFUNC_ERROR;
    r->too_long = len > r->max_bytes - r->came_bytes;
    if (r->too_long || r->cancelled)
        return CURL_WRITEFUNC_ERROR;
    r->came_bytes += len;
    r->busy = true;
    r->events.piece(r->ctx, bytes_of(data, len)); // may cancel r
    r->busy = false;
    return r->cancelled ? CURL_WRITEFUNC_ERROR : len;
}

static void on_done(void *ctx, CURLcode result) {
    chat_read *r = ctx;
    char *text = NULL;
    const chat_error error = rest_judge(r->chat->rest, r->easy, result, buf_bytes(&r->error_body), &text);
    if (r->cancelled)
        forget(r);
    else if (r->too_long)
        fail(r, OC_ELIMIT, "the file is too long");
    else
        end(r, &error);
    free(text);
}

static void begin(chat_read *r) {
    char *path = rest_path("/files/", r->file_id, NULL), *why = NULL;
    r->state = READ_COMING;
    r->easy = rest_easy(r->chat->rest, path, &why);
    free(path);
    if (r->easy == NULL) {
        fail(r, OC_EINVAL, why);
        free(why);
        return;
    }
    (void)curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, on_data);
    (void)curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
    (void)curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, (long)CHAT_FILE_LIMIT_MS);
    (void)curl_easy_setopt(r->easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST_BYTES_PER_S);
    (void)curl_easy_setopt(r->easy, CURLOPT_LOW_SPEED_TIME, (long)IDLE_S);
    if (net_start(rest_client_net(r->chat->rest), r->easy, on_done, r) != OC_OK)
        fail(r, OC_ENOMEM, "there is no memory for it");
}

// --- turns ---

static void begin_next(void *ctx) {
    chat *c = ctx;
    chat_read *r = NULL, *next = NULL;
    int open = 0;
    DL_FOREACH_SAFE (c->reads, r, next) {
        if (c->rest == NULL || open == READS_OPEN_MAX)
            return;
        open++;
        if (r->state == READ_WAITING && !loop_timer_armed(&r->refused))
            begin(r);
    }
}

static void on_refused(void *ctx) {
    fail(ctx, OC_EBUSY, "too many files are waiting");
}

chat_read *chat_get_file(chat *c, const char *file_id, size_t max_bytes, const chat_read_events *events,
                         void *ctx) {
    chat_read *r = xcalloc(1, sizeof *r), *other = NULL;
    int waiting = 0;
    DL_COUNT(c->reads, other, waiting);
    *r = (chat_read){.chat = c, .max_bytes = max_bytes, .events = *events, .ctx = ctx};
    r->file_id = xstrdup(file_id);
    buf_init(&r->error_body, ERROR_MAX_BYTES);
    if (r->max_bytes > CHAT_FILE_MAX_BYTES)
        r->max_bytes = CHAT_FILE_MAX_BYTES;
    DL_APPEND(c->reads, r);
    if (waiting >= CHAT_FILES_WAITING_MAX || c->rest == NULL)
        loop_timer_set(c->loop, &r->refused, 0, on_refused, r);
    else
        loop_timer_set(c->loop, &c->next_read, 0, begin_next, c);
    return r;
}
