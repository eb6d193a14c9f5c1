// SPDX-License-Identifier: Apache-2.0
// The host's side of a recording, fed to our yamux session as if it came from a socket.
#ifndef OC_TESTS_CAPTURES_REPLAY_H
#define OC_TESTS_CAPTURES_REPLAY_H

#include "frames.h"

// Each stream must receive what the frames hold for it.
void replay_check(report *r, const char *folder, const frames *f);

#endif
