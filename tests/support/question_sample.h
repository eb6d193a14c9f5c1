// SPDX-License-Identifier: Apache-2.0
// A question of the agent as the gateway tells it.
#ifndef OC_SUPPORT_QUESTION_SAMPLE_H
#define OC_SUPPORT_QUESTION_SAMPLE_H

#include "gateway/questions.h"

// With these items, which are borrowed; it waits for a quarter of an hour.
static inline gateway_question question_sample(const question_item *items, size_t count) {
    return (gateway_question){.id = "ask_1",
                              .agent_id = "main",
                              .session_key = "",
                              .run_id = "",
                              .items = items,
                              .item_count = count,
                              .expires_in_ms = 900000};
}

#endif
