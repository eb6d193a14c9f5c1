// SPDX-License-Identifier: Apache-2.0
#include "supervisor.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "supervisor_path.h"
#include "supervisor_process.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FIRST_LINE_MAX_BYTES = 4096,
    OUTPUT_LINES_MAX = 200, // of one process's output in OUTPUT_WINDOW_MS; what goes beyond is counted
    OUTPUT_WINDOW_MS = 10000,
};

struct supervisor {
    loop *l;
    supervisor_events events;
    void *ctx;
    char *path, *problem;
    supervisor_state state;
    supervisor_history history;
    process *process; // NULL: none runs
    int64_t ready_at_ms;
    loop_timer timer; // pause, grace, or the call of stopped
    int64_t output_window_ms;
    unsigned output_lines;
};

static void move(supervisor *s, supervisor_event event);

// --- what the process says and how it ends --------------------------------------------------------------------

static bool within_output_limit(supervisor *s) {
    int64_t now_ms = loop_now_ms(s->l);
    if (now_ms - s->output_window_ms >= OUTPUT_WINDOW_MS) {
        s->output_window_ms = now_ms;
        s->output_lines = 0;
    }
    s->output_lines++;
    if (s->output_lines == OUTPUT_LINES_MAX + 1)
        log_warn("The core writes too much to its standard error; the rest is left out");
    return s->output_lines <= OUTPUT_LINES_MAX;
}

static void on_line(void *ctx, const char *text) {
    static const struct {
        const char *prefix;
        log_level level;
    } levels[] = {
        {"[DEBUG] ", LOG_DEBUG}, {"[INFO] ", LOG_INFO}, {"[WARN] ", LOG_WARN}, {"[ERROR] ", LOG_ERROR}};
    supervisor *s = ctx;
    log_level level = LOG_WARN; // nobody writes here on a good day
    if (!within_output_limit(s))
        return;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        size_t len = strlen(levels[i].prefix);
        if (strncmp(text, levels[i].prefix, len) == 0) {
            level = levels[i].level;
            text += len;
            break;
        }
    }
    log_write(level, "The core wrote to its standard error", "line", text, NULL);
}

static void log_end(supervisor *s, int status) {
    char *how = WIFSIGNALED(status) ? xasprintf("signal %d", WTERMSIG(status))
                                    : xasprintf("exit code %d", WEXITSTATUS(status));
    if (s->state == SUPERVISOR_STOPPING)
        log_debug("The core has ended", "how", how);
    else
        log_warn("The core has ended unasked and is started again", "how", how, "state",
                 supervisor_state_name(s->state));
    free(how);
}

static void on_exited(void *ctx, int status) {
    supervisor *s = ctx;
    log_end(s, status);
    process_destroy(s->process);
    s->process = NULL;
    s->events.gone(s->ctx);
    move(s, SUPERVISOR_EXITED);
}

// --- entering states ------------------------------------------------------------------------------------------

static void clear_problem(supervisor *s) {
    free(s->problem);
    s->problem = NULL;
}

static oc_err start_process(supervisor *s, bytes line) {
    static const process_events events = {.line = on_line, .exited = on_exited};
    clear_problem(s);
    oc_err err = process_start(s->l, s->path, &events, s, &s->process);
    if (err != OC_OK) {
        s->problem = supervisor_path_problem(s->path, errno);
        log_error("The core cannot be started", "problem", s->problem);
        return err;
    }
    s->events.started(s->ctx, process_pid(s->process));
    // A process that has ended already is heard of through its end.
    if (process_tell(s->process, line) != OC_OK)
        log_debug("The core did not take its first line");
    return OC_OK;
}

static void enter_starting(supervisor *s) {
    buf line;
    s->ready_at_ms = -1;
    buf_init(&line, FIRST_LINE_MAX_BYTES);
    oc_err err = s->events.prepare(s->ctx, &line);
    if (err == OC_OK)
        err = start_process(s, buf_bytes(&line));
    if (buf_bytes(&line).len > 0)
        secret_wipe(line.memory, line.cap);
    buf_free(&line);
    if (err == OC_OK)
        return;
    s->events.gone(s->ctx);
    move(s, SUPERVISOR_START_FAILED);
}

