# SPDX-License-Identifier: Apache-2.0
"""A relay between the program and the Mattermost server that understands the event stream (RFC 6455, frames from the server) and does with
single events what networks and proxies do."""

import contextlib
import json
import socket
import struct

from .relay import Relay

PASS, DROP, GARBLE, TWICE, CUT = "pass", "drop", "garble", "twice", "cut"


def read_frame(stream):
    """(the frame as it came, its payload); None at the end."""
    head = stream.read(2)
    if len(head) < 2:
        return None
    size, more = head[1] & 127, b""
    if size > 125:
        more = stream.read(2 if size == 126 else 8)
        size = struct.unpack("!H" if size == 126 else "!Q", more)[0]
    payload = stream.read(size)
    return (head + more + payload, payload) if len(payload) == size else None


def event_in(payload):
    try:
        return json.loads(payload)
    except ValueError:  # a pong, a close
        return {}


class EventRelay(Relay):
    """once(event, what): the next event for which event() is true is dropped, is no JSON any more, comes twice, or is cut with the connection
    in its middle."""

    def __init__(self, target_port):
        self.rule, self.done = None, 0
        super().__init__(target_port)

    def once(self, wanted, what):
        self.rule = (wanted, what)

    def _judge(self, payload):
        event = event_in(payload)
        if not (self.rule and event.get("event") and self.rule[0](event)):
            return PASS
        what, self.rule = self.rule[1], None
        return what

    def _copy(self, source, target):
        first = b""
        with contextlib.suppress(OSError):  # it has ended already
            if source.getpeername()[1] == self.target_port:
                first = source.recv(65536, socket.MSG_PEEK)
        if not first.startswith(b"HTTP/1.1 101"):
            Relay._copy(source, target)
            return
        with contextlib.suppress(OSError):
            self._copy_events(source.makefile("rb"), target)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _copy_events(self, stream, target):
        line = b""
        while line != b"\r\n":  # the answer to the upgrade
            line = stream.readline()
            if not line:
                return
            target.sendall(line)
        while frame := read_frame(stream):
            whole, payload = frame
            what = self._judge(payload)
            if what == GARBLE:
                target.sendall(whole[: len(whole) - len(payload)] + b"?" * len(payload))
            elif what != DROP:
                target.sendall(whole[: len(whole) // 2] if what == CUT else whole)
            if what == TWICE:
                target.sendall(whole)
            self.done += what != PASS
            if what == CUT:
                return
