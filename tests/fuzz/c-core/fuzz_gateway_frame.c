// SPDX-License-Identifier: Apache-2.0
// Frames of a hostile or broken gateway, at each stage of a connection. First byte: the stage; then a frame a line.
#include "base/log.h"
#include "fake_transport.h"
#include "gateway/gateway_parts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct outcome {
    int done;
} outcome;

static void on_status(void *ctx, const gateway_status *status) {
    (void)ctx;
    if (status->code == NULL || status->sentence == NULL || status->command == NULL)
        abort();
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)ctx, (void)token, (void)url;
}

static void on_text(void *ctx, const char *so_far) {
    if (((outcome *)ctx)->done != 0 || so_far == NULL)
        abort();
}

static void on_done(void *ctx, const gateway_run_result *result) {
    outcome *o = ctx;
    if (o->done++ != 0 || result->text == NULL || result->sentence == NULL)
        abort();
    if ((result->outcome == GATEWAY_RUN_OK) != (*result->sentence == '\0'))
        abort();
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static void feed(fake_world *w, gateway *g, const uint8_t *data, size_t size) {
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t n = end != NULL ? (size_t)(end - data) : size;
        if (fake_world_connected(w))
            gateway_on_frame(g, bytes_of(data, n));
        fake_world_steps(w, 6);
        data += end != NULL ? n + 1 : n;
        size -= end != NULL ? n + 1 : n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const gateway_events events = {.status = on_status, .device_token = on_device_token};
    static const gateway_run_events run_events = {.text = on_text, .done = on_done};
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {7};
    static gateway_identity *identity = NULL;
    static secret *token = NULL;
    outcome outcomes[2] = {{0}, {0}};
    if (identity == NULL) {
        identity = gateway_identity_from_seed(seed);
        token = secret_create("good-token");
        log_set_sink(no_log, NULL);
    }
    if (size == 0)
        return 0;
    fake_world *w = fake_world_create();
    fake_gateway *f = fake_world_gateway(w);
    fake_gateway_set(f)->manual = true;
    fake_gateway_set(f)->mute = data[0] % 4 == 1;          // waits for the challenge
    fake_gateway_set(f)->mute_requests = data[0] % 4 == 2; // waits for the hello
    transport t = fake_world_transport(w);
    gateway *g = gateway_create_on(fake_world_loop(w), &t, &events, NULL);
    gateway_configure(g, &(gateway_settings){.url = "ws://x", .token = token, .version = "1"}, identity,
                      NULL);
    for (int i = 0; i < 2; i++) {
        gateway_run_request request = {.idempotency_key = i == 0 ? "mm-1" : "mm-2",
                                       .session_key = "agent:main:mattermost:direct:u1",
                                       .message = "hi",
                                       .extra_system_prompt = "",
                                       .permission_mode = "read-only"};
        (void)gateway_run_start(g, &request, &run_events, &outcomes[i]);
    }
    fake_world_steps(w, 30);
    if (data[0] % 4 == 3) { // the history and the waits of a recovery
        fake_gateway_restart(f, "boot-2");
        fake_world_cut(w, WEBSOCKET_CUT, 0);
        fake_world_advance(w, 1500);
    }
    fake_gateway_set(f)->mute = true; // from here on only the input speaks
    feed(w, g, data + 1, size - 1);
    gateway_destroy(g);
    fake_world_destroy(w);
    if (outcomes[0].done != 1 || outcomes[1].done != 1)
        abort();
    return 0;
}
