// SPDX-License-Identifier: Apache-2.0
// The scanner must agree with the parser about every frame that the parser takes.
#include "base/json.h"
#include "gateway/frame_scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Of a member that occurs twice both take the first. A scanner that has what it wants stops before the rest.
static bool same(bytes slice, const cJSON *object, const char *key, bool stopped) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (slice.data == NULL)
        return stopped || !cJSON_IsString(item);
    return cJSON_IsString(item) && bytes_is(slice, item->valuestring);
}

static bool agree(const frame_head *head, const cJSON *frame) {
    const cJSON *payload = cJSON_GetObjectItemCaseSensitive(frame, "payload");
    bool stopped = head->type == FRAME_RESPONSE
                       ? head->id.data != NULL
                       : head->type == FRAME_EVENT && head->event.data != NULL &&
                             head->session_key.data != NULL && head->run_id.data != NULL;
    return same(head->id, frame, "id", stopped) && same(head->event, frame, "event", stopped) &&
           (!cJSON_IsObject(payload) || (same(head->session_key, payload, "sessionKey", stopped) &&
                                         same(head->run_id, payload, "runId", stopped) &&
                                         same(head->stream, payload, "stream", stopped)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    frame_head head;
    cJSON *frame = NULL;
    bytes text = bytes_of(data, size);
    oc_err scanned = frame_scan(text, &head);
    oc_err parsed = json_parse(text, &frame);
    if (parsed == OC_OK && cJSON_IsObject(frame) && scanned != OC_OK && scanned != OC_ELIMIT)
        abort();                                                 // the scanner may be laxer, never stricter
    bool plain = !head.escaped && memchr(data, 0, size) == NULL; // the parser's strings end at a NUL
    if (parsed == OC_OK && scanned == OC_OK && plain && !agree(&head, frame))
        abort();
    cJSON_Delete(frame);
    return 0;
}
