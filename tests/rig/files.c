// SPDX-License-Identifier: Apache-2.0
#include "files.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { LINE_BYTES = 8, SMALL_LINES = 5, LARGE_LINES = 40000, FILE_MAX_BYTES = 1 << 20 };

typedef struct file {
    char *id; // a session's before, a file's after the upload
    char *name, *channel_id;
    int64_t size_bytes;
    int question, carried; // question 0: the content is none that an agent wrote
    UT_hash_handle hh;
} file;

static file *sessions, *files;
static int made;

// --- in the agent's workspace ---

bool files_has(int question) {
    return question % 10 == 2 || question % 10 == 5 || question % 10 == 7;
}

char *files_path(int question) {
    return xasprintf("out/q%06d.txt", question);
}

// Most are small; a few do not fit into a window.
static int lines_of(int question) {
    return question % 40 == 5 ? LARGE_LINES : SMALL_LINES;
}

static void write_content(int question, buf *out) {
    buf_init(out, FILE_MAX_BYTES);
    for (int i = 0; i < lines_of(question); i++)
        if (buf_printf(out, "q%06d\n", question) != OC_OK)
            abort();
}

static int number_in(const char *text) {
    const char *at = strstr(text, "q");
    return at != NULL ? (int)strtol(at + 1, NULL, 10) : 0;
}

cJSON *files_read(const char *path) {
    int question = number_in(path);
    char *own = files_path(question);
    bool there = files_has(question) && strcmp(own, path) == 0;
    buf content, text;
    free(own);
    if (!there)
        return NULL;
    cJSON *payload = json_new_object(), *f = json_add_object(payload, "file");
    write_content(question, &content);
    buf_init(&text, 2 * FILE_MAX_BYTES);
    bool plain = question % 2 == 1;
    if ((plain ? buf_append(&text, buf_bytes(&content).data, content.len)
               : base64_encode(buf_bytes(&content), &text)) != OC_OK)
        abort();
    char *words = buf_take_str(&text);
    json_add_string(f, "path", path);
    json_add_int(f, "size", (int64_t)content.len);
    json_add_string(f, "mimeType", plain ? "text/plain" : "application/octet-stream");
    json_add_string(f, "encoding", plain ? "utf8" : "base64");
    json_add_string(f, "content", words);
    free(words);
    buf_free(&content);
    return payload;
}

// --- on the server ---

static file *find(file *list, const char *id) {
    file *f = NULL;
    HASH_FIND_STR(list, id, f);
    return f;
}

static void free_file(file *f) {
    free(f->id);
    free(f->name);
    free(f->channel_id);
    free(f);
}

void files_open(const cJSON *session) {
    const char *id = json_text(session, "id");
    if (find(sessions, id) != NULL)
        return;
    file *f = xcalloc(1, sizeof *f);
    f->id = xstrdup(id);
    f->name = xstrdup(json_text(session, "filename"));
    f->channel_id = xstrdup(json_text(session, "channel_id"));
    f->size_bytes = json_int(session, "file_size", 0);
    HASH_ADD_KEYPTR(hh, sessions, f->id, strlen(f->id), f);
}

static int question_of(bytes content) {
    char head[LINE_BYTES + 1] = "";
    buf expected;
    if (content.len < LINE_BYTES)
        return 0;
    memcpy(head, content.data, LINE_BYTES);
    int question = number_in(head);
    write_content(question, &expected);
    bool same = files_has(question) && bytes_equal(buf_bytes(&expected), content);
    buf_free(&expected);
    return same ? question : 0;
}

static cJSON *info_of(const file *f) {
    cJSON *info = json_new_object();
    json_add_string(info, "id", f->id);
    json_add_string(info, "user_id", "nouser");
    json_add_string(info, "channel_id", f->channel_id);
    json_add_string(info, "name", f->name);
    json_add_int(info, "size", f->size_bytes);
    return info;
}

cJSON *files_upload(const char *session_id, bytes content) {
    file *f = find(sessions, session_id);
    if (f == NULL || (int64_t)content.len != f->size_bytes)
        return NULL;
    HASH_DEL(sessions, f);
    free(f->id);
    f->id = xasprintf("file%022d", ++made);
    f->question = question_of(content);
    HASH_ADD_KEYPTR(hh, files, f->id, strlen(f->id), f);
    return info_of(f);
}

cJSON *files_info(const char *file_id) {
    const file *f = find(files, file_id);
    return f != NULL ? info_of(f) : NULL;
}

int files_carried(const char *file_id, const char *channel_id, int *times) {
    file *f = find(files, file_id);
    *times = f != NULL ? ++f->carried : 1;
    return f != NULL && strcmp(f->channel_id, channel_id) == 0 ? f->question : 0;
}

int files_count(void) {
    return made;
}

static void free_all(file **list) {
    file *f = NULL, *next = NULL;
    HASH_ITER (hh, *list, f, next) {
        HASH_DEL(*list, f);
        free_file(f);
    }
}

void files_end(void) {
    free_all(&sessions);
    free_all(&files);
}
