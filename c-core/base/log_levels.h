// SPDX-License-Identifier: Apache-2.0
// Which lines of the log are wanted: what log.c asks. For others: log.h.
#ifndef OC_BASE_LOG_LEVELS_H
#define OC_BASE_LOG_LEVELS_H

#include "base/log.h"

// The component of a source file, when its lines of this level are wanted; else NULL. Static.
const char *log_component_if(const char *file, log_level level);

#endif
