// SPDX-License-Identifier: Apache-2.0
// A part of fake_chat.c: files. As with the real adapter no callback comes from inside: fake_chat_answer_all lets reads
// and uploads go on, also where calls are not held.

enum { FAKE_FILE_MAX_BYTES = 1 << 20, FAKE_PIECE_BYTES = 4096, FAKE_ROOM_BYTES = 64 << 10 };

static fake_file *fake_add_file(char *id, const char *user_id, const char *channel_id, const char *name,
                                const char *mime_type) {
    fake_file *f = &FAKE.files[FAKE.file_count++];
    *f = (fake_file){.id = id,
                     .user_id = xstrdup(user_id),
                     .channel_id = xstrdup(channel_id),
                     .name = xstrdup(name),
                     .mime_type = xstrdup(mime_type)};
    buf_init(&f->content, FAKE_FILE_MAX_BYTES);
    return f;
}

void fake_chat_add_file(const char *id, const char *name, const char *mime_type, bytes content) {
    fake_file *f = fake_add_file(xstrdup(id), "", "", name, mime_type);
    if (buf_append(&f->content, content.data, content.len) != OC_OK)
        fail_msg("file %s is too large for the fake", id);
}

static void files_free(void) {
    for (size_t i = 0; i < FAKE.file_count; i++) {
        fake_file *f = &FAKE.files[i];
        free(f->id);
        free(f->user_id);
        free(f->channel_id);
        free(f->name);
        free(f->mime_type);
        buf_free(&f->content);
    }
}

static fake_file *fake_find_file(const char *id) {
    for (size_t i = 0; i < FAKE.file_count; i++) {
        if (strcmp(FAKE.files[i].id, id) == 0)
            return &FAKE.files[i];
    }
    return NULL;
}

static const chat_error FAKE_NO_FILE = {
    .err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "no such file"};

static const char *fake_post_with(const char *file_id) {
    for (size_t i = 0; i < FAKE.post_count; i++) {
        const cJSON *id = NULL;
        cJSON_ArrayForEach(id, FAKE.posts[i].file_ids) {
            if (strcmp(id->valuestring, file_id) == 0)
                return FAKE.posts[i].id;
        }
    }
    return "";
}

static chat_file fake_file_view(const fake_file *f) {
    const char *dot = f != NULL ? strrchr(f->name, '.') : NULL;
    return (chat_file){.id = f != NULL ? f->id : "",
                       .creator_id = f != NULL ? f->user_id : "",
                       .post_id = f != NULL ? fake_post_with(f->id) : "",
                       .channel_id = f != NULL ? f->channel_id : "",
                       .name = f != NULL ? f->name : "",
                       .extension = dot != NULL ? dot + 1 : "",
                       .mime_type = f != NULL ? f->mime_type : "",
                       .size_bytes = f != NULL ? (int64_t)f->content.len : 0};
}

static void answer_file_info(held *h, const chat_error *error) {
    const fake_file *f = fake_find_file(h->id);
    chat_file file = fake_file_view(f);
    h->fn.file(h->ctx, error->err == OC_OK && f == NULL ? &FAKE_NO_FILE : error, &file);
}

void chat_get_file_info(chat *c, const char *file_id, chat_file_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "get_file_info",
                .answer = answer_file_info,
                .fn.file = fn,
                .ctx = ctx,
                .id = xstrdup(file_id)});
}

// --- reading ---

struct chat_read {
    chat_read_events events;
    void *ctx;
    size_t max_bytes;
    bool cancelled;
};

static void drop_read(held *h) {
    free(h->ctx);
}

static void answer_read(held *h, const chat_error *error) {
    static const chat_error too_long = {.err = OC_ELIMIT, .id = "", .message = "the file is too long"};
    chat_read *r = h->ctx;
    const fake_file *f = fake_find_file(h->id);
    if (error->err == OC_OK && f == NULL)
        error = &FAKE_NO_FILE;
    else if (error->err == OC_OK && f->content.len > r->max_bytes)
        error = &too_long;
    bytes left = error->err == OC_OK ? buf_bytes(&f->content) : bytes_of(NULL, 0);
    while (!r->cancelled && left.len > 0) {
        size_t len = left.len < FAKE_PIECE_BYTES ? left.len : FAKE_PIECE_BYTES;
        r->events.piece(r->ctx, bytes_of(left.data, len));
        left = bytes_of(left.data + len, left.len - len);
    }
    if (!r->cancelled)
        r->events.done(r->ctx, error);
    free(r);
}

