// SPDX-License-Identifier: Apache-2.0
#include "turn/words.h"

#include "base/mem.h"

const char *words_gateway_away(const gateway_status *status) {
    if (status->state == GATEWAY_PAIRING || status->state == GATEWAY_HALTED)
        return "I cannot reach my gateway: an administrator has to act first, and has been told what to do. "
               "I keep your "
               "message and answer it if that happens within ten minutes.";
    return "I cannot reach my gateway at the moment. I keep your message and answer it when the gateway is "
           "back within "
           "ten minutes.";
}

const char *words_gateway_away_too_long(void) {
    return "My gateway was away for too long, so this message was not answered. Please send it again later.";
}

const char *words_run_too_long(void) {
    return "This took longer than half an hour, so I stopped. Please try it in smaller steps.";
}

const char *words_queue_full(void) {
    return "Too many messages are waiting here already. Please send this one again when I have answered some "
           "of them.";
}

const char *words_nothing_to_stop(void) {
    return "There is nothing to stop here: I am not working on anything in this conversation.";
}

const char *words_too_old(void) {
    return "I was not running when this was written, and now it is too old to be answered by itself. Please "
           "send it "
           "again if it still matters.";
}

const char *words_not_posted(void) {
    return "I have an answer to this, but the server did not let me post it. An administrator finds the "
           "reason in the "
           "server's log.";
}

const char *words_limit(limit_verdict limit) {
    switch (limit) {
    case LIMIT_USER_MINUTE:
        return "You are asking faster than I may answer. Please try again in a minute.";
    case LIMIT_USER_DAY:
        return "You have reached today's limit of questions to me. It starts anew at midnight UTC.";
    case LIMIT_CHANNEL_MINUTE:
        return "This channel is asking faster than I may answer. Please try again in a minute.";
    case LIMIT_CHANNEL_DAY:
        return "This channel has reached today's limit of questions to me. It starts anew at midnight UTC.";
    case LIMIT_BOT_DAY:
        return "I have reached today's limit of questions. It starts anew at midnight UTC.";
    case LIMIT_BOT_MINUTE:
    case LIMIT_WITHIN:
        break;
    }
    return "I am asked faster than I may answer at the moment. Please try again in a minute.";
}

const char *words_answer_complete(void) {
    return "My answer is complete.";
}

const char *words_answer_cut(void) {
    return "\n\n*(The answer went on; the rest is left out because it is too long for this channel.)*";
}

char *words_not_member(const char *bot_username) {
    return xasprintf(
        "I am not a member of this channel, so I cannot answer here. Add me with `/invite @%s`, or write to "
        "me directly.",
        bot_username);
}

char *words_run_failed(const gateway_run_result *result) {
    switch (result->outcome) {
    case GATEWAY_RUN_ABORTED:
        return xstrdup("The agent was stopped before it had an answer.");
    case GATEWAY_RUN_REFUSED:
        return xasprintf("I did not start: %s", result->sentence);
    case GATEWAY_RUN_LOST:
        return xstrdup(
            "The connection to my gateway broke, and what became of this message could not be found out. "
            "Please send it again.");
    case GATEWAY_RUN_OK:
    case GATEWAY_RUN_SILENT:
    case GATEWAY_RUN_ERROR:
        break;
    }
    return xstrdup(result->sentence);
}

const char *words_click_account_gone(void) {
    return "Whoever offered this does not answer here any more, so nothing was done.";
}
