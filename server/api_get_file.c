// SPDX-License-Identifier: Apache-2.0
// GetFile: the host hands a file over in one message; to the core it goes in pieces, as far as that gives credit. One copy
// of it lies here until the last piece has left.
#include "base/json.h"
#include "base/mem.h"
#include "plugin_session_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    ERROR_BYTES = 512,
    RESULT_BYTES = 96,
    GIVE_BACK_BYTES = 1 << 20, // at once
    E_INTERNAL = -32603,
    E_INVALID_PARAMS = -32602,
};

typedef struct file_read {
    plugin_session *session;
    const schema_call *call;
    uint64_t id; // the core's call
    buf content;
    size_t sent, given_back;
} file_read;

static void destroy(file_read *f) {
    f->session->file_transfers--;
    buf_free(&f->content);
    free(f);
}

// What the core has is not needed here any more: its whole pages go back, so that a file is in memory once, not twice.
static void give_back_sent(file_read *f) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)buf_bytes(&f->content).data;
    uintptr_t from = (start + f->given_back + page - 1) / page * page, to = (start + f->sent) / page * page;
    if (to < from + GIVE_BACK_BYTES)
        return;
    (void)madvise((void *)from, to - from, MADV_DONTNEED);
    f->given_back = to - start;
}

static void pump(file_read *f, link_body *body) {
    bytes all = buf_bytes(&f->content);
    while (f->sent < all.len) {
        size_t len = link_body_room_bytes(body), left = all.len - f->sent;
        len = len < left ? len : left;
        len = len < LINK_PIECE_BYTES ? len : LINK_PIECE_BYTES;
        if (len == 0 || link_body_write(body, bytes_of(all.data + f->sent, len)) != OC_OK)
            return; // credit or the link's end comes later
        f->sent += len;
        give_back_sent(f);
    }
    link_body_end(body);
    destroy(f);
}

static void on_room(void *ctx, link_body *body) {
    pump(ctx, body);
}

static void on_cancelled(void *ctx, link_body *body) {
    (void)body;
    destroy(ctx);
}

static void send_content(file_read *f) {
    static const link_body_events events = {.room = on_room, .cancelled = on_cancelled};
    plugin_session *s = f->session;
    char result[RESULT_BYTES];
    link_body *body = core_link_answer_body(s->core, f->id);
    if (body == NULL) {
        core_link_answer_error(s->core, f->id, LINK_E_BUSY, "too many files are under way", NULL);
        destroy(f);
        return;
    }
    link_body_on(body, &events, f);
    (void)snprintf(result, sizeof result, "{\"size\":%zu,\"$body\":%llu}", f->content.len,
                   (unsigned long long)link_body_id(body));
    core_link_answer(s->core, f->id, bytes_str(result), bytes_of(NULL, 0));
    pump(f, body);
}

static void take_reply(file_read *f, const gob_value *reply) {
    plugin_session *s = f->session;
    cJSON *error = NULL;
    oc_err err = schema_reply_to_json(f->call, reply, &s->json, &s->tail, &error);
    if (err == OC_OK && error == NULL) {
        // What was written as the reply's tail is kept: it is not copied once more.
        f->content = s->tail;
        buf_init(&s->tail, f->content.max);
        send_content(f);
    } else {
        core_link_answer_error(
            s->core, f->id, error != NULL ? (int)json_int(error, "code", E_INTERNAL) : E_INTERNAL,
            error != NULL ? json_text(error, "message") : oc_err_text(err), json_get(error, "data"));
        destroy(f);
    }
    cJSON_Delete(error);
    session_clear_scratch(s);
}

static void on_answer(void *ctx, const rpc_answer *answer) {
    file_read *f = ctx;
    plugin_session *s = f->session;
    char text[ERROR_BYTES];
    s->open_api_calls--;
    if (s->core != NULL && answer->err == OC_OK) {
        take_reply(f, answer->body);
        return;
    }
    if (s->core != NULL) {
        int code = api_failure(f->call, answer, text, sizeof text);
        core_link_answer_error(s->core, f->id, code, text, NULL);
    }
    destroy(f);
}

void api_get_file(plugin_session *s, uint64_t id, const link_message *message) {
    char text[ERROR_BYTES] = "";
    gob_value args;
    file_read *f = xcalloc(1, sizeof *f);
    *f = (file_read){.session = s, .call = schema_api("GetFile"), .id = id};
    buf_init(&f->content, 0);
    s->file_transfers++;
    oc_err err = s->api == NULL ? OC_ECLOSED : s->file_transfers > FILE_TRANSFERS_MAX ? OC_EBUSY : OC_OK;
    if (err == OC_OK)
        err = schema_args_from_json(f->call, message->json, message->tail, &s->writing, &args, text,
                                    sizeof text);
    if (err == OC_OK)
        err = rpc_call(s->api, "Plugin.GetFile", f->call->args, &args, on_answer, f);
    arena_reset(&s->writing);
    if (err == OC_OK) {
        s->open_api_calls++;
        return;
    }
    core_link_answer_error(s->core, id,
                           err == OC_ECLOSED ? LINK_E_CLOSED
                           : err == OC_EBUSY ? LINK_E_BUSY
                                             : E_INVALID_PARAMS,
                           text[0] != '\0' ? text : oc_err_text(err), NULL);
    destroy(f);
}
