# SPDX-License-Identifier: Apache-2.0
"""Mattermost's REST API, as far as the tests need it."""

import http.client
import itertools
import json
import os
import uuid
from urllib.parse import urlsplit

from .progress import Failure


class RestError(Failure):
    def __init__(self, what, status, answer):
        super().__init__(f"{what}: HTTP {status} {answer}")
        self.status, self.answer = status, answer


def request(url, method, path, body=None, token=None, headers=None, seconds=60):
    """One request; returns (status, headers, bytes). Never goes through a proxy."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


class Client:
    """One person's session."""

    def __init__(self, url, token=None, user=None):
        self.url, self.token, self.user = url, token, user

    @property
    def id(self):
        return self.user["id"]

    @property
    def name(self):
        return self.user["username"]

    def call(self, method, path, body=None, headers=None, expect=(200, 201), seconds=60):
        """Sends `body` (a value becomes JSON, bytes stay) and returns the decoded answer."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        status, _, answer = request(self.url, method, "/api/v4" + path, data, self.token, headers, seconds)
        if status not in expect:
            raise RestError(f"{method} {path}", status, answer[:500].decode(errors="replace"))
        return json.loads(answer) if answer else None

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body, **options):
        return self.call("POST", path, body, **options)

    def put(self, path, body, **options):
        return self.call("PUT", path, body, **options)

    def find(self, path):
        """Like get; None when it does not exist."""
        try:
            return self.get(path)
        except RestError as error:
            if error.status == 404:
                return None
            raise

    def say(self, channel_id, message, root_id="", **more):
        """Posts and returns the post."""
        return self.post("/posts", {"channel_id": channel_id, "message": message, "root_id": root_id, **more})

    def posts(self, channel_id):
        """The channel's posts, oldest first: all of them, as cases count what is new."""
        found = []
        for number in itertools.count():
            page = self.get(f"/channels/{channel_id}/posts?per_page=200&page={number}")
            found += [page["posts"][post_id] for post_id in page["order"]]
            if len(page["order"]) < 200:
                return found[::-1]

    def direct(self, other_id):
        return self.post("/channels/direct", [self.id, other_id])["id"]


def login(url, name, password):
    body = json.dumps({"login_id": name, "password": password}).encode()
    status, headers, answer = request(url, "POST", "/api/v4/users/login", body)
    if status != 200:
        raise RestError(f"login of {name}", status, answer[:500].decode(errors="replace"))
    return Client(url, headers["Token"], json.loads(answer))


def create_user(url, name, by=None):
    """Creates a person and logs in. The first one of a server becomes its administrator."""
    password = uuid.uuid4().hex + "Aa1!"
    body = {"username": name, "email": f"{name}@example.com", "password": password}
    (by or Client(url)).post("/users", body)
    return login(url, name, password)


def upload_plugin(admin, tarball):
    """Uploads a plugin tarball over whatever version is there; returns its manifest."""
    boundary = uuid.uuid4().hex
    with open(tarball, "rb") as file:
        content = file.read()
    body = b"".join(
        [
            f'--{boundary}\r\nContent-Disposition: form-data; name="force"\r\n\r\ntrue\r\n'.encode(),
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="plugin"; filename="{os.path.basename(tarball)}"\r\n'
            "Content-Type: application/gzip\r\n\r\n".encode(),
            content,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )
    return admin.post(
        "/plugins", body, headers={"Content-Type": "multipart/form-data; boundary=" + boundary}, seconds=120
    )
