# SPDX-License-Identifier: Apache-2.0
"""The real plugin host code of Mattermost in a process of its own, in three versions, driven by JSON lines."""

import contextlib
import http.client
import itertools
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gobuild
import poll

FOLDER = Path(__file__).resolve().parent.parent / "host"
VERSIONS = ("11.1", "11.6", "11.11")
STOP_LIMIT_S = 20.0


def program(version: str) -> Path:
    """Builds the host program of one server line: the same sources, a go.mod of its own."""
    files = {p.name: p for p in FOLDER.glob("*.go")}
    files |= {name: FOLDER / "mod" / version / name for name in ("go.mod", "go.sum")}
    return gobuild.build(f"host-{version}", files)


class HostError(AssertionError):
    """The host answered a command with an error, or is gone."""


@dataclass
class Answer:
    """An HTTP answer; elapsed_s is from the first byte sent to the last byte read."""

    status: int
    headers: dict[str, str]
    body: bytes
    elapsed_s: float


def send_all(client: socket.socket, data: bytes) -> None:
    """Sends what the other side takes; it may answer and close before the end."""
    with contextlib.suppress(OSError):
        client.sendall(data)


class Host:
    """One running host with one plugin. Use as a context manager; closing it ends the plugin, too."""

    def __init__(
        self,
        executable: Path,
        plugins: Path,
        plugin_id: str,
        work: Path,
        config: dict | None = None,
        env: dict[str, str] | None = None,
        trace: bool = True,
        gateway_token: str = "",
    ):
        self.plugin_id = plugin_id
        self.plugin_folder = plugins / plugin_id
        self.stderr_path = work / "host.stderr"
        self.log_path = work / "host.log"
        self.events: list[dict] = []
        self.news = threading.Condition()
        self.tags = itertools.count(1)
        webapp = work / "webapp"
        webapp.mkdir(parents=True, exist_ok=True)
        command = [
            executable,
            "-plugins",
            plugins,
            "-webapp",
            webapp,
            "-id",
            plugin_id,
            "-log",
            self.log_path,
            f"-trace={str(trace).lower()}",
            "-config",
            json.dumps(config or {}),
            "-gateway-token",
            gateway_token,
        ]
        self.stderr = open(self.stderr_path, "wb")
        self.record = open(work / "host.events", "wb")  # for whoever looks into a failed case, with --keep
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.ready = self.wait_event("the host is ready", lambda e: e["ev"] == "ready")
        self.activation = self.wait_event(
            "the plugin is activated", lambda e: e["ev"] == "done" and e["cmd"] == "activate", 30
        )

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    def _read(self) -> None:
        for line in self.process.stdout:
            self.record.write(line)
            event = json.loads(line)
            with self.news:
                self.events.append(event)
                self.news.notify_all()
        with self.news:
            self.events.append({"ev": "end"})
            self.news.notify_all()

    def wait_event(
        self, what: str, wanted: Callable[[dict], bool], timeout_s: float = 10.0, since: int = 0
    ) -> dict:
        """The first event from number `since` on that is wanted."""
        deadline = time.monotonic() + timeout_s
        at = since
        with self.news:
            while True:
                for event in self.events[at:]:
                    if event["ev"] == "end":
                        raise HostError(f"{what}: the host program has ended: {self.stderr_tail()}")
                    if wanted(event):
                        return event
                at = len(self.events)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise poll.Timeout(f"{what}: not within {timeout_s:g} s")
                self.news.wait(left)

    def mark(self) -> int:
        """The number that the next event will have."""
        with self.news:
            return len(self.events)

    def since(self, mark: int, ev: str) -> list[dict]:
        with self.news:
            return [e for e in self.events[mark:] if e["ev"] == ev]

    def send(self, cmd: str, **fields) -> tuple[str, int]:
        """Starts a command; finish() waits for it."""
        tag = f"{cmd}-{next(self.tags)}"
        mark = self.mark()
        line = json.dumps({"cmd": cmd, "tag": tag, **fields}) + "\n"
        try:
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise HostError(f"{cmd}: the host program has ended: {self.stderr_tail()}") from error
        return tag, mark

    def finish(self, started: tuple[str, int], timeout_s: float = 30.0) -> dict:
        tag, mark = started
        done = self.wait_event(f"the command {tag} is done", lambda e: e.get("tag") == tag, timeout_s, mark)
        if done.get("error"):
            raise HostError(f"{tag}: {done['error']}")
        return done

    def run(self, cmd: str, timeout_s: float = 30.0, **fields) -> dict:
        return self.finish(self.send(cmd, **fields), timeout_s)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.ready["http"].removeprefix("http://").split(":")
        return host, int(port)

    def http(
        self,
        method: str,
        path: str,
        user: str | None = "alice",
        body: bytes = b"",
        timeout_s: float = 30.0,
        duplex: bool = False,
        metrics: bool = False,
    ) -> Answer:
        """A request over TCP to the plugin, as the given user (None: anonymous).

        As in the server, Go's net/http cuts off what the plugin has not read of the body when its answer begins;
        duplex turns that off, so that a plugin can echo a body while it comes. metrics: as by the server's metrics port.
        """
        head = [
            f"{method} /plugins/{self.plugin_id}{path} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Content-Length: {len(body)}",
        ]
        head += [f"X-Harness-User: {user}"] if user else []
        head += ["X-Harness-Duplex: 1"] if duplex else []
        head += ["X-Harness-Metrics: 1"] if metrics else []
        started = time.monotonic()
        with socket.create_connection(self.address, timeout_s) as client:
            client.settimeout(timeout_s)
            writer = threading.Thread(
                target=send_all, args=(client, "\r\n".join([*head, "", ""]).encode() + body), daemon=True
            )
            writer.start()
            response = http.client.HTTPResponse(client, method=method)
            response.begin()
            data = response.read()
            elapsed = time.monotonic() - started
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            writer.join()
        return Answer(response.status, dict(response.getheaders()), data, elapsed)

    def stderr_tail(self, lines: int = 15) -> str:
        return "\n".join(self.stderr_path.read_text(errors="replace").splitlines()[-lines:])

    def close(self) -> None:
        """Ends the host in good order, or by force when it does not end in time."""
        if self.process.poll() is None:
            try:
                self.process.stdin.close()
                self.process.wait(STOP_LIMIT_S)
            except (subprocess.TimeoutExpired, BrokenPipeError):
                self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.process.stdout.close()
        self.stderr.close()
        self.record.close()


def module_version(executable: Path) -> str:
    """The version of Mattermost's module that a host program was built from, as it says itself."""
    return subprocess.run([executable, "-version"], check=True, capture_output=True, text=True).stdout.strip()
