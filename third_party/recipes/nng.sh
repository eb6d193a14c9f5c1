# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# nng: pair sockets over ipc (which includes abstract addresses) and inproc only. Its thread pools grow with the
# number of processors by default; one link between two processes needs the least that works.
# Three faults of nng 1.5.2's ipc pipes, mended in place (newer versions have other code here): an operation that goes on
# after the pipe was closed is never finished, and nng_close waits for it for ever; a message sent to a closed pipe leaks.
mend_closed_pipes() {
    local file=$source_dir/src/sp/transport/ipc/ipc.c
    sed -i -e '/^ipc_pipe_[a-z]*_cb(/,/^}/ s/if ((rv = nni_aio_result(\([rt]x\)_aio)) != 0) {/if ((rv = p->closed ? NNG_ECLOSED : nni_aio_result(\1_aio)) != 0) {/' \
        -e '/^ipc_pipe_send(/,/^}/ s/if (nni_aio_begin(aio) != 0) {/&\n\t\tnni_msg_free(nni_aio_get_msg(aio));\n\t\tnni_aio_set_msg(aio, NULL);/' \
        "$file"
    [ "$(grep -c 'rv = p->closed ? NNG_ECLOSED' "$file")" = 2 ] && grep -q 'nni_msg_free(nni_aio_get_msg' "$file" ||
        { echo "nng's ipc.c is not the one that mend_closed_pipes knows"; return 1; }
}

build_library() {
    mend_closed_pipes
    local extra_flags="-DNNG_NUM_TASKQ_THREADS=2 -DNNG_MAX_TASKQ_THREADS=2 -DNNG_EXPIRE_THREADS=1"
    extra_flags+=" -DNNG_RESOLV_CONCURRENCY=1"
    cmake_build -DNNG_TESTS=OFF -DNNG_TOOLS=OFF -DNNG_ENABLE_NNGCAT=OFF -DNNG_ENABLE_STATS=OFF -DNNG_ENABLE_TLS=OFF \
        -DNNG_ENABLE_HTTP=OFF \
        -DNNG_PROTO_BUS0=OFF -DNNG_PROTO_PUB0=OFF -DNNG_PROTO_SUB0=OFF -DNNG_PROTO_PUSH0=OFF -DNNG_PROTO_PULL0=OFF \
        -DNNG_PROTO_REQ0=OFF -DNNG_PROTO_REP0=OFF -DNNG_PROTO_RESPONDENT0=OFF -DNNG_PROTO_SURVEYOR0=OFF \
        -DNNG_PROTO_PAIR0=ON -DNNG_PROTO_PAIR1=ON \
        -DNNG_TRANSPORT_IPC=ON -DNNG_TRANSPORT_INPROC=ON -DNNG_TRANSPORT_TCP=OFF -DNNG_TRANSPORT_TLS=OFF \
        -DNNG_TRANSPORT_WS=OFF -DNNG_TRANSPORT_WSS=OFF -DNNG_TRANSPORT_ZEROTIER=OFF
    cp LICENSE.txt "$out/licenses/nng.txt"
}
