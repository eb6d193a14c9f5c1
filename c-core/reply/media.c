// SPDX-License-Identifier: Apache-2.0
#include "reply/media.h"

#include "base/buf.h"
#include "base/file_name.h"
#include "base/mem.h"
#include "gateway/workspace.h"
#include "net/fetch.h"
#include "reply/media_words.h"

#include <stdlib.h>
#include <strings.h>
#include <utlist.h>

enum { NOTES_MAX_BYTES = 16384 };

typedef enum job_state {
    JOB_QUEUED,    // other jobs are before it
    JOB_ASKING,    // what the server takes
    JOB_LOCATING,  // where the agent's workspace is, for absolute paths
    JOB_CHOOSING,  // the next item is about to be taken
    JOB_IN_LINE,   // a file of a workspace is next, but another job reads one: those come whole, in one frame
    JOB_READING,   // a file of the workspace is on its way to us
    JOB_FETCHING,  // what stands at an address is
    JOB_UPLOADING, // it goes to Mattermost
    JOB_ENDED,     // the report to the owner is due
} job_state;

typedef struct question { // to the server; its answer comes also when nobody wants it any more
    media_job *job;       // NULL: it has gone
} question;

struct media_job {
    media *owner;
    job_state state;
    gateway *gateway;
    char *agent_id, *session_key, *bot_user_id, *channel_id, *proxy;
    cJSON *payloads; // what they say of files, until it is planned
    size_t url_max_bytes, server_max_bytes;
    bool private_allowed;
    media_fn *fn;
    void *ctx;

    media_plan *plan;
    size_t at; // the present item
    buf content;
    char *file_name;
    size_t written;
    question *question;
    workspace_query *query;
    fetch *fetch;
    chat_upload *upload;

    cJSON *posts;
    buf notes;
    size_t attached, failed;
    loop_timer step, limit;
    struct media_job *prev, *next;
};

struct media {
    loop *loop;
    net *net;
    chat *chat;
    media_job *jobs; // in the order of their coming
    size_t count, running;
    bool closing;
    media_job *reader; // has a workspace's file in memory, or soon will
};

static void go(media_job *j, job_state next);

static void on_step(void *ctx) {
    media_job *j = ctx;
    go(j, j->state);
}

static void later(media_job *j, job_state state) {
    j->state = state;
    loop_timer_set(j->owner->loop, &j->step, 0, on_step, j);
}

// --- the order of jobs ------------------------------------------------------------------------------------------

static void start_queued(media *m) {
    media_job *j = NULL;
    DL_FOREACH (m->jobs, j) {
        if (m->closing || m->running == MEDIA_JOBS_AT_ONCE)
            return;
        if (j->state == JOB_QUEUED) {
            m->running++;
            later(j, JOB_ASKING);
        }
    }
}

// The next job that waits to read a workspace's file gets its turn.
static void give_up_reading(media_job *j) {
    media *m = j->owner;
    media_job *other = NULL;
    if (m->reader != j)
        return;
    m->reader = NULL;
    DL_FOREACH (m->jobs, other) {
        if (other != j && other->state == JOB_IN_LINE) {
            m->reader = other;
            later(other, JOB_READING);
            return;
        }
    }
}

static void drop_item(media_job *j) {
    workspace_cancel(j->query);
    fetch_cancel(j->fetch);
    chat_upload_cancel(j->upload);
    j->query = NULL;
    j->fetch = NULL;
    j->upload = NULL;
    buf_free(&j->content);
    free(j->file_name);
    j->file_name = NULL;
    give_up_reading(j);
}

static void destroy(media_job *j) {
    media *m = j->owner;
    drop_item(j);
    if (j->question != NULL)
        j->question->job = NULL;
    loop_timer_cancel(&j->step);
    loop_timer_cancel(&j->limit);
    m->running -= j->state != JOB_QUEUED;
    m->count--;
    DL_DELETE(m->jobs, j);
    media_plan_free(j->plan);
    cJSON_Delete(j->payloads);
    cJSON_Delete(j->posts);
    buf_free(&j->notes);
    free(j->agent_id);
    free(j->session_key);
    free(j->bot_user_id);
    free(j->channel_id);
    free(j->proxy);
    free(j);
    start_queued(m);
}

static void report(media_job *j) {
    char *notes = buf_take_str(&j->notes);
    media_result result = {.posts = j->posts, .notes = notes, .attached = j->attached, .failed = j->failed};
    j->fn(j->ctx, &result);
    free(notes);
    destroy(j);
}

// --- items ------------------------------------------------------------------------------------------------------

static const media_item *item_of(const media_job *j) {
    return &j->plan->items[j->at];
}

static void item_over(media_job *j) {
    drop_item(j);
    j->at++;
    later(j, JOB_CHOOSING);
}

static void item_failed(media_job *j, oc_err err, const char *why) {
    j->failed++;
    media_words_failed(&j->notes, item_of(j), err, why);
    item_over(j);
}

