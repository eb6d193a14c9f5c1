# SPDX-License-Identifier: Apache-2.0
"""A read-only session has no tool that writes and runs no command; a new PermissionMode reaches it."""

import os

from lib.progress import Failure


def offered(world):
    question = world.ask(world.alice)
    question.answer()
    return world.gateway.model.offered_tools(question.nonce)


def must_not_run(world, path):
    """The model asks for a shell command; what the tool says of it comes back as the answer."""
    since = world.alice.events.position()
    world.alice.say(world.direct(world.alice), f'tool exec {{"command":"touch {path}"}}')
    world.alice.events.wait(
        lambda event: event["event"] in ("posted", "post_edited")  # it may take the place of a line of progress
        and event["post"]["user_id"] == world.bot["id"]
        and event["post"]["message"].startswith("The tool said"),
        60,
        "what the exec tool said",
        since,
    )
    if os.path.exists(path):
        raise Failure("with PermissionMode read-only the agent ran a command on the gateway's machine")


def run(world):
    narrow = offered(world)
    if not narrow:
        raise Failure("no tool was offered to the model at all: this case proves nothing")
    writing = {"write", "edit", "apply_patch"} & narrow
    if writing:
        raise Failure(f"with PermissionMode read-only the model was offered {sorted(writing)}")
    must_not_run(world, world.workspace.path("gateway", "workspace", "made-by-exec"))
    world.apply(PermissionMode="workspace")
    world.wait_ready(world.near, world.near.count() - 1)
    wide = offered(world)
    if "write" not in wide:
        raise Failure(f"with PermissionMode workspace the model was offered only {sorted(wide)}")
    world.apply(PermissionMode="read-only")
    world.wait_ready(world.near, world.near.count() - 1)
    again = offered(world)
    if again != narrow:
        raise Failure(f"back with read-only the model was offered {sorted(again)}, not {sorted(narrow)}")
