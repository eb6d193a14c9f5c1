// SPDX-License-Identifier: Apache-2.0
// For tests that open links, included once, by the test's own file: keeps the leak checker's report to what is ours.
#ifndef OC_TESTS_NNG_END_H
#define OC_TESTS_NNG_END_H

#include <nng/nng.h>
#include <stdlib.h>

// nng frees some of its memory on a thread of its own, which the end of the process may overtake.
__attribute__((constructor)) static void end_nng_at_exit(void) {
    (void)atexit(nng_fini);
}

// Two races in nng 1.5.2, each worth a few kilobytes once a socket: closing a listener while a connection is being
// negotiated forgets both; a message sent to a pipe that is just being closed is forgotten.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:ipc_ep_init\nleak:ipc_ep_accept_cb\nleak:ipc_ep_bind\nleak:nni_ipc_listener_alloc\n"
           "leak:nni_posix_ipc_alloc\nleak:send_or_refuse\nleak:next_message\n";
}

#endif
