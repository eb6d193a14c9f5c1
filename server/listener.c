// SPDX-License-Identifier: Apache-2.0
#include "listener.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct listener {
    loop *loop;
    int fd;
    char address[HANDSHAKE_ADDRESS_BYTES];
    loop_watch *watch;
    loop_timer limit;
    listener_accepted_fn *accepted;
    void *ctx;
};

const char *listener_address(const listener *l) {
    return l->address;
}

static bool is_abstract(const char *address) {
    return address[0] == '@';
}

void listener_destroy(listener *l) {
    if (l == NULL)
        return;
    loop_timer_cancel(&l->limit);
    loop_unwatch(l->watch);
    if (!is_abstract(l->address))
        (void)unlink(l->address);
    if (l->fd >= 0)
        close(l->fd);
    free(l);
}

static void done(listener *l, int fd, int error) {
    listener_accepted_fn *accepted = l->accepted;
    void *ctx = l->ctx;
    listener_destroy(l);
    errno = error;
    accepted(ctx, fd);
}

static void on_limit(void *ctx) {
    done(ctx, -1, ETIMEDOUT);
}

// Only who runs as we do, or root, is the server that started us: an abstract socket has no file modes.
static bool is_ours(int fd) {
    struct ucred peer = {0};
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

static void on_connection(void *ctx, unsigned events) {
    listener *l = ctx;
    (void)events;
    int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (!is_ours(fd)) {
        log_warn("a connection of another user was refused");
        close(fd);
        return;
    }
    done(l, fd, 0);
}

static socklen_t to_sockaddr(const char *address, struct sockaddr_un *out) {
    size_t len = strlen(address);
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->sun_path, address, len);
    if (is_abstract(address)) {
        out->sun_path[0] = '\0';
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    }
    return sizeof *out;
}

// A server in another container is let in by its group.
static bool give_to_group(const char *address, const char *group) {
    if (group == NULL || group[0] == '\0' || is_abstract(address))
        return true;
    const struct group *entry = getgrnam(group);
    gid_t gid = entry != NULL ? entry->gr_gid : (gid_t)-1;
    uint64_t number = 0;
    if (entry == NULL && parse_uint(bytes_str(group), UINT32_MAX - 1, &number) == OC_OK)
        gid = (gid_t)number;
    if (gid == (gid_t)-1) {
        errno = EINVAL;
        return false;
    }
    return chown(address, (uid_t)-1, gid) == 0 && chmod(address, 0660) == 0;
}

// The socket, listening at address; or -1.
static int listen_at(const char *address, const char *group) {
    struct sockaddr_un name;
    socklen_t size = to_sockaddr(address, &name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    mode_t mask = umask(077);
    int bound = bind(fd, (const struct sockaddr *)&name, size);
    (void)umask(mask);
    if (bound == 0 && give_to_group(address, group) && listen(fd, 4) == 0)
        return fd;
    int why = errno;
    if (bound == 0 && !is_abstract(address))
        (void)unlink(address);
    close(fd);
    errno = why;
    return -1;
}

oc_err listener_create(loop *l, const handshake_addresses *addresses, const char *group,
                       listener_accepted_fn *accepted, void *ctx, listener **out) {
    int fd = -1;
    size_t i = 0;
    errno = ENAMETOOLONG; // when there is no address at all
    for (; i < addresses->count && fd < 0; i++) {
        fd = listen_at(addresses->at[i], group);
        if (fd < 0)
            log_warn("no socket can be made here", "address", addresses->at[i], "error", strerror(errno));
    }
    if (fd < 0)
        return OC_ESYS;
    listener *k = xcalloc(1, sizeof *k);
    k->loop = l;
    k->fd = fd;
    k->accepted = accepted;
    k->ctx = ctx;
    memcpy(k->address, addresses->at[i - 1], sizeof k->address);
    oc_err err = loop_watch_fd(l, fd, LOOP_READ, on_connection, k, &k->watch);
    if (err != OC_OK) {
        listener_destroy(k);
        return err;
    }
    loop_timer_set(l, &k->limit, LISTENER_WAIT_MS, on_limit, k);
    *out = k;
    return OC_OK;
}
