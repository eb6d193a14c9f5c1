# SPDX-License-Identifier: Apache-2.0
"""An administrator's own client at the gateway, over WebSocket on loopback: what people do there beside the plugin.

The gateway lets a client of its own machine in with the shared token and any scopes, without a device."""

import base64
import itertools
import json
import os
import socket
import threading
import time

from . import wait
from .progress import Failure
from .websocket import CLOSE, CONTINUATION, PING, PONG, TEXT, client_frame, read_exactly, read_frame

CALL_SECONDS = 60
SCOPES = ["read", "write", "admin", "approvals", "questions", "pairing"]


class Refused(Failure):
    """The gateway answered a call with an error."""

    def __init__(self, method, error):
        super().__init__(f"the gateway refused {method}: {error}")
        self.error = error


class Operator:
    """operator.call("cron.list", {}) → payload; operator.events: all events, in order."""

    def __init__(self, gateway, caps=("tool-events", "approvals")):
        self.events, self.answers, self.changed = [], {}, threading.Condition()
        self.ids = itertools.count(1)
        self.socket = socket.create_connection(("127.0.0.1", gateway.port), CALL_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        self.file = self.socket.makefile("rb")
        status = self.file.readline().decode(errors="replace").strip()
        if " 101 " not in status:
            raise Failure(f"the gateway did not open the operator's WebSocket: {status}")
        while self.file.readline().strip():
            pass
        self.socket.settimeout(None)
        threading.Thread(target=self._listen, daemon=True).start()
        self.event("connect.challenge")
        self.call(
            "connect",
            {
                "minProtocol": 4,
                "maxProtocol": 4,
                "client": {
                    "id": "gateway-client",
                    "version": "1",
                    "platform": "linux",
                    "mode": "backend",
                    "displayName": "e2e operator",
                },
                "role": "operator",
                "scopes": [f"operator.{scope}" for scope in SCOPES],
                "caps": list(caps),
                "auth": {"token": gateway.token},
            },
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

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

    def _take(self, frame):
        with self.changed:
            if frame.get("type") == "event":
                self.events.append(frame)
            elif (frame.get("payload") or {} if isinstance(frame.get("payload"), dict) else {}).get(
                "status"
            ) != "accepted":
                self.answers[frame.get("id")] = frame
            self.changed.notify_all()

    def _wait(self, look, seconds, what):
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                found = look()
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failure(f"waited {seconds} s in vain for {what}")
                self.changed.wait(left)

    def call(self, method, params=None, seconds=CALL_SECONDS):
        """The payload of the answer (of the last one, where there are two); Refused when it is an error."""
        number = f"o{next(self.ids)}"
        frame = {"type": "req", "id": number, "method": method, "params": params or {}}
        self.socket.sendall(client_frame(TEXT, json.dumps(frame).encode()))
        answer = self._wait(
            lambda: self.answers.pop(number, None), seconds, f"the gateway's answer to {method}"
        )
        if not answer.get("ok"):
            raise Refused(method, answer.get("error"))
        return answer.get("payload")

    def position(self):
        with self.changed:
            return len(self.events)

    def event(self, name, wanted=lambda payload: True, seconds=CALL_SECONDS, since=0):
        """The payload of the first event of this name from `since` on that is wanted."""

        def look():
            return next(
                (
                    one.get("payload") or {}
                    for one in self.events[since:]
                    if one["event"] == name and wanted(one.get("payload") or {})
                ),
                None,
            )

        return self._wait(look, seconds, f"the gateway's event {name}")

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    # --- what administrators and other clients do ---

    def approve_nodes(self):
        """Approves every node's tools that wait; returns how many. New commands of a known node wait again."""
        pending = self.call("node.pair.list").get("pending", [])
        for one in pending:
            self.call("node.pair.approve", {"requestId": one["requestId"]})
        return len(pending)

    def node_tools(self):
        """The names of the tools that connected nodes give the agents."""
        nodes = self.call("node.list").get("nodes", [])
        return {tool["name"] for node in nodes if node.get("connected") for tool in node["nodePluginTools"]}

    def wait_node_tools(self, names, seconds=120):
        """Approves what waits until the agents have these tools."""

        def there():
            self.approve_nodes()
            return set(names) <= self.node_tools()

        wait.until(there, seconds, lambda: f"the tools {sorted(names)}; there are {sorted(self.node_tools())}")

    def wake(self, session_key, text):
        """The agent is woken in a session with a text, as no user's message."""
        return self.call("wake", {"mode": "now", "text": text, "sessionKey": session_key})

    def cron(self, session_key, message, seconds=1, name="e2e"):
        """A job that runs once, `seconds` from now, in a session; what the agent says arrives as a chat event."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + seconds))
        return self.call(
            "cron.add",
            {
                "name": name,
                "schedule": {"kind": "at", "at": at},
                "sessionTarget": f"session:{session_key}",
                "wakeMode": "now",
                "payload": {"kind": "agentTurn", "message": message},
                "deleteAfterRun": True,
                "delivery": {"mode": "none"},
            },
        )

    def approvals(self):
        """The exec approvals that wait."""
        return self.call("exec.approval.list")

    def decide(self, approval_id, decision, kind="exec"):
        return self.call("approval.resolve", {"id": approval_id, "kind": kind, "decision": decision})

    def questions(self):
        """The questions that wait."""
        return self.call("question.list").get("questions", [])

    def answer(self, question_id, answers):
        """answers: {question id: [labels or texts]}"""
        return self.call("question.resolve", {"id": question_id, "answers": {"answers": answers}})
