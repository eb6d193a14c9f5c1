// SPDX-License-Identifier: Apache-2.0
// The dialog of a conversation's settings: its elements, what they show at first, and what was changed in them. Pure. Names of
// models and levels are the gateway's: data.
#ifndef OC_INTERACTIONS_SETTINGS_FORM_H
#define OC_INTERACTIONS_SETTINGS_FORM_H

#include "interactions/dialogs.h"
#include "store/talk_settings.h"

#define SETTINGS_MODEL "model"
#define SETTINGS_THINKING "thinking"
#define SETTINGS_VERBOSE "verbose"
#define SETTINGS_PERMISSION "permission"
enum { SETTINGS_FIELDS = 4, SETTINGS_NAME_MAX_BYTES = 200 };
extern const char *const SETTINGS_NAMES[SETTINGS_FIELDS];

// Which permission modes somebody may choose.
typedef struct settings_modes {
    permission_mode allowed; // the widest by the settings
    permission_mode usual;   // without a mode of the conversation's own
    permission_mode most;    // the widest that this person may choose: who may not widen only narrows
} settings_modes;
settings_modes settings_modes_of(const talk_setting *own, const talk_setting *around, permission_mode allowed,
                                 bool may_widen);

// What is set now: a text for each of the names, "default" where the conversation has nothing of its own. session as
// sessions.describe has it, NULL: there is none yet. The caller owns it.
cJSON *settings_now(const cJSON *session, const talk_setting *own, const settings_modes *modes);

typedef struct settings_form settings_form;
// models: the array of models.list, or NULL. SETTINGS_PERMISSION is left out where read-only is all there is.
settings_form *settings_form_make(words_lang lang, const cJSON *session, const cJSON *models,
                                  const cJSON *now, const settings_modes *modes);
void settings_form_free(settings_form *f); // NULL-safe
const dialog_element *settings_form_elements(const settings_form *f, size_t *count);

// The value to be set, NULL where nothing is: it is what the dialog had at first, or what is set by now, or it was not there.
const char *settings_changed(const cJSON *had, const cJSON *now, const cJSON *values, const char *name);
// "model a/b" as Markdown that reads so; the caller frees it.
char *settings_words(words_lang lang, const char *name, const char *value);
// At the beginning of a line about a field: "Model". Static.
const char *settings_label(words_lang lang, const char *name);

#endif
