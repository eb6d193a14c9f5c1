// SPDX-License-Identifier: Apache-2.0
// What the event stream of external mode brings: any frame, read, held for the account to begin, and handed out. Whatever comes,
// who gets an event gets one that names its post, author and channel.
#include "base/log.h"
#include "chat/rest_internal.h"

#include <stdlib.h>

enum { FRAMES_BEFORE_ANEW = 200 }; // what a frame makes us ask the server waits in the client

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static loop *L;
static net *N;
static chat *C;
static server_config SERVER;
static int FRAMES;

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static void on_post(void *ctx, const chat_post *post, chat_post_ticket *ticket) {
    (void)ctx;
    if (*post->id == '\0' || *post->user_id == '\0' || *post->channel_id == '\0' || post->message == NULL)
        abort();
    chat_post_leave(ticket);
}

static void on_edited(void *ctx, const chat_post *now, const chat_post *before, chat_post_ticket *ticket) {
    (void)ctx;
    if (now->message == NULL || before->message == NULL)
        abort();
    chat_post_leave(ticket);
}

static void on_deleted(void *ctx, const chat_post *post) {
    (void)ctx;
    if (post->id == NULL)
        abort();
}

static void on_reaction(void *ctx, const chat_reaction *reaction, bool added) {
    (void)ctx, (void)added;
    if (reaction->user_id == NULL || reaction->emoji_name == NULL)
        abort();
}

static void on_membership(void *ctx, const char *channel_id, const char *user_id, bool joined) {
    (void)ctx, (void)joined;
    if (channel_id == NULL || user_id == NULL)
        abort();
}

static void on_missed(void *ctx, int64_t since_ms) {
    (void)ctx, (void)since_ms;
}

static void on_state(void *ctx, rest_chat_state state, const char *why) {
    (void)ctx, (void)state, (void)why;
}

static void begin(void) {
    static const chat_events events = {.post = on_post,
                                       .post_edited = on_edited,
                                       .post_deleted = on_deleted,
                                       .reaction = on_reaction,
                                       .membership = on_membership,
                                       .missed = on_missed};
    C = rest_chat_create(L, &(rest_chat_options){.account = "default",
                                                 .server = &SERVER,
                                                 .settings = "",
                                                 .callbacks = "",
                                                 .net = N,
                                                 .state = on_state});
    chat_on(C, &events, NULL);
    C->bot_user_id = strdup("bot26charsaaaaaaaaaaaaaaaa");
    C->activated = true;
    FRAMES = 0;
}

static void prepare(void) {
    account_config a;
    log_set_sink(no_log, NULL);
    L = loop_create(NULL);
    N = net_create(L);
    account_config_init(&a);
    SERVER = server_config_dup(&a.server);
    account_config_clear(&a);
    begin();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cJSON *frame = NULL;
    if (L == NULL)
        prepare();
    if (json_parse(bytes_of(data, size), &frame) != OC_OK || !cJSON_IsObject(frame)) {
        cJSON_Delete(frame);
        return 0;
    }
    C->activated = size % 8 != 0;
    rest_take_event(C, frame);
    if (++FRAMES < FRAMES_BEFORE_ANEW)
        return 0;
    rest_chat_close(C);
    rest_chat_destroy(C);
    begin();
    return 0;
}
