// SPDX-License-Identifier: Apache-2.0
// What the parts of the session share: plugin_session.c (connection and life), control_service.c, hook_*.c (server →
// core), api_*.c (core → server), http_exchange.c.
#ifndef OC_PLUGIN_SESSION_INTERNAL_H
#define OC_PLUGIN_SESSION_INTERNAL_H

#include "api_memory.h"
#include "api_order.h"
#include "core_link.h"
#include "interest.h"
#include "plugin_session.h"
#include "rpc_stream.h"
#include "schema/schema.h"
#include "wire/broker.h"

typedef enum session_state {
    SESSION_STARTING,     // the server has not connected yet; the core starts
    SESSION_CONNECTED,    // streams are being opened; there is no API yet
    SESSION_ACTIVATING,   // OnActivate is open: API and driver are dialled, then the core gets ready
    SESSION_ACTIVE,       // OnActivate is answered: hooks come, API calls go
    SESSION_DEACTIVATING, // OnDeactivate is open: the core says goodbye, the API still serves it
    SESSION_DEACTIVATED,  // OnDeactivate is answered, no core is left; the server will say Quit
    SESSION_ENDING,       // Quit, a lost connection or SIGTERM: the core is being ended
    SESSION_ENDED,        // the owner has been told
} session_state;

typedef enum session_event {
    SESSION_CAME,       // the server connected
    SESSION_ACTIVATE,   // hook OnActivate
    SESSION_UP,         // OnActivate was answered with success
    SESSION_FAILED,     // OnActivate was answered with an error
    SESSION_DEACTIVATE, // hook OnDeactivate
    SESSION_CORE_GONE,  // the core's process has ended as we wanted
    SESSION_END,        // Quit, lost connection, SIGTERM
} session_event;

typedef struct http_exchange http_exchange;
typedef struct api_upload api_upload;

struct plugin_session {
    loop *loop;
    session_state state;
    int exit_code;
    plugin_session_ended_fn *ended;
    void *ended_ctx;

    // connection
    int fd;
    loop_watch *watch;
    bool wants_write;
    loop_timer tick, end_limit, flush_soon;
    yamux *mux;
    broker *broker;
    unsigned fixed_streams; // opened so far: control, stdout, stderr
    rpc_stream *control, *hooks, *api;

    // core
    core_link *core;
    interest *interest;
    api_memory *remembered;
    api_order *ordered;
    loop_timer overdue; // of calls that hold up others of their order
    size_t open_api_calls;
    size_t open_log_calls, dropped_log_lines;

    // OnActivate
    uint64_t activate_seq, deactivate_seq;
    int dials; // under way
    core_wait *activate_wait;

    http_exchange *exchanges, *finished_exchanges;
    size_t exchange_count;
    api_upload *uploads;
    size_t file_transfers; // GetFile and UploadData under way

    // scratch, empty between two events
    rpc_memory memory;
    arena writing;
    buf json, tail;
};

// --- plugin_session.c ---
// The only place where the state changes. False: the event means nothing in the present state.
bool session_move(plugin_session *s, session_event event);
// Writes what waits for the socket. Every entry from outside (core, timers) that caused output ends with this.
void session_flush(plugin_session *s);
void session_clear_scratch(plugin_session *s); // json and tail
void session_flush_soon(
    plugin_session *s); // in the loop's next round, for output that has no entry of its own
// The connection cannot be trusted or is gone: the process ends.
void session_fail(plugin_session *s, const char *why);
// Keeps a stream open that we do not use, until the server ends it.
void session_hold(yamux_stream *stream);
void session_wants_ticks(plugin_session *s); // a dial or offer has begun
void session_end(plugin_session *s, int exit_code, bool say_goodbye);

// --- control_service.c: streams 1 and the services Dispenser and Control ---
void control_serve(plugin_session *s, yamux_stream *stream);

// --- hook_dispatch.c: the table of hooks in use, and how each goes to the core ---
void hooks_serve(plugin_session *s, yamux_stream *stream);
void hook_answer_nothing(plugin_session *s, const char *method, uint64_t seq); // an empty struct: success
// --- hook_events.c: what has happened; answered at once ---
typedef void hook_fn(plugin_session *s, const schema_call *call, const netrpc_message *request);
hook_fn hook_message_posted, hook_message_updated, hook_message_deleted, hook_reaction, hook_membership;
// --- hook_activate.c: OnActivate and OnDeactivate ---
void hook_activate(plugin_session *s, const netrpc_message *request);
void hook_deactivate(plugin_session *s, const netrpc_message *request);
void hook_forget_activation(plugin_session *s); // the hooks stream is gone: nobody waits any more

// --- api_calls.c, api_log.c ---
void api_call(plugin_session *s, uint64_t id, const char *method, const link_message *message);
void api_log(plugin_session *s, const char *level, const char *message, const cJSON *fields);
// What net/rpc's failure is on the link, with a sentence that names the call.
int api_failure(const schema_call *call, const rpc_answer *answer, char *text, size_t size);
// --- api_get_file.c, api_upload.c: calls whose bytes go over the link as bodies ---
enum {
    FILE_TRANSFERS_MAX = 8
}; // the core moves one of each kind at a time; those of a dead one may still be there
// GetFile: the answer is {"size":n,"$body":id}.
void api_get_file(plugin_session *s, uint64_t id, const link_message *message);
// UploadData [session,{"$body":id}].
void api_upload_data(plugin_session *s, uint64_t id, const link_message *message);
void api_uploads_end(plugin_session *s); // behind the streams' end
void api_take_own_log(plugin_session *s,
                      bool on); // our own log lines go to the server, or to standard error again

#endif
