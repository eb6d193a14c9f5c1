# SPDX-License-Identifier: Apache-2.0
"""A small proxy in front of the gateway: counts clients, hears how they authenticate, can make them remote.

The gateway trusts 127.0.0.1 as a proxy, so the X-Forwarded-For that a remote proxy adds makes it treat the
connection as one from another machine: a device identity and a pairing are then needed (gateway protocol,
handshake). Without that header nothing changes.
"""

import io
import json
import socket
import threading

from . import wait
from .progress import Failure
from .websocket import TEXT, read_exactly, read_frame

REMOTE_ADDRESS = "203.0.113.5"  # a documentation address (RFC 5737)
MAX_HEAD_BYTES = 64 * 1024
MAX_SNIFFED_BYTES = 4 << 20


class Connection:
    """What was seen of one client connection."""

    def __init__(self):
        self.connect = None  # the params of its connect request
        self.answer = None  # the gateway's response to it
        self.open, self.client = True, None

    def credential(self):
        """The token it came with (shared or device), or None."""
        auth = (self.connect or {}).get("auth") or {}
        return auth.get("token") or auth.get("deviceToken")

    def problem(self):
        """The error code the gateway answered with, or None."""
        error = (self.answer or {}).get("error") or {}
        return (error.get("details") or {}).get("code") or error.get("code")

    def device_token(self):
        payload = (self.answer or {}).get("payload") or {}
        return (payload.get("auth") or {}).get("deviceToken")

    def kind(self):
        """What it is for: "run" (users' messages), "control" (an administrator's rights) or "node" (tools)."""
        connect = self.connect or {}
        if connect.get("role") == "node":
            return "node"
        return "control" if "operator.admin" in connect.get("scopes", []) else "run"

    def ready(self):
        return bool(self.answer and self.answer.get("ok"))

    def __str__(self):
        kind = (
            "no connect request"
            if self.connect is None
            else "no answer" if self.answer is None else "accepted" if self.ready() else self.problem()
        )
        return f"{kind}{', open' if self.open else ''}"


class Sniffer:
    """Looks for one JSON frame in a stream that it is fed; done after it was found."""

    def __init__(self, found):
        self.found, self.buffer, self.done = found, b"", False

    def feed(self, data):
        if self.done:
            return
        self.buffer += data
        while not self.done:
            stream = io.BytesIO(self.buffer)
            try:
                _, opcode, payload = read_frame(read_exactly(stream))
            except (EOFError, ValueError):
                break
            self.buffer = self.buffer[stream.tell() :]
            if opcode == TEXT:
                self.done = self.found(json.loads(payload))
        if len(self.buffer) > MAX_SNIFFED_BYTES:
            self.done = True
        if self.done:
            self.buffer = b""


class Proxy:
    def __init__(self, target_port, remote):
        self.target_port, self.connections = target_port, []
        self.events = (
            None  # a function: called with each event of the gateway on connections made since it was set
        )
        self.more_headers = f"\r\nX-Forwarded-For: {REMOTE_ADDRESS}".encode() if remote else b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection()
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(client, connection), daemon=True).start()

    def _serve(self, client, connection):
        connection.client = client
        try:
            head, rest = self._head(client)
            with socket.create_connection(("127.0.0.1", self.target_port), 10) as gateway:
                gateway.settimeout(None)
                gateway.sendall(head + self.more_headers + b"\r\n\r\n" + rest)
                back = threading.Thread(target=self._answers, args=(gateway, client, connection), daemon=True)
                back.start()
                self._requests(client, gateway, connection, rest)
                back.join()
        except (OSError, EOFError, ValueError):
            pass  # either side went away: so does the other
        finally:
            connection.open = False
            client.close()

    @staticmethod
    def _head(client):
        data = b""
        while b"\r\n\r\n" not in data:
            part = client.recv(65536)
            if not part or len(data) > MAX_HEAD_BYTES:
                raise EOFError("no request head")
            data += part
        head, _, rest = data.partition(b"\r\n\r\n")
        return head, rest

    @staticmethod
    def _copy(source, sink, sniffer):
        try:
            while data := source.recv(65536):
                sniffer.feed(data)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _requests(self, client, gateway, connection, rest):
        def found(frame):
            if frame.get("method") != "connect":
                return False
            connection.connect = frame.get("params")
            return True

        sniffer = Sniffer(found)
        sniffer.feed(rest)
        self._copy(client, gateway, sniffer)

    def _answers(self, gateway, client, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            part = gateway.recv(65536)
            if not part:
                break
            data += part

        events = self.events

        def found(frame):
            if frame.get("type") == "event" and events:
                events(frame)
            elif frame.get("type") == "res" and connection.answer is None:
                connection.answer = frame
            return connection.answer is not None and events is None

        sniffer = Sniffer(found)
        sniffer.feed(data.partition(b"\r\n\r\n")[2])
        try:
            client.sendall(data)
        except OSError:
            return
        self._copy(gateway, client, sniffer)

    def wait(self, wanted, seconds, what, since=0):
        """The first connection from number `since` on for which wanted(connection) is true."""

        def look():
            return next((one for one in self.connections[since:] if wanted(one)), None)

        try:
            return wait.until(look, seconds, what)
        except Failure as failure:
            seen = "; ".join(map(str, self.connections[since:][-10:])) or "none"
            raise Failure(f"{failure}\n    connections at the proxy: {seen}") from None

    def cut(self):
        """Breaks all open connections, as a network does."""
        for one in self.connections:
            if one.open and one.client:
                try:
                    one.client.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def count(self):
        return len(self.connections)
