# SPDX-License-Identifier: Apache-2.0
"""The HTTP side: routes of REST v4, and the calls that the server makes itself (buttons, slash commands)."""

import email.parser
import email.policy
import http.server
import json
import re
import socket
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

from lib import rest

from .state import PERMISSIONS, Refused, State, absent, id_of
from .stream import Stream

CLIENT_CONFIG = {
    "Version": "11.0.0",
    "TeammateNameDisplay": "username",
    "DefaultClientLocale": "en",
    "EnableFileAttachments": "true",
    "MaxFileSize": "104857600",
    "MaxPostSize": "16383",
}
OK = {"status": "OK"}
ROUTES = []


def route(method, pattern):
    def add(function):
        ROUTES.append((method, re.compile("^" + re.sub(r":(\w+)", r"(?P<\1>[^/]+)", pattern) + "$"), function))
        return function

    return add


class Call:
    """One request: who asks, its query and its body."""

    def __init__(self, server, user_id, query, body, headers):
        self.server, self.state, self.user_id = server, server.state, user_id
        self.query, self.raw, self.headers = query, body, headers

    def json(self):
        return json.loads(self.raw or b"{}")

    def me(self, user_id):
        return self.user_id if user_id == "me" else user_id

    def number(self, name, default):
        return int(self.query.get(name) or default)


# --- users ---


@route("GET", "/users/me")
def get_me(call):
    return call.state.users[call.user_id]


@route("POST", "/users/ids")
def users_by_ids(call):
    return [call.state.users[one] for one in call.json() if one in call.state.users]


@route("POST", "/users/search")
def search_users(call):
    term = call.json().get("term", "").lower()
    return [user for user in call.state.users.values() if term in user["username"]]


@route("POST", "/users/me/typing")
def typing(call):
    asked = call.json()
    call.state.note("typing", call.user_id, asked.get("channel_id", ""), root_id=asked.get("parent_id") or "")
    return OK


@route("GET", "/users/username/:name")
def user_by_name(call, name):
    for user in call.state.users.values():
        if user["username"] == name.lower():
            return user
    raise absent("user")


@route("GET", "/users")
def list_users(call):
    if "role" in call.query:
        return []
    members = call.state.members.get(call.query.get("in_channel"), list(call.state.users))
    page, size = call.number("page", 0), call.number("per_page", 60)
    return [call.state.users[one] for one in members][page * size : (page + 1) * size]


@route("GET", "/users/:user_id/teams")
def teams_of(call, user_id):
    return [call.state.team]


@route("GET", "/users/:user_id/channels")
def channels_of(call, user_id):
    who = call.me(user_id)
    return [one for one in list(call.state.channels.values()) if who in call.state.members[one["id"]]]


@route("GET", "/users/:user_id/teams/:team_id/channels")
def channels_in_team(call, user_id, team_id):
    return channels_of(call, user_id)


@route("DELETE", "/users/:user_id/posts/:post_id/reactions/:emoji")
def remove_reaction(call, user_id, post_id, emoji):
    call.state.react(call.me(user_id), post_id, emoji, added=False)
    return OK


@route("GET", "/users/:user_id")
def get_user(call, user_id):
    if user_id not in call.state.users:
        raise absent("user")
    return call.state.users[user_id]


# --- teams and channels ---


@route("GET", "/teams/:team_id")
def get_team(call, team_id):
    if team_id != call.state.team["id"]:
        raise absent("team")
    return call.state.team


@route("GET", "/teams/:team_id/members/:user_id")
def team_member(call, team_id, user_id):
    roles = "team_user team_admin" if call.state.is_bot(user_id) else "team_user"
    return {"team_id": team_id, "user_id": user_id, "roles": roles, "delete_at": 0}


@route("GET", "/teams/:team_id/members")
def team_members(call, team_id):
    page, size = call.number("page", 0), call.number("per_page", 60)
    everybody = [team_member(call, team_id, one) for one in call.state.users]
    return everybody[page * size : (page + 1) * size]


@route("GET", "/teams/:team_id/channels/name/:name")
def channel_by_name(call, team_id, name):
    for channel in call.state.channels.values():
        if channel["name"] == name and channel["team_id"] == team_id:
            return channel
    raise absent("channel")


@route("GET", "/teams/:team_id/channels")
def team_channels(call, team_id):
    page, size = call.number("page", 0), call.number("per_page", 60)
    public = [one for one in call.state.channels.values() if one["type"] == "O"]
    return public[page * size : (page + 1) * size]


@route("POST", "/teams/:team_id/posts/search")
def search_posts(call, team_id):
    terms = call.json().get("terms", "").lower()
    return call.state.listed([post for post in call.state.posts.values() if terms in post["message"].lower()])


