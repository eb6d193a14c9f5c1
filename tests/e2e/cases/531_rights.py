# SPDX-License-Identifier: Apache-2.0
"""Every administrative route answers 403, and every administrative command a refusal, to whoever is no system administrator:
members, a team's administrator, a guest, bots; 401 without a session, and to whoever borrows a name or a plugin's."""

import os
import re

from lib import accounts, callbacks, rest
from lib.plugin import ID, ROOT
from lib.progress import Failure, say

ROUTE = re.compile(r'\{"(GET|POST|PUT|DELETE|PATCH)", "(/[\w/-]+)", (RIGHT_\w+), (true|false),')
COMMAND = re.compile(r"^\| `/openclaw ([^`]+)` \|[^|]*\|[^|]*\| (system administrators|approvers) \|")
REFUSED = ("You may not use this command", "You may not talk to the bot", "Guests may not use the bot")  # a guest is told those of some


def routes():
    """(method, path) of what is for administrators, from the program's own table."""
    with open(os.path.join(ROOT, "c-core", "admin", "http.c")) as file:
        rows = ROUTE.findall(file.read())
    found = [(method, path) for method, path, right, bench in rows if bench == "false"]
    if len(found) < 7 or any(right != "RIGHT_SYSTEM_ADMIN" for _, _, right, bench in rows if bench == "false"):
        raise Failure(f"a route without an expectation: {rows}")
    return found


def commands():
    """What only administrators or approvers may, from the page that is made from the table."""
    with open(os.path.join(ROOT, "docs", "commands.md")) as file:
        found = [row[1] for row in map(COMMAND.match, file) if row]
    if len(found) < 8:
        raise Failure(f"too few commands: {found}")
    return [re.sub(r"<\w+>", "x", one).replace("[", "").replace("]", "") for one in found]


def status_of(world, method, path, token=None, **headers):
    body = b"{}" if method != "GET" else None
    given = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return rest.request(world.server.url, method, f"/plugins/{ID}{path}", body, token, given)[0]


def guest(world):
    person = rest.create_user(world.server.url, "rightsguest", world.admin)
    world.admin.post(f"/teams/{world.team}/members", {"team_id": world.team, "user_id": person.id})
    # Guests need a licence to be made; what makes one is the role.
    world.server.database.query(f"update users set roles = 'system_guest' where id = '{person.id}'")
    world.admin.post("/caches/invalidate", None)
    return person


def refuse_routes(world, people):
    """How many were refused, in the plugin."""
    checked = 0
    for method, path in routes():
        for who, token in people.items():
            for forged in ({}, {"Mattermost_User_Id": world.admin.id}):
                status = status_of(world, method, path, token, **forged)
                if status != 403:
                    raise Failure(f"{method} {path} by {who} {forged}: HTTP {status} instead of 403")
                checked += 1
        for token, forged in (
            (None, {}),
            ("0123456789abcdefghijklmnop", {}),
            (None, {"Mattermost_User_Id": world.admin.id}),
            (None, {"Mattermost_User_Id": world.admin.id, "Mattermost_Plugin_ID": "com.example.other"}),
        ):
            status = status_of(world, method, path, token, **forged)
            if status != 401:
                raise Failure(f"{method} {path} without a session {forged}: HTTP {status} instead of 401")
            checked += 1
        status = status_of(world, method, path, world.admin.token)
        if status in (401, 403):
            raise Failure(f"{method} {path} by a system administrator: HTTP {status}")
    return checked


def refuse_callbacks(world, outsider):
    """From outside there are no such routes but below the callback address: they are nobody's without the secret that the server
    alone knows, and with it no more than an administrator's. How many were refused."""
    checked = 0
    for method, path in routes():
        wanted = {"POST": 403}.get(method, 405)
        for person in (world.alice, world.bob, outsider):
            status = callbacks.send(world, person, path, {}, method=method)[0]
            if status != wanted:
                raise Failure(f"{method} {path} by {person.name}: HTTP {status} instead of {wanted}")
            status = callbacks.send(world, person, path, {})[0]
            if status not in (403, 405):
                raise Failure(f"POST {path} by {person.name}: HTTP {status}")
            checked += 2
        for given in ("", "0" * 48, "x"):
            status = callbacks.send(world, world.admin, path, {}, secret_in_path=given)[0]
            if status != 401:
                raise Failure(f"POST {path} with the secret {given!r}: HTTP {status} instead of 401")
            checked += 1
        status = callbacks.send(world, None, path, {})[0]
        if status not in (401, 405):
            raise Failure(f"POST {path} of nobody: HTTP {status}")
    return checked


def refuse_commands(world, people):
    checked = 0
    for person in people:
        for command in commands():
            said = world.command(person, f"/openclaw {command}", channel_id=world.direct(person))
            if not said.startswith(REFUSED):
                raise Failure(f"/openclaw {command} by {person.name}: {said}")
            checked += 1
    return checked


def run(world):
    roles = f"/teams/{world.team}/members/{world.bob.id}/roles"
    world.admin.put(roles, {"roles": "team_user team_admin"})
    outsider = guest(world)
    people = {
        "a member": world.alice.token,
        "a team's administrator": world.bob.token,
        "a guest": outsider.token,
        "a bot": accounts.made(world, "rightsbot")["token"],
    }
    try:
        checked = refuse_routes(world, people) if world.in_plugin else refuse_callbacks(world, outsider)
        checked += refuse_commands(world, (world.alice, world.bob, outsider))
        say(f"  ({checked} refusals)")
    finally:
        world.admin.put(roles, {"roles": "team_user"})
