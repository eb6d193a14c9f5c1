// SPDX-License-Identifier: Apache-2.0
#include "gateway/run_read.h"

#include "base/json.h"
#include "base/mem.h"
#include "words/words.h"
#include "gateway/connect.h"

#include <stdlib.h>

enum { RETRY_DEFAULT_MS = 1000, RETRY_MAX_MS = 30000, TEXT_MAX_BYTES = 26214400 };

void run_answer_free(run_answer *a) {
    free(a->text);
    free(a->sentence);
    *a = (run_answer){0};
}

static void end(run_answer *out, gateway_run_outcome outcome, char *text, char *sentence) {
    out->kind = RUN_ANSWER_END;
    out->outcome = outcome;
    out->text = text != NULL ? text : xstrdup("");
    out->sentence = sentence != NULL ? sentence : xstrdup("");
}

static char *could_not(const char *gateway_words) {
    char *words = connect_quote(gateway_words), *sentence = NULL;
    sentence = *words != '\0' ? words_mark(WORD_GATEWAY_COULD_NOT, "words", words, NULL)
                              : xstrdup(words_marked(WORD_GATEWAY_COULD_NOT_WHY));
    free(words);
    return sentence;
}

static void add_part(buf *text, const char *part, const char *between) {
    if (part == NULL || *part == '\0')
        return;
    // More than the maximum cannot come in one frame; what does not fit is left out.
    if ((text->len > 0 && buf_append_str(text, between) != OC_OK) || buf_append_str(text, part) != OC_OK)
        return;
}

char *run_message_text(const cJSON *message) {
    const cJSON *content = json_get(message, "content"), *block = NULL;
    buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    if (cJSON_IsString(content))
        add_part(&text, content->valuestring, "");
    cJSON_ArrayForEach(block, content) { // a string has no members
        if (strcmp(json_text(block, "type"), "text") == 0)
            add_part(&text, json_string(block, "text"), "");
    }
    if (text.len > 0)
        return buf_take_str(&text);
    buf_free(&text);
    return NULL;
}

// The texts of all payloads with or without isError, joined by blank lines. NULL when there is none.
static char *payload_texts(const cJSON *payloads, bool errors) {
    const cJSON *p = NULL;
    buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    cJSON_ArrayForEach(p, payloads) {
        if (json_bool(p, "isError", false) == errors)
            add_part(&text, json_string(p, "text"), "\n\n");
    }
    if (text.len > 0)
        return buf_take_str(&text);
    buf_free(&text);
    return NULL;
}

static void read_failure(const cJSON *payload, const cJSON *error, run_answer *out) {
    const char *words = json_text(error, "message");
    if (json_bool(error, "retryable", false) || strcmp(json_text(payload, "status"), "retry") == 0) {
        int64_t wait = json_int(error, "retryAfterMs", RETRY_DEFAULT_MS);
        out->kind = RUN_ANSWER_RETRY;
        out->retry_ms = wait < RETRY_DEFAULT_MS ? RETRY_DEFAULT_MS
                        : wait > RETRY_MAX_MS   ? RETRY_MAX_MS
                                                : wait;
        out->text = xstrdup("");
        out->sentence = could_not(words);
        return;
    }
    end(out, GATEWAY_RUN_ERROR, NULL, could_not(*words != '\0' ? words : json_text(payload, "summary")));
}

static void read_result(const cJSON *payload, run_answer *out) {
    const char *status = json_text(payload, "status");
    out->payloads = json_array(json_get(payload, "result"), "payloads");
    char *text = payload_texts(out->payloads, false), *trouble = payload_texts(out->payloads, true);
    if (strcmp(status, "ok") == 0 && text != NULL)
        end(out, GATEWAY_RUN_OK, text, NULL);
    else if (strcmp(status, "ok") == 0 && trouble == NULL)
        end(out, GATEWAY_RUN_SILENT, NULL, xstrdup("The agent ended without a text."));
    else if (trouble != NULL)
        end(out, GATEWAY_RUN_ERROR, text, could_not(trouble));
    else if (strcmp(json_text(payload, "summary"), "aborted") == 0)
        end(out, GATEWAY_RUN_ABORTED, text, xstrdup("The answer was stopped."));
    else
        end(out, GATEWAY_RUN_ERROR, text, could_not(json_text(payload, "summary")));
    free(trouble);
}

void run_read_answer(bool ok, const cJSON *payload, const cJSON *error, run_answer *out) {
    *out = (run_answer){0};
    if (!ok)
        read_failure(payload, error, out);
    else if (strcmp(json_text(payload, "status"), "in_flight") == 0)
        out->kind = RUN_ANSWER_IN_FLIGHT;
    else
        read_result(payload, out);
}

bool run_read_wait(const cJSON *payload, run_answer *out) {
    const char *status = json_text(payload, "status"), *stop = json_text(payload, "stopReason");
    const char *text = json_text(json_get(payload, "terminalReply"), "text");
    *out = (run_answer){0};
    if (strcmp(status, "ok") == 0)
        end(out, *text != '\0' ? GATEWAY_RUN_OK : GATEWAY_RUN_SILENT, xstrdup(text),
            *text != '\0' ? NULL : xstrdup("The agent ended without a text."));
    else if (strcmp(status, "error") == 0 && (strcmp(stop, "rpc") == 0 || strcmp(stop, "aborted") == 0))
        end(out, GATEWAY_RUN_ABORTED, xstrdup(text), xstrdup("The answer was stopped."));
    else if (strcmp(status, "error") == 0)
        end(out, GATEWAY_RUN_ERROR, xstrdup(text), could_not(json_text(payload, "error")));
    else
        return false;
    return true;
}

bool run_read_chat_end(const cJSON *payload, run_answer *out) {
    const char *state = json_text(payload, "state");
    *out = (run_answer){0};
    bool final = strcmp(state, "final") == 0, aborted = strcmp(state, "aborted") == 0;
    if (!final && !aborted && strcmp(state, "error") != 0)
        return false;
    char *text = run_message_text(json_get(payload, "message"));
    if (final && text == NULL)
        end(out, GATEWAY_RUN_SILENT, NULL, xstrdup("The agent ended without a text."));
    else if (final)
        end(out, GATEWAY_RUN_OK, text, NULL);
    else if (aborted)
        end(out, GATEWAY_RUN_ABORTED, text, xstrdup("The answer was stopped."));
    else
        end(out, GATEWAY_RUN_ERROR, text, could_not(json_text(payload, "errorMessage")));
    return true;
}
