# SPDX-License-Identifier: Apache-2.0
"""What Mattermost sends to us when somebody clicks, sent by whoever likes: in the plugin to its HTTP routes, where the server says who it
is; from outside to the callback address, where the body says who it is and a secret in the path that it comes from the server."""

import http.client
import json
from urllib.parse import urlsplit

from .plugin import ID


def secret(world):
    """From outside: what stands in the path and is told to the server alone."""
    return world.plugin.stored_of("default", "callback_secret")


def send(world, person, path, body, method="POST", headers=None, secret_in_path=None):
    """(status, headers, answer). body: bytes as they are, else JSON. person: who it is, or None. secret_in_path: from outside another
    one than the right one."""
    if world.in_plugin:
        parts = urlsplit(world.server.url)
        at, whole = (parts.hostname, parts.port), f"/plugins/{ID}{path}"
        headers = {**(headers or {}), **({"Authorization": "Bearer " + person.token} if person else {})}
    else:
        host, port = world.plugin.callbacks.split(":")
        known = secret(world) if secret_in_path is None else secret_in_path
        at, whole = (host, int(port)), f"/mattermost/interactions/default/{known}{path}"
        if person and isinstance(body, dict):
            body = {"user_id": person.id, **body}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return exchange(at, method, whole, data, headers or {})


def exchange(at, method, path, data, headers):
    connection = http.client.HTTPConnection(*at, timeout=60)
    try:
        try:
            connection.request(method, path, data, headers)
        except (BrokenPipeError, ConnectionResetError):  # it has answered before it had read all
            connection._HTTPConnection__state = "Request-sent"
        response = connection.getresponse()
        text = response.read()
        return response.status, response.headers, json.loads(text) if text.startswith(b"{") else {}
    finally:
        connection.close()
