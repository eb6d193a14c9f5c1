// SPDX-License-Identifier: Apache-2.0
// Fetches what attachments.h plans: sizes first, then the files that are wanted, one after another.
#ifndef OC_INBOUND_ATTACHMENTS_READ_H
#define OC_INBOUND_ATTACHMENTS_READ_H

#include "base/loop.h"
#include "chat/chat.h"
#include "inbound/attachments.h"

typedef struct attachments_read attachments_read;

typedef struct attachments_result { // borrowed during the callback
    const char *text;               // what goes behind the message's text; "" without files
    cJSON *images; // the run's attachments, to be taken by setting this to NULL; NULL without images
} attachments_result;
typedef void attachments_fn(void *ctx, attachments_result *result);

// file_ids: of the post; NULL counts as none. limits->file_bytes 0: ATTACHMENT_FILE_MAX_BYTES. Calls back exactly once, from
// the loop; what cannot be had stands in the text. Begin when the run can start: the images are in memory until then.
attachments_read *attachments_read_start(loop *l, chat *c, const cJSON *file_ids,
                                         const attachment_limits *limits, attachments_fn *fn, void *ctx);
void attachments_read_cancel(
    attachments_read *r); // no callback any more; NULL-safe; not for use in the callback

#endif
