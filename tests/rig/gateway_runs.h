// SPDX-License-Identifier: Apache-2.0
// The gateway's sessions, runs and history, and how it answers about them.
#ifndef OC_RIG_GATEWAY_RUNS_H
#define OC_RIG_GATEWAY_RUNS_H

#include <cJSON.h>
#include <stdbool.h>

// gateway.c, for gateway_runs.c
void gateway_respond(int connection, const char *id, bool ok, cJSON *payload, cJSON *error); // takes both
void gateway_respond_error(int connection, const char *id, const char *code, const char *message,
                           bool retryable);
void gateway_broadcast(const char *name, cJSON *payload); // takes payload
int gateway_boot(void);

const char *gateway_session_mode(const char *key); // NULL: no such session
void gateway_session_set_mode(const char *key, const char *mode);

bool gateway_run_known(const char *run_id);
void gateway_agent(int connection, const char *id, const cJSON *params, bool smooth);
void gateway_job(const char *session_key, int number); // speaks.h
cJSON *gateway_sessions(void);                         // sessions.list
void gateway_wait(int connection, const char *id, const cJSON *params);
cJSON *gateway_history(const char *session_key, int rows);
bool gateway_abort(const char *run_id);

void gateway_runs_client_gone(int connection);
bool gateway_runs_open(void);
void gateway_runs_crash(void); // memory is gone; what ran is remembered as interrupted
void gateway_runs_boot(void);  // and gone on with
void gateway_runs_end(void);

#endif
