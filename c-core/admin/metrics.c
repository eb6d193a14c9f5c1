// SPDX-License-Identifier: Apache-2.0
#include "admin/metrics.h"

#include "base/metric.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { METRICS_MAX_BYTES = 1 << 20 };
const char METRICS_CONTENT_TYPE[] = "text/plain; version=0.0.4; charset=utf-8";

// The second figure of statm: pages that are resident.
static void collect_memory(void) {
    char line[128] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return;
    if (fgets(line, sizeof line, file) != NULL) {
        const char *at = line;
        double pages = 0;
        while (*at != '\0' && *at != ' ')
            at++;
        for (at += *at == ' '; *at >= '0' && *at <= '9'; at++)
            pages = pages * 10 + (*at - '0');
        metric_set(METRIC_RESIDENT, NULL, pages * (double)sysconf(_SC_PAGESIZE));
    }
    (void)fclose(file);
}

static void collect_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    double count = -3; // ".", ".." and the folder's own
    if (folder == NULL)
        return;
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    metric_set(METRIC_FDS, NULL, count);
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void collect_process(void) {
    struct rusage used;
    metric_clear(METRIC_BUILD);
    metric_set(METRIC_BUILD, OPENCLAW_VERSION, 1);
    collect_memory();
    collect_descriptors();
    if (getrusage(RUSAGE_SELF, &used) == 0)
        metric_set(METRIC_CPU, NULL, seconds(used.ru_utime) + seconds(used.ru_stime));
}

static void add_accounts(const accounts *s) {
    size_t count = accounts_count(s), runs = 0;
    for (size_t i = 0; i < count; i++) {
        const gateway *g = accounts_at(s, i)->gateway;
        bool counted = g == NULL;
        for (size_t earlier = 0; earlier < i && !counted; earlier++)
            counted = accounts_at(s, earlier)->gateway == g;
        runs += counted ? 0 : gateway_open_runs(g);
        metric_count(METRIC_GATEWAY_STATE,
                     gateway_state_name(g != NULL ? gateway_get_status(g).state : GATEWAY_IDLE), 1);
    }
    metric_count(METRIC_ACCOUNTS, NULL, (int64_t)count);
    metric_count(METRIC_RUNS_OPEN, NULL, (int64_t)runs);
}

void metrics_begin(void) {
    static const metric sums[] = {METRIC_TURNS_OPEN, METRIC_OLDEST_OPEN, METRIC_ACCOUNTS, METRIC_RUNS_OPEN};
    collect_process();
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        metric_set(sums[i], NULL, 0);
    metric_clear(METRIC_GATEWAY_STATE);
    for (gateway_state state = GATEWAY_IDLE; state <= GATEWAY_HALTED; state++)
        metric_set(METRIC_GATEWAY_STATE, gateway_state_name(state), 0);
}

void metrics_add(const metrics_sources *s) {
    metrics_turns now = {0};
    if (s->turns != NULL)
        s->turns(s->ctx, &now);
    metric_count(METRIC_TURNS_OPEN, NULL, (int64_t)now.open);
    double oldest = (double)now.oldest_ms / 1000;
    if (oldest > metric_value(METRIC_OLDEST_OPEN, NULL))
        metric_set(METRIC_OLDEST_OPEN, NULL, oldest);
    add_accounts(s->accounts);
}

void metrics_collect(const metrics_sources *s) {
    metrics_begin();
    metrics_add(s);
}

void metrics_answer(const metrics_sources *s, chat_http *r) {
    buf text;
    buf_init(&text, METRICS_MAX_BYTES);
    metrics_collect(s);
    if (metric_print(&text) == OC_OK)
        chat_http_answer(r, 200, METRICS_CONTENT_TYPE, NULL, buf_bytes(&text));
    else
        chat_http_answer_error(r, 500, "The metrics are too long to be shown.");
    buf_free(&text);
}
