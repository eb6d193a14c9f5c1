# SPDX-License-Identifier: Apache-2.0
"""The agent's answers with buttons and menus: in a channel, a thread and a direct message; a click is a turn there, with its value."""

from lib import choices, rest
from lib.progress import Failure


def check_looks(post):
    found = choices.actions(post)
    if [one["type"] for one in found.values()] != ["button", "button", "select"] or found["Go ahead"]["style"] != "primary":
        raise Failure(f"the answer has other choices: {found}")
    if "```" in post["message"] or "- Go ahead" not in post["message"] or "Shall I?" not in post["message"]:
        raise Failure(f"the answer reads {post['message']!r}")
    if any("context" in (one.get("integration") or {}) for one in found.values()):
        raise Failure("people are shown what a button carries")


def run(world):
    world.apply(**choices.ON)
    world.wait_ready(world.near, world.near.count() - 1)

    post = choices.offered(world, world.alice, world.channel_id)
    check_looks(post)
    choices.choose(world.alice, post, "Go ahead")
    choices.shows_choice(world.alice, post, "Go ahead", "alice")
    answer = choices.heard(world, world.alice, world.channel_id, 'alice: (chose "Go ahead" under your message ' + post["id"], "value: go:1")
    if answer["root_id"] != post["root_id"]:
        raise Failure(f"the answer to the click stands elsewhere: {answer}")
    try:
        choices.choose(world.bob, post, "Stop")
        raise Failure("a button that is gone could be clicked")
    except rest.RestError:
        pass

    root = world.alice.say(world.channel_id, "a thread")
    post = choices.offered(world, world.alice, world.channel_id, root["id"])
    choices.choose(world.bob, post, "Size", "l")
    choices.shows_choice(world.bob, post, "Large", "bob")
    answer = choices.heard(world, world.bob, world.channel_id, 'bob: (chose "Large" under your message ' + post["id"], "value: l")
    if answer["root_id"] != root["id"]:
        raise Failure(f"the answer to the click left the thread: {answer}")

    direct = world.direct(world.alice)
    post = choices.offered(world, world.alice, direct)
    choices.choose(world.alice, post, "Stop")
    choices.heard(world, world.alice, direct, '(chose "Stop" under your message ' + post["id"] + ")")

    again = [{"type": "buttons", "buttons": [{"label": "Refresh", "value": "r", "reusable": True}]}]
    post = choices.offered(world, world.alice, direct, blocks=again)
    for _ in range(2):
        choices.choose(world.alice, choices.fresh(world.alice, post), "Refresh")
    if not choices.actions(choices.fresh(world.alice, post)):
        raise Failure("a button that may be clicked again has gone")
    world.must_answer(world.alice)
