// SPDX-License-Identifier: Apache-2.0
// Frames of the event WebSocket: whatever comes, an event that is taken has an id, an author and a channel.
#include "chat/posted_event.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    posted_event e;
    posted_verdict verdict = posted_event_read(bytes_of(data, size), &e);
    if (verdict == POSTED_POST && (*e.post_id == '\0' || *e.user_id == '\0' || *e.channel_id == '\0'))
        abort();
    if ((verdict == POSTED_INVALID) != (*e.error != '\0'))
        abort();
    posted_event_free(&e);
    return 0;
}
