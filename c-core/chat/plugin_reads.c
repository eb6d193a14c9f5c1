// SPDX-License-Identifier: Apache-2.0
// chat_get_file: size first, then the content, which the shim sends as a body. One at a time: the server hands a file over
// in one piece, which lies in the shim meanwhile.
#include "base/mem.h"
#include "chat/plugin_internal.h"

#include <stdlib.h>
#include <utlist.h>

typedef enum read_state {
    READ_WAITING, // for its turn
    READ_ASKING,  // the server was asked for the size, or for the content
    READ_COMING,  // pieces come
    READ_LEFT, // the owner has been told, or wants nothing any more; an answer of the server is still to come
} read_state;

struct chat_read {
    chat *chat;
    read_state state;
    char *file_id;
    size_t max_bytes, size_bytes, came_bytes;
    chat_read_events events;
    void *ctx;
    link_body *body;
    loop_timer limit;
    chat_read *prev, *next;
};

void chat_get_file_info(chat *c, const char *file_id, chat_file_fn *fn, void *ctx) {
    plugin_api(c, "GetFileInfo", plugin_strings(1, file_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_file, .fn.file = fn, .ctx = ctx});
}

static void begin_next(void *ctx);

static void forget(chat_read *r) {
    chat *c = r->chat;
    DL_DELETE(c->reads, r);
    loop_timer_cancel(&r->limit);
    link_body_cancel(r->body);
    free(r->file_id);
    free(r);
    loop_timer_set(c->loop, &c->next_read, 0, begin_next, c);
}

void plugin_reads_free(chat *c) {
    while (c->reads != NULL)
        forget(c->reads);
    loop_timer_cancel(&c->next_read);
}

// answer_open: the server still owes an answer, which needs r.
static void end(chat_read *r, const chat_error *error, bool answer_open) {
    void (*done)(void *ctx, const chat_error *error) = r->events.done;
    void *ctx = r->ctx;
    bool told = r->state == READ_LEFT;
    r->state = READ_LEFT;
    if (!answer_open)
        forget(r);
    if (!told)
        done(ctx, error);
}

static void fail(chat_read *r, oc_err err, const char *message, bool answer_open) {
    end(r, &(chat_error){.err = err, .id = "", .message = message}, answer_open);
}

void chat_read_cancel(chat_read *r) {
    if (r == NULL || r->state == READ_LEFT)
        return;
    bool asking = r->state == READ_ASKING;
    r->state = READ_LEFT;
    loop_timer_cancel(&r->limit); // the answer comes, or its own limit does; r stays until then
    if (!asking)
        forget(r);
}

static void on_limit(void *ctx) {
    chat_read *r = ctx;
    fail(r, OC_ETIMEOUT, "the file took too long", r->state == READ_ASKING);
}

// --- the content ---

static void on_data(void *ctx, link_body *b, bytes piece) {
    chat_read *r = ctx;
    r->came_bytes += piece.len;
    if (r->came_bytes > r->size_bytes) {
        fail(r, OC_ELIMIT, "the file is longer than was said", false);
        return;
    }
    link_body_consumed(b, piece.len);
    r->events.piece(r->ctx, piece); // may cancel r
}

static void on_end(void *ctx, link_body *b) {
    chat_read *r = ctx;
    (void)b;
    r->body = NULL;
    if (r->came_bytes == r->size_bytes)
        end(r, &PLUGIN_NO_ERROR, false);
    else
        fail(r, OC_ECLOSED, "the file came in part", false);
}

static void on_cancelled(void *ctx, link_body *b) {
    chat_read *r = ctx;
    (void)b;
    r->body = NULL;
    fail(r, OC_ECLOSED, "the file came in part", false);
}

static void finish_content(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    static const link_body_events events = {.data = on_data, .end = on_end, .cancelled = on_cancelled};
    chat_read *r = call->ctx;
    int64_t size = json_int(result, "size", -1);
    (void)tail;
    if (error->err != OC_OK || r->state == READ_LEFT) {
        end(r, error, false);
    } else if (size < 0 || call->body == NULL) {
        fail(r, OC_EREMOTE, "there is no file in the answer", false);
    } else if ((uint64_t)size > r->max_bytes) {
        fail(r, OC_ELIMIT, "the file is too long", false);
    } else {
        r->size_bytes = (size_t)size;
        r->state = READ_COMING;
        r->body = call->body;
        link_body_on(r->body, &events, r);
    }
}

static void finish_size(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_read *r = call->ctx;
    (void)tail;
    if (error->err != OC_OK || r->state == READ_LEFT) {
        end(r, error, false);
    } else if ((uint64_t)json_int(result, "size", 0) > r->max_bytes) {
        fail(r, OC_ELIMIT, "the file is too long", false);
    } else {
        plugin_api(call->chat, "GetFile", plugin_strings(1, r->file_id), PLUGIN_NO_TAIL,
                   &(plugin_call){.finish = finish_content, .ctx = r, .timeout_ms = CHAT_FILE_LIMIT_MS});
    }
}

// --- turns ---

static void begin_next(void *ctx) {
    chat *c = ctx;
    chat_read *r = c->reads;
    if (r == NULL || r->state != READ_WAITING)
        return;
    r->state = READ_ASKING;
    loop_timer_set(c->loop, &r->limit, CHAT_FILE_LIMIT_MS, on_limit, r);
    plugin_api(c, "GetFileInfo", plugin_strings(1, r->file_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_size, .ctx = r});
}

static void on_refused(void *ctx) {
    chat_read *r = ctx;
    fail(r, OC_EBUSY, "too many files are waiting", false);
}

chat_read *chat_get_file(chat *c, const char *file_id, size_t max_bytes, const chat_read_events *events,
                         void *ctx) {
    chat_read *r = xcalloc(1, sizeof *r), *other = NULL;
    int waiting = 0;
    DL_COUNT(c->reads, other, waiting);
    *r = (chat_read){.chat = c, .max_bytes = max_bytes, .events = *events, .ctx = ctx};
    r->file_id = xstrdup(file_id);
    if (r->max_bytes > CHAT_FILE_MAX_BYTES)
        r->max_bytes = CHAT_FILE_MAX_BYTES;
    DL_APPEND(c->reads, r);
    if (waiting >= CHAT_FILES_WAITING_MAX)
        loop_timer_set(c->loop, &r->limit, 0, on_refused, r);
    else
        loop_timer_set(c->loop, &c->next_read, 0, begin_next, c);
    return r;
}
