# SPDX-License-Identifier: Apache-2.0
"""Clicks that do not count: forged, expired, replayed, other people's, other posts', other channels', and broken bodies."""

import json
import secrets

from lib import callbacks, choices, pairing
from lib.progress import Failure


def refused(what, got, status, text=""):
    found, _, body = got
    if found != status or text not in json.dumps(body):
        raise Failure(f"{what}: HTTP {found} {body} instead of {status} with “{text}”")


def bodies(world):
    for who, body, wanted in (
        (None, {"context": {}}, 401),
        (world.alice, b"null", 400),
        (world.alice, b"[]", 400),
        (world.alice, b"{", 400),
        (world.alice, b"\xff\x00", 400),
        (world.alice, b"", 400),
        (world.alice, {}, 400),
        (world.alice, {"context": None}, 400),
        (world.alice, {"context": []}, 400),
        (world.alice, {"context": {"set": 7, "token": []}}, 400),
        (world.alice, b"x" * (10 << 20), 413),
    ):
        refused(f"{body!r:.60}", choices.send(world, who, body), wanted)
    status, headers, _ = choices.send(world, world.alice, b"", method="GET")
    if status != 405 or headers.get("Allow") != "POST":
        raise Failure(f"GET: HTTP {status}, Allow: {headers.get('Allow')}")


def names(world, newcomer, good):
    """The server says who it is, whatever the request does."""
    refused("in another's name", choices.send(world, world.alice, {**good, "user_id": world.bob.id}), 403)
    headers = {"Mattermost-User-Id": world.alice.id}
    refused("a borrowed name", choices.send(world, newcomer, good, headers=headers), 403)


def secrets_in_path(world, newcomer, good):
    """From outside the body says who it is, and is believed only from the server: it alone knows the secret. The context's own
    signature does not do instead."""
    right = callbacks.secret(world)
    for what, given in (("no secret", ""), ("a secret", secrets.token_hex(len(right) // 2)), ("half of it", right[:-2])):
        refused(f"{what} in the path", choices.send(world, world.alice, good, secret_in_path=given), 401)
    refused("a secret in the body", choices.send(world, world.alice, {**good, "secret": right}, secret_in_path="x"), 401)
    refused("nobody's", choices.send(world, newcomer, {**good, "user_id": "not an id"}), 401)


def run(world):
    world.apply(**choices.ON)
    world.wait_ready(world.near, world.near.count() - 1)
    bodies(world)
    post = choices.offered(world, world.alice, world.channel_id)
    context = choices.context_of(world, post, "Go ahead")
    good = {"user_id": world.alice.id, "post_id": post["id"], "channel_id": world.channel_id, "context": context}
    other = choices.offered(world, world.alice, world.channel_id)
    newcomer = pairing.newcomer(world)
    world.admin.call("DELETE", f"/channels/{world.channel_id}/members/{newcomer.id}")

    def send(person, **changes):
        return choices.send(world, person, {**good, "user_id": person.id, **changes})

    def forged(**changes):
        return send(world.alice, context={**context, **changes})

    for key, value in (
        ("value", "rm -rf"),
        ("channel", world.direct(world.alice)),
        ("bot", world.alice.id),
        ("users", world.alice.id),
        ("action", 1),
        ("expires", 99999999999999),
        ("set", secrets.token_hex(16)),
        ("token", "0" * 64),
    ):
        refused(f"forged {key}", forged(**{key: value}), 403)
    refused("without a signature", forged(token=None), 400)
    refused("another post's", send(world.alice, post_id=other["id"]), 403)
    refused("another channel's", send(world.alice, channel_id=world.direct(world.alice)), 403)
    refused("no member", send(newcomer), 200, "not for you")
    (names if world.in_plugin else secrets_in_path)(world, newcomer, good)
    if choices.actions(choices.fresh(world.alice, post)).keys() != choices.actions(post).keys():
        raise Failure("a refused click changed the post")

    refused("the real one", send(world.alice), 200)
    choices.shows_choice(world.alice, post, "Go ahead", "alice")
    choices.heard(world, world.alice, world.channel_id, post["id"], "value: go:1")
    refused("the same again", send(world.alice), 200, "already")
    refused("somebody else's after it", send(world.bob), 200, "@alice was faster")
    since = world.server.log_position()
    world.plugin.restart()  # what was used stays used
    world.wait_ready(world.near, world.near.count() - 1)
    refused("after a restart", send(world.alice), 200, "already")
    world.plugin.wait_log('"reason": "used"', 20, since)

    world.apply(**choices.ON, AllowFrom=world.bob.id)
    world.wait_ready(world.near, world.near.count() - 1)
    context = choices.context_of(world, other, "Go ahead")
    refused("not allowed any more", send(world.alice, post_id=other["id"], context=context), 200, "ephemeral_text")
    asked = [line for line in world.bot_posts(world.alice, world.channel_id) if "chose" in line["message"] and other["id"] in line["message"]]
    if asked:
        raise Failure(f"a refused click reached the agent: {asked}")
