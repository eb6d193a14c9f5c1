// SPDX-License-Identifier: Apache-2.0
// The app's inside, for the three files that put the modules together: app.c (settings, accounts, beginning and end),
// app_parts.c (what people and agents do), app_events.c (what the chat server tells).
#ifndef OC_APP_PRIVATE_H
#define OC_APP_PRIVATE_H

#include "app.h"
#include "account/accounts.h"
#include "admin/beside_watch.h"
#include "admin/bot.h"
#include "admin/gateway_watch.h"
#include "admin/http.h"
#include "admin/metrics.h"
#include "admin/notices.h"
#include "admin/settings.h"
#include "admin/support.h"
#include "admin/words.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "common_work.h"
#include "delivery/boots.h"
#include "delivery/journal.h"
#include "delivery/node.h"
#include "delivery/second_look.h"
#include "delivery/watermark.h"
#include "inbound/concern.h"
#include "interactions/approval_desk.h"
#include "interactions/command_lists.h"
#include "interactions/command_native.h"
#include "interactions/http.h"
#include "interactions/question_desk.h"
#include "net/net.h"
#include "outbound/mcp.h"
#include "outbound/tools_node.h"
#include "turn/missed.h"
#include "turn/turns.h"
#include "turn/turns_clicks.h"

struct app {
    loop *loop;
    chat *chat;
    void (*ended)(void *ctx);
    void *ctx;

    net *net;
    notices *notices;
    settings_reader *settings;
    accounts *accounts;
    gateway_watch *gateway_watch;
    beside_watch *beside_watch;
    concern *concern;
    journal *journal;
    watermark *watermark;
    pairings *pairings;
    participation *threads;
    talk_settings *talk;
    pairing_desk *pairing;
    command_world commands;
    doctor *doctor;
    interactions_world interactions;
    resolver *resolver;
    tools *tools;
    tools_node *tools_node;
    mcp *mcp;
    clicks *clicks;
    open_asks *open_asks;
    asks *asks;
    question_desk *questions;
    approval_desk *approvals;
    native_commands *native;
    turns *turns;
    media *media;
    second_looks *looks;
    missed *missed;
    common_work *common;
    admin_http http;
    metrics_sources metrics;
    char node[NODE_NAME_BYTES];
    bool applying; // settings are being put in force
    bool active;   // there is a bot; what came while we were away is looked for
};

// app_parts.c. Each is made of those before it.
void app_create_interactions(app *a);
void app_create_asks(app *a);
void app_create_outbound(app *a);
void app_destroy_outbound(app *a);
void app_create_clicks(app *a); // needs the turns
bool app_waits_for_people(void *ctx, const char *run_id);
void app_hear(void *ctx, const question_said *said, question_heard_fn *fn, void *fn_ctx);

// app_events.c
const chat_events *app_chat_events(void);
void app_create_http(app *a);
void app_tell_own(void *ctx, doctor_own *out); // what the doctor wants to know of the app
int64_t app_safe_until_ms(void *ctx);          // every post before that has its recorded outcome

#endif
