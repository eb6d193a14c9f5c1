// SPDX-License-Identifier: Apache-2.0
#include "app_private.h"

#include <stdlib.h>
#include <string.h>

enum {
    // Of the ten seconds that the server gives us at the end.
    THREADS_WRITES_MS = 1000,
    LAST_WRITES_MS = 3000,
};

// --- events of the chat server ---

static void on_activate(void *ctx) {
    app *a = ctx;
    const char *bench = getenv("OPENCLAW_BENCH");
    a->http.bench = bench != NULL && strcmp(bench, "1") == 0;
    settings_load(a->settings);
}

static void on_post(void *ctx, const chat_post *post, chat_post_ticket *ticket) {
    app *a = ctx;
    turns_take(a->turns, post, ticket);
}

static void on_post_edited(void *ctx, const chat_post *now, const chat_post *before,
                           chat_post_ticket *ticket) {
    app *a = ctx;
    turns_post_edited(a->turns, now, before, ticket);
}

static void on_post_deleted(void *ctx, const chat_post *post) {
    app *a = ctx;
    turns_post_deleted(a->turns, post->id);
}

static void on_reaction(void *ctx, const chat_reaction *reaction, bool added) {
    app *a = ctx;
    turns_reaction(a->turns, reaction, added);
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    app *a = ctx;
    native_execute(a->native, command, ticket);
}

static void on_http(void *ctx, chat_http *request) {
    app *a = ctx;
    if (!mcp_http(a->mcp, request) && !command_lists_http(&a->commands, request) &&
        !interactions_http(&a->interactions, request))
        admin_http_handle(&a->http, request);
}

static void count_turns(void *ctx, metrics_turns *out) {
    const app *a = ctx;
    int64_t age_ms = loop_wall_ms(a->loop) - turns_safe_until_ms(a->turns);
    out->open = turns_open(a->turns);
    out->oldest_ms = out->open > 0 && age_ms > 0 ? age_ms : 0;
}

void app_tell_own(void *ctx, doctor_own *out) {
    const app *a = ctx;
    metrics_turns waiting = {.open = 0};
    const journal_counts *written = journal_get_counts(a->journal);
    count_turns(ctx, &waiting);
    *out = (doctor_own){.open_posts = waiting.open,
                        .oldest_open_ms = waiting.oldest_ms,
                        .works_alone = common_work_held(a->common),
                        .unwritten = written->not_recorded,
                        .cores = (int64_t)metric_value(METRIC_CORES, NULL)};
}

void app_create_http(app *a) {
    a->metrics = (metrics_sources){.accounts = a->accounts, .turns = count_turns, .ctx = a};
    a->http = (admin_http){.chat = a->chat,
                           .accounts = a->accounts,
                           .metrics = &a->metrics,
                           .panel = pairing_desk_panel(a->pairing),
                           .doctor = a->doctor,
                           .node = a->node};
}

static void on_metrics(void *ctx, chat_http *request) {
    app *a = ctx;
    metrics_answer(&a->metrics, request);
}

static void on_support(void *ctx, chat_support_ticket *ticket) {
    const app *a = ctx;
    support_for_packet(&a->http, ticket);
}

static void on_settings_changed(void *ctx) {
    app *a = ctx;
    settings_load(a->settings);
}

static void on_membership(void *ctx, const char *channel_id, const char *bot_user_id, bool joined) {
    app *a = ctx;
    (void)bot_user_id, (void)joined;
    resolver_forget_channel(a->resolver, channel_id);
    concern_membership(a->concern, channel_id);
}

static void on_missed(void *ctx, int64_t since_ms) {
    app *a = ctx;
    missed_look_since(a->missed, since_ms);
}

static void on_last_mark(void *ctx) {
    app *a = ctx;
    chat_stopped(a->chat);
}

static void on_journal_flushed(void *ctx) {
    app *a = ctx;
    watermark_write_last(a->watermark, on_last_mark, a);
}

static void on_threads_flushed(void *ctx) {
    app *a = ctx;
    journal_flush(a->journal, LAST_WRITES_MS, on_journal_flushed, a);
}

static void write_last(void *ctx) {
    app *a = ctx;
    common_work_stop(a->common);
    participation_flush(a->threads, THREADS_WRITES_MS, on_threads_flushed, a);
}

static void on_stopping(void *ctx) {
    app *a = ctx;
    purge_before_last_writes(a->commands.purge, write_last, a);
}

int64_t app_safe_until_ms(void *ctx) {
    const app *a = ctx;
    int64_t turns_ms = turns_safe_until_ms(a->turns), journal_ms = journal_safe_until_ms(a->journal);
    int64_t told_ms = chat_told_until_ms(a->chat);
    // A post whose outcome was told, but not written down yet, must be found again too.
    int64_t ours_ms = journal_ms < turns_ms ? journal_ms : turns_ms;
    return told_ms < ours_ms ? told_ms : ours_ms;
}

static void on_gone(void *ctx) {
    app *a = ctx;
    a->ended(a->ctx);
}

const chat_events *app_chat_events(void) {
    static const chat_events chat_handlers = {
        .activate = on_activate,
        .post = on_post,
        .post_edited = on_post_edited,
        .post_deleted = on_post_deleted,
        .reaction = on_reaction,
        .command = on_command,
        .http = on_http,
        .metrics = on_metrics,
        .support = on_support,
        .settings_changed = on_settings_changed,
        .membership = on_membership,
        .missed = on_missed,
        .stopping = on_stopping,
        .gone = on_gone,
    };
    return &chat_handlers;
}
