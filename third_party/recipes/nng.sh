# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# nng: pair sockets over ipc (which includes abstract addresses) and inproc only. Its thread pools grow with the
# number of processors by default; one link between two processes needs the least that works.
build_library() {
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
