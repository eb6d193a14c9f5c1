// SPDX-License-Identifier: Apache-2.0
#include "turn/words.h"

#include "base/mem.h"

const char *words_gateway_away(const gateway_status *status) {
    if (status->state == GATEWAY_PAIRING || status->state == GATEWAY_HALTED)
        return "I cannot reach my gateway: an administrator has to act first, and has been told what to do. I keep your "
               "message and answer it if that happens within ten minutes.";
    return "I cannot reach my gateway at the moment. I keep your message and answer it when the gateway is back within "
           "ten minutes.";
}

const char *words_gateway_away_too_long(void) {
    return "My gateway was away for too long, so this message was not answered. Please send it again later.";
}

const char *words_run_too_long(void) {
    return "This took longer than half an hour, so I stopped. Please try it in smaller steps.";
}

const char *words_queue_full(void) {
    return "Too many messages are waiting here already. Please send this one again when I have answered some of them.";
}

const char *words_answer_cut(void) {
    return "\n\n*(The answer went on; the rest is left out because it is too long for this channel.)*";
}

char *words_run_failed(const gateway_run_result *result) {
    switch (result->outcome) {
    case GATEWAY_RUN_ABORTED:
        return xstrdup("The agent was stopped before it had an answer.");
    case GATEWAY_RUN_REFUSED:
        return xasprintf("I did not start: %s", result->sentence);
    case GATEWAY_RUN_LOST:
        return xstrdup("The connection to my gateway broke, and what became of this message could not be found out. "
                       "Please send it again.");
    case GATEWAY_RUN_OK:
    case GATEWAY_RUN_SILENT:
    case GATEWAY_RUN_ERROR:
        break;
    }
    return xasprintf("The agent could not answer: %s", result->sentence);
}
