// SPDX-License-Identifier: Apache-2.0
#include "inbound/attachments_read.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

typedef enum read_state {
    READ_ASKING,  // for one file's name, type and size after another
    READ_READING, // one wanted file after another
    READ_ENDED,   // the report to the owner is due
} read_state;

typedef struct question {   // to the server; its answer comes also when nobody wants it any more
    attachments_read *read; // NULL: it has gone
} question;

struct attachments_read {
    loop *loop;
    chat *chat;
    cJSON *file_ids;
    attachment_limits limits;
    attachments_fn *fn;
    void *ctx;
    read_state state;
    const cJSON *asked; // the id that is next, or under way
    size_t at;          // the item that is next, or under way
    question *question;
    chat_read *file;
    buf content;
    attachments found;
    loop_timer step;
};

static void on_step(void *ctx);

static void later(attachments_read *r, read_state state) {
    r->state = state;
    loop_timer_set(r->loop, &r->step, 0, on_step, r);
}

static void destroy(attachments_read *r) {
    loop_timer_cancel(&r->step);
    if (r->question != NULL)
        r->question->read = NULL;
    chat_read_cancel(r->file);
    buf_free(&r->content);
    attachments_free(&r->found);
    cJSON_Delete(r->file_ids);
    free(r);
}

static void report(attachments_read *r) {
    char *text = attachments_text(&r->found);
    attachments_result result = {.text = text, .images = attachments_take_images(&r->found)};
    r->fn(r->ctx, &result);
    cJSON_Delete(result.images);
    free(text);
    destroy(r);
}

// --- sizes first ------------------------------------------------------------------------------------------------

static void on_info(void *ctx, const chat_error *error, const chat_file *file) {
    question *q = ctx;
    attachments_read *r = q->read;
    free(q);
    if (r == NULL)
        return;
    r->question = NULL;
    if (error->err == OC_OK) {
        attachments_add(&r->found, file, &r->limits);
    } else {
        log_warn("The server told nothing about an attached file", "error", error->message);
        attachments_add_unknown(&r->found, r->asked->valuestring);
    }
    r->asked = r->asked->next;
    later(r, READ_ASKING);
}

static void ask(attachments_read *r) {
    while (r->asked != NULL && !cJSON_IsString(r->asked))
        r->asked = r->asked->next;
    if (r->asked == NULL) {
        later(r, READ_READING);
        return;
    }
    r->question = xcalloc(1, sizeof *r->question);
    r->question->read = r;
    chat_get_file_info(r->chat, r->asked->valuestring, on_info, r->question);
}

// --- then the files ---------------------------------------------------------------------------------------------

static void on_piece(void *ctx, bytes piece) {
    attachments_read *r = ctx;
    // More than max_bytes does not come, and memory was asked for before.
    if (buf_append(&r->content, piece.data, piece.len) != OC_OK)
        log_warn("A piece of an attached file did not fit");
}

static void on_file(void *ctx, const chat_error *error) {
    attachments_read *r = ctx;
    const attachment *item = &r->found.items[r->at];
    bool whole = (int64_t)r->content.len == item->size_bytes;
    r->file = NULL;
    if (error->err != OC_OK || !whole) {
        log_warn("An attached file could not be read", "file", item->id, "error", error->message);
        attachments_failed(&r->found, r->at,
                           error->err == OC_ENOTFOUND ? "the server has it no more"
                                                      : "the server did not hand it out");
    } else if (attachments_take(&r->found, r->at, buf_bytes(&r->content)) != OC_OK) {
        attachments_failed(&r->found, r->at, "there was no memory for it");
    }
    buf_free(&r->content);
    r->at++;
    later(r, READ_READING);
}

static void read_next(attachments_read *r) {
    static const chat_read_events events = {.piece = on_piece, .done = on_file};
    while (r->at < r->found.count && r->found.items[r->at].kind == ATTACHMENT_NAMED)
        r->at++;
    if (r->at == r->found.count) {
        later(r, READ_ENDED);
        return;
    }
    const attachment *item = &r->found.items[r->at];
    uint8_t *where = NULL;
    buf_init(&r->content, (size_t)item->size_bytes);
    if (buf_reserve(&r->content, (size_t)item->size_bytes, &where) != OC_OK) {
        attachments_failed(&r->found, r->at++, "there was no memory for it");
        later(r, READ_READING);
        return;
    }
    r->file = chat_get_file(r->chat, item->id, (size_t)item->size_bytes, &events, r);
}

static void on_step(void *ctx) {
    attachments_read *r = ctx;
    switch (r->state) {
    case READ_ASKING:
        ask(r);
        break;
    case READ_READING:
        read_next(r);
        break;
    case READ_ENDED:
        report(r);
        break;
    }
}

attachments_read *attachments_read_start(loop *l, chat *c, const cJSON *file_ids,
                                         const attachment_limits *limits, attachments_fn *fn, void *ctx) {
    attachments_read *r = xcalloc(1, sizeof *r);
    *r = (attachments_read){.loop = l, .chat = c, .limits = *limits, .fn = fn, .ctx = ctx};
    if (r->limits.file_bytes <= 0)
        r->limits.file_bytes = ATTACHMENT_FILE_MAX_BYTES;
    r->file_ids = file_ids != NULL ? cJSON_Duplicate(file_ids, true) : json_new_array();
    r->asked = r->file_ids != NULL ? r->file_ids->child : NULL;
    later(r, READ_ASKING);
    return r;
}

void attachments_read_cancel(attachments_read *r) {
    if (r != NULL)
        destroy(r);
}