// The rest fails. A job that has not begun fails as a whole: without a plan nothing is known of its files.
static void on_limit(void *ctx) {
    media_job *j = ctx;
    bool planned = j->plan != NULL;
    drop_item(j);
    for (; planned && j->at < j->plan->count; j->at++) {
        j->failed++;
        media_words_failed(&j->notes, item_of(j), OC_ETIMEOUT, words_marked(WORD_MEDIA_TOO_SLOW));
    }
    if (!planned) {
        j->failed++;
        media_words_none(&j->notes, words_marked(WORD_MEDIA_TOO_SLOW));
    }
    j->owner->running += j->state == JOB_QUEUED; // as every job that ends
    later(j, JOB_ENDED);
}

static size_t max_bytes(const media_job *j, size_t own_max_bytes) {
    return j->server_max_bytes < own_max_bytes ? j->server_max_bytes : own_max_bytes;
}

static void on_file(void *ctx, const workspace_file *file) {
    media_job *j = ctx;
    j->query = NULL;
    if (file->err != OC_OK) {
        item_failed(j, file->err, file->why);
        return;
    }
    buf_free(&j->content);
    j->content = *file->content;
    buf_init(file->content, 0);
    j->file_name = file_name_for_type(bytes_str(item_of(j)->name), file->mime_type);
    later(j, JOB_UPLOADING);
}

static void read_workspace(media_job *j) {
    workspace_ask ask = {.agent_id = j->agent_id,
                         .session_key = j->session_key,
                         .path = item_of(j)->source,
                         .max_bytes = max_bytes(j, WORKSPACE_FILE_MAX_BYTES)};
    j->query = workspace_read(j->gateway, &ask, on_file, j);
    if (j->query == NULL)
        item_failed(j, OC_EBUSY, words_marked(WORD_MEDIA_GATEWAY_BUSY));
}

static bool is_page(const char *type) {
    size_t len = strcspn(type, "; \t");
    return (len == 9 && strncasecmp(type, "text/html", 9) == 0) ||
           (len == 21 && strncasecmp(type, "application/xhtml+xml", 21) == 0);
}

static oc_err on_head(void *ctx, const fetch_head *head, char **why) {
    media_job *j = ctx;
    if (is_page(head->type)) {
        *why = xstrdup(words_marked(WORD_MEDIA_WEB_PAGE));
        return OC_ETYPE;
    }
    char *named = file_name_of_disposition(head->disposition);
    j->file_name = file_name_for_type(bytes_str(named != NULL ? named : item_of(j)->name), head->type);
    free(named);
    return OC_OK;
}

static oc_err on_piece(void *ctx, bytes piece) {
    media_job *j = ctx;
    return buf_append(&j->content, piece.data, piece.len);
}

static void on_fetched(void *ctx, const fetch_result *result) {
    media_job *j = ctx;
    j->fetch = NULL;
    if (result->err == OC_OK)
        later(j, JOB_UPLOADING);
    else
        item_failed(j, result->err, result->why);
}

static void fetch_url_item(media_job *j) {
    static const fetch_events events = {.head = on_head, .piece = on_piece, .done = on_fetched};
    fetch_options options = {.url = item_of(j)->source,
                             .max_bytes = max_bytes(j, j->url_max_bytes),
                             .private_allowed = j->private_allowed,
                             .proxy = j->proxy};
    buf_init(&j->content, options.max_bytes);
    j->fetch = fetch_start(j->owner->net, &options, &events, j);
}

// --- uploading --------------------------------------------------------------------------------------------------

static void on_room(void *ctx, chat_upload *u) {
    media_job *j = ctx;
    bytes content = buf_bytes(&j->content);
    size_t room = chat_upload_room_bytes(u), left = content.len - j->written;
    size_t piece = left < room ? left : room;
    if (piece > 0 && chat_upload_write(u, bytes_of(content.data + j->written, piece)) == OC_OK)
        j->written += piece;
}

static void keep_id(media_job *j, const char *id) {
    int posts = cJSON_GetArraySize(j->posts);
    cJSON *last = posts > 0 ? cJSON_GetArrayItem(j->posts, posts - 1) : NULL;
    if (last == NULL || cJSON_GetArraySize(last) == MEDIA_FILES_PER_POST) {
        last = json_new_array();
        json_push(j->posts, last);
    }
    json_push(last, json_new_string(id));
    j->attached++;
}

static void on_uploaded(void *ctx, const chat_error *error, const chat_file *file) {
    media_job *j = ctx;
    j->upload = NULL;
    if (error->err == OC_OK) {
        keep_id(j, file->id);
        item_over(j);
    } else {
        item_failed(j, OC_EREMOTE,
                    error->http_status == 413   ? words_marked(WORD_MEDIA_TOO_LARGE_SERVER)
                    : error->http_status == 403 ? words_marked(WORD_MEDIA_MAY_NOT_UPLOAD)
                                                : words_marked(WORD_MEDIA_SERVER_REFUSED));
    }
}

