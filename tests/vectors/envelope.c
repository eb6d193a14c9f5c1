// SPDX-License-Identifier: Apache-2.0
// envelope and reply_root: what a message is wrapped in, and where a part of the answer stands.
#include "vectors.h"

#include "base/mem.h"
#include "inbound/envelope.h"
#include "session/session_key.h"

#include <stdlib.h>
#include <string.h>

enum { ITEMS_MAX = 64 };

static chat_kind kind_of(const char *name) {
    chat_kind kind = CHAT_DIRECT;
    while (kind < CHAT_CHANNEL && strcmp(chat_kind_name(kind), name) != 0)
        kind++;
    return *name != '\0' ? kind : CHAT_DIRECT;
}

static void check_taken(report *r, const cJSON *row, const char *expected, char *got) {
    check_text(r, row, expected, got);
    free(got);
}

static void run_labels(report *r, const cJSON *rows) {
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        const cJSON *in = json_get(row, "input");
        check_taken(r, row, json_string(row, "output"),
                    json_bool(in, "isGroup", false)
                        ? envelope_channel_label(json_text(in, "groupLabel"), json_text(in, "groupFallback"),
                                                 json_text(in, "groupId"))
                        : envelope_direct_label(json_text(in, "directLabel"), json_text(in, "directId")));
    }
}

static char *text_of(const cJSON *in) {
    const cJSON *sender = json_get(in, "sender");
    const char *label = json_string(in, "senderLabel");
    return envelope_text(&(envelope){.from = json_text(in, "from"),
                                     .kind = kind_of(json_text(in, "chatType")),
                                     .sender_name = label != NULL ? label : json_text(sender, "name"),
                                     .sender_id = label != NULL ? "" : json_text(sender, "id"),
                                     .at_ms = json_int(in, "timestamp", 0),
                                     .previous_at_ms = json_int(in, "previousTimestamp", 0),
                                     .body = json_text(in, "body")});
}

static void run_envelopes(report *r, const cJSON *rows) {
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
        check_taken(r, row, json_string(row, "output"), text_of(json_get(row, "input")));
}

// The channel's id stands in the current message, as "channel: <id>]" at its end.
static char *channel_of(const char *text) {
    const char *found = strstr(text, " channel: ");
    return found != NULL ? xstrndup(found + 10, strcspn(found + 10, "]")) : xstrdup("");
}

// The whole text is what is expected of the first envelope with the history before it.
static void run_history(report *r, const cJSON *content) {
    const cJSON *first = cJSON_GetArrayItem(json_array(content, "envelopes"), 0), *item;
    envelope_past past[ITEMS_MAX];
    size_t count = 0;
    cJSON_ArrayForEach(item, json_array(content, "inboundHistory")) {
        if (count < ITEMS_MAX)
            past[count++] = (envelope_past){.sender = json_text(item, "sender"),
                                            .body = json_text(item, "body"),
                                            .post_id = json_text(item, "messageId"),
                                            .at_ms = json_int(item, "timestamp", 0)};
    }
    char *current = text_of(json_get(first, "input")), *channel = channel_of(current);
    check_taken(
        r, content, json_string(content, "combinedWithHistory"),
        envelope_with_history(json_text(json_get(first, "input"), "from"), channel, past, count, current));
    free(channel);
    free(current);
}

static void run_pending(report *r, const cJSON *rows) {
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
        check_taken(r, row, json_string(row, "out"),
                    envelope_body_with_files(json_text(row, "body"), (size_t)json_int(row, "files", 0)));
}

// A file with a path was fetched.
static void run_unavailable(report *r, const cJSON *rows) {
    const cJSON *row, *file;
    cJSON_ArrayForEach(row, rows) {
        const cJSON *in = json_get(row, "input");
        const char *names[ITEMS_MAX];
        size_t count = 0, missing = (size_t)json_int(in, "n", 0);
        cJSON_ArrayForEach(file, json_get(in, "m")) {
            bool fetched = json_string(file, "path") != NULL;
            missing -= fetched && missing > 0 ? 1 : 0;
            if (!fetched && json_string(file, "fileName") != NULL && count < ITEMS_MAX)
                names[count++] = json_string(file, "fileName");
        }
        check_taken(r, row, json_string(row, "out"),
                    envelope_body_with_unavailable(json_text(in, "b"), missing, names, count));
    }
}

void run_envelope(report *r, const cJSON *content) {
    run_labels(r, json_get(content, "labels"));
    run_envelopes(r, json_get(content, "envelopes"));
    if (json_get(content, "combinedWithHistory") != NULL)
        run_history(r, content);
    run_pending(r, json_get(content, "pendingMedia"));
    run_unavailable(r, json_get(content, "unavailable"));
}

void run_reply_root(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *thread = json_text(row, "threadRootId"),
                   *root = session_part_root(kind_of(json_text(row, "kind")), thread,
                                             json_text(row, "replyToId"));
        check_text(r, row, json_string(row, "rootId"), *root != '\0' ? root : NULL);
        check_bool(r, row, json_bool(row, "canFinalizeInPreviewRootedAtThread", false),
                   strcmp(root, thread) == 0);
    }
}