static void on_pause_over(void *ctx) {
    move(ctx, SUPERVISOR_PAUSE_OVER);
}

static void enter_pausing(supervisor *s) {
    int64_t now_ms = loop_now_ms(s->l);
    int64_t served_ms = s->ready_at_ms >= 0 ? now_ms - s->ready_at_ms : -1;
    int64_t pause_ms = supervisor_pause_ms(&s->history, now_ms, served_ms);
    if (pause_ms > 0) {
        char *seconds = xasprintf("%" PRId64, pause_ms / 1000);
        log_warn("The core is not restarted at once: it has failed again and again", "pause_seconds",
                 seconds);
        free(seconds);
    }
    loop_timer_set(s->l, &s->timer, pause_ms, on_pause_over, s);
}

static void on_grace_over(void *ctx) {
    supervisor *s = ctx;
    log_warn("The core did not end by itself and is killed");
    if (s->process != NULL)
        process_kill(s->process);
}

static void on_stopped(void *ctx) {
    supervisor *s = ctx;
    s->events.stopped(s->ctx);
}

static void enter(supervisor *s) {
    loop_timer_cancel(&s->timer);
    switch (s->state) {
    case SUPERVISOR_IDLE:
        break;
    case SUPERVISOR_STARTING:
        enter_starting(s);
        break;
    case SUPERVISOR_RUNNING:
        s->ready_at_ms = loop_now_ms(s->l);
        break;
    case SUPERVISOR_KILLING:
        process_kill(s->process);
        break;
    case SUPERVISOR_PAUSING:
        enter_pausing(s);
        break;
    case SUPERVISOR_STOPPING:
        if (s->process != NULL) // else its end is just being told
            process_close_lifeline(s->process);
        loop_timer_set(s->l, &s->timer, SUPERVISOR_GRACE_MS, on_grace_over, s);
        break;
    case SUPERVISOR_STOPPED:
        loop_timer_set(s->l, &s->timer, 0, on_stopped, s);
        break;
    }
}

static void move(supervisor *s, supervisor_event event) {
    supervisor_state next = supervisor_next(s->state, event);
    if (next == s->state)
        return;
    log_debug("supervisor", "from", supervisor_state_name(s->state), "to", supervisor_state_name(next));
    s->state = next;
    enter(s);
}

// --- life -----------------------------------------------------------------------------------------------------

supervisor *supervisor_create(loop *l, const char *path, const supervisor_events *events, void *ctx) {
    supervisor *s = xcalloc(1, sizeof *s);
    *s = (supervisor){.l = l, .events = *events, .ctx = ctx, .ready_at_ms = -1};
    s->path = path != NULL ? xstrdup(path) : supervisor_path_find();
    return s;
}

void supervisor_destroy(supervisor *s) {
    if (s == NULL)
        return;
    loop_timer_cancel(&s->timer);
    process_destroy(s->process);
    free(s->path);
    free(s->problem);
    free(s);
}

void supervisor_start(supervisor *s) {
    move(s, SUPERVISOR_START);
}

void supervisor_ready(supervisor *s) {
    move(s, SUPERVISOR_READY);
}

void supervisor_hung(supervisor *s, const char *why) {
    if (s->state == SUPERVISOR_STARTING || s->state == SUPERVISOR_RUNNING)
        log_error("The core is killed", "why", why);
    move(s, SUPERVISOR_HUNG);
}

void supervisor_stop(supervisor *s) {
    // Asked again: the answer comes again.
    if (s->state == SUPERVISOR_STOPPED)
        loop_timer_set(s->l, &s->timer, 0, on_stopped, s);
    else
        move(s, SUPERVISOR_STOP);
}

supervisor_state supervisor_state_of(const supervisor *s) {
    return s->state;
}

const char *supervisor_problem(const supervisor *s) {
    return s->problem;
}