@route("POST", "/channels/direct")
def direct(call):
    one, other = call.json()
    return call.state.direct(one, other)


@route("GET", "/channels/:channel_id")
def get_channel(call, channel_id):
    return call.state.channel(channel_id)


@route("GET", "/channels/:channel_id/members/:user_id")
def channel_member(call, channel_id, user_id):
    call.state.channel(channel_id)
    if call.me(user_id) not in call.state.members[channel_id]:
        raise absent("channel_member")
    return {"channel_id": channel_id, "user_id": call.me(user_id), "roles": "channel_user", "scheme_user": True}


@route("POST", "/channels/:channel_id/members/ids")
def channel_members(call, channel_id):
    return [channel_member(call, channel_id, one) for one in call.json() if one in call.state.members[channel_id]]


@route("GET", "/channels/:channel_id/posts")
def channel_posts(call, channel_id):
    return call.state.page(
        channel_id,
        call.number("page", 0),
        call.number("per_page", 60),
        call.query.get("before", ""),
        call.query.get("after", ""),
        call.number("since", 0),
    )


@route("POST", "/roles/names")
def roles(call):
    return [{"name": name, "permissions": PERMISSIONS.get(name, [])} for name in call.json()]


@route("GET", "/config/client")
def client_config(call):
    return {**CLIENT_CONFIG, "SiteURL": call.server.url}


# --- posts ---


@route("POST", "/posts")
def create_post(call):
    return call.state.create_post(call.json(), call.user_id)


@route("POST", "/posts/ephemeral")
def ephemeral(call):
    raise Refused(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")


@route("GET", "/posts/:post_id")
def get_post(call, post_id):
    return call.state.shown(call.state.post(post_id))


@route("GET", "/posts/:post_id/thread")
def get_thread(call, post_id):
    return call.state.thread(post_id)


@route("PUT", "/posts/:post_id")
def put_post(call, post_id):
    return call.state.change_post(post_id, call.json(), call.user_id)


@route("PUT", "/posts/:post_id/patch")
def patch_post(call, post_id):
    return call.state.change_post(post_id, call.json(), call.user_id)


@route("DELETE", "/posts/:post_id")
def delete_post(call, post_id):
    call.state.delete_post(post_id, call.user_id)
    return OK


@route("POST", "/posts/:post_id/pin")
def pin(call, post_id):
    call.state.change_post(post_id, {"is_pinned": True}, None)
    return OK


@route("POST", "/posts/:post_id/unpin")
def unpin(call, post_id):
    call.state.change_post(post_id, {"is_pinned": False}, None)
    return OK


@route("POST", "/reactions")
def react(call):
    asked = call.json()
    return call.state.react(asked["user_id"], asked["post_id"], asked["emoji_name"], added=True)


# --- files ---


def parts_of(content_type, body):
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    message = parser.parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    for part in message.iter_parts():
        yield part.get_param("name", header="content-disposition"), part.get_filename(), part


@route("POST", "/files")
def upload(call):
    kind, channel_id, found = call.headers.get("Content-Type", ""), call.query.get("channel_id", ""), []
    if not kind.startswith("multipart/"):
        found.append((call.query["filename"], call.raw, kind))
    else:
        for field, name, part in parts_of(kind, call.raw):
            content = part.get_payload(decode=True)
            if field == "channel_id":
                channel_id = content.decode().strip()
            elif field == "files":
                found.append((name, content, part.get_content_type()))
    infos = [call.state.add_file(name, content, mime, channel_id, call.user_id) for name, content, mime in found]
    return {"file_infos": infos, "client_ids": []}


@route("GET", "/files/:file_id/info")
def file_info(call, file_id):
    if file_id not in call.state.files:
        raise absent("file")
    return call.state.files[file_id]["info"]


@route("GET", "/files/:file_id")
def get_file(call, file_id):
    if file_id not in call.state.files:
        raise absent("file")
    return call.state.files[file_id]["content"]


# --- slash commands ---


@route("GET", "/commands")
def list_commands(call):
    return [one for one in call.state.commands.values() if not one["delete_at"]]


@route("POST", "/commands")
def create_command(call):
    return call.state.write_command(None, call.json(), call.user_id)


@route("PUT", "/commands/:command_id")
def change_command(call, command_id):
    return call.state.write_command(command_id, call.json(), call.user_id)


@route("GET", "/commands/:command_id")
def get_command(call, command_id):
    if command_id not in call.state.commands:
        raise absent("command")
    return call.state.commands[command_id]


@route("DELETE", "/commands/:command_id")
def delete_command(call, command_id):
    if call.state.commands.pop(command_id, None) is None:
        raise absent("command")
    return OK


@route("POST", "/actions/dialogs/open")
def open_dialog(call):
    return OK


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def _answer(self, status, value):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream" if isinstance(value, bytes) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _serve(self):
        fake, parts = self.server.fake, urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        path = parts.path.removeprefix("/api/v4")
        if path == "/websocket":
            fake.state.stream.serve(self, query)
            return
        body = self._body()
        user_id = fake.state.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        try:
            self._answer(200, fake.answer(self.command, path, Call(fake, user_id, query, body, self.headers)))
        except Refused as refused:
            error = {"id": refused.error_id, "message": refused.message, "status_code": refused.status}
            self._answer(refused.status, error)

    do_GET = do_POST = do_PUT = do_DELETE = _serve


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, fake, port):
        self.fake, self.open = fake, set()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request, address):
        self.open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)


