# SPDX-License-Identifier: Apache-2.0
"""The settings dialog: it shows what the conversation has, changes model, thinking level, what is shown and the permission mode,
the gateway has it then; strangers get no dialog; what the gateway refuses stands under its field."""

from lib import asks, commands, wait
from lib.conversation import ANSWER_SECONDS
from lib.progress import Failure


def opened(world, person, channel_id):
    since = person.events.position()
    said = commands.slash(world, person, "/openclaw settings", channel_id)
    if said:
        raise Failure(f"instead of a dialog the person reads {said!r}")
    return asks.dialog(person, since)


def defaults(dialog):
    return {one["name"]: one["default"] for one in dialog["dialog"]["elements"]}


def values(dialog, name):
    element = next(one for one in dialog["dialog"]["elements"] if one["name"] == name)
    return [one["value"] for one in element["options"]]


def check_looks(dialog):
    if defaults(dialog) != {"model": "default", "thinking": "default", "verbose": "default", "permission": "default"}:
        raise Failure(f"the dialog begins with {defaults(dialog)}")
    if not {"fake/fake-1", "fake/fake-2"} <= set(values(dialog, "model")):
        raise Failure(f"the dialog's models are {values(dialog, 'model')}")
    if "low" not in values(dialog, "thinking"):
        raise Failure(f"the dialog's levels are {values(dialog, 'thinking')}")
    if values(dialog, "permission") != ["default", "workspace", "guarded", "read-only"]:
        raise Failure(f"the dialog's permission modes are {values(dialog, 'permission')}")


def offered_tools(world):
    question = world.ask(world.alice)
    question.answer()
    return world.gateway.model.offered_tools(question.nonce)


def run(world):
    world.apply(PermissionMode="workspace")
    world.wait_ready(world.near, world.near.count() - 1)
    direct, key = world.direct(world.alice), commands.session_key(world, "direct", world.alice.id)
    if "write" not in offered_tools(world):
        raise Failure("in mode workspace no tool that writes was offered: this case proves nothing")
    dialog = opened(world, world.alice, direct)
    check_looks(dialog)

    since = world.alice.events.position()
    chosen = {"model": "fake/fake-2", "thinking": "low", "verbose": "full", "permission": "read-only"}
    answer = asks.submit(world, world.alice, dialog, direct, chosen)
    if answer.get("error") or answer.get("errors"):
        raise Failure(f"the dialog was not taken: {answer}")
    told = asks.ephemeral(world.alice, since, "You changed the settings")["message"]
    for part in ("fake-2", "low", "full", "read"):
        commands.expect("what was changed", told, part)
    session = commands.session(world, key)
    if session["model"] != "fake-2" or session["thinkingLevel"] != "low":
        raise Failure(f"the gateway has {session['model']} and {session['thinkingLevel']}")
    if "write" in offered_tools(world):
        raise Failure("in the narrower mode a tool that writes was offered")
    if commands.session(world, key)["permissionMode"] != "read-only":
        raise Failure("the gateway does not have the narrower permission mode")

    dialog = opened(world, world.alice, direct)
    if defaults(dialog) != chosen:
        raise Failure(f"the dialog does not begin with what is set: {defaults(dialog)}")
    back = {name: "default" for name in chosen}
    since = world.alice.events.position()
    asks.submit(world, world.alice, dialog, direct, back)
    asks.ephemeral(world.alice, since, "You changed the settings")

    def usual():
        session = commands.session(world, key)
        return session["model"] == "fake-1" and not session.get("thinkingLevel")

    wait.until(usual, ANSWER_SECONDS, "model and thinking level to be the usual ones")
    if "write" not in offered_tools(world):
        raise Failure("back in mode workspace no tool that writes was offered")

    since = world.bob.events.position()
    said = commands.slash(world, world.bob, "/openclaw settings", world.channel_id)
    commands.expect("a stranger", said, "You may not use this command")
    if [one for one in world.bob.events.since(since) if one["event"] == "open_dialog"]:
        raise Failure("a stranger got the dialog")
