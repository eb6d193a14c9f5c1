// SPDX-License-Identifier: Apache-2.0
// A command typed as text to the bot: run instead of asking the agent. In a channel its answer is for the person only.
#include "base/log.h"
#include "base/mem.h"
#include "inbound/stop_words.h"
#include "interactions/commands.h"
#include "turn/turn_private.h"

#include <stdlib.h>

static const char STOPPED_EMOJI[] = "white_check_mark";

access_command turn_command_class(const char *text) {
    return stop_words_say(text) ? ACCESS_ORDINARY : commands_class(text);
}

static void tell_sender(turn *t, const char *text, const cJSON *props) {
    chat_post post = {.user_id = t->account->bot_user_id,
                      .channel_id = t->post.channel_id,
                      .root_id = t->post.root_id,
                      .message = text,
                      .props = props};
    chat_send_ephemeral(t->world->chat, t->post.user_id, &post, NULL, NULL);
}

void turn_tell(turn *t, const char *text, const cJSON *props, outcome_reason reason) {
    if (*text != '\0' && t->kind == CHAT_DIRECT && props == NULL) {
        turn_deliver(t, text, reason);
        return;
    }
    if (*text != '\0')
        tell_sender(t, text, props);
    turn_end_silently(t, reason);
}

static void on_answer(void *ctx, const command_reply *reply) {
    asking *a = ctx;
    turn *t = a->turn;
    free(a);
    if (t == NULL)
        return;
    t->asking = NULL;
    turn_tell(t, reply->text, reply->props, REASON_RAN_COMMAND);
}

void turn_run_command(turn *t, const char *text) {
    asking *a = xmalloc(sizeof *a);
    a->turn = t;
    t->asking = a;
    const chat_command command = {.user_id = t->post.user_id,
                                  .channel_id = t->post.channel_id,
                                  .team_id = "",
                                  .root_id = t->post.root_id,
                                  .trigger_id = "",
                                  .command = text};
    commands_run(t->world->commands, &command, on_answer, a);
}

static void on_confirmed(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a stop could not be confirmed", "error", error->message);
}

void turn_run_stop(turn *t, bool addressed) {
    size_t stopped = t->events.stop(t->ctx, t);
    if (stopped > 0)
        chat_add_reaction(t->world->chat, t->account->bot_user_id, t->post.id, STOPPED_EMOJI, on_confirmed,
                          NULL);
    else if (addressed)
        tell_sender(t, words_text(chat_lang(t->world->chat, t->post.user_id), WORD_TURN_NOTHING_TO_STOP),
                    NULL);
    turn_end_silently(t, stopped > 0 || addressed ? REASON_RAN_COMMAND : REASON_NO_MENTION);
}
