// SPDX-License-Identifier: Apache-2.0
// The Mattermost server's end of a plugin connection, scripted by a test: yamux frames written by hand, net/rpc through
// our own codec. Everything that waits turns the test's event loop and fails the test after ten seconds.
#ifndef OC_TESTS_FAKE_HOST_H
#define OC_TESTS_FAKE_HOST_H

#include "base/loop.h"
#include "wire/netrpc.h"

typedef struct fake_host fake_host;

// *plugin_fd is the plugin's end, for plugin_session_connect.
fake_host *fake_host_create(loop *l, int *plugin_fd);
void fake_host_destroy(fake_host *h); // NULL-safe
void fake_host_hang_up(fake_host *h);
void fake_host_send_raw(fake_host *h, bytes data);
void fake_host_turn(fake_host *h); // one round: loop, then what came
bool fake_host_is_connected(const fake_host *h);

// --- streams ---
uint32_t fake_host_open(fake_host *h);
void fake_host_send(fake_host *h, uint32_t stream, bytes data);
void fake_host_finish(fake_host *h, uint32_t stream);
void fake_host_reset(fake_host *h, uint32_t stream);
void fake_host_credit(fake_host *h, uint32_t stream, uint32_t len);
// Of what came on a stream; borrowed until more comes.
bytes fake_host_received(fake_host *h, uint32_t stream);
void fake_host_consume(fake_host *h, uint32_t stream, size_t len);
bool fake_host_saw_fin(fake_host *h, uint32_t stream);
bool fake_host_saw_rst(fake_host *h, uint32_t stream);
uint64_t fake_host_credit_seen(fake_host *h, uint32_t stream); // what the plugin gave back in all
void fake_host_wait_bytes(fake_host *h, uint32_t stream, size_t len);
void fake_host_wait_fin(fake_host *h, uint32_t stream);
// The plugin dials a broker id: returns the stream, with the id taken and echoed.
uint32_t fake_host_accept(fake_host *h, uint32_t broker_id);
// Opens a stream for a broker id of the plugin's and takes the echo.
uint32_t fake_host_dial(fake_host *h, uint32_t broker_id);

// --- net/rpc ---
uint64_t fake_host_call(fake_host *h, uint32_t stream, const char *method, const gob_type *type,
                        const gob_value *value);
// The next answer on a stream that we call on, or the next request on one that the plugin calls on. Values live as long
// as the host.
netrpc_message fake_host_answer(fake_host *h, uint32_t stream);
netrpc_message fake_host_request(fake_host *h, uint32_t stream);
bool fake_host_has_answer(fake_host *h, uint32_t stream, netrpc_message *out); // without waiting
void fake_host_reply(fake_host *h, uint32_t stream, uint64_t seq, const char *error, const gob_type *type,
                     const gob_value *value);

#endif
