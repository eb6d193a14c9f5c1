// SPDX-License-Identifier: Apache-2.0
// Commands that ask the gateway of their place. An answer is there within two seconds, whatever the gateway does: when it is
// away, or says nothing, the person is told so here and the handler need not care.
#ifndef OC_INTERACTIONS_COMMAND_GATEWAY_H
#define OC_INTERACTIONS_COMMAND_GATEWAY_H

#include "gateway/requests.h"
#include "interactions/commands.h"

// reply->err is OC_OK: other ends were told to the person, and the call is over. payload may be NULL.
typedef void command_asked_fn(command_call *call, const cJSON *payload);

typedef struct command_question {
    const char *method; // a constant
    cJSON *params;      // taken
    bool control;       // by the control connection: "not granted" is told, too
    bool
        slow; // may take minutes: after two seconds the person is told to wait, and gets the end as a further message
    command_asked_fn *fn;
} command_question;
void command_ask(command_call *call, const command_question *q);

// {"key": the session of the call's place}; the caller owns it.
cJSON *command_session_params(const command_call *call);
// The place's account has a gateway that is connected; else the person was told so and the call is over.
bool command_gateway_ready(command_call *call);
// Something that concerns everybody there: in a direct message the person is told (you), elsewhere all, with the person's name
// ({user}, by). value: {value} in both, NULL for texts without.
void command_changed(command_call *call, words_key you, words_key by, const char *value);
words_lang command_changed_lang(const command_call *call); // in which that is said
// Why the gateway is not connected, and what to do about it. The caller frees it.
char *command_gateway_trouble(words_lang lang, const gateway_status *status);
// Text of others for a line of ours: no line ends, no backticks, at most max_runes. The caller frees it.
char *command_quote(const char *text, size_t max_runes);

#endif
