// SPDX-License-Identifier: Apache-2.0
// The core in one piece: puts the modules together and carries what happens in one to the others.
#ifndef OC_APP_H
#define OC_APP_H

#include "admin/metrics.h"
#include "base/loop.h"
#include "chat/chat.h"

typedef struct app app;

// Takes over the chat's events. loop and chat stay the caller's and must outlive the app. ended is called when
// everything is finished and the loop may stop.
app *app_create(loop *l, chat *c, void (*ended)(void *ctx), void *ctx);
void app_destroy(app *a); // NULL-safe
// For whoever tells of the process as a whole. Borrowed.
const metrics_sources *app_metrics(const app *a);

#endif
