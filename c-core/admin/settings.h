// SPDX-License-Identifier: Apache-2.0
// The administrator's settings: read from the server, checked, and handed on when they changed. Problems are told to the
// administrators; the last good configuration stays in force meanwhile.
#ifndef OC_ADMIN_SETTINGS_H
#define OC_ADMIN_SETTINGS_H

#include "admin/notices.h"
#include "config/config.h"

typedef struct settings_reader settings_reader;

typedef struct settings_events {
    // Put this in force, then call settings_applied: before that nothing new comes. The same snapshot as before when
    // nothing changed; NULL when there never was a good one. Borrowed until settings_applied after the next one.
    void (*apply)(void *ctx, const config *now);
    void (*unreadable)(void *ctx); // they could not be read; what is in force stays so
} settings_events;

// All are borrowed and must outlive it.
settings_reader *settings_create(loop *l, chat *c, notices *n, const settings_events *events, void *ctx);
void settings_destroy(settings_reader *s); // NULL-safe
// Reads them, now or when what is under way has been applied. A passing trouble of the server is waited out.
void settings_load(settings_reader *s);
void settings_applied(settings_reader *s);

#endif
