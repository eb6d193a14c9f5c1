# SPDX-License-Identifier: Apache-2.0
"""WebSocket (RFC 6455): the frames, and a client that listens to a Mattermost server's events."""

import base64
import json
import os
import socket
import struct
import threading
import time
from urllib.parse import urlsplit

from .progress import Failure

CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10
HANDSHAKE_SECONDS = 15


def read_frame(read):
    """One frame from read(n) -> exactly n bytes: (final, opcode, payload unmasked)."""
    first, second = read(2)
    length = second & 127
    if length == 126:
        (length,) = struct.unpack(">H", read(2))
    elif length == 127:
        (length,) = struct.unpack(">Q", read(8))
    mask = read(4) if second & 128 else None
    payload = read(length)
    if mask:
        pad = mask * (length // 4 + 1)
        payload = (int.from_bytes(payload, "big") ^ int.from_bytes(pad[:length], "big")).to_bytes(
            length, "big"
        )
    return bool(first & 128), first & 15, payload


def client_frame(opcode, payload):
    """A masked frame, as a client must send it."""
    mask, size = os.urandom(4), len(payload)
    if size < 126:
        head = struct.pack(">BB", 0x80 | opcode, 0x80 | size)
    elif size < 65536:
        head = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, size)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def read_exactly(file):
    """A read(n) over a buffered file that raises EOFError instead of returning less."""

    def read(size):
        data = file.read(size) if size else b""
        if len(data) < size:
            raise EOFError("connection closed")
        return data

    return read


class Events:
    """All events that one person's client receives, kept in order, with waiting."""

    def __init__(self, client):
        self.events, self.changed, self.listeners = [], threading.Condition(), []
        parts = urlsplit(client.url)
        self.socket = socket.create_connection((parts.hostname, parts.port), HANDSHAKE_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET /api/v4/websocket HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Authorization: Bearer {client.token}\r\n\r\n"
            ).encode()
        )
        self.file = self.socket.makefile("rb")
        status = self.file.readline().decode(errors="replace").strip()
        if " 101 " not in status:
            raise Failure(f"the server did not open {client.name}'s WebSocket: {status}")
        while self.file.readline().strip():
            pass
        self.socket.settimeout(None)
        threading.Thread(target=self._listen, daemon=True).start()
        self.wait(
            lambda event: event.get("event") == "hello",
            HANDSHAKE_SECONDS,
            "the server's hello on the WebSocket",
        )

    def _listen(self):
        read, message = read_exactly(self.file), b""
        try:
            while True:
                final, opcode, payload = read_frame(read)
                if opcode == PING:
                    self.socket.sendall(client_frame(PONG, payload))
                elif opcode == CLOSE:
                    return
                elif opcode in (TEXT, CONTINUATION):
                    message += payload
                    if final:
                        self._take(json.loads(message))
                        message = b""
        except (EOFError, OSError, ValueError):
            return

    def _take(self, event):
        if "event" not in event:
            return
        post = event.get("data", {}).get("post")
        if isinstance(post, str):
            event["post"] = json.loads(post)
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()
        for listener in self.listeners:
            listener(event)

    def position(self):
        """Where we are now: what comes later is looked at by wait(since=...)."""
        with self.changed:
            return len(self.events)

    def wait(self, wanted, seconds, what, since=0):
        """The first event from `since` on for which wanted(event) is true."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                for event in self.events[since:]:
                    if wanted(event):
                        return event
                since = len(self.events)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failure(f"waited {seconds} s in vain for {what() if callable(what) else what}")
                self.changed.wait(left)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
