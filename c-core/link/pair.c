// SPDX-License-Identifier: Apache-2.0
#include "link/pair.h"

#include "base/log.h"
#include "base/mem.h"
#include "link/send_queue.h"

#include <nng/nng.h>
#include <nng/protocol/pair1/pair.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    RECEIVE_BUFFER_MESSAGES = 16, // read ahead by nng's threads
    MESSAGES_A_ROUND = 64,        // then other descriptors get their turn
    BATCH_BYTES = 32 << 10,       // frames that wait together leave in one message up to this size
    BULK_QUEUE_BYTES = 256 << 20, // a backstop: bodies are bounded by their credit
    ANY_PID = -1,
    HOP_COUNT_BYTES = 4, // nng's own in front of each message
    REDIAL_MS = 20,      // while the listener is not there yet
};

struct pair {
    loop *l;
    pair_events events;
    void *ctx;
    pair_limits limits;
    nng_socket socket;
    bool open;         // socket is valid
    nng_aio *send_aio; // without callback: what can be sent at once is sent at once
    nng_msg *refused;  // goes next: nng had no room for it
    send_queue queue;
    loop_watch *receive_watch, *send_watch, *notice_watch;
    loop_timer join_timer;
    char *file_path; // of an ipc listener until the peer has joined
    bool down;
    unsigned depth; // callbacks under way
    bool destroyed; // freed when the last of them returns

    // Shared with nng's threads, which touch nothing else.
    int notice_fd;           // eventfd: something below changed
    atomic_int expected_pid; // 0: nobody
    atomic_uint peer_pipe;   // nng's id of the one peer's pipe; 0 before it came
    atomic_bool joined, lost;
};

// --- on nng's threads -----------------------------------------------------------------------------------------

static bool is_our_peer(nng_pipe pipe, int expected_pid) {
    uint64_t pid = 0, uid = 0;
    if (nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_PID, &pid) != 0 ||
        nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_UID, &uid) != 0)
        return false;
    return uid == (uint64_t)geteuid() && (expected_pid == ANY_PID || pid == (uint64_t)expected_pid);
}

static void give_notice(const pair *p) {
    uint64_t one = 1;
    ssize_t written = write(p->notice_fd, &one, sizeof one);
    (void)written; // a full counter says the same
}

static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *ctx) {
    pair *p = ctx;
    unsigned id = (unsigned)nng_pipe_id(pipe), none = 0;
    switch (event) {
    case NNG_PIPE_EV_ADD_PRE:
        // Only the first that passes the check gets in; a closed pipe is never started.
        if (!is_our_peer(pipe, atomic_load(&p->expected_pid)) ||
            !atomic_compare_exchange_strong(&p->peer_pipe, &none, id))
            nng_pipe_close(pipe);
        break;
    case NNG_PIPE_EV_ADD_POST:
        atomic_store(&p->joined, true);
        give_notice(p);
        break;
    case NNG_PIPE_EV_REM_POST:
        if (atomic_load(&p->peer_pipe) == id) {
            atomic_store(&p->lost, true);
            give_notice(p);
        }
        break;
    default:
        break;
    }
}

// --- sending --------------------------------------------------------------------------------------------------

// OC_OK: nng has the message. OC_EAGAIN: it has no room and the message is still ours. Else the message is freed.
static oc_err send_now(pair *p, nng_msg *message) {
    nng_aio_set_msg(p->send_aio, message);
    nng_send_aio(p->socket, p->send_aio);
    nng_aio_wait(p->send_aio); // returns at once: its time limit is zero
    int result = nng_aio_result(p->send_aio);
    nng_aio_set_msg(p->send_aio, NULL);
    if (result == 0)
        return OC_OK;
    if (result == NNG_ETIMEDOUT)
        return OC_EAGAIN;
    nng_msg_free(message);
    return OC_ECLOSED;
}

static bool nothing_waits(const pair *p) {
    return p->refused == NULL && send_queue_empty(&p->queue);
}

// The next message to send: what nng refused before, else what waits; NULL when out of memory.
static nng_msg *next_message(pair *p) {
    nng_msg *message = p->refused;
    p->refused = NULL;
    if (message != NULL)
        return message;
    if (nng_msg_alloc(&message, send_queue_next_bytes(&p->queue, BATCH_BYTES)) != 0)
        return NULL;
    send_queue_take(&p->queue, BATCH_BYTES, nng_msg_body(message));
    return message;
}

