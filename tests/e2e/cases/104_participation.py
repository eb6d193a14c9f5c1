# SPDX-License-Identifier: Apache-2.0
"""In a thread where the bot has answered it answers without a mention, also after a restart of the plugin; in others not,
and nowhere when implicitMentions.threadParticipation is off."""

from lib import places
from lib.why import why


def run(world):
    places.in_force(world)
    opening, other = places.ask(world, world.alice, "public"), places.ask(world, world.alice, "public", "plain")
    opening.answer()
    joined = places.ask(world, world.alice, "public", root_id=opening.post["id"])
    joined.answer()
    foreign = places.ask(world, world.alice, "public", "plain", root_id=other.post["id"])
    places.ask(world, world.bob, "public", "plain", root_id=opening.post["id"]).answer()

    world.plugin.restart()
    world.wait_ready(world.near, world.near.count() - 1)
    places.ask(world, world.alice, "public", "plain", root_id=opening.post["id"]).answer()

    places.in_force(world, Advanced="implicitMentions: {threadParticipation: false}\n")
    quiet = places.ask(world, world.alice, "public", "plain", root_id=opening.post["id"])
    places.ask(world, world.alice, "public", root_id=opening.post["id"]).answer()
    for question in (other, foreign, quiet):
        question.unanswered()
        why(world, question.post, "no record", "(`no_mention`)")