static void upload(media_job *j) {
    static const chat_upload_events events = {.room = on_room, .done = on_uploaded};
    chat_upload_info info = {.user_id = j->bot_user_id,
                             .channel_id = j->channel_id,
                             .name = j->file_name,
                             .size_bytes = (int64_t)j->content.len};
    if (j->content.len == 0) {
        item_failed(j, OC_EINVAL, words_marked(WORD_MEDIA_EMPTY));
        return;
    }
    j->written = 0;
    j->upload = chat_upload_file(j->owner->chat, &info, &events, j);
}

// --- steps ------------------------------------------------------------------------------------------------------

static void plan(media_job *j, const char *root) {
    j->plan = media_plan_make(j->payloads, root);
    cJSON_Delete(j->payloads);
    j->payloads = NULL;
    j->failed += j->plan->left_out;
    later(j, JOB_CHOOSING);
}

static void on_root(void *ctx, const char *root) {
    media_job *j = ctx;
    j->query = NULL;
    plan(j, root);
}

static void locate(media_job *j) {
    if (media_needs_root(j->payloads))
        j->query = workspace_root(j->gateway, j->agent_id, on_root, j);
    if (j->query == NULL)
        plan(j, "");
}

static void on_server_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    question *q = ctx;
    media_job *j = q->job;
    (void)error; // info holds Mattermost's defaults then
    free(q);
    if (j == NULL)
        return;
    j->question = NULL;
    if (info->max_file_size_bytes > 0)
        j->server_max_bytes = (size_t)info->max_file_size_bytes;
    if (info->file_attachments) {
        later(j, JOB_LOCATING);
        return;
    }
    j->failed++;
    media_words_none(&j->notes, words_marked(WORD_MEDIA_NO_FILES));
    later(j, JOB_ENDED);
}

static void ask_server(media_job *j) {
    j->question = xcalloc(1, sizeof *j->question);
    j->question->job = j;
    chat_get_server_info(j->owner->chat, on_server_info, j->question);
}

static void choose(media_job *j) {
    if (j->at == j->plan->count) {
        if (j->plan->left_out > 0)
            media_words_left_out(&j->notes, j->plan->left_out);
        later(j, JOB_ENDED);
        return;
    }
    const media_item *item = item_of(j);
    if (item->kind == MEDIA_REFUSED) {
        item_failed(j, OC_EDENIED, words_marked(item->why));
    } else if (item->kind == MEDIA_URL) {
        go(j, JOB_FETCHING);
    } else if (j->owner->reader != NULL) {
        j->state = JOB_IN_LINE;
    } else {
        j->owner->reader = j;
        go(j, JOB_READING);
    }
}

// The one function in which a job moves on by a step of ours.
static void go(media_job *j, job_state next) {
    j->state = next;
    switch (next) {
    case JOB_ASKING:
        ask_server(j);
        break;
    case JOB_LOCATING:
        locate(j);
        break;
    case JOB_CHOOSING:
        choose(j);
        break;
    case JOB_READING:
        read_workspace(j);
        break;
    case JOB_FETCHING:
        fetch_url_item(j);
        break;
    case JOB_UPLOADING:
        upload(j);
        break;
    case JOB_ENDED:
        report(j);
        break;
    case JOB_QUEUED:
    case JOB_IN_LINE:
        break; // another job's move
    }
}

// --- life -------------------------------------------------------------------------------------------------------

media *media_create(loop *l, net *n, chat *c) {
    media *m = xcalloc(1, sizeof *m);
    *m = (media){.loop = l, .net = n, .chat = c};
    return m;
}

void media_destroy(media *m) {
    if (m == NULL)
        return;
    m->closing = true;
    while (m->jobs != NULL)
        destroy(m->jobs);
    free(m);
}

media_job *media_start(media *m, const media_request *r, media_fn *fn, void *ctx) {
    if (m->count == MEDIA_JOBS_MAX)
        return NULL;
    media_job *j = xcalloc(1, sizeof *j);
    j->owner = m;
    j->fn = fn;
    j->ctx = ctx;
    j->gateway = r->gateway;
    j->agent_id = xstrdup(r->agent_id);
    j->session_key = xstrdup(r->session_key);
    j->bot_user_id = xstrdup(r->bot_user_id);
    j->channel_id = xstrdup(r->channel_id);
    j->proxy = r->proxy != NULL ? xstrdup(r->proxy) : NULL;
    j->payloads = media_plan_entries(r->payloads);
    j->url_max_bytes = r->url_max_bytes > 0 ? r->url_max_bytes : MEDIA_URL_MAX_BYTES;
    j->server_max_bytes = SIZE_MAX;
    j->private_allowed = r->private_allowed;
    j->posts = json_new_array();
    buf_init(&j->notes, NOTES_MAX_BYTES);
    DL_APPEND(m->jobs, j);
    m->count++;
    loop_timer_set(m->loop, &j->limit, MEDIA_JOB_LIMIT_MS, on_limit, j);
    start_queued(m);
    return j;
}

void media_cancel(media_job *j) {
    if (j != NULL)
        destroy(j);
}
