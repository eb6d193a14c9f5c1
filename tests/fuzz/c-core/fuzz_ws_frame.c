// SPDX-License-Identifier: Apache-2.0
// Frame heads and upgrade answers from any bytes; what is read is written again and must be the same.
#include "net/ws_frame.h"
#include "net/ws_upgrade.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_frame(bytes in) {
    ws_frame_head head, again;
    if (ws_frame_read_head(in, &head) != OC_OK || in.len - head.head_bytes < head.payload_bytes)
        return;
    buf out;
    buf_init(&out, in.len);
    uint8_t *payload = malloc((size_t)head.payload_bytes + 1);
    memcpy(payload, in.data + head.head_bytes, (size_t)head.payload_bytes);
    if (head.masked)
        ws_frame_mask(payload, (size_t)head.payload_bytes, head.mask, 0);
    if (ws_frame_append(&out, head.opcode, head.final, bytes_of(payload, (size_t)head.payload_bytes),
                        head.masked ? head.mask : NULL) != OC_OK)
        abort();
    if (ws_frame_read_head(buf_bytes(&out), &again) != OC_OK || again.payload_bytes != head.payload_bytes ||
        memcmp(out.memory + out.start, in.data, out.len) != 0)
        abort();
    free(payload);
    buf_free(&out);
}

static void try_url(bytes in) {
    char *text = strndup((const char *)in.data, in.len);
    ws_url url;
    if (ws_url_parse(text, &url) == OC_OK && (*url.host == '\0' || *url.path != '/'))
        abort();
    ws_url_free(&url);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
    bytes in = bytes_of(data, size);
    ws_answer answer;
    if (size == 0)
        return 0;
    try_frame(in);
    try_url(in);
    if (ws_upgrade_answer(in, key, &answer) == OC_OK && (answer.head_bytes > size || answer.status > 999))
        abort();
    return 0;
}
