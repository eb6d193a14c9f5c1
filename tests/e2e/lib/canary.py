# SPDX-License-Identifier: Apache-2.0
"""Secrets that are made up for a test, put where secrets go, and looked for everywhere else.

A canary is odd on purpose: its characters change when it is escaped for JSON or for an address. So it is looked for as it is, by
each of its two random halves (which no escaping changes), in base64 wherever it may begin, and in hexadecimal."""

import base64
import binascii
import os
import re
import socket
import threading
from urllib.parse import quote

from .plugin import ROOT
from .progress import Failure
from .websocket import CLOSE, TEXT, read_exactly, read_frame

TABLES = os.path.join(ROOT, "docs", "configuration.md")  # made from the program's own table of keys
ROW = re.compile(r"^\| `([\w.*]+)`[ ◆▲]* \| ([^|]*secret reference) \|")
ECHO_LIMIT_BYTES = 64 << 10


def secret_keys():
    """(key, whether it is a text that may be an address with a password) of all keys that take a secret."""
    with open(TABLES) as file:
        found = [(row[1], row[2].startswith("text")) for row in map(ROW.match, file) if row]
    if len(found) < 5:
        raise Failure(f"only {found} take secrets, says {TABLES}: this case proves nothing")
    return found


class Canary:
    def __init__(self, where):
        self.where = where
        self.halves = [os.urandom(8).hex(), os.urandom(8).hex()]
        self.text = f'{self.halves[0]}+/"&{self.halves[1]}'

    def in_address(self, port):
        return f"http://canary:{quote(self.text, safe='')}@127.0.0.1:{port}"

    def forms(self):
        """{form: bytes} that give it away."""
        raw = self.text.encode()
        forms = {"plain": raw, "first half": self.halves[0].encode(), "second half": self.halves[1].encode()}
        forms["hexadecimal"] = binascii.hexlify(raw)
        for shift in range(3):  # of a longer text only what does not hang on its neighbours
            coded = base64.b64encode(b"\0" * shift + raw)[(0, 2, 3)[shift] : -4]
            forms[f"base64 at {shift}"] = coded
            forms[f"base64 for addresses at {shift}"] = coded.replace(b"+", b"-").replace(b"/", b"_")
        return forms


def existing(where, text):
    """A secret that is there already, looked for as it is and in base64."""
    one = Canary(where)
    one.text, one.halves = text, [text, text]
    return one


def search(canaries, places):
    """[(canary's place, form, where it was found)]. places: {name: bytes}."""
    return [
        (one.where, form, name)
        for one in canaries
        for form, wanted in one.forms().items()
        for name, content in places.items()
        if wanted in content
    ]


# --- somebody who repeats what he is told ---


def _frame(text):
    body = text.encode()
    size = bytes([len(body)]) if len(body) < 126 else b"\x7e" + len(body).to_bytes(2, "big")
    return bytes([0x80 | TEXT]) + size + body


class Echo:
    """A gateway and a proxy that put all they were told into their refusal: what a careless server's errors look like."""

    def __init__(self):
        self.heard = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def heard_text(self):
        return b"\n".join(self.heard)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            client.settimeout(10)
            try:
                self._answer(client, client.makefile("rb"))
            except (OSError, EOFError):
                pass

    def _answer(self, client, file):
        head = b""
        while not head.endswith(b"\r\n\r\n") and len(head) < ECHO_LIMIT_BYTES:
            line = file.readline(ECHO_LIMIT_BYTES)
            if not line:
                return
            head += line
        self.heard.append(head)
        key = re.search(rb"(?i)^sec-websocket-key: *(\S+)", head, re.M)
        if key is None or head.startswith(b"CONNECT"):
            body = head.replace(b"\r\n", b" ")
            client.sendall(
                b"HTTP/1.1 407 You said " + body[:400] + b"\r\nX-You-Said: " + body + b"\r\n"
                b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
            )
            return
        self._gateway(client, file, key.group(1))

    def _gateway(self, client, file, key):
        import hashlib
        import json

        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        challenge = {"nonce": "00000000-0000-4000-8000-000000000000", "ts": 1, "capabilities": []}
        client.sendall(_frame(json.dumps({"type": "event", "event": "connect.challenge", "payload": challenge})))
        while True:
            _, opcode, payload = read_frame(read_exactly(file))
            if opcode == CLOSE:
                return
            if opcode == TEXT:
                break
        self.heard.append(payload)
        asked = json.loads(payload)
        token = (asked.get("params", {}).get("auth") or {}).get("token", "")
        error = {
            "code": "INVALID_REQUEST",
            "message": f"unauthorized: the token {token} is wrong (token={token}, Authorization: Bearer {token})",
            "details": {"code": "AUTH_TOKEN_MISMATCH", "token": token, "asked": payload.decode()[:2000]},
        }
        client.sendall(_frame(json.dumps({"type": "res", "id": asked.get("id"), "ok": False, "error": error})))
        reason = f"token {token}".encode()[:120]
        client.sendall(bytes([0x80 | CLOSE, 2 + len(reason)]) + (1008).to_bytes(2, "big") + reason)
