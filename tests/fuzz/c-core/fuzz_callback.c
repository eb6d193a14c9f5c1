// SPDX-License-Identifier: Apache-2.0
// What reaches the callback listener: a request's head, then its body as a slash command, both forms.
#include "base/json.h"
#include "chat/slash_payload.h"
#include "net/http_head.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_payload(const char *type, bytes body) {
    cJSON *payload = slash_payload_read(type, body);
    if (payload != NULL && (*json_text(payload, "token") == '\0' || json_get(payload, "text") == NULL))
        abort();
    cJSON_Delete(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { HEAD_MAX = 4096 };
    http_head head = {.method = NULL};
    bytes all = bytes_of(data, size);
    int status = http_head_read(all, HEAD_MAX, &head);
    bytes body = all;
    if (status == 200) {
        if (head.bytes > size || head.bytes > HEAD_MAX + 4 || head.path[0] != '/')
            abort();
        body = bytes_of(data + head.bytes, size - head.bytes);
    } else if (head.method != NULL) {
        abort(); // nothing is left behind
    }
    check_payload("application/json", body);
    check_payload("application/x-www-form-urlencoded", body);
    http_head_free(&head);
    return 0;
}
