// SPDX-License-Identifier: Apache-2.0
// Between the files of the settings dialog: opening it, and what becomes of a submission.
#ifndef OC_INTERACTIONS_SETTINGS_PRIVATE_H
#define OC_INTERACTIONS_SETTINGS_PRIVATE_H

#include "gateway/requests.h"
#include "interactions/dialogs.h"
#include "interactions/settings_dialog.h"
#include "interactions/settings_form.h"

#define SETTINGS_KIND "talk_settings"

struct settings_dialog {
    loop *loop;
    buttons *buttons;
    place_world places;
    talk_settings *talk;
};

enum {
    SETTINGS_READ_MS = 900,             // two reads and the way back come within two seconds
    SETTINGS_CHANGE_MS = 5 * 60 * 1000, // a change waits for a run that is at work
    SETTINGS_FORGOTTEN_MS = 2000,       // a gateway that is removed forgets its requests
};

// One question to the gateway of a place. fn comes exactly once; reply->err is OC_ECLOSED where there is no gateway.
typedef void settings_asked_fn(void *ctx, const request_reply *reply);
typedef struct settings_question {
    const char *method;
    cJSON *params; // taken
    int64_t limit_ms;
    settings_asked_fn *fn;
    void *ctx;
} settings_question;
void settings_ask(settings_dialog *d, const bot_place *p, const settings_question *q);
cJSON *settings_session_params(const bot_place *p); // the caller owns it
// Why there was no answer, for people; what stands in front of it. The caller frees it.
char *settings_failure(words_lang lang, const char *front, const request_reply *reply);
bool settings_gateway_there(const bot_place *p);
// now: set by it, the caller's.
settings_modes settings_read(settings_dialog *d, const bot_place *p, bool admin, const cJSON *session,
                             cJSON **now);

void settings_submitted(void *ctx, const dialog_submission *s, dialog_ticket *t);

#endif
