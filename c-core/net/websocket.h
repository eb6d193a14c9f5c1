// SPDX-License-Identifier: Apache-2.0
// A WebSocket client (RFC 6455). libcurl brings the connection: names, TCP, TLS, proxies. Upgrade and frames are ours:
// libcurl 8.14's own WebSocket keeps one mask for a whole connection, does not check Sec-WebSocket-Accept and cannot
// answer a ping while a large message of ours is half sent. Here long messages go in pieces with pongs between them.
#ifndef OC_NET_WEBSOCKET_H
#define OC_NET_WEBSOCKET_H

#include "base/bytes.h"
#include "net/net.h"

typedef struct websocket websocket;

typedef struct websocket_options { // borrowed for the call
    const char *url;               // ws:// or wss://
    const char *ca_file, *ca_pem;  // a private CA besides the system's roots; NULL or "" when unset
    const char
        *proxy; // NULL or "": as the environment says (http_proxy, https_proxy, no_proxy), never for loopback
    const char *bearer;         // NULL, or an access token for the upgrade request
    size_t max_message_bytes;   // of a received message; a longer one ends the connection with 1009
    size_t max_queued_bytes;    // of what waits to be sent
    int64_t connect_timeout_ms; // for name, TCP, proxy and TLS, and once more for the upgrade
} websocket_options;

typedef enum websocket_cause {
    WEBSOCKET_CLOSED,   // the peer sent a close frame: code and reason
    WEBSOCKET_CUT,      // the connection broke without one
    WEBSOCKET_SETTINGS, // url or certificate cannot be used: trying again is no use
    WEBSOCKET_NAME,     // the host's or proxy's name has no address
    WEBSOCKET_CONNECT,  // refused, unreachable or too slow
    WEBSOCKET_PROXY,    // the proxy refused
    WEBSOCKET_TLS,      // no TLS, or a certificate that is not trusted
    WEBSOCKET_UPGRADE,  // the server answered with another HTTP status
    WEBSOCKET_PROTOCOL, // the server broke the WebSocket protocol
    WEBSOCKET_TOO_BIG,  // a message above max_message_bytes
} websocket_cause;

typedef struct websocket_end { // borrowed during the callback
    websocket_cause cause;
    unsigned close_code;  // of the peer's close frame, 0 without one
    int http_status;      // of the answer to the upgrade, 0 without one
    const char *reason;   // the peer's own words (close reason, HTTP body), printable and cut; ""
    const char *sentence; // what happened and what to do, for an administrator: marked text (words/words.h)
} websocket_end;

typedef struct websocket_events {
    void (*open)(void *ctx);
    void (*message)(void *ctx, bytes text); // borrowed
    void (*closed)(void *ctx,
                   const websocket_end *end); // once, and the last one; the websocket is freed afterwards
} websocket_events;

// Starts connecting; every event comes from the loop, never from inside a call. events is borrowed for its lifetime.
websocket *websocket_open(net *n, const websocket_options *options, const websocket_events *events,
                          void *ctx);
// Queues a text message (copied). OC_EBUSY when the queue is full, OC_ECLOSED when it is not open.
oc_err websocket_send(websocket *w, bytes text) OC_MUST_CHECK;
// Ends it from our side: sends a close frame with the code if the connection takes it at once. No event comes any more
// and w is gone. NULL-safe. Allowed in w's own callbacks.
void websocket_close(websocket *w, unsigned code);
// When anything (also a ping) last arrived, on the loop's clock.
int64_t websocket_heard_ms(const websocket *w);

#endif
