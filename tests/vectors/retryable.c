// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include "chat/retryable.h"

void run_retryable(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) check_bool(
        r, row, json_bool(row, "retryable", false),
        failure_may_pass(json_text(row, "message"), json_text(row, "name"), json_text(row, "code")));
}
