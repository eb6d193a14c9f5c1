# SPDX-License-Identifier: Apache-2.0
"""The event stream: WebSocket connections, who hears what, and taking up a connection that broke."""

import base64
import hashlib
import json
import secrets
import struct
import threading

from lib.websocket import CLOSE, CONTINUATION, PING, PONG, TEXT, read_exactly, read_frame

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEPT = 128  # events of a broken connection that can be had again


def server_frame(opcode, payload):
    size = len(payload)
    if size < 126:
        head = struct.pack(">BB", 0x80 | opcode, size)
    elif size < 65536:
        head = struct.pack(">BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack(">BBQ", 0x80 | opcode, 127, size)
    return head + payload


class Connection:
    """One WebSocket of a client."""

    def __init__(self, stream, write):
        self.stream, self.write, self.lock = stream, write, threading.Lock()
        self.user_id, self.line = None, None

    def send(self, opcode, payload):
        with self.lock:
            self.write(server_frame(opcode, payload))

    def send_json(self, value):
        self.send(TEXT, json.dumps(value).encode())


class Line:
    """What one client hears: a number for each event, over one connection or several after another."""

    def __init__(self, user_id):
        self.id, self.user_id, self.seq, self.kept = secrets.token_hex(13), user_id, 0, []
        self.connection = None

    def put(self, event):
        event = {**event, "seq": self.seq}
        self.seq += 1
        self.kept = (self.kept + [event])[-KEPT:]
        connection = self.connection
        if connection is not None:
            try:
                connection.send_json(event)
            except OSError:
                self.connection = None


class Stream:
    def __init__(self, state):
        self.state, self.lines, self.lock = state, [], threading.RLock()
        self.typing = None

    def tell(self, event, data, channel_id, user_ids):
        broadcast = {"channel_id": channel_id, "team_id": "", "user_id": "", "omit_users": None}
        with self.lock:
            for line in self.lines:
                if line.user_id in user_ids:
                    line.put({"event": event, "data": data, "broadcast": broadcast})

    def delivers_to(self, user_id):
        with self.lock:
            return any(line.user_id == user_id and line.connection for line in self.lines)

    def join(self, connection, user_id, connection_id="", sequence=0):
        connection.user_id = user_id
        with self.lock:
            old = next((line for line in self.lines if line.id == connection_id and line.user_id == user_id), None)
            missed = [event for event in old.kept if event["seq"] >= sequence] if old else []
            if old and len(missed) == old.seq - sequence:
                connection.line, old.connection = old, connection
                for event in missed:
                    connection.send_json(event)
                return
            line = Line(user_id)
            connection.line, line.connection = line, connection
            self.lines = [one for one in self.lines if one is not old] + [line]
            broadcast = {"channel_id": "", "team_id": "", "user_id": user_id}
            line.put({"event": "hello", "data": {"connection_id": line.id, "server_version": "11.0.0"}, "broadcast": broadcast})

    def serve(self, handler, query):
        """One connection from its upgrade to its end, in its own thread."""
        key = handler.headers["Sec-WebSocket-Key"]
        proof = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()
        handler.send_response(101, "Switching Protocols")
        handler.send_header("Upgrade", "websocket")
        handler.send_header("Connection", "Upgrade")
        handler.send_header("Sec-WebSocket-Accept", proof)
        handler.end_headers()
        handler.close_connection = True
        connection = Connection(self, handler.connection.sendall)
        user_id = self.state.tokens.get(handler.headers.get("Authorization", "").removeprefix("Bearer "))
        if user_id:
            self.join(connection, user_id, query.get("connection_id", ""), int(query.get("sequence_number") or 0))
        try:
            self._listen(connection, read_exactly(handler.rfile))
        except (EOFError, OSError, ValueError):
            pass
        finally:
            with self.lock:
                if connection.line and connection.line.connection is connection:
                    connection.line.connection = None

    def _listen(self, connection, read):
        message = b""
        while True:
            final, opcode, payload = read_frame(read)
            if opcode == PING:
                connection.send(PONG, payload)
            elif opcode == CLOSE:
                connection.send(CLOSE, payload)
                return
            elif opcode in (TEXT, CONTINUATION):
                message += payload
                if final:
                    self._take(connection, json.loads(message))
                    message = b""

    def _take(self, connection, asked):
        seq, action, data = asked.get("seq", 0), asked.get("action"), asked.get("data") or {}
        if action == "authentication_challenge":
            user_id = self.state.tokens.get(data.get("token"))
            if user_id is None:
                connection.send_json({"status": "FAIL", "seq_reply": seq, "error": {"id": "api.web_socket_router.bad_token"}})
                return
            if connection.user_id is None:
                self.join(connection, user_id)
        elif connection.user_id is None:
            error = {"id": "api.web_socket_router.not_authenticated.app_error", "status_code": 401}
            connection.send_json({"status": "FAIL", "seq_reply": seq, "error": error})
            return
        elif action == "user_typing":
            self.state.note("typing", connection.user_id, data.get("channel_id", ""), root_id=data.get("parent_id", ""))
        answer = {"text": "pong"} if action == "ping" else {}
        connection.send_json({"status": "OK", "seq_reply": seq, "data": answer})
