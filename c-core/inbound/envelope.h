// SPDX-License-Identifier: Apache-2.0
// A message with its circumstances in one text, as OpenClaw's own channel gives it to agents (reference-behaviour notes §3.8, §5.1,
// §5.2). Pure. The plugin itself words its messages in marks that nobody can forge (turn/prompt.h): this form has no caller but the
// vectors, which compare it with OpenClaw's. Texts that are returned are the caller's to free.
#ifndef OC_INBOUND_ENVELOPE_H
#define OC_INBOUND_ENVELOPE_H

#include "config/choices.h"

#include <stddef.h>
#include <stdint.h>

// "<name> id:<id>"; only the name when there is no id, or for a person whose name is the id.
char *envelope_direct_label(const char *name, const char *user_id);
char *envelope_channel_label(const char *name, const char *fallback, const char *channel_id);

typedef struct envelope {
    const char *from; // a label
    chat_kind kind;
    const char *sender_name, *sender_id; // "" when unknown; the id is shown in channels only
    int64_t at_ms, previous_at_ms;       // 0: unknown; previous: of the session
    const char *body;
} envelope;

// "[Mattermost <from>[ +<elapsed>] <weekday> <time>] <sender>: <body>", times in UTC. Names lose brackets and line breaks, so that
// they cannot end the header.
char *envelope_text(const envelope *e);

typedef struct envelope_past { // a message that was not for the bot
    const char *sender, *body, *post_id;
    int64_t at_ms; // 0: unknown
} envelope_past;

// The messages before, each in an envelope, then the current one (an envelope_text).
char *envelope_with_history(const char *from, const char *channel_id, const envelope_past *past, size_t count,
                            const char *current);
// The body of a message whose files nobody fetched.
char *envelope_body_with_files(const char *body, size_t files);
// The body with a note that files could not be had; names: those that are known, as they were sent.
char *envelope_body_with_unavailable(const char *body, size_t unavailable, const char *const *names,
                                     size_t count);

#endif