static void on_writable(void *ctx, unsigned events) {
    pair *p = ctx;
    oc_err err = OC_OK;
    (void)events;
    while (err == OC_OK && !nothing_waits(p)) {
        nng_msg *message = next_message(p);
        err = message != NULL ? send_now(p, message) : OC_ENOMEM;
        if (err == OC_EAGAIN)
            p->refused = message;
    }
    // A closed socket's descriptor may stay ready: the notice of its end is on its way.
    if (nothing_waits(p) || err == OC_ECLOSED)
        loop_watch_events(p->send_watch, 0);
}

// The descriptor is asked for only when something must wait: from then on each message costs nng two system calls more.
static oc_err watch_sending(pair *p) {
    int fd = -1;
    if (p->send_watch != NULL) {
        loop_watch_events(p->send_watch, LOOP_READ);
        return OC_OK;
    }
    if (nng_socket_get_int(p->socket, NNG_OPT_SENDFD, &fd) != 0)
        return OC_ECLOSED;
    return loop_watch_fd(p->l, fd, LOOP_READ, on_writable, p, &p->send_watch);
}

static oc_err send_or_refuse(pair *p, bytes json, bytes tail) {
    nng_msg *message = NULL;
    if (nng_msg_alloc(&message, message_frame_bytes(json, tail)) != 0)
        return OC_ENOMEM;
    message_write(nng_msg_body(message), json, tail);
    oc_err err = send_now(p, message);
    if (err != OC_EAGAIN)
        return err;
    p->refused = message;
    return watch_sending(p);
}

oc_err pair_send(pair *p, pair_priority priority, bytes json, bytes tail) {
    if (p->down || atomic_load(&p->lost))
        return OC_ECLOSED;
    if (message_frame_bytes(json, tail) > p->limits.message_bytes)
        return OC_ELIMIT;
    if (nothing_waits(p))
        return send_or_refuse(p, json, tail);
    return send_queue_push(&p->queue, priority == PAIR_FIRST ? 0 : 1, json, tail);
}

// --- receiving ------------------------------------------------------------------------------------------------

// A callback may destroy the pair: between enter and leave its memory stays.
static void enter(pair *p) {
    p->depth++;
}

static void leave(pair *p) {
    p->depth--;
    if (p->depth == 0 && p->destroyed)
        free(p);
}

// Hands on what has arrived, at most so many messages; false when there is nothing more to be had.
static bool receive(pair *p, int messages) {
    while (messages-- > 0 && !p->down) {
        nng_msg *message = NULL;
        if (nng_recvmsg(p->socket, &message, NNG_FLAG_NONBLOCK) != 0)
            return false;
        p->events.message(p->ctx, bytes_of(nng_msg_body(message), nng_msg_len(message)));
        nng_msg_free(message);
    }
    return !p->down;
}

static void on_readable(void *ctx, unsigned events) {
    pair *p = ctx;
    (void)events;
    enter(p);
    (void)receive(p, MESSAGES_A_ROUND);
    leave(p);
}

static void go_down(pair *p, const char *reason) {
    if (p->down)
        return;
    p->down = true;
    loop_timer_cancel(&p->join_timer);
    loop_watch_events(p->receive_watch, 0);
    loop_watch_events(p->notice_watch, 0);
    if (p->send_watch != NULL)
        loop_watch_events(p->send_watch, 0);
    p->events.down(p->ctx, reason);
}

// Nobody else is to find the address, and no file must be left should we be killed.
static void remove_file(pair *p) {
    if (p->file_path != NULL)
        (void)unlink(p->file_path);
    free(p->file_path);
    p->file_path = NULL;
}

static void on_notice(void *ctx, unsigned events) {
    pair *p = ctx;
    uint64_t count = 0;
    ssize_t got = read(p->notice_fd, &count, sizeof count);
    (void)got;
    (void)events;
    if (atomic_load(&p->joined)) {
        loop_timer_cancel(&p->join_timer);
        remove_file(p);
    }
    if (!atomic_load(&p->lost))
        return;
    enter(p);
    while (receive(p, MESSAGES_A_ROUND)) // what it said before its end counts
        ;
    go_down(p, "the peer has closed the connection");
    leave(p);
}

static void on_join_timeout(void *ctx) {
    pair *p = ctx;
    enter(p);
    go_down(p, "the peer did not come in time");
    leave(p);
}

// --- life -----------------------------------------------------------------------------------------------------

