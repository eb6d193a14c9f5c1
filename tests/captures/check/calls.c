// SPDX-License-Identifier: Apache-2.0
#include "calls.h"

#include "values.h"

#include "base/json.h"
#include "wire/netrpc.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

enum { TREE_MAX_BYTES = 64 << 20, STREAM_MAX_BYTES = 256 << 20, PATH_TAIL_BYTES = 64, BROKER_ID_BYTES = 4 };

// One direction of the stream.
typedef struct side {
    bool is_replies;
    direction dir;
    size_t skip_bytes; // the broker id
    size_t end_bytes;  // behind the last whole message
    buf ours;
    cJSON *messages; // the job's list
} side;

static const cJSON *call_at(const cJSON *calls, size_t index) {
    const cJSON *call = calls != NULL ? calls->child : NULL;
    while (call != NULL && index-- > 0)
        call = call->next;
    return call;
}

static const cJSON *call_by_seq(const cJSON *calls, uint64_t seq) {
    const cJSON *call = NULL;
    cJSON_ArrayForEach(call, calls) {
        if (json_int(call, "seq", 0) == (int64_t)seq)
            return call;
    }
    return NULL;
}

// Where the description's decoder saw the message begin and end.
static void check_place(report *r, const cJSON *messages, size_t begin, size_t end) {
    const cJSON *last = messages != NULL ? messages->child : NULL;
    if (last == NULL) {
        report_add(r, "the description has no messages");
        return;
    }
    if (json_int(last, "off", -1) != (int64_t)begin)
        report_add(r, "begins at %zu, described %" PRId64, begin, json_int(last, "off", -1));
    while (last->next != NULL)
        last = last->next;
    int64_t described_end = json_int(last, "off", -1) + json_int(last, "len", -1);
    if (described_end != (int64_t)end)
        report_add(r, "ends at %zu, described %" PRId64, end, described_end);
}

// Calls of which the description's decoder had all of the request, or of the reply.
static size_t count_described(const cJSON *calls, bool is_replies) {
    size_t count = 0;
    const cJSON *call = NULL, *message = NULL;
    cJSON_ArrayForEach(call, calls) {
        const cJSON *messages = json_array(call, is_replies ? "reply_messages" : "request_messages");
        bool is_whole = messages != NULL;
        cJSON_ArrayForEach(message, messages) is_whole = is_whole && json_string(message, "error") == NULL;
        count += is_whole;
    }
    return count;
}

static void list_message(cJSON *messages, const char *kind, bytes method) {
    cJSON *message = json_new_object();
    json_add_string(message, "kind", kind);
    json_add(message, "method", json_new_string_n((const char *)method.data, method.len));
    json_push(messages, message);
}

static void check_call(report *r, const cJSON *call, const side *s, const netrpc_message *m, size_t begin,
                       size_t end) {
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(call, s->is_replies ? "reply" : "args");
    if (call == NULL) {
        report_add(r, "a call that is not in the description");
        return;
    }
    report_place(r, "%s seq %" PRIu64 " %s", json_text(call, "method"), m->seq,
                 s->is_replies ? "reply" : "args");
    values_compare_text(r, "method", cJSON_GetObjectItemCaseSensitive(call, "method"), m->method);
    if (json_int(call, "seq", 0) != (int64_t)m->seq)
        report_add(r, "another sequence number");
    if (s->is_replies && !bytes_is(m->error, json_text(call, "error")))
        report_add(r, "another error");
    if (m->body_err != OC_OK)
        report_add(r, "body: %s", m->body_error);
    else
        values_compare(r, "value", body, &m->body);
    const char *key = s->is_replies ? "reply_messages" : "request_messages";
    check_place(r, cJSON_GetObjectItemCaseSensitive(call, key), begin, end);
}

static oc_err encode_again(netrpc_writer *w, side *s, const netrpc_message *m) {
    if (!s->is_replies) {
        char method[GOB_NAME_MAX_BYTES];
        (void)snprintf(method, sizeof method, "%.*s", (int)m->method.len, (const char *)m->method.data);
        return netrpc_write_request(w, method, m->seq, m->body.type, &m->body, &s->ours);
    }
    char error[4096];
    (void)snprintf(error, sizeof error, "%.*s", (int)m->error.len, (const char *)m->error.data);
    return netrpc_write_response(w, m->method, m->seq, error, m->body.type, &m->body, &s->ours);
}

