// SPDX-License-Identifier: Apache-2.0
// A command typed as text to the bot: run instead of asking the agent. In a channel its answer is for the person only.
#include "base/mem.h"
#include "interactions/commands.h"
#include "turn/turn_private.h"

#include <stdlib.h>

static void on_answer(void *ctx, const char *text) {
    asking *a = ctx;
    turn *t = a->turn;
    free(a);
    if (t == NULL)
        return;
    t->asking = NULL;
    if (t->kind == CHAT_DIRECT) {
        turn_deliver(t, text, REASON_RAN_COMMAND);
        return;
    }
    chat_post post = {.user_id = t->account->bot_user_id,
                      .channel_id = t->post.channel_id,
                      .root_id = t->post.root_id,
                      .message = text};
    chat_send_ephemeral(t->world->chat, t->post.user_id, &post, NULL, NULL);
    turn_end_silently(t, REASON_RAN_COMMAND);
}

void turn_run_command(turn *t, const char *text) {
    asking *a = xmalloc(sizeof *a);
    a->turn = t;
    t->asking = a;
    commands_run(t->world->commands, t->post.user_id, text, on_answer, a);
}
