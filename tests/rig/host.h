// SPDX-License-Identifier: Apache-2.0
// The Mattermost server's end of the plugin connection, and the shim's process: yamux and net/rpc in the host's role
// (plugin-rpc notes (b)–(d), (k)). server.h says what the calls do.
#ifndef OC_RIG_HOST_H
#define OC_RIG_HOST_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

void host_start_plugin(void);
bool host_has_bytes(void); // something waits in a socket whose reader is alive
bool host_active(void);    // OnActivate was answered: hooks are called
bool host_plugin_runs(void);
void host_shim_kill(const char *why); // and its core with it
void host_shim_stop(void);            // OnDeactivate, Quit; what does not end in time is killed
void host_cut(void);                  // the connection breaks
void host_check_health(
    void); // what the server does every half minute: a plugin that does not answer is restarted
void host_destroy(void);

// A hook whose answer nobody waits for. args is an array, taken.
void host_hook(const char *name, cJSON *args);

// An API call's answer, now or later; generation as given with the call. result or error NULL; both taken.
void host_answer(int generation, uint64_t seq, const char *method, cJSON *result, cJSON *error,
                 const char *tail, int tail_len);

#endif
