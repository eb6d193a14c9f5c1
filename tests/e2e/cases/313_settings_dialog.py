# SPDX-License-Identifier: Apache-2.0
"""The settings dialog: it shows what the conversation has, changes model, thinking level, what is shown and the permission mode,
the gateway has it then; strangers get no dialog; what the gateway refuses stands under its field."""

from lib import asks, commands
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


def take(world, dialog, channel_id, chosen):
    answer = asks.submit(world, world.alice, dialog, channel_id, chosen) or {}
    if answer.get("error") or answer.get("errors"):
        raise Failure(f"the dialog was not taken: {answer}")


def run(world):
    world.apply(PermissionMode="workspace", AllowFrom=world.alice.id, DMPolicy="allowlist", GroupPolicy="allowlist")
    world.wait_ready(world.near, world.near.count() - 1)
    direct, key = world.direct(world.alice), commands.session_key(world, "direct", world.alice.id)
    if "write" not in offered_tools(world):
        raise Failure("in mode workspace no tool that writes was offered: this case proves nothing")
    for command in ("model default", "think default", "verbose default"):  # whatever earlier cases left
        commands.slash(world, world.alice, f"/openclaw {command}", direct)
    dialog = opened(world, world.alice, direct)
    check_looks(dialog)

    chosen = {"model": "fake/fake-2", "thinking": "low", "verbose": "full", "permission": "read-only"}
    answer = asks.submit(world, world.alice, dialog, direct, chosen)  # this model knows no such level
    if list(answer.get("errors") or {}) != ["thinking"] or "Changed: model fake/fake-2" not in answer.get("error", ""):
        raise Failure(f"the level that the model does not know was answered with {answer}")
    session = commands.session(world, key)
    if session["model"] != "fake-2" or session.get("thinkingLevel"):
        raise Failure(f"the gateway has {session['model']} and {session.get('thinkingLevel')}")
    chosen["thinking"] = "default"
    since = world.alice.events.position()
    take(world, dialog, direct, chosen)  # the rest stands already
    asks.ephemeral(world.alice, since, "Nothing was changed")
    if "write" in offered_tools(world):
        raise Failure("in the narrower mode a tool that writes was offered")
    if commands.session(world, key)["permissionMode"] != "read-only":
        raise Failure("the gateway does not have the narrower permission mode")

    dialog = opened(world, world.alice, direct)
    if defaults(dialog) != chosen:
        raise Failure(f"the dialog does not begin with what is set: {defaults(dialog)}")
    since = world.alice.events.position()
    take(world, dialog, direct, {"model": "default", "thinking": "off", "verbose": "default", "permission": "default"})
    told = asks.ephemeral(world.alice, since, "You changed the settings")["message"]
    for part in ("the agent's usual model", "thinking level off", "tools shown as usual", "the usual permission mode"):
        commands.expect("what was changed", told, part)
    session = commands.session(world, key)
    if session["model"] != "fake-1" or session["thinkingLevel"] != "off":
        raise Failure(f"the gateway has {session['model']} and {session['thinkingLevel']}")
    if "write" not in offered_tools(world):
        raise Failure("back in mode workspace no tool that writes was offered")
    commands.slash(world, world.alice, "/openclaw think default", direct)

    since = world.bob.events.position()
    said = commands.slash(world, world.bob, "/openclaw settings", world.channel_id)
    commands.expect("a stranger", said, "not among those")
    if [one for one in world.bob.events.events[since:] if one["event"] == "open_dialog"]:
        raise Failure("a stranger got the dialog")
