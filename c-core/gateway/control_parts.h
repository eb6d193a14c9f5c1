// SPDX-License-Identifier: Apache-2.0
// Doors into the control connection for tests: another transport, and frames without one.
#ifndef OC_GATEWAY_CONTROL_PARTS_H
#define OC_GATEWAY_CONTROL_PARTS_H

#include "gateway/control.h"
#include "gateway/transport.h"

gateway_control *control_create_on(loop *l, const transport *t, const control_events *events, void *ctx);
void control_on_frame(gateway_control *c, bytes text); // as if it had come over the present connection

#endif
