// SPDX-License-Identifier: Apache-2.0
// mattermost_file, fetch: a text as text, piece by piece; an image as an image. Of a long text only the wanted piece is held.
#include "outbound/tool_run.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "inbound/visible_text.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 48 << 10, TEXT_FILE_MAX_BYTES = 16 << 20 };

static bool is_image(const char *type) {
    static const char *const known[] = {"image/png", "image/jpeg", "image/gif", "image/webp"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(type, known[i]) == 0)
            return true;
    }
    return false;
}

static cJSON *head_of(const tool_run *r) {
    cJSON *head = json_new_object();
    char *name = visible_line(bytes_str(r->file_name), 255);
    json_add_bool(head, "ok", true);
    json_add_string(head, "fileId", tool_text(r, "fileId"));
    json_add_string(head, "postId", r->post.id);
    json_add_string(head, "name", name);
    json_add_string(head, "type", r->file_type);
    json_add_int(head, "sizeBytes", r->file_bytes);
    free(name);
    return head;
}

// --- what came ---

static void on_piece(void *ctx, bytes piece) {
    tool_run *r = ctx;
    const size_t from = is_image(r->file_type) ? 0 : (size_t)json_int(r->args, "offset", 0);
    const size_t most = is_image(r->file_type) ? TOOLS_IMAGE_MAX_BYTES : PIECE_BYTES;
    const size_t skip = r->at < from ? (from - r->at < piece.len ? from - r->at : piece.len) : 0;
    const size_t room = most - r->content.len, left = piece.len - skip;
    r->at += piece.len;
    if (buf_append(&r->content, piece.data + skip, left < room ? left : room) != OC_OK)
        r->more = true; // cannot happen: there is room
}

static void answer_image(tool_run *r) {
    buf text;
    buf_init(&text, base64_encoded_bytes(TOOLS_IMAGE_MAX_BYTES) + 1);
    if (base64_encode(buf_bytes(&r->content), &text) == OC_OK && buf_append_byte(&text, '\0') == OC_OK)
        tool_answer_image(r, head_of(r), (const char *)buf_bytes(&text).data, r->file_type);
    else
        tool_refuse(r, "TOO_LONG", "The image is too large to be handed over.");
    buf_free(&text);
}

// Without the beginning of a rune that the piece has cut.
static size_t whole_runes(bytes text) {
    size_t tail = 0;
    while (tail < 3 && tail < text.len && (text.data[text.len - 1 - tail] & 0xC0) == 0x80)
        tail++;
    if (tail == text.len)
        return text.len;
    const uint8_t lead = text.data[text.len - 1 - tail];
    const size_t needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return tail + 1 < needed ? text.len - 1 - tail : text.len;
}

static void answer_text(tool_run *r) {
    bytes content = buf_bytes(&r->content);
    const int64_t offset = json_int(r->args, "offset", 0);
    const bool last = offset + (int64_t)content.len >= (int64_t)r->at;
    if (content.len > 0 && memchr(content.data, '\0', content.len) != NULL) {
        tool_refuse(
            r, "NOT_READABLE",
            "That file is neither a text nor an image that can be handed over (PNG, JPEG, GIF, WebP).");
        return;
    }
    content.len = last ? content.len : whole_runes(content);
    char *text = visible_text(content, PIECE_BYTES * 3);
    cJSON *result = head_of(r);
    json_add_int(result, "offset", offset);
    json_add_string(result, "text", text);
    if (!last)
        json_add_int(result, "nextOffset", offset + (int64_t)content.len);
    free(text);
    tool_answer(r, result);
}

static void on_read(void *ctx, const chat_error *error) {
    tool_run *r = ctx;
    r->read = NULL;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The file could not be read", error);
    else if (is_image(r->file_type))
        answer_image(r);
    else
        answer_text(r);
}

// --- the beginning ---

static void fetch(tool_run *r) {
    static const chat_read_events events = {.piece = on_piece, .done = on_read};
    const int64_t most = is_image(r->file_type) ? TOOLS_IMAGE_MAX_BYTES : TEXT_FILE_MAX_BYTES;
    if (r->file_bytes > most) {
        char *sentence =
            xasprintf("That file is too large to be fetched: at most %lld MiB.", (long long)(most >> 20));
        tool_refuse(r, "TOO_LONG", sentence);
        free(sentence);
        return;
    }
    r->read = chat_get_file(r->tools->parts.chat, tool_text(r, "fileId"), (size_t)most, &events, r);
    if (r->read == NULL)
        tool_refuse(r, "BUSY", "Too many files are on their way. Try again in a moment.");
}

void tool_do_file(tool_run *r) {
    if (tool_wants_upload(r))
        tool_do_send(r);
    else
        fetch(r);
}
