// SPDX-License-Identifier: Apache-2.0
// The WebSocket between core and gateway in memory: gateway/transport.h's real one replaced, with faults. The gateway
// fake sees connections by number.
#ifndef OC_RIG_GATEWAY_WIRE_H
#define OC_RIG_GATEWAY_WIRE_H

#include "base/bytes.h"
#include "base/loop.h"

void gateway_wire_sever(const loop *l); // the process with this loop dies now
// The gateway's side.
void gateway_wire_send(int connection, const char *text,
                       int64_t delay_ms);               // in the order of calls unless reordered
void gateway_wire_close(int connection, unsigned code); // 0: cut without a word
void gateway_wire_close_all(unsigned code);
void gateway_wire_stall(int64_t ms); // nothing passes for so long, then everything
void gateway_wire_mute(void);        // the present connections carry nothing any more, without an end
void gateway_wire_shake(int64_t ms); // so long events are repeated and change places
#endif
