# SPDX-License-Identifier: Apache-2.0
"""From outside: what calls the callback addresses without right or sense is refused: 405 for GET, 401 for a forged token and for a
missing secret, 400 and 413 for bodies; an address that is not allowed gets no answer. A token renewed in Mattermost is learned."""

import http.client
import urllib.parse

from lib import rest
from lib.progress import Failure

COMMAND = "/api/channels/mattermost/command"
BUTTONS = "/mattermost/interactions/default"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def expect(world, status, method, path, body=None, headers=None):
    got, answered, text = rest.request(f"http://{world.plugin.callbacks}", method, path, body, headers=headers)
    if got != status:
        raise Failure(f"{method} {path}: {got} {text[:200]}, not {status}")
    return answered


def payload(world, token):
    return urllib.parse.urlencode(
        {
            "token": token,
            "team_id": world.team,
            "channel_id": world.channel_id,
            "user_id": world.alice.id,
            "command": "/openclaw",
            "text": "help",
        }
    ).encode()


def our_command(world):
    commands = world.admin.get(f"/commands?team_id={world.team}&custom_only=true")
    return next(one for one in commands if one["trigger"] == "openclaw")


def refusals(world):
    for path in (COMMAND, BUTTONS, f"{BUTTONS}/x/api/v1/buttons/click"):
        if expect(world, 405, "GET", path).get("Allow") != "POST":
            raise Failure(f"GET {path} is not told what is allowed")
    expect(world, 401, "POST", COMMAND, payload(world, "forged0forged0forged0forge"), FORM)
    expect(world, 401, "POST", f"{BUTTONS}/{'0' * 48}/api/v1/buttons/click", b"{}")
    expect(world, 400, "POST", COMMAND, b"null", {"Content-Type": "application/json"})
    expect(world, 413, "POST", COMMAND, b"x" * 70000, FORM)
    expect(world, 404, "POST", "/elsewhere", b"")


def renewed(world):
    """The old token is refused from the moment on in which the new one was learned."""
    command = our_command(world)
    expect(world, 200, "POST", COMMAND, payload(world, command["token"]), FORM)
    fresh = world.admin.put(f"/commands/{command['id']}/regen_token", None)["token"]
    expect(world, 200, "POST", COMMAND, payload(world, fresh), FORM)
    expect(world, 401, "POST", COMMAND, payload(world, command["token"]), FORM)


def other_addresses(world):
    world.apply(Advanced='interactions: {allowedSourceIps: ["192.0.2.0/24"]}\n')
    try:
        expect(world, 0, "GET", COMMAND)
    except (http.client.HTTPException, ConnectionError):
        return
    raise Failure("an address that is not allowed was answered")


def run(world):
    refusals(world)
    renewed(world)
    other_addresses(world)
    world.apply(Advanced="")
    if "/openclaw" not in world.command(world.alice, "/openclaw help"):
        raise Failure("/openclaw help does not answer any more")
