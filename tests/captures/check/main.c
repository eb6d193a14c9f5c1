// SPDX-License-Identifier: Apache-2.0
// Usage: check WORK FOLDER…
// Puts recordings of Mattermost's plugin wire through our decoders and compares with their descriptions;
// encodes all values again into WORK and lists them in WORK/jobs.jsonl for go-check. Prints a JSON line for
// each folder.
#include "calls.h"
#include "replay.h"
#include "values.h"

#include "base/json.h"
#include "wire/pull.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

enum { STDOUT_STREAM = 3, STDERR_STREAM = 5, BROKER_ID_BYTES = 4, ASKED_MAX = 64, ANSWER_SHOWN_BYTES = 200 };

static bytes behind(bytes in, size_t len) {
    return in.len < len ? bytes_of(in.data, 0) : bytes_of(in.data + len, in.len - len);
}

static bytes front(bytes in, size_t len) {
    return bytes_of(in.data, in.len < len ? in.len : len);
}

// What the plugin printed.
static void check_output(report *r, const cJSON *described, const frames_stream *s) {
    bytes printed = buf_bytes(&s->payload[TO_HOST]);
    bool is_ascii = true;
    for (size_t i = 0; i < printed.len; i++)
        is_ascii = is_ascii && printed.data[i] < 0x80;
    if (is_ascii && !bytes_is(printed, json_text(described, "raw")))
        report_add(r, "other text than described");
}

// A zigzag varint, also of bytes that are no request: the description lists what they would be.
static bool read_varint(bytes in, size_t *used, int64_t *number) {
    uint64_t bits = 0;
    for (size_t i = 0; i < in.len && i < 10; i++) {
        bits |= (uint64_t)(in.data[i] & 0x7f) << (7 * i);
        if (in.data[i] >= 0x80)
            continue;
        *used = i + 1;
        *number = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
        return i < 9 || in.data[i] <= 1;
    }
    return false;
}

// Varint sizes asked for by one side. Our decoder must read those that make sense.
static void check_requests(report *r, const cJSON *wanted, bytes asked) {
    const cJSON *next = wanted != NULL ? wanted->child : NULL;
    size_t used = 0, our_used = 0;
    int64_t size = 0, our_size = 0;
    for (size_t count = 0; count < ASKED_MAX && read_varint(asked, &used, &size); count++) {
        if (next == NULL || next->valuedouble != (double)size)
            report_add(r, "request %zu asks for %" PRId64 " bytes, described otherwise", count, size);
        if (size >= 0 &&
            (pull_decode(asked, &our_used, &our_size) != OC_OK || our_used != used || our_size != size))
            report_add(r, "request %zu, %" PRId64 ", is read wrongly", count, size);
        next = next != NULL ? next->next : NULL;
        asked = behind(asked, used);
    }
    if (next != NULL)
        report_add(r, "more requests are described");
}

// A body: requests one way, bytes the other.
static void check_raw(report *r, const cJSON *raw, const frames_stream *s) {
    direction asking =
        strcmp(json_text(raw, "asked_by"), DIRECTION_NAMES[TO_HOST]) == 0 ? TO_HOST : TO_PLUGIN;
    bytes answer = behind(buf_bytes(&s->payload[asking == TO_HOST ? TO_PLUGIN : TO_HOST]), BROKER_ID_BYTES);
    check_requests(r, json_array(raw, "asked"), behind(buf_bytes(&s->payload[asking]), BROKER_ID_BYTES));
    if (json_int(raw, "answer_bytes", -1) != (int64_t)answer.len)
        report_add(r, "the answer has %zu bytes, described otherwise", answer.len);
    values_compare_text(r, "answer", json_get(raw, "answer_start"), front(answer, ANSWER_SHOWN_BYTES));
}

static void check_stream(report *r, const cJSON *described, const frames *f, calls_output *out) {
    uint32_t id = (uint32_t)json_int(described, "id", 0);
    const frames_stream *s = frames_find(f, id);
    report_place(r, "stream %" PRIu32, id);
    if (s == NULL) {
        report_add(r, "has no frames");
        return;
    }
    if (id == STDOUT_STREAM || id == STDERR_STREAM)
        check_output(r, described, s);
    else if (json_get(described, "raw") != NULL)
        check_raw(r, json_get(described, "raw"), s);
    else
        calls_check(r, described, s, out);
}

static void check_folder(report *r, calls_output *out) {
    static frames f; // too big for the stack
    buf text;
    cJSON *description = NULL;
    frames_read(r, out->folder, &f);
    replay_check(r, out->folder, &f);
    report_place(r, "description.json");
    if (report_read_file(r, out->folder, "description.json", &text) &&
        json_parse(buf_bytes(&text), &description) == OC_OK) {
        const cJSON *streams = json_array(description, "streams"), *stream = NULL;
        if ((size_t)cJSON_GetArraySize(streams) != f.count)
            report_add(r, "describes another number of streams");
        cJSON_ArrayForEach(stream, streams) check_stream(r, stream, &f, out);
    } else {
        report_add(r, "cannot be read");
    }
    cJSON_Delete(description);
    buf_free(&text);
    frames_free(&f);
}

static void print_result(report *r, const calls_output *out) {
    cJSON *line = json_new_object();
    char *findings = buf_take_str(&r->text);
    json_add_string(line, "folder", out->folder_name);
    json_add_int(line, "messages", (int64_t)out->messages);
    json_add_int(line, "findings", (int64_t)r->count);
    json_add_string(line, "text", findings);
    char *text = cJSON_PrintUnformatted(line);
    (void)printf("%s\n", text);
    cJSON_free(text);
    free(findings);
    cJSON_Delete(line);
}

int main(int argc, char **argv) {
    char path[PATH_MAX];
    if (argc < 3) {
        (void)fprintf(stderr, "usage: check WORK FOLDER…\n");
        return 2;
    }
    (void)snprintf(path, sizeof path, "%s/jobs.jsonl", argv[1]);
    FILE *jobs = fopen(path, "w");
    if (jobs == NULL) {
        perror(path);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        report r;
        const char *slash = strrchr(argv[i], '/');
        calls_output out = {.folder = argv[i],
                            .folder_name = slash != NULL ? slash + 1 : argv[i],
                            .work = argv[1],
                            .jobs = jobs};
        report_init(&r);
        check_folder(&r, &out);
        print_result(&r, &out);
        report_free(&r);
    }
    return fclose(jobs) == 0 ? 0 : 2;
}
