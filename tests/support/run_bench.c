// SPDX-License-Identifier: Apache-2.0
#include "run_bench.h"

#include "base/log.h"

#include <stdlib.h>

static void on_status(void *ctx, const gateway_status *status) {
    (void)ctx, (void)status;
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)ctx, (void)token, (void)url;
}

static void on_accepted(void *ctx) {
    ((run_seen *)ctx)->accepted++;
}

static void on_text(void *ctx, const char *so_far) {
    run_seen *s = ctx;
    s->texts++;
    free(s->streamed);
    s->streamed = strdup(so_far);
}

static void on_done(void *ctx, const gateway_run_result *result) {
    run_seen *s = ctx;
    s->done++;
    s->outcome = result->outcome;
    free(s->text);
    free(s->sentence);
    s->text = strdup(result->text);
    s->sentence = strdup(result->sentence);
    s->payloads = result->payloads != NULL ? cJSON_GetArraySize(result->payloads) : -1;
}

const gateway_run_events run_seen_events = {.accepted = on_accepted, .text = on_text, .done = on_done};
const char run_bench_session[] = "agent:main:mattermost:direct:u1";

void run_bench_configure(run_bench *b, const char *url) {
    gateway_configure(b->gateway, &(gateway_settings){.url = url, .token = b->token, .version = "1"},
                      b->identity, NULL);
    fake_world_settle(b->world);
}

void run_bench_set_up(run_bench *b, bool manual) {
    static const gateway_events events = {.status = on_status, .device_token = on_device_token};
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {9};
    *b = (run_bench){.world = fake_world_create(), .identity = gateway_identity_from_seed(seed)};
    transport t = fake_world_transport(b->world);
    b->fake = fake_world_gateway(b->world);
    fake_gateway_set(b->fake)->manual = manual;
    b->token = secret_create("good-token");
    b->gateway = gateway_create_on(fake_world_loop(b->world), &t, &events, NULL);
    run_bench_configure(b, "ws://gateway");
}

void run_bench_tear_down(run_bench *b) {
    gateway_destroy(b->gateway);
    fake_world_destroy(b->world);
    gateway_identity_destroy(b->identity);
    secret_destroy(b->token);
}

void run_seen_clear(run_seen *s) {
    free(s->text);
    free(s->sentence);
    free(s->streamed);
    *s = (run_seen){0};
}

gateway_run *run_bench_start(run_bench *b, const char *key, const char *mode, run_seen *s) {
    gateway_run_request request = {.idempotency_key = key,
                                   .session_key = run_bench_session,
                                   .message = "alice: hello",
                                   .extra_system_prompt = "",
                                   .permission_mode = mode};
    gateway_run *r = gateway_run_start(b->gateway, &request, &run_seen_events, s);
    fake_world_settle(b->world);
    return r;
}

void run_bench_settle(run_bench *b) {
    fake_world_settle(b->world);
}

void run_bench_pass(run_bench *b, int64_t ms) {
    for (; ms > 0; ms -= 10000) {
        fake_world_frame(b->world, "{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"ts\":1}}");
        fake_world_advance(b->world, ms < 10000 ? ms : 10000);
    }
}

void run_bench_cut(run_bench *b) {
    fake_world_cut(b->world, WEBSOCKET_CUT, 0);
    fake_world_advance(b->world, 1500);
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

void run_bench_no_log(void) {
    log_set_sink(no_log, NULL);
}