static int configure(pair *p) {
    int result = nng_socket_set_size(p->socket, NNG_OPT_RECVMAXSZ, p->limits.message_bytes + HOP_COUNT_BYTES);
    if (result == 0)
        result = nng_socket_set_int(p->socket, NNG_OPT_SENDBUF, 0);
    if (result == 0)
        result = nng_socket_set_int(p->socket, NNG_OPT_RECVBUF, RECEIVE_BUFFER_MESSAGES);
    if (result == 0)
        result = nng_socket_set_ms(p->socket, NNG_OPT_RECONNMINT, REDIAL_MS);
    if (result == 0)
        result = nng_socket_set_ms(p->socket, NNG_OPT_RECONNMAXT, REDIAL_MS);
    for (int event = NNG_PIPE_EV_ADD_PRE; result == 0 && event < NNG_PIPE_EV_NUM; event++)
        result = nng_pipe_notify(p->socket, (nng_pipe_ev)event, on_pipe, p);
    if (result == 0)
        result = nng_aio_alloc(&p->send_aio, NULL, NULL);
    if (result == 0)
        nng_aio_set_timeout(p->send_aio, NNG_DURATION_ZERO);
    return result;
}

static oc_err watch(pair *p) {
    int fd = -1;
    p->notice_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->notice_fd < 0 || nng_socket_get_int(p->socket, NNG_OPT_RECVFD, &fd) != 0)
        return OC_ESYS;
    oc_err err = loop_watch_fd(p->l, p->notice_fd, LOOP_READ, on_notice, p, &p->notice_watch);
    if (err == OC_OK)
        err = loop_watch_fd(p->l, fd, LOOP_READ, on_readable, p, &p->receive_watch);
    return err;
}

static oc_err open_pair(loop *l, const pair_limits *limits, const pair_events *events, void *ctx,
                        pair **out) {
    pair *p = xcalloc(1, sizeof *p);
    *p = (pair){.l = l, .events = *events, .ctx = ctx, .limits = *limits, .notice_fd = -1};
    send_queue_init(&p->queue, limits->first_queue_bytes, BULK_QUEUE_BYTES);
    int result = nng_pair1_open(&p->socket); // pair0 of nng 1.5.2 leaks the descriptors that we watch
    p->open = result == 0;
    if (result == 0)
        result = configure(p);
    oc_err err = result == 0 ? watch(p) : OC_ESYS;
    if (err == OC_OK) {
        if (limits->join_ms > 0)
            loop_timer_set(l, &p->join_timer, limits->join_ms, on_join_timeout, p);
        *out = p;
        return OC_OK;
    }
    log_error("The link's socket cannot be made", "reason",
              result != 0 ? nng_strerror(result) : oc_err_text(err));
    pair_destroy(p);
    return err;
}

static oc_err start_failed(pair *p, const char *what, const char *url, int result) {
    log_error("The link's address cannot be used", "what", what, "address", url, "reason",
              nng_strerror(result));
    pair_destroy(p);
    return result == NNG_EADDRINVAL || result == NNG_EINVAL ? OC_EINVAL : OC_ESYS;
}

oc_err pair_listen(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                   pair **out) {
    static const char file_scheme[] = "ipc://";
    pair *p = NULL;
    oc_err err = open_pair(l, limits, events, ctx, &p);
    if (err != OC_OK)
        return err;
    int result = nng_listen(p->socket, url, NULL, 0);
    if (result != 0)
        return start_failed(p, "The link cannot listen", url, result);
    if (strncmp(url, file_scheme, sizeof file_scheme - 1) == 0)
        p->file_path = xstrdup(url + sizeof file_scheme - 1);
    *out = p;
    return OC_OK;
}

oc_err pair_dial(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                 pair **out) {
    pair *p = NULL;
    oc_err err = open_pair(l, limits, events, ctx, &p);
    if (err != OC_OK)
        return err;
    atomic_store(&p->expected_pid, ANY_PID); // the address is a secret of our parent's; the uid is checked
    int result = nng_dial(p->socket, url, NULL, NNG_FLAG_NONBLOCK);
    if (result != 0)
        return start_failed(p, "The link cannot dial", url, result);
    *out = p;
    return OC_OK;
}

void pair_expect_peer(pair *p, int pid) {
    atomic_store(&p->expected_pid, pid);
}

void pair_destroy(pair *p) {
    if (p == NULL)
        return;
    p->down = true;
    loop_timer_cancel(&p->join_timer);
    loop_unwatch(p->receive_watch);
    loop_unwatch(p->send_watch);
    loop_unwatch(p->notice_watch);
    if (p->open)
        nng_close(p->socket); // waits for its threads' callbacks
    if (p->send_aio != NULL)
        nng_aio_free(p->send_aio);
    nng_msg_free(p->refused);
    if (p->notice_fd >= 0)
        close(p->notice_fd);
    remove_file(p);
    send_queue_free(&p->queue);
    p->destroyed = true;
    if (p->depth == 0)
        free(p);
}