static void check_message(report *r, const cJSON *calls, side *s, size_t index, const netrpc_message *m,
                          size_t begin, size_t end, netrpc_writer *w) {
    const cJSON *call = s->is_replies ? call_by_seq(calls, m->seq) : call_at(calls, index);
    check_call(r, call, s, m, begin, end);
    list_message(s->messages, s->is_replies ? "response" : "request", m->method);
    list_message(s->messages, s->is_replies ? "reply" : "args", m->method);
    if (m->body_err == OC_OK && encode_again(w, s, m) != OC_OK)
        report_add(r, "our encoder refuses the value");
}

// Returns the count of messages. A recording may end within one: a process was killed.
static size_t check_messages(report *r, const cJSON *calls, side *s, bytes in) {
    netrpc_reader *reader = netrpc_reader_create(s->is_replies);
    netrpc_writer *writer = netrpc_writer_create();
    size_t at = s->skip_bytes, index = 0;
    oc_err err = OC_OK;
    while (err == OC_OK && at < in.len) {
        arena tree;
        netrpc_message m;
        size_t used = 0;
        arena_init(&tree, TREE_MAX_BYTES);
        err = netrpc_read(reader, bytes_of(in.data + at, in.len - at), &used, &tree, &m);
        if (err == OC_OK)
            check_message(r, calls, s, index++, &m, at, at + used, writer);
        else if (err != OC_EAGAIN)
            report_add(r, "%s at offset %zu of %zu", oc_err_text(err), at, in.len);
        at += used;
        arena_free(&tree);
    }
    s->end_bytes = at;
    netrpc_writer_destroy(writer);
    netrpc_reader_destroy(reader);
    return index;
}

static void write_file(report *r, const char *path, bytes content) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(content.data, 1, content.len, file) != content.len || fclose(file) != 0)
        report_add(r, "cannot write %s", path);
}

// The whole messages of the original and ours go into files of their own.
static void write_job(report *r, side *s, bytes original, uint32_t id, calls_output *out) {
    char original_path[PATH_MAX + PATH_TAIL_BYTES], our_path[PATH_MAX + PATH_TAIL_BYTES];
    const char *dir = DIRECTION_NAMES[s->dir];
    (void)snprintf(original_path, sizeof original_path, "%s/%s.%03" PRIu32 ".%s.original", out->work,
                   out->folder_name, id, dir);
    (void)snprintf(our_path, sizeof our_path, "%s/%s.%03" PRIu32 ".%s.ours", out->work, out->folder_name, id,
                   dir);
    write_file(r, original_path, bytes_of(original.data + s->skip_bytes, s->end_bytes - s->skip_bytes));
    write_file(r, our_path, buf_bytes(&s->ours));
    cJSON *job = json_new_object();
    json_add_string(job, "folder", out->folder_name);
    json_add_int(job, "stream", id);
    json_add_string(job, "dir", dir);
    json_add_string(job, "original", original_path);
    json_add_string(job, "ours", our_path);
    json_add(job, "messages", s->messages);
    s->messages = NULL;
    char *text = cJSON_PrintUnformatted(job);
    (void)fprintf(out->jobs, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(job);
}

static void check_side(report *r, const cJSON *calls, const frames_stream *stream, side *s,
                       calls_output *out) {
    buf_init(&s->ours, STREAM_MAX_BYTES);
    s->messages = json_new_array();
    report_place(r, "stream %" PRIu32 " %s", stream->id, DIRECTION_NAMES[s->dir]);
    bytes original = buf_bytes(&stream->payload[s->dir]);
    size_t count = check_messages(r, calls, s, original), described = count_described(calls, s->is_replies);
    report_place(r, "stream %" PRIu32 " %s", stream->id, DIRECTION_NAMES[s->dir]);
    if (count != described)
        report_add(r, "%zu calls, %zu described", count, described);
    out->messages += count;
    if (s->ours.len > 0)
        write_job(r, s, original, stream->id, out);
    cJSON_Delete(s->messages);
    buf_free(&s->ours);
}

void calls_check(report *r, const cJSON *described, const frames_stream *s, calls_output *out) {
    const cJSON *calls = json_array(described, "calls");
    bool host_calls = s->id % 2 == 1;
    size_t skip = s->id == 1 ? 0 : BROKER_ID_BYTES;
    side requests = {.dir = host_calls ? TO_PLUGIN : TO_HOST, .skip_bytes = skip};
    side replies = {.is_replies = true, .dir = host_calls ? TO_HOST : TO_PLUGIN, .skip_bytes = skip};
    check_side(r, calls, s, &requests, out);
    check_side(r, calls, s, &replies, out);
}
