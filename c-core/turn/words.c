// SPDX-License-Identifier: Apache-2.0
#include "turn/words.h"

#include "base/mem.h"

#include <stdlib.h>

words_key words_gateway_away(const gateway_status *status) {
    bool needs_admin = status->state == GATEWAY_PAIRING || status->state == GATEWAY_HALTED;
    return needs_admin ? WORD_TURN_GATEWAY_NEEDS_ADMIN : WORD_TURN_GATEWAY_AWAY;
}

words_key words_limit(limit_verdict limit) {
    switch (limit) {
    case LIMIT_USER_MINUTE:
        return WORD_TURN_LIMIT_USER_MINUTE;
    case LIMIT_USER_DAY:
        return WORD_TURN_LIMIT_USER_DAY;
    case LIMIT_CHANNEL_MINUTE:
        return WORD_TURN_LIMIT_CHANNEL_MINUTE;
    case LIMIT_CHANNEL_DAY:
        return WORD_TURN_LIMIT_CHANNEL_DAY;
    case LIMIT_BOT_DAY:
        return WORD_TURN_LIMIT_BOT_DAY;
    case LIMIT_BOT_MINUTE:
    case LIMIT_WITHIN:
        break;
    }
    return WORD_TURN_LIMIT_BOT_MINUTE;
}

char *words_run_failed(words_lang lang, const gateway_run_result *result) {
    char *why = words_in(lang, result->said != NULL ? result->said : result->sentence), *text = NULL;
    switch (result->outcome) {
    case GATEWAY_RUN_ABORTED:
        text = xstrdup(words_text(lang, WORD_TURN_RUN_ABORTED));
        break;
    case GATEWAY_RUN_REFUSED:
        text = words_fill(lang, WORD_TURN_RUN_REFUSED, "why", why, NULL);
        break;
    case GATEWAY_RUN_LOST:
        text = xstrdup(words_text(lang, WORD_TURN_RUN_LOST));
        break;
    case GATEWAY_RUN_OK:
    case GATEWAY_RUN_SILENT:
    case GATEWAY_RUN_ERROR:
        break;
    }
    if (text == NULL)
        return why;
    free(why);
    return text;
}
