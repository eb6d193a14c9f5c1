# SPDX-License-Identifier: Apache-2.0
"""The session's permission mode is the configured one: read-only offers no tool that writes, workspace does, for the same session too."""
from lib.progress import Failure


def offered(world):
    question = world.ask(world.alice)
    question.answer()
    return world.gateway.model.offered_tools(question.nonce)


def run(world):
    narrow = offered(world)
    if not narrow:
        raise Failure("no tool was offered to the model at all: this case proves nothing")
    writing = {"write", "edit", "apply_patch", "exec"} & narrow
    if writing:
        raise Failure(f"with PermissionMode read-only the model was offered {sorted(writing)}")
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
