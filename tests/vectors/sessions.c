// SPDX-License-Identifier: Apache-2.0
// session_keys and thread_session.
#include "vectors.h"

#include "session/session_key.h"

#include <stdlib.h>
#include <string.h>

static chat_kind kind_of(const cJSON *row) {
    const char *kind = json_text(row, "kind");
    for (int k = 0; k < CHAT_KINDS; k++) {
        if (strcmp(chat_kind_name((chat_kind)k), kind) == 0)
            return (chat_kind)k;
    }
    return CHAT_CHANNEL;
}

// The file is about one account of several ("work"), whose keys OpenClaw does not tell apart from the others' (W-41): for us
// that is a sessionName.
void run_session_keys(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        session_place place = {.agent = "main-agent",
                               .account = "work",
                               .name = "mattermost",
                               .scope = (dm_scope)dm_scope_find(json_text(row, "dmScope")),
                               .kind = kind_of(row),
                               .channel_id = "peerid26",
                               .user_id = "peerid26"};
        char *key = session_base_key(&place);
        check_text(r, row, json_text(row, "key"), key);
        free(key);
    }
}

static cJSON *text_or_null(const char *text) {
    return text != NULL && *text != '\0' ? json_new_string(text) : cJSON_CreateNull();
}

void run_thread_session(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        chat_kind kind = kind_of(row);
        reply_mode mode = (reply_mode)reply_mode_find(json_text(row, "replyToMode"));
        const char *thread =
            session_thread(kind, mode, json_text(row, "threadRootId"), json_text(row, "postId"));
        session_names names = session_names_of(json_text(row, "baseSessionKey"), kind, thread);
        cJSON *got = cJSON_Duplicate(row, true);
        cJSON_ReplaceItemInObjectCaseSensitive(got, "effectiveReplyToId", text_or_null(thread));
        cJSON_ReplaceItemInObjectCaseSensitive(got, "sessionKey", text_or_null(names.key));
        cJSON_ReplaceItemInObjectCaseSensitive(got, "parentSessionKey", text_or_null(names.parent_key));
        cJSON_ReplaceItemInObjectCaseSensitive(got, "pendingHistoryKey", text_or_null(names.history_key));
        check_value(r, row, row, got);
        session_names_free(&names);
    }
}
