// SPDX-License-Identifier: Apache-2.0
// Vectors: files of inputs and the outputs that OpenClaw's own channel gives. A subject is one file name and the function
// that puts its rows through ours. To add one: a file tests/vectors/NAME.c and a line in subjects.c.
#ifndef VECTORS_H
#define VECTORS_H

#include "base/json.h"

#include <stdbool.h>

// The findings about one file.
typedef struct report report;

// One row (or one check of it): what is expected, and what our function said. row is shown when they differ; got is taken.
// expected and got may be NULL, which counts as null.
void check_value(report *r, const cJSON *row, const cJSON *expected, cJSON *got);
void check_text(report *r, const cJSON *row, const char *expected, const char *got); // NULL counts as null
void check_bool(report *r, const cJSON *row, bool expected, bool got);
void check_int(report *r, const cJSON *row, int64_t expected, int64_t got);

// As check_value, where a rule of deviations.md decides otherwise: got must be ours, the result that the rule documents.
// Rows on which both agree count as passed. ours and got are taken.
void check_deviating(report *r, const char *rule, const cJSON *row, const cJSON *expected, cJSON *ours,
                     cJSON *got);

typedef struct subject {
    const char *name;                             // of the file, without ".json"
    void (*run)(report *r, const cJSON *content); // NULL: a later issue's subject
    bool own_design;                              // not counted in the bound of deviations
} subject;

extern const subject subjects[]; // ends with a nameless one

// The configuration that an object of OpenClaw's channels.mattermost makes; NULL when it is refused (config.c).
struct config *config_of(const cJSON *object);

void run_button_props(report *r, const cJSON *content);
void run_model_picker(report *r, const cJSON *content);
void run_presentation(report *r, const cJSON *content);
void run_chunking(report *r, const cJSON *content);
void run_allow_entry(report *r, const cJSON *content);
void run_chat_kind(report *r, const cJSON *content);
void run_empty_body_drop(report *r, const cJSON *content);
void run_ingress_event(report *r, const cJSON *content);
void run_ingress_matrix(report *r, const cJSON *content);
void run_mention_decision(report *r, const cJSON *content);
void run_onchar(report *r, const cJSON *content);
void run_session_keys(report *r, const cJSON *content);
void run_thread_session(report *r, const cJSON *content);
void run_base_url(report *r, const cJSON *content);
void run_slash_command_text(report *r, const cJSON *content);
void run_slash_commands(report *r, const cJSON *content);
void run_slash_trigger(report *r, const cJSON *content);
void run_log_sanitise(report *r, const cJSON *content);
void run_slash_config(report *r, const cJSON *content);
void run_reply_to_mode(report *r, const cJSON *content);
void run_require_mention(report *r, const cJSON *content);
void run_mention(report *r, const cJSON *content);
void run_progress_draft(report *r, const cJSON *content);
void run_draft_text(report *r, const cJSON *content);
void run_draft_stream(report *r, const cJSON *content);
void run_retryable(report *r, const cJSON *content);
void run_reply_root(report *r, const cJSON *content);
void run_envelope(report *r, const cJSON *content);
void run_tables(report *r, const cJSON *content);
void run_reasoning_payload(report *r, const cJSON *content);
void run_silent_tokens(report *r, const cJSON *content);
void run_ssrf_hosts(report *r, const cJSON *content);
void run_targets(report *r, const cJSON *content);
void run_outbound_session_route(report *r, const cJSON *content);
void run_auto_thread(report *r, const cJSON *content);
void run_dm_retry_delays(report *r, const cJSON *content);
void run_react_params(report *r, const cJSON *content);
void run_emoji(report *r, const cJSON *content);
void run_send_attachment(report *r, const cJSON *content);
void run_api_url(report *r, const cJSON *content);
void run_reconnect(report *r, const cJSON *content);
void run_hmac(report *r, const cJSON *content);
void run_slash_registration(report *r, const cJSON *content);
void run_slash_validation_rate(report *r, const cJSON *content);
void run_interaction_callback_url(report *r, const cJSON *content);
void run_slash_callback_url(report *r, const cJSON *content);
void run_slash_http(report *r, const cJSON *content);
void run_interaction_http(report *r, const cJSON *content);
void run_websocket(report *r, const cJSON *content);
void run_slash_payload(report *r, const cJSON *content);

#endif