chat_read *chat_get_file(chat *c, const char *file_id, size_t max_bytes, const chat_read_events *events,
                         void *ctx) {
    chat_read *r = xcalloc(1, sizeof *r);
    *r = (chat_read){.events = *events, .ctx = ctx, .max_bytes = max_bytes};
    (void)c;
    take_later((held){
        .call = "get_file", .answer = answer_read, .drop = drop_read, .ctx = r, .id = xstrdup(file_id)});
    return r;
}

void chat_read_cancel(chat_read *r) {
    if (r != NULL)
        r->cancelled = true;
}

// --- uploads ---

struct chat_upload {
    chat_upload_events events;
    void *ctx;
    char *user_id, *channel_id, *name;
    size_t size_bytes, room_bytes;
    buf content;
    bool turn, held, cancelled;
};

static void upload_free(chat_upload *u) {
    free(u->user_id);
    free(u->channel_id);
    free(u->name);
    buf_free(&u->content);
    free(u);
}

static void drop_upload(held *h) {
    upload_free(h->ctx);
}

static void end_upload(chat_upload *u, const chat_error *error) {
    fake_file *f = NULL;
    if (error->err == OC_OK) {
        f = fake_add_file(xasprintf("file%zu", FAKE.file_count + 1), u->user_id, u->channel_id, u->name, "");
        if (buf_append(&f->content, buf_bytes(&u->content).data, u->content.len) != OC_OK)
            fail_msg("an upload is too large for the fake");
    }
    const chat_file file = fake_file_view(f);
    u->events.done(u->ctx, error, &file);
    upload_free(u);
}

// Its turn, and each time there is room again; at last the end.
static void answer_upload(held *h, const chat_error *error) {
    chat_upload *u = h->ctx;
    size_t left = u->size_bytes - u->content.len;
    u->held = false;
    if (u->cancelled) {
        upload_free(u);
    } else if (error->err != OC_OK || (u->turn && left == 0)) {
        end_upload(u, error);
    } else {
        size_t room = FAKE.upload_room_bytes != 0 ? FAKE.upload_room_bytes : FAKE_ROOM_BYTES;
        u->turn = true;
        u->room_bytes = left < room ? left : room;
        u->events.room(u->ctx, u);
    }
}

chat_upload *chat_upload_file(chat *c, const chat_upload_info *info, const chat_upload_events *events,
                              void *ctx) {
    chat_upload *u = xcalloc(1, sizeof *u);
    (void)c;
    *u = (chat_upload){.events = *events,
                       .ctx = ctx,
                       .user_id = xstrdup(info->user_id),
                       .channel_id = xstrdup(info->channel_id),
                       .name = xstrdup(info->name),
                       .size_bytes = (size_t)info->size_bytes,
                       .held = true};
    buf_init(&u->content, FAKE_FILE_MAX_BYTES);
    take_later((held){.call = "upload_file", .answer = answer_upload, .drop = drop_upload, .ctx = u});
    return u;
}

size_t chat_upload_room_bytes(const chat_upload *u) {
    return u->room_bytes;
}

oc_err chat_upload_write(chat_upload *u, bytes piece) {
    if (piece.len > u->room_bytes)
        return OC_EBUSY;
    u->room_bytes -= piece.len;
    if (buf_append(&u->content, piece.data, piece.len) != OC_OK)
        fail_msg("an upload is too large for the fake");
    u->held = u->room_bytes == 0;
    if (u->held)
        take_later((held){.call = "upload_room", .answer = answer_upload, .drop = drop_upload, .ctx = u});
    return OC_OK;
}

void chat_upload_cancel(chat_upload *u) {
    if (u == NULL)
        return;
    u->cancelled = true;
    if (!u->held)
        upload_free(u);
}
