// SPDX-License-Identifier: Apache-2.0
// How long to wait before opening a direct channel is tried again. Pure. OpenClaw's own rule (reference-behaviour notes §7.3).
#ifndef OC_OUTBOUND_DM_RETRY_H
#define OC_OUTBOUND_DM_RETRY_H

#include "config/account.h"

extern const dm_channel_retry DM_RETRY_DEFAULTS;

// Before the retry number `retry`, from 1. random in [0, 1): the wait is up to twice as long, never above the maximum unless the
// initial delay is above it.
int64_t dm_retry_delay_ms(const dm_channel_retry *rules, int retry, double random);

#endif
