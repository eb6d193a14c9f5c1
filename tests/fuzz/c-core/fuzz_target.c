// SPDX-License-Identifier: Apache-2.0
// Targets, emoji and parameters of messages as a model writes them: nothing crashes, what is taken fits, and what a target says of
// itself does not contradict what it is read as.
#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "outbound/directory.h"
#include "outbound/route.h"
#include "outbound/send_params.h"
#include "outbound/target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(const char *text) {
    target t;
    const char *sentence = NULL;
    chat_kind kind = CHAT_CHANNEL;
    const bool taken = target_parse(text, &t, &sentence) == OC_OK;
    if (taken != (*sentence == '\0') || (taken && *t.text == '\0'))
        abort();
    const bool says = target_chat_kind(text, &kind);
    if (taken && says && kind != CHAT_DIRECT && (t.kind == TARGET_USER || t.kind == TARGET_USERNAME))
        abort();
    if (taken && t.kind == TARGET_BARE_ID && (target_is_explicit(text) || !parse_is_mm_id(t.text)))
        abort();
    if (taken && *t.team != '\0' && t.kind != TARGET_CHANNEL_NAME)
        abort();
    // A normal form has itself for a normal form.
    char *normal = target_normal_form(text);
    char *again = normal != NULL ? target_normal_form(normal) : NULL;
    if (normal != NULL && (again == NULL || !target_looks_like_id(text)))
        abort();
    free(normal);
    free(again);
}

static void check_route(const char *text) {
    outbound_route route;
    const outbound_place place = {.target = text,
                                  .resolved_kind = "",
                                  .current_session_key = text,
                                  .thread_id = "",
                                  .reply_to_id = "",
                                  .names = {.agent = "", .account = "default", .name = ""}};
    if (!outbound_route_of(&place, &route))
        return;
    if (*route.peer_id == '\0' || (route.exact && !parse_is_mm_id(route.peer_id)))
        abort();
    outbound_route_free(&route);
}

static void check_params(bytes all) {
    cJSON *params = NULL;
    react_params react;
    const char *media = NULL, *sentence = NULL;
    if (json_parse(all, &params) != OC_OK)
        return;
    if (react_params_read(params, &react, &sentence) == OC_OK) {
        if (*react.post_id == '\0' || *react.emoji == '\0')
            abort();
        free(react.emoji);
    }
    if (send_attachment_read(params, &media, &sentence) != OC_OK && (media != NULL || *sentence == '\0'))
        abort();
    cJSON_Delete(params);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = xstrndup((const char *)data, size);
    check_target(text);
    check_route(text);
    check_params(bytes_of(data, size));
    char *emoji = emoji_name_of(text);
    if (emoji != NULL && *emoji == '\0')
        abort();
    free(emoji);
    if (directory_fits(text, text, "") != FIT_EXACT)
        abort();
    free(text);
    return 0;
}
