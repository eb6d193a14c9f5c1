// SPDX-License-Identifier: Apache-2.0
#include "supervisor_process.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 4096,
    READ_BYTES = 4096,
    READS_A_ROUND = 16,
    POLL_MS = 50, // for the end, where the kernel has no pidfd
};
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

struct process {
    loop *l;
    process_events events;
    void *ctx;
    pid_t pid;
    bool reaped;
    int lifeline_fd, output_fd, pid_fd; // -1: none
    loop_watch *lifeline_watch, *output_watch, *pid_watch;
    loop_timer poll_timer;
    buf line;
};

// --- what it says ---------------------------------------------------------------------------------------------

static void give_line(process *p) {
    char *text = buf_take_str(&p->line);
    if (*text != '\0')
        p->events.line(p->ctx, text);
    free(text);
}

static void take_output(process *p, const char *data, size_t len) {
    for (size_t i = 0; i < len; i++) {
        bool end = data[i] == '\n' || data[i] == '\0';
        if (!end && buf_append_byte(&p->line, (uint8_t)data[i]) != OC_OK)
            end = true;
        if (end)
            give_line(p);
    }
}

static void stop_output(process *p) {
    loop_unwatch(p->output_watch);
    p->output_watch = NULL;
    if (p->output_fd >= 0)
        close(p->output_fd);
    p->output_fd = -1;
}

static void on_output(void *ctx, unsigned events) {
    process *p = ctx;
    char data[READ_BYTES];
    (void)events;
    for (int i = 0; i < READS_A_ROUND; i++) {
        ssize_t got = read(p->output_fd, data, sizeof data);
        if (got > 0) {
            take_output(p, data, (size_t)got);
            continue;
        }
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        stop_output(p);
        return;
    }
}

// --- its end --------------------------------------------------------------------------------------------------

static void try_reap(process *p) {
    int status = 0;
    pid_t got = waitpid(p->pid, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return;
    // ECHILD: somebody made the kernel reap our children; it is gone all the same.
    p->reaped = true;
    loop_timer_cancel(&p->poll_timer);
    loop_unwatch(p->pid_watch);
    p->pid_watch = NULL;
    process_close_lifeline(p);
    if (p->output_fd >= 0)
        on_output(p, LOOP_READ);
    give_line(p);
    stop_output(p);
    p->events.exited(p->ctx, got == p->pid ? status : 0);
}

static void on_poll(void *ctx) {
    process *p = ctx;
    loop_timer_set(p->l, &p->poll_timer, POLL_MS, on_poll, p);
    try_reap(p);
}

static void on_pid_fd(void *ctx, unsigned events) {
    (void)events;
    try_reap(ctx);
}

// The core writes nothing here: what is readable is the end. Where there is a pidfd, that says so too.
static void on_lifeline(void *ctx, unsigned events) {
    process *p = ctx;
    char byte[64];
    (void)events;
    ssize_t got = read(p->lifeline_fd, byte, sizeof byte);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    loop_watch_events(p->lifeline_watch, 0);
    // Ending, or it has closed its lifeline and would outlive us: neither may stay.
    process_kill(p);
    if (p->pid_fd < 0)
        on_poll(p);
}

// --- start ----------------------------------------------------------------------------------------------------

static int configure_spawn(posix_spawnattr_t *attributes, posix_spawn_file_actions_t *actions, int input,
                           int output) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int result = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                          POSIX_SPAWN_SETPGROUP);
    if (result == 0)
        result = posix_spawnattr_setsigmask(attributes, &none);
    if (result == 0)
        result = posix_spawnattr_setsigdefault(attributes, &all);
    if (result == 0)
        result = posix_spawnattr_setpgroup(attributes, 0); // ^C in the server's terminal is not for it
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
    return result;
}

// posix_spawn's result: an errno value.
static int spawn(const char *path, int input, int output, pid_t *pid) {
    char name[] = "openclaw-core", mode[] = "--plugin";
    char *arguments[] = {name, mode, NULL};
    char *environment[] = {NULL}; // the server's holds database secrets
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    // Ours are close-on-exec anyway; this also covers libraries'. Older kernels do without.
    (void)syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    int result = configure_spawn(&attributes, &actions, input, output);
    if (result == 0)
        result = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

static oc_err watch(process *p) {
    p->pid_fd = (int)syscall(SYS_pidfd_open, p->pid, 0); // close-on-exec by itself
    oc_err err = loop_watch_fd(p->l, p->output_fd, LOOP_READ, on_output, p, &p->output_watch);
    if (err == OC_OK)
        err = loop_watch_fd(p->l, p->lifeline_fd, LOOP_READ, on_lifeline, p, &p->lifeline_watch);
    if (err == OC_OK && p->pid_fd >= 0)
        err = loop_watch_fd(p->l, p->pid_fd, LOOP_READ, on_pid_fd, p, &p->pid_watch);
    return err;
}

static void close_both(const int fds[2]) {
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
}

static bool make_pipes(int lifeline[2], int output[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lifeline) == 0 &&
           pipe2(output, O_CLOEXEC) == 0 && fcntl(lifeline[0], F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(output[0], F_SETFL, O_NONBLOCK) == 0;
}

oc_err process_start(loop *l, const char *path, const process_events *events, void *ctx, process **out) {
    int lifeline[2] = {-1, -1}, output[2] = {-1, -1}; // ours, the core's · ours, the core's
    pid_t pid = 0;
    int result = make_pipes(lifeline, output) ? spawn(path, lifeline[1], output[1], &pid) : errno;
    if (result != 0) {
        close_both(lifeline);
        close_both(output);
        errno = result;
        return OC_ESYS;
    }
    close(lifeline[1]);
    close(output[1]);
    process *p = xcalloc(1, sizeof *p);
    *p = (process){.l = l, .events = *events, .ctx = ctx, .pid = pid, .pid_fd = -1};
    p->lifeline_fd = lifeline[0];
    p->output_fd = output[0];
    buf_init(&p->line, LINE_MAX_BYTES);
    oc_err err = watch(p);
    if (err != OC_OK) {
        int reason = errno;
        process_destroy(p);
        errno = reason;
        return err;
    }
    *out = p;
    return OC_OK;
}

int process_pid(const process *p) {
    return p->pid;
}

oc_err process_tell(process *p, bytes line) {
    ssize_t sent = p->lifeline_fd >= 0 ? send(p->lifeline_fd, line.data, line.len, MSG_NOSIGNAL) : -1;
    return sent == (ssize_t)line.len ? OC_OK : OC_ESYS;
}

void process_close_lifeline(process *p) {
    loop_unwatch(p->lifeline_watch);
    p->lifeline_watch = NULL;
    if (p->lifeline_fd >= 0)
        close(p->lifeline_fd);
    p->lifeline_fd = -1;
    if (p->pid_fd < 0 && !p->reaped)
        loop_timer_set(p->l, &p->poll_timer, POLL_MS, on_poll, p);
}

void process_kill(process *p) {
    if (!p->reaped)
        (void)kill(p->pid, SIGKILL);
}

void process_destroy(process *p) {
    if (p == NULL)
        return;
    if (!p->reaped) {
        process_kill(p);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        p->reaped = true;
    }
    loop_timer_cancel(&p->poll_timer);
    loop_unwatch(p->pid_watch);
    if (p->pid_fd >= 0)
        close(p->pid_fd);
    process_close_lifeline(p);
    stop_output(p);
    buf_free(&p->line);
    free(p);
}
