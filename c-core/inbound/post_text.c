// SPDX-License-Identifier: Apache-2.0
#include "inbound/post_text.h"

#include "base/json.h"
#include "base/mem.h"

#include <string.h>

enum { ATTACHMENTS_MAX = 20, FIELDS_MAX = 50 };

bool post_is_me(const chat_post *post) {
    return strcmp(post->type, "me") == 0;
}

// The first text of a post that does not fit any more ends it.
static void add(buf *out, const char *before, const char *text) {
    size_t len = out->len;
    if (*text == '\0')
        return;
    if ((len > 0 && buf_append_str(out, before) != OC_OK) || buf_append_str(out, text) != OC_OK) {
        buf_truncate(out, len);
        out->max = len;
    }
}

// Longer than any server lets people write: the beginning counts.
static void add_message(buf *out, const char *text) {
    size_t len = strnlen(text, out->max);
    while (len == out->max && len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    if (buf_append(out, text, len) != OC_OK)
        buf_clear(out);
}

// A value may be a number: Slack's documentation allows it.
static void add_field(buf *out, const cJSON *field) {
    const cJSON *value = json_get(field, "value");
    const char *title = json_text(field, "title");
    add(out, "\n", title);
    if (cJSON_IsNumber(value)) {
        char *number = cJSON_PrintUnformatted(value);
        add(out, *title != '\0' ? ": " : "\n", number != NULL ? number : "");
        cJSON_free(number);
    } else {
        add(out, *title != '\0' ? ": " : "\n", json_text(field, "value"));
    }
}

static void add_attachment(buf *out, const cJSON *attachment) {
    static const char *const texts[] = {"pretext", "author_name", "title", "text"};
    const cJSON *field = NULL;
    size_t before = out->len;
    int fields = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(out, out->len == before ? "\n\n" : "\n", json_text(attachment, texts[i]));
    cJSON_ArrayForEach(field, json_array(attachment, "fields")) {
        if (fields++ < FIELDS_MAX)
            add_field(out, field);
    }
    add(out, "\n", json_text(attachment, "footer"));
    if (out->len == before)
        add(out, "\n\n", json_text(attachment, "fallback"));
}

char *post_text(const chat_post *post) {
    const char *said = post_is_me(post) ? json_text(post->props, "message") : "";
    const cJSON *attachment = NULL;
    int count = 0;
    buf out;
    buf_init(&out, POST_TEXT_MAX_BYTES);
    add_message(&out, *said != '\0' ? said : post->message);
    cJSON_ArrayForEach(attachment, json_array(post->props, "attachments")) {
        if (count++ < ATTACHMENTS_MAX)
            add_attachment(&out, attachment);
    }
    return buf_take_str(&out);
}
