// SPDX-License-Identifier: Apache-2.0
// Where external mode's log lines go: standard error, for people or as one JSON object a line.
#ifndef OC_EXTERNAL_LOG_H
#define OC_EXTERNAL_LOG_H

#include <stdbool.h>

typedef enum external_log_format { EXTERNAL_LOG_TEXT, EXTERNAL_LOG_JSON } external_log_format;

void external_log_to(external_log_format format);

#endif
