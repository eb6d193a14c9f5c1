// SPDX-License-Identifier: Apache-2.0
// The answer to a slash command that came by the callback listener.
#include "chat/rest_http.h"

#include "base/mem.h"

#include <stdlib.h>

struct chat_command_ticket {
    rest_command_answer_fn *answer;
    void *ctx;
};

chat_command_ticket *rest_command_ticket(rest_command_answer_fn *answer, void *ctx) {
    chat_command_ticket *t = xmalloc(sizeof *t);
    *t = (chat_command_ticket){.answer = answer, .ctx = ctx};
    return t;
}

void chat_command_reply(chat_command_ticket *t, const chat_command_result *result) {
    t->answer(t->ctx, result);
    free(t);
}

void chat_command_answer(chat_command_ticket *t, const char *text) {
    chat_command_reply(t, &(chat_command_result){.text = text});
}
