// SPDX-License-Identifier: Apache-2.0
// The plugin's executable as the Mattermost server starts it: the shim. It checks who started it, starts the core,
// announces its socket, and serves one connection until that ends.
#include "base/log.h"
#include "base/random.h"
#include "listener.h"
#include "plugin_session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_NOT_STARTED_BY_SERVER = 1, TOKEN_BYTES = 8 };

typedef struct shim {
    loop *loop;
    listener *listener; // until the server has connected
    plugin_session *session;
    int exit_code;
} shim;

static const char *process_env(void *ctx, const char *name) {
    (void)ctx;
    return getenv(name);
}

static void on_ended(void *ctx, int exit_code) {
    shim *m = ctx;
    m->exit_code = exit_code;
    loop_stop(m->loop);
}

static void on_accepted(void *ctx, int fd) {
    shim *m = ctx;
    m->listener = NULL;
    if (fd >= 0) {
        plugin_session_connect(m->session, fd);
        return;
    }
    log_error("the Mattermost server did not connect", "error", strerror(errno));
    plugin_session_stop(m->session, 1);
}

static void on_terminate(void *ctx, int signal_number) {
    shim *m = ctx;
    (void)signal_number;
    plugin_session_stop(m->session, 0);
}

// The server's own standard input is not ours to read.
static void leave_stdin(void) {
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)dup2(fd, STDIN_FILENO);
    if (fd != STDIN_FILENO)
        close(fd);
}

// A folder that cannot be used is left out quietly by the choice; the administrator who named it wants to know.
static void tell_of_other_folder(const char *address) {
    const char *wanted = getenv("TMPDIR");
    if (wanted != NULL && strncmp(address, wanted, strlen(wanted)) != 0)
        log_info("the socket is not in TMPDIR: its path is too long, or no socket can be made there",
                 "address", address);
}

static oc_err announce(shim *m) {
    char token[2 * TOKEN_BYTES + 1], line[HANDSHAKE_LINE_BYTES];
    handshake_addresses addresses;
    random_hex(token, TOKEN_BYTES);
    handshake_choose(process_env, NULL, token, &addresses);
    oc_err err = listener_create(m->loop, &addresses, getenv("PLUGIN_UNIX_SOCKET_GROUP"), on_accepted, m,
                                 &m->listener);
    if (err != OC_OK)
        return err;
    tell_of_other_folder(listener_address(m->listener));
    err = handshake_line(process_env, NULL, listener_address(m->listener), line);
    // The only line that standard output ever gets: the server reads no more than that.
    if (err == OC_OK && write(STDOUT_FILENO, line, strlen(line)) != (ssize_t)strlen(line))
        err = OC_ESYS;
    return err;
}

static int run(const char *core_path) {
    shim m = {.exit_code = 1};
    m.loop = loop_create(NULL);
    if (m.loop == NULL || loop_on_signal(m.loop, SIGTERM, on_terminate, &m) != OC_OK) {
        log_error("the event loop cannot be made", "error", strerror(errno));
        loop_destroy(m.loop);
        return 1;
    }
    m.session = plugin_session_create(m.loop, core_path, on_ended, &m);
    oc_err err = announce(&m);
    if (err == OC_OK)
        loop_run(m.loop);
    else
        log_error("the plugin cannot offer a socket to the Mattermost server", "error",
                  err == OC_ESYS ? strerror(errno) : oc_err_text(err));
    listener_destroy(m.listener);
    plugin_session_destroy(m.session);
    loop_destroy(m.loop);
    return m.exit_code;
}

int main(int argc, char **argv) {
    const char *core_path = NULL, *why = NULL;
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        (void)printf("mattermost-plugin-openclaw %s\n", OPENCLAW_VERSION);
        return 0;
    }
    // For tests; the server starts us without arguments.
    if (argc == 3 && strcmp(argv[1], "--core") == 0)
        core_path = argv[2];
    if (handshake_check(process_env, NULL, &why) != OC_OK) {
        (void)fprintf(stderr, "%s\n", why);
        return EXIT_NOT_STARTED_BY_SERVER;
    }
    // ^C in the server's terminal reaches us too, but it is the server that ends us, in order.
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    leave_stdin();
    return run(core_path);
}
