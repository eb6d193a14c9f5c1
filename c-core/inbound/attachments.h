// SPDX-License-Identifier: Apache-2.0
// What the agent is given of the files of a post: images as attachments of the run, short text files within the message,
// marked as data, everything else by name. Pure; attachments_read.h fetches.
#ifndef OC_INBOUND_ATTACHMENTS_H
#define OC_INBOUND_ATTACHMENTS_H

#include "base/json.h"
#include "chat/types.h"

enum {
    ATTACHMENTS_MAX = 20,                      // Mattermost allows ten in a post
    ATTACHMENT_FILE_MAX_BYTES = 8 << 20,       // when mediaMaxMb is unset
    ATTACHMENT_TEXT_MAX_BYTES = 32 * 1024,     // one text file within the message
    ATTACHMENT_TEXTS_MAX_BYTES = 64 * 1024,    // all of them
    ATTACHMENT_FRAME_SPARE_BYTES = 512 * 1024, // of the gateway's frame, for the message and the rest
};

typedef struct attachment_limits {
    int64_t file_bytes;  // mediaMaxMb: a file, and all images of a message together
    int64_t image_bytes; // what the gateway takes as one image
    int64_t frame_bytes; // what the gateway takes as one frame; images grow by a third in it
} attachment_limits;

typedef enum attachment_kind {
    ATTACHMENT_NAMED, // the agent hears of it, why says why no more
    ATTACHMENT_IMAGE, // to be read, or read
    ATTACHMENT_TEXT,  // to be read, or read
} attachment_kind;

typedef struct attachment {
    attachment_kind kind;
    char *id, *name, *mime_type; // name and type are clean and may be ""
    int64_t size_bytes;          // -1: unknown
    const char *why;             // static clause; "" when its kind is not handed to agents
    char *text;                  // of a text file that was read
    cJSON *image;                // of an image that was read: {type, mimeType, fileName, content}
} attachment;

typedef struct attachments {
    attachment items[ATTACHMENTS_MAX];
    size_t count, left_out;          // left_out: those above the maximum
    int64_t image_bytes, text_bytes; // of what is planned
} attachments;

// Decides about the next file of the post. A file above the maximum is counted only.
void attachments_add(attachments *a, const chat_file *file, const attachment_limits *limits);
// One of which the server told nothing.
void attachments_add_unknown(attachments *a, const char *file_id);
// The content of a planned file has come: it becomes what it was planned to be, or, when it is not what it was said to be, a
// name. OC_ENOMEM.
oc_err attachments_take(attachments *a, size_t index, bytes content) OC_MUST_CHECK;
void attachments_failed(attachments *a, size_t index, const char *why); // static clause

// What goes behind the message's text, "" without files; the caller's. No file's content can end its code block early.
char *attachments_text(const attachments *a);
// The run's attachments, which leave a; NULL without images. The caller's.
cJSON *attachments_take_images(attachments *a);
void attachments_free(attachments *a); // safe for zeroed structs; not the struct itself

#endif
