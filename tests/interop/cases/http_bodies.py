# SPDX-License-Identifier: Apache-2.0
"""HTTP requests to the plugin, with bodies both ways."""

import contextlib
import hashlib
import http.client
import os
import socket
import threading

import poll
import procfs
from case import Context, case, equal

MIB = 1 << 20


@case("HTTP: a small request, with the user's id; anonymous and unknown ones refused")
def small(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        alice = host.run("post", user="alice", message="who am I")["post"]["user_id"]
        answer = host.http("GET", "/bench/small")
        equal("answer", (answer.status, answer.body), (200, f"hello {alice}".encode()))
        equal("type", answer.headers.get("Content-Type", "").split(";")[0], "text/plain")
        equal("unknown path", host.http("GET", "/nothing/here?x=%2F").status, 404)
        if c.has_core:
            for method, path in (
                ("GET", "/bench/small"),
                ("POST", "/bench/echo"),
                ("GET", "/bench/api?n=1&what=GetUser"),
            ):
                status = host.http(method, path, user=None).status
                assert status in (401, 403), f"anonymous {path}: {status}"


@case("HTTP: the bench paths are closed unless the environment opens them", core=True)
def closed(c: Context) -> None:
    with c.host(env={"OPENCLAW_BENCH": ""}) as host:
        for path in ("/bench/small", "/bench/api?n=1&what=GetUser"):
            look = lambda: host.http("GET", path).status  # noqa: E731, B023
            equal(path, poll.until("an answer of the core", lambda: (s := look()) != 503 and s), 404)


@case("HTTP: bodies of many sizes are echoed byte for byte")
def sizes(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        for size in (0, 1, 4095, 65535, 65536, 131072, 131073, 262143, 262144, 262145, MIB, 3 * MIB + 7):
            body = os.urandom(size)
            answer = host.http("POST", "/bench/echo", body=body, duplex=True)
            equal(f"{size} bytes", (answer.status, answer.body == body), (200, True))


@case("HTTP: 10 MiB both ways")
def ten_mib(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        for _ in range(3):
            done = host.run(
                "http", method="POST", path="/bench/echo", user="alice", body_size=10 * MIB, timeout_s=60
            )
            equal(
                "10 MiB", (done["status"], done["size"], done["sha256"]), (200, 10 * MIB, done["sent_sha256"])
            )
        body = os.urandom(10 * MIB)
        answer = host.http("POST", "/bench/echo", body=body, timeout_s=60, duplex=True)
        equal(
            "over TCP",
            (answer.status, hashlib.sha256(answer.body).digest()),
            (200, hashlib.sha256(body).digest()),
        )


@case("HTTP: eight bodies of 2 MiB at once, and small requests between them")
def parallel(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        bad: list[str] = []

        def echo() -> None:
            body = os.urandom(2 * MIB)
            try:
                answer = host.http("POST", "/bench/echo", body=body, timeout_s=60, duplex=True)
                if answer.status != 200 or answer.body != body:
                    bad.append(f"{answer.status}, {len(answer.body)} bytes")
            except Exception as error:  # a thread's error would be lost
                bad.append(repr(error))

        workers = [threading.Thread(target=echo) for _ in range(8)]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            equal("small request", host.http("GET", "/bench/small").status, 200)
        for worker in workers:
            worker.join()
        equal("bad answers", bad, [])


@case("HTTP: clients that break off in the middle leave nothing open")
def broken_off(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        pids = [p.pid for p in c.processes()]
        before = [len(procfs.open_files(pid)) for pid in pids]
        head = (
            f"POST /plugins/{host.plugin_id}/bench/echo HTTP/1.1\r\nHost: x\r\nX-Harness-User: alice\r\n"
            f"Content-Length: {4 * MIB}\r\n\r\n"
        ).encode()
        for sent in (0, 1, 70000, MIB, 2 * MIB):
            for read in (0, 1000):
                with socket.create_connection(host.address, 10) as client:
                    client.sendall(head)
                    client.settimeout(0.2)
                    try:
                        client.sendall(os.urandom(sent))
                        if read:
                            client.recv(read)
                    except TimeoutError:
                        pass
            host.run("health")
        equal("small request", host.http("GET", "/bench/small").status, 200)
        body = os.urandom(MIB)
        equal("large request", host.http("POST", "/bench/echo", body=body, duplex=True).body == body, True)
        poll.until(
            "descriptors as before",
            lambda: all(len(procfs.open_files(pid)) <= n + 1 for pid, n in zip(pids, before, strict=True)),
        )


@case("HTTP: a client that does not read holds up nobody else")
def slow_reader(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        body = os.urandom(8 * MIB)
        head = (
            f"POST /plugins/{host.plugin_id}/bench/echo HTTP/1.1\r\nHost: x\r\nX-Harness-User: alice\r\n"
            f"X-Harness-Duplex: 1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
            client.settimeout(30)
            client.connect(host.address)
            writer = threading.Thread(target=lambda: client.sendall(head + body), daemon=True)
            writer.start()
            for _ in range(50):
                equal("small request", host.http("GET", "/bench/small").status, 200)
                host.run("health")
            received = b""
            while part := client.recv(1 << 16):
                received += part
            writer.join(10)
        assert received.startswith(b"HTTP/1.1 200"), received[:100]
        assert len(received) > len(body), f"only {len(received)} bytes came"


@case("HTTP: a body that the server cuts off because the answer has begun does no harm")
def cut_off(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        for size in (100000, 2 * MIB):
            with contextlib.suppress(OSError, http.client.HTTPException):
                host.http("POST", "/bench/echo", body=os.urandom(size))
            with contextlib.suppress(OSError, http.client.HTTPException):
                host.http("POST", "/nothing", body=os.urandom(size))
            host.run("health")
            equal("small request", host.http("GET", "/bench/small").status, 200)
