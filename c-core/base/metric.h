// SPDX-License-Identifier: Apache-2.0
// What the process counts for Prometheus. One table of series: code, exposition, docs/metrics.md and the test that freezes
// the names are all driven by it. The process has one set, as it has one log; nothing here fails.
#ifndef OC_BASE_METRIC_H
#define OC_BASE_METRIC_H

#include "base/buf.h"

// series, kind, name, label ("": none), what it says
#define METRIC_TABLE(X)                                                                                      \
    X(METRIC_BUILD, GAUGE, "openclaw_build_info", "version", "1, for the version that runs")                 \
    X(METRIC_START, GAUGE, "openclaw_process_start_time_seconds", "", "When the core began, Unix time")      \
    X(METRIC_CORES, GAUGE, "openclaw_core_starts", "",                                                       \
      "How many cores the shim has started since the plugin was activated; 1 when none has died")            \
    X(METRIC_RESIDENT, GAUGE, "openclaw_process_resident_memory_bytes", "", "Memory of the core")            \
    X(METRIC_CPU, COUNTER, "openclaw_process_cpu_seconds_total", "", "Processor time of the core")           \
    X(METRIC_FDS, GAUGE, "openclaw_process_open_fds", "", "Open descriptors of the core")                    \
    X(METRIC_LOG_LINES, COUNTER, "openclaw_log_lines_total", "level",                                        \
      "Lines of the log that the level in force lets through")                                               \
    X(METRIC_ACCOUNTS, GAUGE, "openclaw_accounts", "", "Accounts at work: those with a bot user")            \
    X(METRIC_GATEWAY_STATE, GAUGE, "openclaw_gateway_state", "state",                                        \
      "Accounts whose gateway is in a state")                                                                \
    X(METRIC_GATEWAY_MOVES, COUNTER, "openclaw_gateway_transitions_total", "to",                             \
      "States that connections to gateways have entered")                                                    \
    X(METRIC_GATEWAY_FRAMES, COUNTER, "openclaw_gateway_frames_total", "kind",                               \
      "Frames from gateways: read, or skipped unread because they are of other people's sessions")           \
    X(METRIC_GATEWAY_REQUESTS, COUNTER, "openclaw_gateway_requests_total", "method", "Requests to gateways") \
    X(METRIC_RUNS, COUNTER, "openclaw_runs_total", "outcome", "Runs of agents by how they ended")            \
    X(METRIC_RUNS_OPEN, GAUGE, "openclaw_runs_open", "", "Runs that have not ended")                         \
    X(METRIC_FIRST_TEXT, HISTOGRAM, "openclaw_first_text_seconds", "",                                       \
      "From the request to the gateway to the first words of the answer")                                    \
    X(METRIC_OUTCOMES, COUNTER, "openclaw_post_outcomes_total", "reason",                                    \
      "What became of posts, for each account they concern (docs/access.md)")                                \
    X(METRIC_TURN_STATES, HISTOGRAM, "openclaw_turn_state_seconds", "state",                                 \
      "How long turns stayed in a state (docs/architecture.md)")                                             \
    X(METRIC_TURNS_OPEN, GAUGE, "openclaw_turns_open", "", "Posts without an outcome yet")                   \
    X(METRIC_OLDEST_OPEN, GAUGE, "openclaw_oldest_open_post_seconds", "",                                    \
      "Age of the oldest post without an outcome; 0 when there is none")                                     \
    X(METRIC_ANSWERS_PRODUCED, COUNTER, "openclaw_answers_produced_total", "",                               \
      "Answers that agents gave: posted, reported lost or on their way")                                     \
    X(METRIC_ANSWERS_POSTED, COUNTER, "openclaw_answers_posted_total", "",                                   \
      "Answers that stand in Mattermost")                                                                    \
    X(METRIC_ANSWERS_LOST, COUNTER, "openclaw_answers_reported_lost_total", "",                              \
      "Answers that could not be posted; the person was told so")                                            \
    X(METRIC_PARTS, COUNTER, "openclaw_answer_calls_total", "call",                                          \
      "Posts of answers that were made, edited and removed")                                                 \
    X(METRIC_COMMANDS, COUNTER, "openclaw_commands_total", "command", "Commands that were run")              \
    X(METRIC_CLICKS, COUNTER, "openclaw_clicks_total", "result",                                             \
      "Clicks on buttons and dialogs: taken, or why they were refused (docs/buttons.md)")                    \
    X(METRIC_TOOL_CALLS, COUNTER, "openclaw_tool_calls_total", "tool", "Calls of the agent's tools")         \
    X(METRIC_TOOL_REFUSALS, COUNTER, "openclaw_tool_refusals_total", "code",                                 \
      "Calls of tools that were refused or failed (docs/tools.md)")                                          \
    X(METRIC_SPOKEN, COUNTER, "openclaw_spoken_total", "result",                                             \
      "Messages that agents began: posted, passed over (silence, no place), later (docs/speaking-first.md)") \
    X(METRIC_CHAT_CALLS, COUNTER, "openclaw_chat_calls_total", "method", "Calls to Mattermost")              \
    X(METRIC_CHAT_FAILURES, COUNTER, "openclaw_chat_call_failures_total", "method",                          \
      "Calls to Mattermost that failed, things not found aside")                                             \
    X(METRIC_CHAT_SECONDS, HISTOGRAM, "openclaw_chat_call_seconds", "", "How long calls to Mattermost took") \
    X(METRIC_HOOKS, COUNTER, "openclaw_hooks_total", "hook",                                                 \
      "Events and requests that Mattermost handed over")                                                     \
    X(METRIC_HTTP, COUNTER, "openclaw_http_responses_total", "status", "Answers to HTTP requests")           \
    X(METRIC_JOURNAL_WRITES, COUNTER, "openclaw_journal_writes_total", "result",                             \
      "Pages of the journal: written, failed (they are written again)")

typedef enum metric {
#define X(series, kind, name, label, help) series,
    METRIC_TABLE(X)
#undef X
        METRIC_COUNT
} metric;

enum { METRIC_LABELS_MAX = 96 }; // values of a label; what comes beyond them is counted as "other"

// label: the value of the series' label, NULL when it has none. Copied when it is new: never a stranger's text.
void metric_count(metric m, const char *label, int64_t by); // counters only grow
void metric_set(metric m, const char *label, double value); // gauges, and counters that the system keeps
void metric_clear(metric m);                                // forgets all label values of a gauge
void metric_observe_ms(metric m, const char *label, int64_t ms);

// The value now, 0 when nothing was counted; of a histogram how many were observed.
double metric_value(metric m, const char *label);
const char *metric_name(metric m);

// Prometheus text format 0.0.4. Every series is there from the start.
oc_err metric_print(buf *out) OC_MUST_CHECK;
// docs/metrics.md's table.
oc_err metric_print_table(buf *out) OC_MUST_CHECK;

#endif
