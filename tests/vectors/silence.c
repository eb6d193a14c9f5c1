// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include "reply/silence.h"

static cJSON *silence(bool answer, bool text) {
    cJSON *out = json_new_object();
    json_add_bool(out, "silentPayload", answer);
    json_add_bool(out, "silentText", text);
    return out;
}

void run_silent_tokens(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *text = json_text(row, "text");
        cJSON *expected =
            silence(json_bool(row, "silentPayload", false), json_bool(row, "silentText", false));
        check_value(r, row, expected,
                    silence(silence_is_answer(text, SILENCE_GATEWAY_WORD),
                            silence_is_text(text, SILENCE_GATEWAY_WORD)));
        cJSON_Delete(expected);
    }
}

void run_reasoning_payload(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content)
        check_bool(r, row, json_bool(row, "reasoning", false), silence_is_reasoning(json_text(row, "text")));
}
