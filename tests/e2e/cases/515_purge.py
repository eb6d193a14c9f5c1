# SPDX-License-Identifier: Apache-2.0
"""/openclaw purge leaves nothing of the plugin in the server's store, after a confirmation that nobody else can give; enabled again it begins anew and answers. What stays is what docs/upgrade.md lists.
From outside it says which file to remove, and that does the same."""

import re

from lib import wait
from lib.conversation import ANSWER_SECONDS
from lib.progress import Failure

OFF_SECONDS = 30
STATE_OFF = 0


def code(world, person):
    found = re.search(r"```\n(/openclaw purge \w+)\n```", world.command(person, "/openclaw purge"))
    if not found:
        raise Failure("/openclaw purge names no command to confirm it")
    return found.group(1)


def must_keep(world, person, command, word):
    text = world.command(person, command)
    if word not in text or "pairings.default" not in world.plugin.stored_keys() or world.plugin.status() != 2:
        raise Failure(f"{command} by {person.name}: {text!r}, and {world.plugin.stored_keys()} are left")


def off(world):
    return world.plugin.status() == STATE_OFF and not world.plugin.processes()


def by_command(world):
    confirm = code(world, world.admin)
    must_keep(world, world.alice, confirm, "You may not use this command")
    must_keep(world, world.admin, "/openclaw purge 12345678", "Nothing was removed")
    position = world.server.log_position()
    text = world.command(world.admin, confirm)
    if "has been removed" not in text:
        raise Failure(f"{confirm}: {text!r}")
    world.plugin.wait_log(world.admin.id, 10, position)  # who did it
    wait.until(lambda: off(world), OFF_SECONDS, lambda: f"the plugin to turn itself off:\n{world.plugin.log_text(position)}")
    if world.plugin.stored_keys():
        raise Failure(f"after the purge these are left: {world.plugin.stored_keys()}")


def by_hand(world):
    """From outside the accounts share one file, which is its owner's to remove; the command says so and removes nothing."""
    for command in ("/openclaw purge", "/openclaw purge 12345678"):
        must_keep(world, world.admin, command, "Stop the program and remove that file")
    world.plugin.forget()


def run(world):
    world.must_answer(world.alice)
    question = world.ask_in_channel(world.alice)
    answer = question.answer()
    outcome = f'"{question.post["id"]}":["closed"'  # before the rules change
    wait.until(
        lambda: any(outcome in page.decode() for page in world.plugin.stored("journal.%")), ANSWER_SECONDS, "its outcome"
    )
    world.apply(AllowFrom="", DMPolicy="pairing")  # and a person who asks
    world.wait_ready(world.near, world.near.count() - 1)
    world.ask(world.bob)
    world.notice(world.bob, "I do not know you yet")
    before = world.plugin.stored_keys()
    for kind in ("device_identity", "install_secret", "journal.", "pairings.default", "watermarks", "notice."):
        if not any(key.startswith(kind) for key in before):
            raise Failure(f"nothing of {kind} is stored, so its removal shows nothing: {before}")
    must_keep(world, world.alice, "/openclaw purge", "You may not use this command")
    (by_command if world.in_plugin else by_hand)(world)
    stays = {"the bot": world.admin.find("/users/username/openclaw"), "its posts": [world.alice.get(f"/posts/{answer['id']}")]}
    missing = [name for name, found in stays.items() if not found]
    if missing:
        raise Failure(f"the purge took {missing} too")

    since = world.near.count()
    world.apply(**world.defaults)
    again = world.wait_ready(world.near, since)
    world.must_answer(world.alice)
    if not again.connect.get("device"):
        raise Failure("enabled again it comes without a device identity")
    if not any(key == "device_identity" for key in world.plugin.stored_keys()):
        raise Failure(f"enabled again it stores {world.plugin.stored_keys()}")
