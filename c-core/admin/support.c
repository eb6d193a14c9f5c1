// SPDX-License-Identifier: Apache-2.0
#include "admin/support.h"

#include "admin/panel_status.h"
#include "admin/support_redact.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/metric.h"
#include "chat/audit.h"
#include "config/print.h"

#include <stdlib.h>

// Two files ride in one message of the link (256 KiB).
enum { SUPPORT_MAX_BYTES = 120 << 10, METRICS_MAX_BYTES = 64 << 10 };

typedef struct gathering {
    const admin_http *admin;
    cJSON *data;
    chat_support_ticket *ticket; // for a packet, or
    chat_http *request;          // for a route
} gathering;

static const char TOO_LONG[] =
    "{\"error\":\"The support data is too long. GET /plugins/openclaw/api/v1/status, "
    "…/doctor and …/metrics have it in parts.\"}";

static void give(const gathering *g, bytes data, bytes metrics) {
    if (g->ticket != NULL) {
        const chat_support_file files[] = {{.name = "openclaw/support.json", .content = data},
                                           {.name = "openclaw/metrics.txt", .content = metrics}};
        chat_support_answer(g->ticket, files, sizeof files / sizeof *files);
        return;
    }
    cJSON *header = json_new_object();
    json_add_string(header, "Content-Disposition", "attachment; filename=\"openclaw-support.json\"");
    json_add_string(header, "Cache-Control", "no-store");
    chat_http_answer(g->request, 200, "application/json", header, data);
    cJSON_Delete(header);
}

static void finish(gathering *g) {
    buf data, metrics;
    support_redact(g->data);
    buf_init(&data, SUPPORT_MAX_BYTES);
    buf_init(&metrics, METRICS_MAX_BYTES);
    metrics_collect(g->admin->metrics);
    if (metric_print(&metrics) != OC_OK)
        buf_clear(&metrics); // the other file has the most important ones
    bool fits = json_print(g->data, &data) == OC_OK;
    audit(g->admin->chat, AUDIT_SUPPORT_DATA, g->request != NULL ? chat_http_user_id(g->request) : "", "",
          "as", g->request != NULL ? "route" : "packet");
    give(g, fits ? buf_bytes(&data) : bytes_str(TOO_LONG), buf_bytes(&metrics));
    buf_free(&metrics);
    buf_free(&data);
    cJSON_Delete(g->data);
    free(g);
}

static void on_report(void *ctx, const doctor_report *report) {
    gathering *g = ctx;
    json_add(g->data, "doctor", doctor_report_json(report, WORDS_EN));
    finish(g);
}

static void on_server(void *ctx, const chat_error *error, const chat_server_info *info) {
    gathering *g = ctx;
    const config *rules = accounts_config(g->admin->accounts);
    bool known = error->err == OC_OK;
    g->data = json_new_object();
    json_add_int(g->data, "made_ms", oc_clock_system()->wall_ms(oc_clock_system()->ctx));
    cJSON *server = json_add_object(g->data, "server");
    if (known) {
        json_add_string(server, "version", info->version);
        json_add_bool(server, "clustered", info->clustered);
        json_add_string(server, "locale", info->locale);
        json_add_bool(server, "has_site_url", *info->site_url != '\0');
        json_add_int(server, "max_post_runes", info->max_post_runes);
        json_add_int(server, "max_file_size_bytes", info->max_file_size_bytes);
    }
    json_add(g->data, "status", panel_status(g->admin, known ? info : NULL));
    if (rules != NULL)
        json_add(g->data, "settings", config_json(rules, support_redact_person));
    if (g->admin->doctor != NULL)
        doctor_ask(g->admin->doctor, on_report, g);
    else
        finish(g);
}

static void gather(const admin_http *a, chat_support_ticket *t, chat_http *r) {
    gathering *g = xmalloc(sizeof *g);
    *g = (gathering){.admin = a, .ticket = t, .request = r};
    chat_get_server_info(a->chat, on_server, g);
}

void support_for_packet(const admin_http *a, chat_support_ticket *t) {
    gather(a, t, NULL);
}

void support_route(const admin_http *a, chat_http *r) {
    gather(a, NULL, r);
}
