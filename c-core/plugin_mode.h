// SPDX-License-Identifier: Apache-2.0
// The core as the shim's child.
#ifndef OC_PLUGIN_MODE_H
#define OC_PLUGIN_MODE_H

// Reads {"address":…,"secret":…} as one line from standard input, which then is the lifeline: its end is ours. Dials the
// shim, says hello and runs until the shim is gone. Returns the exit code.
int plugin_mode_run(void);

#endif
