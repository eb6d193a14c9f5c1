// SPDX-License-Identifier: Apache-2.0
// The model picker: pages of providers and models that only the person who asked sees and uses; a click on a model chooses it for
// the conversation. Pages: model_picker_view.h. Nothing here blocks.
#ifndef OC_INTERACTIONS_MODEL_PICKER_H
#define OC_INTERACTIONS_MODEL_PICKER_H

#include "interactions/buttons.h"
#include "interactions/model_picker_view.h"
#include "interactions/place.h"

typedef struct model_picker model_picker;

// All are borrowed and must outlive it, and it must outlive b. Registers its kind of buttons.
model_picker *model_picker_create(loop *l, buttons *b, const place_world *places);
void model_picker_destroy(model_picker *p); // NULL-safe

// A page for an ephemeral answer to the person. failure: what they are told instead of it, or NULL. text and props (with
// "attachments") are borrowed; all three are NULL when nobody by the name of at's provider offers models. place may go before. fn comes exactly once, within three seconds, perhaps before this returns.
typedef void model_picker_fn(void *ctx, const char *failure, const char *text, const cJSON *props);
void model_picker_open(model_picker *p, const bot_place *place, const picker_at *at, model_picker_fn *fn,
                       void *ctx);

#endif
