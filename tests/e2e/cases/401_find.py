# SPDX-License-Identifier: Apache-2.0
"""/openclaw find shows people and channels with their ids, also by a part of a name, and nothing that who asks cannot see."""

import secrets

from lib.progress import Failure


def find(world, person, text, *wanted, without=()):
    answer = world.command(person, f"/openclaw find {text}")
    for part in wanted:
        if part not in answer:
            raise Failure(f"{person.name} finds no {part!r} with {text!r}: {answer}")
    for part in without:
        if part in answer:
            raise Failure(f"{person.name} finds {part!r} with {text!r}: {answer}")


def run(world):
    world.settle()
    alice, bob = world.alice, world.bob
    word = secrets.token_hex(4)

    def channel(kind, name, *members):
        new = {"team_id": world.team, "name": f"{name}-{word}", "display_name": f"The {name} of {word}", "type": kind}
        made = bob.post("/channels", new)["id"]
        for user_id in members:
            bob.post(f"/channels/{made}/members", {"user_id": user_id})
        return made

    shared = channel("P", "shared", alice.id, world.bot["id"])
    hidden = channel("P", "hidden", world.bot["id"])
    public = channel("O", "public")  # neither alice nor the bot is there, and both may look into it
    gone = channel("O", "gone", world.bot["id"])
    bob.call("DELETE", f"/channels/{gone}")

    find(world, alice, "@bob", f"`@bob`", f"`user:{bob.id}`", without=("channel:",))
    find(world, alice, "BOB", f"`user:{bob.id}`")
    find(world, alice, "ob", f"`user:{bob.id}`")  # no name begins with it
    find(world, alice, "@openclaw", without=(world.bot["id"],))  # it is no target for itself
    find(world, alice, "#agents", f"`team/#agents`", f"`channel:{world.channel_id}`")
    find(world, alice, "agnts", f"`channel:{world.channel_id}`")
    find(
        world, alice, f"#{word}", f"`channel:{shared}`", "(private)", f"`channel:{public}`", without=(hidden, gone)
    )
    find(world, bob, f"#{word}", f"`channel:{shared}`", f"`channel:{hidden}`", f"`channel:{public}`", without=(gone,))
    # A system administrator who is not there sees no more than others in their client.
    find(world, world.admin, f"#{word}", f"`channel:{public}`", without=(shared, hidden, gone))
    find(world, alice, f"#nothing-{secrets.token_hex(8)}", "Nobody and no channel")
