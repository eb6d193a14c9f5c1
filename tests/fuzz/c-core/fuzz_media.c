// SPDX-License-Identifier: Apache-2.0
// Files of strangers and models: names, headers, base64, what an answer's entries mean, and that a text file stays in its
// code block.
#include "base/base64.h"
#include "base/fence.h"
#include "base/file_name.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "inbound/attachments.h"
#include "reply/media_plan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

static void check_name(char *name) {
    bytes text = bytes_str(name);
    uint32_t rune = 0;
    must(utf8_runes(text) <= FILE_NAME_MAX_RUNES && strpbrk(name, "/\\`\n\"") == NULL);
    must(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
    for (size_t at = 0, len = 0; at < text.len; at += len) {
        len = utf8_next(bytes_of(text.data + at, text.len - at), &rune);
        must(rune != 0xfffd && rune >= 0x20);
    }
    free(name);
}

static void check_codings(bytes input) {
    buf text, back;
    buf_init(&text, base64_encoded_bytes(input.len) + 1);
    buf_init(&back, input.len + 3);
    must(base64_encode(input, &text) == OC_OK && base64_decode(buf_bytes(&text), &back) == OC_OK);
    must(bytes_equal(buf_bytes(&back), input));
    buf_clear(&back);
    if (base64_decode(input, &back) != OC_OK)
        must(back.len == 0);
    buf_free(&text);
    buf_free(&back);
    char *encoded = percent_encode(input), *decoded = percent_decode(bytes_str(encoded));
    if (memchr(input.data, 0, input.len) == NULL)
        must(bytes_is(input, decoded));
    free(encoded);
    free(decoded);
}

static void check_plan(const char *entry) {
    static const char ROOT[] = "/srv/agent";
    cJSON *payloads = json_new_array(), *payload = json_new_object();
    json_add_string(payload, "mediaUrl", entry);
    json_push(payloads, payload);
    media_plan *p = media_plan_make(payloads, ROOT);
    must(p->count <= 1);
    if (p->count == 1 && p->items[0].kind == MEDIA_WORKSPACE) {
        char *framed = xasprintf("/%s/", p->items[0].source);
        must(strstr(framed, "/../") == NULL && strstr(framed, "/./") == NULL && strstr(framed, "//") == NULL);
        free(framed);
    }
    media_plan_free(p);
    cJSON_Delete(payloads);
}

// Line by line as Markdown sees it: the one code block begins before the content and ends in the last line.
static void check_block(const char *words) {
    fence state = {.mark = 0};
    size_t opened = 0, closed = 0;
    for (const char *line = words; line != NULL;) {
        const char *end = strchr(line, '\n');
        fence next =
            fence_after_line(state, bytes_of(line, end != NULL ? (size_t)(end - line) : strlen(line)));
        opened += state.mark == 0 && next.mark != 0;
        closed += state.mark != 0 && next.mark == 0;
        must(closed == 0 || end == NULL);
        state = next;
        line = end != NULL ? end + 1 : NULL;
    }
    must(opened == 1 && closed == 1);
}

static void check_text_file(bytes input) {
    static const attachment_limits limits = {
        .file_bytes = 1 << 20, .image_bytes = 1 << 20, .frame_bytes = 4 << 20};
    attachments a = {.count = 0};
    chat_file file = {.id = "x",
                      .name = "n.txt",
                      .extension = "txt",
                      .mime_type = "text/plain",
                      .size_bytes = (int64_t)input.len};
    attachments_add(&a, &file, &limits);
    if (a.items[0].kind == ATTACHMENT_TEXT)
        must(attachments_take(&a, 0, input) == OC_OK);
    char *words = attachments_text(&a);
    // Longer runs of marks than FENCE_MARKS_MAX our own reader takes for drawings.
    if (a.items[0].text != NULL && strstr(words, "````````````````") == NULL &&
        strstr(words, "~~~~~~~~~~~~~~~~") == NULL)
        check_block(words);
    free(words);
    attachments_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bytes input = bytes_of(data, size);
    char *text = xstrndup((const char *)data, size);
    char *named = file_name_of_disposition(text);
    check_name(file_name_clean(input));
    check_name(file_name_for_type(bytes_str(named), "image/png"));
    if (size > 0) {
        check_codings(input);
        check_text_file(input);
    }
    check_plan(text);
    free(named);
    free(text);
    return 0;
}
