// SPDX-License-Identifier: Apache-2.0
#include "admin/why.h"

#include "admin/why_words.h"
#include "base/mem.h"
#include "base/parse.h"
#include "chat/views.h"
#include "delivery/marks.h"
#include "delivery/watermark.h"
#include "inbound/inbound.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 12000 };

// Turns about one post: its own, and those that took it up later.
static const char *const SUFFIXES[] = {".paired", ".edit", ""};
enum { SUFFIX_COUNT = sizeof SUFFIXES / sizeof *SUFFIXES };

typedef struct question {
    why_world world;
    chat_post post;
    char *nodes[WATERMARK_NODES_MAX + 1]; // whose journals are asked
    size_t node_count;
    size_t account, suffix; // at work on
    account *held;          // while it decides
    record record;
    bool recorded, readable;
    buf text;
    why_fn *fn;
    void *ctx;
} question;

bool why_post_id(const char *what, char out[WHY_POST_ID_BYTES]) {
    enum { ID_LENGTH = WHY_POST_ID_BYTES - 1 };
    const char *at = strstr(what, "/pl/");
    what += strspn(what, " \t<");
    at = at != NULL ? at + strlen("/pl/") : what;
    size_t len = 0;
    while (isalnum((unsigned char)at[len]))
        len++;
    if (len != ID_LENGTH || (at[len] != '\0' && strchr(" \t>?#/", at[len]) == NULL))
        return false;
    memcpy(out, at, ID_LENGTH);
    out[ID_LENGTH] = '\0';
    return parse_is_mm_id(out);
}

static void end(question *q, const char *text) {
    q->fn(q->ctx, text);
    for (size_t i = 0; i < q->node_count; i++)
        free(q->nodes[i]);
    buf_free(&q->text);
    chat_post_free(&q->post);
    free(q);
}

static void next_account(question *q);

// --- one account ---

static account *account_of(const question *q) {
    return q->world.account(q->world.ctx, q->account);
}

static void on_decided(void *ctx, const inbound_result *result) {
    question *q = ctx;
    account *a = q->held;
    q->held = NULL;
    if (a->config != NULL) {
        why_facts f = {.bot_username = a->bot_username,
                       .account_id = a->id,
                       .record = q->recorded ? &q->record : NULL,
                       .readable = q->readable,
                       .decision = result->passing ? NULL : result->decision,
                       .sender_id = q->post.user_id,
                       .sender_name = result->sender_name};
        char *text = why_paragraph(&f);
        if (buf_printf(&q->text, "%s%s", q->text.len > 0 ? "\n\n" : "", text) != OC_OK)
            q->text.max = q->text.len; // what fits is told
        free(text);
    }
    q->world.release(a);
    q->account++;
    next_account(q);
}

static void look_up(question *q);

static void on_record(void *ctx, const record *r, bool readable) {
    question *q = ctx;
    account *a = account_of(q);
    q->readable = readable || r != NULL;
    if (r != NULL) {
        q->recorded = true;
        q->record = *r;
    } else if (++q->suffix < SUFFIX_COUNT && readable) {
        look_up(q);
        return;
    }
    if (a == NULL) {
        next_account(q);
        return;
    }
    q->held = q->world.hold(a);
    const inbound_sources sources = {.chat = q->world.chat,
                                     .paired = q->world.paired,
                                     .threads = q->world.threads,
                                     .command = q->world.command};
    inbound_decide(&sources, a, &q->post, ACCESS_POST, on_decided, q);
}

static void look_up(question *q) {
    char *turn = account_turn_id(account_of(q), q->post.id),
         *id = xasprintf("%s%s", turn, SUFFIXES[q->suffix]);
    journal_find(q->world.journal, q->node_count > 0 ? (const char *const *)q->nodes : NULL, id,
                 q->post.create_at_ms, on_record, q);
    free(id);
    free(turn);
}

static void next_account(question *q) {
    if (account_of(q) == NULL) {
        char *text = buf_take_str(&q->text);
        end(q, *text != '\0' ? text : words_marked(WORD_WHY_NO_BOT));
        free(text);
        return;
    }
    q->suffix = 0;
    q->recorded = false;
    look_up(q);
}

// --- the post, and who may have kept a record of it ---

static void on_marks(void *ctx, const chat_error *error, bytes value, bool found) {
    question *q = ctx;
    bool readable = false;
    cJSON *nodes = error->err == OC_OK && found ? marks_read(value, &readable) : NULL;
    const cJSON *node = NULL;
    cJSON_ArrayForEach(node, nodes) {
        if (q->node_count < WATERMARK_NODES_MAX)
            q->nodes[q->node_count++] = xstrdup(node->string);
    }
    cJSON_Delete(nodes);
    next_account(q);
}

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    question *q = ctx;
    if (error->err == OC_ENOTFOUND || error->http_status == 404) {
        end(q, words_marked(WORD_WHY_NO_POST));
    } else if (error->err != OC_OK) {
        end(q, words_marked(WORD_WHY_NO_SERVER));
    } else {
        q->post = chat_post_dup(post);
        chat_kv_get(q->world.chat, WATERMARKS_KEY, on_marks, q);
    }
}

void why_explain(const why_world *w, const char *what, why_fn *fn, void *ctx) {
    char id[WHY_POST_ID_BYTES];
    if (!why_post_id(what, id)) {
        fn(ctx, words_marked(WORD_WHY_WHICH));
        return;
    }
    question *q = xcalloc(1, sizeof *q);
    q->world = *w;
    q->fn = fn;
    q->ctx = ctx;
    buf_init(&q->text, TEXT_MAX_BYTES);
    chat_get_post(w->chat, id, on_post, q);
}
