// SPDX-License-Identifier: Apache-2.0
// Approvals and questions as the gateway sends them, read into bounded memory (gateway-protocol notes §12). Pure.
#ifndef OC_GATEWAY_ASK_READ_H
#define OC_GATEWAY_ASK_READ_H

#include "base/arena.h"
#include "gateway/approvals.h"
#include "gateway/questions.h"

enum { ASK_MAX_BYTES = 128 * 1024, ASK_ID_MAX_BYTES = 256 };

// A record of exec.approval.list or plugin.approval.list, or the payload of a requested event. Texts live in the arena.
// OC_EMALFORMED: no id, no kind that we know, nothing that may be decided. OC_ELIMIT: larger than the arena takes.
oc_err approval_read(const cJSON *record, approval_kind expected, arena *memory,
                     gateway_approval *out) OC_MUST_CHECK;
// Of a resolved event; by is borrowed from the payload. over: the approval's time was up.
approval_end approval_read_end(const cJSON *payload, bool over, const char **by);

// A record of question.list, or the payload of question.requested. OC_EMALFORMED: no id, no item, or one without id or text.
oc_err question_read(const cJSON *record, arena *memory, gateway_question *out) OC_MUST_CHECK;
question_end question_read_end(const cJSON *payload, const cJSON **answers); // of question.resolved

// What is left of a time by our clock, which may go wrong against the gateway's: never more than the gateway granted.
int64_t ask_time_left_ms(int64_t created_ms, int64_t expires_ms, int64_t wall_ms, bool fresh);

#endif
