// SPDX-License-Identifier: Apache-2.0
#include "external_metrics.h"

#include "admin/metrics.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/metric.h"
#include "net/forwarded.h"
#include "net/http_server.h"

#include <stdlib.h>
#include <string.h>

enum { METRICS_MAX_BYTES = 1 << 20 };

struct external_metrics {
    external_metrics_world world;
    http_server *server;
};

static bool lets_in(void *ctx, const ip_address *from) {
    static char loopback_v4[] = "127.0.0.0/8", loopback_v6[] = "::1";
    static char *const here[] = {loopback_v4, loopback_v6, NULL};
    const external_metrics *m = ctx;
    char *const *named = m->world.allowed(m->world.ctx);
    return ip_in_list(named != NULL && *named != NULL ? named : here, from);
}

static void refuse(http_exchange *x, int status, const char *text) {
    cJSON *header = json_new_object();
    if (status == 405)
        json_add_string(header, "Allow", "GET");
    http_answer(x, status, "text/plain; charset=utf-8", header, bytes_str(text));
    cJSON_Delete(header);
}

static void on_request(void *ctx, http_exchange *x, const http_request *r) {
    const external_metrics *m = ctx;
    if (strcmp(r->path, "/metrics") != 0) {
        refuse(x, 404, "Not Found\n");
        return;
    }
    if (strcmp(r->method, "GET") != 0) {
        refuse(x, 405, "Method Not Allowed\n");
        return;
    }
    buf text;
    buf_init(&text, METRICS_MAX_BYTES);
    m->world.collect(m->world.ctx);
    if (metric_print(&text) == OC_OK)
        http_answer(x, 200, METRICS_CONTENT_TYPE, NULL, buf_bytes(&text));
    else
        refuse(x, 500, "The metrics are too long to be shown.\n");
    buf_free(&text);
}

static void on_ended(void *ctx, http_exchange *x) {
    (void)ctx, (void)x; // each was answered at once
}

external_metrics *external_metrics_create(loop *l, const char *at, const external_metrics_world *w,
                                          char **why) {
    static const http_server_events events = {.lets_in = lets_in, .request = on_request, .ended = on_ended};
    external_metrics *m = xmalloc(sizeof *m);
    *m = (external_metrics){.world = *w};
    m->server = http_server_create(l, at, &events, m, why);
    if (m->server != NULL)
        return m;
    free(m);
    return NULL;
}

void external_metrics_destroy(external_metrics *m) {
    if (m == NULL)
        return;
    http_server_destroy(m->server);
    free(m);
}

int external_metrics_port(const external_metrics *m) {
    return http_server_port(m->server);
}
