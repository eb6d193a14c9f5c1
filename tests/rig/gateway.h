// SPDX-License-Identifier: Apache-2.0
// An OpenClaw gateway as far as a run goes: handshake, sessions, runs with idempotency memory and history, restarts of
// both kinds (gateway-protocol notes §3, §6–§8). What it produced it writes into the ledger.
#ifndef OC_RIG_GATEWAY_H
#define OC_RIG_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

void gateway_start(void);
void gateway_end(void);

bool gateway_listens(void);
void gateway_on_open(int connection);
void gateway_on_text(int connection, const char *text);
void gateway_on_gone(int connection);

// --- faults ---
void gateway_crash(
    int64_t down_ms); // what runs is interrupted, and gone on with after the start under another id
void gateway_restart(int64_t down_ms); // work finishes first, then 1012
void gateway_smooth(bool smooth);      // no errors of its own any more
bool gateway_busy(void);               // a run is queued or running, or it is down

#endif