class Mattermost:
    """server.state is what it holds; the script's people act through it, bots over HTTP."""

    def __init__(self):
        self.state = State()
        self.state.stream = Stream(self.state)
        self.unknown = []  # what was asked for and is not served
        self.listener = self.port = None
        self.open()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def open(self):
        self.listener = Listener(self, self.port or 0)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def cut(self):
        """The network is gone: connections break, nobody listens."""
        self.listener.shutdown()
        self.listener.server_close()
        for connection in list(self.listener.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def answer(self, method, path, call):
        if call.user_id is None:
            raise Refused(401, "api.context.session_expired.app_error", "Invalid or expired session, please login again.")
        for wanted, pattern, function in ROUTES:
            match = pattern.match(path) if wanted == method else None
            if match:
                with self.state.lock:
                    return function(call, **match.groupdict())
        self.unknown.append(f"{method} {path}")
        raise Refused(404, "api.context.404.app_error", "Sorry, we could not find the page.")

    # --- the server calls ---

    def click(self, post_id, action_name, user_id, choice=None):
        """A person presses a button or chooses in a menu. Returns (status, what the server was told)."""
        post = self.state.posts[post_id]
        actions = [one for part in post["props"].get("attachments") or [] for one in part.get("actions") or []]
        action = next((one for one in actions if one.get("name") == action_name), None)
        if action is None:
            return 0, {"no such button": [one.get("name") for one in actions]}
        channel = self.state.channels[post["channel_id"]]
        context = dict(action["integration"].get("context") or {})
        if choice is not None:
            context["selected_option"] = choice
        asked = {
            "user_id": user_id,
            "user_name": self.state.users[user_id]["username"],
            "channel_id": channel["id"],
            "channel_name": channel["name"],
            "team_id": channel["team_id"],
            "team_domain": self.state.team["name"],
            "post_id": post_id,
            "trigger_id": id_of("trigger", post_id),
            "type": "select" if choice is not None else "button",
            "data_source": "",
            "context": context,
        }
        status, answer = self._call(action["integration"]["url"], json.dumps(asked).encode(), "application/json")
        update = answer.get("update")
        if status == 200 and update:
            self.state.change_post(post_id, {"message": update.get("message"), "props": update.get("props")}, None)
        return status, answer

    def slash(self, text, channel_id, user_id, root_id=""):
        """A person types a slash command. Returns (status, answer); (0, …) when no such command is registered."""
        trigger, _, rest_of_it = text.removeprefix("/").partition(" ")
        members = self.state.members[channel_id]
        commands = list(self.state.commands.values())
        command = next((one for one in commands if one["trigger"] == trigger and one["creator_id"] in members), None)
        if command is None:
            return 0, {"no such command": trigger}
        channel = self.state.channels[channel_id]
        form = {
            "channel_id": channel_id,
            "channel_name": channel["name"],
            "command": "/" + trigger,
            "response_url": f"{self.url}/hooks/commands/{id_of('hook')}",
            "team_domain": self.state.team["name"],
            "team_id": self.state.team["id"],
            "text": rest_of_it,
            "token": command["token"],
            "trigger_id": id_of("trigger", text),
            "user_id": user_id,
            "user_name": self.state.users[user_id]["username"],
        }
        if root_id:
            form["root_id"] = root_id
        headers = {"Authorization": f"Token {command['token']}"}
        return self._call(command["url"], urlencode(form).encode(), "application/x-www-form-urlencoded", headers)

    @staticmethod
    def _call(url, body, kind, headers=None):
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {"Content-Type": kind, "Accept": "application/json", **(headers or {})}
        try:
            status, _, answer = rest.request(url, "POST", path, body, headers=sent, seconds=30)
        except OSError as error:
            return 0, {"no answer": str(error)}
        try:
            return status, json.loads(answer or b"{}")
        except ValueError:
            return status, {"text": answer.decode(errors="replace")}
