// SPDX-License-Identifier: Apache-2.0
// Markdown's inline links: "[label](address "title")". Pure.
#ifndef OC_REPLY_LINK_SYNTAX_H
#define OC_REPLY_LINK_SYNTAX_H

#include "base/bytes.h"

// The place behind the link whose "[" is at open, and what stands in its brackets; 0 when it is no complete link.
size_t link_end(bytes text, size_t open, bytes *label);

#endif
