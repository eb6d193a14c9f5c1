# SPDX-License-Identifier: Apache-2.0
"""Pairing by command: approvers list, deny and approve, also across a restart; nobody else can."""

from lib import pairing
from lib.progress import Failure


def run(world):
    world.apply(AllowFrom="", DMPolicy="pairing", Approvers=world.bob.id)
    world.wait_ready(world.near, world.near.count() - 1)
    liked, disliked = pairing.newcomer(world), pairing.newcomer(world)
    question, code = pairing.asks(world, liked)
    unwanted, other_code = pairing.asks(world, disliked)

    for text in ("list", f"approve {code}", f"deny {code}"):
        pairing.expect(world.command(liked, f"/openclaw pairing {text}"), "You may not use this command")
    pairing.expect(world.command(liked, "/openclaw help"), "/openclaw help")
    world.apply()  # what waits is kept
    world.wait_ready(world.near, world.near.count() - 1)

    listed = world.command(world.bob, "/openclaw pairing list")
    pairing.expect(listed, f"@{liked.name}", code, f"@{disliked.name}", other_code)
    world.notice(world.bob, f"pairing approve {code}")  # approvers by the settings are asked, too
    pairing.expect(world.command(world.bob, f"/openclaw pairing approve {code.lower()}"), f"@{liked.name} may talk")
    pairing.expect(world.command(world.admin, f"/openclaw pairing deny {code}"), "decided before")
    pairing.expect(world.command(world.admin, f"/openclaw pairing deny {other_code}"), "was not let in")
    pairing.expect(world.command(world.admin, "/openclaw pairing approve ABCDEFGH"), "no request with this code")
    pairing.expect(world.command(world.admin, "/openclaw pairing approve"), "<code>")
    question.answer()
    world.must_answer(liked)
    question.answered_once()
    unwanted.unanswered()
    if code in world.command(world.bob, "/openclaw pairing list"):
        raise Failure("a request that was decided is still listed")
