// SPDX-License-Identifier: Apache-2.0
// Files: a part of chat.h, whose rules hold, but for the limit: a file may take CHAT_FILE_LIMIT_MS. They go over the link
// in pieces; one is read and one is written at a time, further ones wait their turn.
#ifndef OC_CHAT_FILES_H
#define OC_CHAT_FILES_H

#include "chat/types.h"

enum {
    CHAT_FILE_LIMIT_MS = 300000, // from its turn to its end
    CHAT_FILE_MAX_BYTES = 100 << 20,
    CHAT_FILES_WAITING_MAX = 256, // of each kind: OC_EBUSY above
};

void chat_get_file_info(chat *c, const char *file_id, chat_file_fn *fn, void *ctx);

// A file's content, piece by piece and in order; a piece is consumed when the callback returns.
typedef struct chat_read chat_read;
typedef struct chat_read_events {
    void (*piece)(void *ctx, bytes piece);
    // The end, once: all pieces came (OC_OK); OC_ELIMIT: it is longer than max_bytes, some pieces may have come. r is gone.
    void (*done)(void *ctx, const chat_error *error);
} chat_read_events;
// The server hands files over in one piece: ask for the size first (chat_get_file_info). done is never called from inside.
chat_read *chat_get_file(chat *c, const char *file_id, size_t max_bytes, const chat_read_events *events,
                         void *ctx);
void chat_read_cancel(chat_read *r); // r is gone, no callback; NULL-safe

// A file's way to the server. size_bytes is what will be written, exactly: 1 … CHAT_FILE_MAX_BYTES.
typedef struct chat_upload_info {
    const char *user_id, *channel_id, *name; // for a post of this bot in this channel; name without path
    int64_t size_bytes;
} chat_upload_info;
typedef struct chat_upload chat_upload;
typedef struct chat_upload_events {
    void (*room)(void *ctx, chat_upload *u); // its turn, and each time there is room again
    // The end, once: file->id goes into a post's file_ids. Also before all was written, with an error. u is gone.
    void (*done)(void *ctx, const chat_error *error, const chat_file *file);
} chat_upload_events;
// Copies info. No callback comes from inside. A file that no post takes stays on the server.
chat_upload *chat_upload_file(chat *c, const chat_upload_info *info, const chat_upload_events *events,
                              void *ctx);
size_t chat_upload_room_bytes(const chat_upload *u); // write no more than this; 0 until its turn
oc_err chat_upload_write(chat_upload *u,
                         bytes piece) OC_MUST_CHECK; // copied; OC_EBUSY beyond the room, nothing taken
void chat_upload_cancel(chat_upload *u);             // u is gone, no callback; NULL-safe

#endif
