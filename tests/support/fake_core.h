// SPDX-License-Identifier: Apache-2.0
// A core for tests of the shim: the test's own program, started again by the supervisor. How it behaves is told by the
// name that it was started under.
#ifndef OC_TESTS_FAKE_CORE_H
#define OC_TESTS_FAKE_CORE_H

#include <stdbool.h>

// In main, before anything else: if (fake_core_wanted(argc, argv)) return fake_core_main();
bool fake_core_wanted(int argc, char **argv);
int fake_core_main(void);

// Makes a name for this program in a new temporary folder; the caller gives the path to fake_core_unlink. Behaviours:
//   good      says hello, answers everything; see fake_core.c for its methods
//   slow      like good, 200 ms late
//   hold      like good, but reports the outcome of a post only when it came again
//   exit      ends with code 3 at once
//   silent    never connects
//   stranger  says hello with a wrong secret
//   rude      sends what is no JSON-RPC after its hello
//   mute      stops reading after its hello
//   stubborn  like good, but stays when its lifeline ends
//   noisy     like good, writes lines to its standard error
char *fake_core_path(const char *behaviour);
void fake_core_unlink(char *path);

#endif
