// SPDX-License-Identifier: Apache-2.0
// The node connection to a gateway: by it the agents get tools that we carry out. We say which tools there are after every
// connect, compare what the gateway took, and answer its calls (gateway-protocol notes §13). Opened only where the setting
// gateway.tools grants it, and only while the gateway's run connection stands.
#ifndef OC_GATEWAY_NODE_H
#define OC_GATEWAY_NODE_H

#include "gateway/gateway.h"

typedef struct gateway_node gateway_node;
typedef struct node_call node_call; // a call that waits for its answer

enum {
    NODE_TOOLS_MAX = 64,
    NODE_CALLS_MAX = 200,
    NODE_PARAMS_MAX_BYTES = 1024 * 1024,
    NODE_ANSWER_MAX_BYTES = 4 * 1024 * 1024
};

typedef struct node_tool {   // copied
    const char *name;        // what the model sees: "mattermost_send"
    const char *command;     // "mattermost.send"
    const char *description; // for a model
    const cJSON *parameters; // JSON schema, or NULL for any object
} node_tool;

typedef struct node_invocation { // borrowed until the call is answered
    const char *id;
    const char *command;
    const cJSON *params;         // an object, from a model: data
    const char *session_key;     // "": an operator called, no agent: no session's rights
    const char *idempotency_key; // the same for a repeated call; "" when the gateway gave none
    int64_t timeout_ms;          // for the answer; later ones are not sent
} node_invocation;

// How it stands with the tools, for people.
typedef enum node_state {
    NODE_OFF, // not granted by the configuration, no tools, or not this process's task (node_set_active)
    NODE_CONNECTING, // on its way, or away: see connection
    NODE_UNPAIRED,   // an administrator of the gateway must approve the device: see command
    NODE_HALTED,     // refused: see the sentence
    NODE_UNAPPROVED, // connected, but the gateway takes none or few of the tools: see sentence and command
    NODE_READY,      // every tool was taken
} node_state;
const char *node_state_name(node_state s);

typedef struct node_status { // borrowed until the next change
    node_state state;
    const char *sentence; // what is missing and what to do, in plain English; "" when all is well
    const char *said;     // the same as marked text, for people; NULL: sentence has to do
    const char *command;  // the one command or setting that mends it, or ""
    size_t offered, taken;
    const char *missing;       // names of the commands that were not taken, "a, b"; "" when none
    gateway_status connection; // of the connection itself
} node_status;

typedef struct node_events {
    void (*status)(void *ctx, const node_status *status);                // at each change
    void (*device_token)(void *ctx, const char *token, const char *url); // as gateway_events
    // An agent calls a tool. c waits until node_answer, node_refuse or its end (cancelled). A call that comes again by its
    // idempotency key while it waits is answered with it; later it comes again.
    void (*invoked)(void *ctx, node_call *c, const node_invocation *call);
    void (*cancelled)(
        void *ctx, node_call *c); // time is over, or the connection went: nobody waits; c is freed afterwards
} node_events;

gateway_node *node_create(loop *l, net *n, const node_events *events, void *ctx);
void node_destroy(gateway_node *s); // calls that wait are cancelled; NULL-safe
void node_configure(gateway_node *s, const gateway_settings *settings, const gateway_identity *identity,
                    const char *device_token);
void node_set_tools(gateway_node *s, const node_tool *tools,
                    size_t count); // connects anew when the commands are others
// Whether this process holds the connection: of several plugin nodes one does. True from the beginning.
void node_set_active(gateway_node *s, bool active);
// New connections are tried only while the gateway's main connection stands; what stands goes on. False from the beginning.
void node_follow(gateway_node *s, bool main_ready);
void node_retry(gateway_node *s);
node_status node_get_status(const gateway_node *s);

// Answers with text for the model (a JSON text, or words; cut at NODE_ANSWER_MAX_BYTES). c is freed.
void node_answer(node_call *c, const char *text);
// The same with an image behind it: base64 and its type, at most NODE_ANSWER_MAX_BYTES.
void node_answer_image(node_call *c, const char *text, const char *image, const char *image_type);
// Answers with an error: code is a machine word ("NOT_ALLOWED"), message says what failed and what to do. c is freed.
void node_refuse(node_call *c, const char *code, const char *message);
void node_call_set_context(node_call *c, void *data); // the caller's own, for cancelled
void *node_call_context(const node_call *c);

#endif
