// SPDX-License-Identifier: Apache-2.0
// A conversation's settings as one dialog (settings_form.h): model and thinking level at the gateway, what is shown of tools and a
// narrower permission mode in store/talk_settings.h. Who may talk to the bot there may change them; a permission mode is widened,
// within what the settings allow, by owners, system administrators, and whose own direct message it is. Nothing here blocks.
#ifndef OC_INTERACTIONS_SETTINGS_DIALOG_H
#define OC_INTERACTIONS_SETTINGS_DIALOG_H

#include "interactions/buttons.h"
#include "interactions/place.h"
#include "store/talk_settings.h"

typedef struct settings_dialog settings_dialog;

// All are borrowed and must outlive it, and it must outlive b. Registers its kind of dialog.
settings_dialog *settings_dialog_create(loop *l, buttons *b, const place_world *places, talk_settings *talk);
void settings_dialog_destroy(settings_dialog *d); // NULL-safe

typedef struct settings_asker {
    const bot_place *place; // they may talk to the bot there; must stay until fn
    bool admin;             // a system administrator
    const char *trigger_id;
} settings_asker;
// failure: what the person is told instead of the dialog, or NULL: it is on their screen. fn comes exactly once, within two
// seconds (longer only where the gateway was removed meanwhile), perhaps before this returns.
typedef void settings_opened_fn(void *ctx, const char *failure);
void settings_dialog_open(settings_dialog *d, const settings_asker *who, settings_opened_fn *fn, void *ctx);

#endif
