// SPDX-License-Identifier: Apache-2.0
#include "interactions/ask_spot.h"

#include "session/session_of_key.h"

#include <stdio.h>
#include <string.h>

ask_whose ask_spot_find(const ask_spots *s, const gateway *g, const char *session_key, const char *run_id,
                        ask_spot *out) {
    session_of place;
    *out = (ask_spot){.account = NULL};
    if (*run_id != '\0' && s->run(s->ctx, run_id, out) && out->account->gateway == g)
        return ASK_RUN_HERE;
    *out = (ask_spot){.account = session_find(s->accounts, g, session_key, &place)};
    if (out->account == NULL)
        return ASK_NOT_OURS;
    out->kind = place.kind;
    snprintf(out->channel_id, sizeof out->channel_id, "%s", place.channel_id);
    snprintf(out->root_id, sizeof out->root_id, "%s", place.root_id);
    snprintf(out->user_id, sizeof out->user_id, "%s", place.user_id);
    return strncmp(run_id, "mm-", 3) == 0 ? ASK_RUN_AWAY : ASK_SESSION;
}

account *ask_spot_account(const ask_spots *s, const char *account_id) {
    account *a = accounts_find(s->accounts, account_id);
    return a != NULL && a->config != NULL && a->gateway != NULL ? a : NULL;
}
