// SPDX-License-Identifier: Apache-2.0
// After a start: looks through the bot's channels for posts that nobody handed to us. Reads only; what is found goes to
// the caller, oldest first within a channel, and the caller knows what has its outcome already.
#ifndef OC_DELIVERY_CATCH_UP_H
#define OC_DELIVERY_CATCH_UP_H

#include "base/loop.h"
#include "chat/chat.h"

typedef struct catch_up catch_up;

enum { CATCH_UP_POSTS_MAX = 2000 }; // that are wanted, in all

typedef struct catch_up_events {
    // Whether such a post, in a channel of this type ('O', 'P', 'D', 'G'), may concern us at all: most do not.
    bool (*wants)(void *ctx, char channel_type, const chat_post *post);
    bool (*has_room)(void *ctx); // false: wait a moment before the next post
    void (*post)(void *ctx, const chat_post *post);
    void (*done)(void *ctx, size_t posts, bool complete); // exactly once; freed afterwards
} catch_up_events;

// Posts with create_at >= since_ms. events is borrowed for its lifetime. Never calls back from inside this call.
catch_up *catch_up_start(loop *l, chat *c, const char *bot_user_id, int64_t since_ms,
                         const catch_up_events *events, void *ctx);
void catch_up_cancel(catch_up *u); // NULL-safe; done is not called

#endif
