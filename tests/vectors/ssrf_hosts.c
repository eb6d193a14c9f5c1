// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include "net/ssrf.h"

void run_ssrf_hosts(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        ssrf_verdict v = ssrf_judge_host(bytes_str(json_text(row, "host")), false);
        check_bool(r, row, json_bool(row, "blocked", false), v != SSRF_ALLOWED);
    }
}
