# SPDX-License-Identifier: Apache-2.0
"""Each dmPolicy for a listed person, a stranger and a paired one; each groupPolicy for a listed person and a stranger."""

from lib import pairing, places
from lib.conversation import Question

ROOMS = ("group", "private", "public")


def everywhere(world, person):
    return [places.ask(world, person, kind) for kind in ROOMS]


def check(world, answered, refused):
    """answered: questions; refused: (questions, reason) pairs. All were asked already."""
    for question in answered:
        question.answer()
    for questions, reason in refused:
        for question in questions:
            places.refused(world, question, reason)


def in_channel(world, person):
    return Question(world, person, world.channel_id, before="@openclaw ")


def run(world):
    paired = pairing.newcomer(world)

    places.in_force(world, DMPolicy="pairing", GroupPolicy="allowlist", AllowFrom=world.alice.id)
    stranger = world.ask(world.bob)
    first, code = pairing.asks(world, paired)
    pairing.expect(world.command(world.admin, f"/openclaw pairing approve {code}"), "may talk")
    first.answer()
    listed = [world.ask(world.alice), *everywhere(world, world.alice), world.ask(paired)]
    strangers = [*everywhere(world, world.bob), in_channel(world, paired)]
    check(
        world,
        listed,
        [([stranger], "dm_policy_pairing_required"), (strangers, "group_policy_not_allowlisted")],
    )

    places.in_force(world, DMPolicy="allowlist", GroupPolicy="open", AllowFrom=world.alice.id)
    strangers = [world.ask(world.bob), world.ask(paired)]
    listed = [world.ask(world.alice), *everywhere(world, world.alice), *everywhere(world, world.bob)]
    check(world, listed, [(strangers, "dm_policy_not_allowlisted")])

    places.in_force(world, DMPolicy="open", GroupPolicy="disabled", AllowFrom="*")
    closed = [*everywhere(world, world.alice), *everywhere(world, world.bob)]
    check(
        world, [world.ask(person) for person in (world.alice, world.bob, paired)], [(closed, "group_policy_disabled")]
    )

    # groupAllowFrom counts instead of allowFrom; a policy that is not written out is allowlist.
    places.in_force(world, DMPolicy="disabled", AllowFrom="*", GroupPolicy="", GroupAllowFrom=world.bob.id)
    closed = [world.ask(person) for person in (world.alice, world.bob, paired)]
    strangers = everywhere(world, world.alice)
    check(
        world,
        everywhere(world, world.bob),
        [(closed, "dm_policy_disabled"), (strangers, "group_policy_not_allowlisted")],
    )
