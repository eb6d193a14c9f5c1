// SPDX-License-Identifier: Apache-2.0
// The scanner must agree with the parser about every frame that the parser takes.
#include "base/json.h"
#include "gateway/frame_scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A member that occurs twice is the one case in which the two may differ: the scanner takes the last it sees.
static bool same(bytes slice, const cJSON *object, const char *key) {
    const cJSON *item = NULL;
    int count = 0;
    bool found = false;
    cJSON_ArrayForEach(item, object) {
        if (item->string != NULL && strcmp(item->string, key) == 0) {
            count++;
            found = found || (cJSON_IsString(item) && bytes_is(slice, item->valuestring));
        }
    }
    return count > 1 || (slice.data == NULL ? !found : found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    frame_head head;
    cJSON *frame = NULL;
    bytes text = bytes_of(data, size);
    oc_err scanned = frame_scan(text, &head);
    oc_err parsed = json_parse(text, &frame);
    if (parsed == OC_OK && cJSON_IsObject(frame) && scanned != OC_OK && scanned != OC_ELIMIT)
        abort(); // the scanner may be laxer, never stricter
    bool early =
        head.type == FRAME_RESPONSE || head.session_key.data != NULL; // it may have stopped before the rest
    if (parsed == OC_OK && scanned == OC_OK && !head.escaped && memchr(data, 0, size) == NULL) {
        const cJSON *payload = cJSON_GetObjectItemCaseSensitive(frame, "payload");
        if (head.id.data != NULL && !same(head.id, frame, "id"))
            abort();
        if (head.event.data != NULL && !same(head.event, frame, "event"))
            abort();
        if (!early && head.type == FRAME_EVENT && cJSON_IsObject(payload) &&
            (!same(head.session_key, payload, "sessionKey") || !same(head.run_id, payload, "runId")))
            abort();
    }
    cJSON_Delete(frame);
    return 0;
}
