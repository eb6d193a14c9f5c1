# SPDX-License-Identifier: Apache-2.0
"""From outside: an event of the server's that is lost or garbled is noticed at the next one, one that comes twice counts once, and a connection that breaks
in the middle of one is taken up there: each question is answered once."""

from lib import places, wait
from lib.event_relay import CUT, DROP, GARBLE, TWICE, EventRelay
from lib.progress import Failure
from lib.world import READY_SECONDS

SEEN_SECONDS = 20
NO_EVENT = "something that is no event"
LOOKED = "looked for posts that came"


def ask_with(world, relay, what):
    """Alice's question, with whose event something happens; returns the question once it has."""
    done = relay.done
    relay.once(lambda one: one["event"] == "posted" and world.alice.id in one["data"]["post"], what)
    question = world.ask(world.alice)
    wait.until(lambda: relay.done > done, SEEN_SECONDS, f"the event that shall be treated so: {what}")
    return question


def lost(world, relay, how):
    position = world.server.log_position()
    question = ask_with(world, relay, how)
    other = world.ask(world.bob)
    world.plugin.wait_log("the event stream left something out", SEEN_SECONDS, position)
    for one in (question, other):
        one.answer()
        one.answered_once()


def doubled(world, relay):
    question = ask_with(world, relay, TWICE)
    question.answer()
    question.answered_once()


def broken(world, relay):
    """The server keeps what was not heard for a while and sends it again: nothing has to be looked for."""
    position = world.server.log_position()
    question = ask_with(world, relay, CUT)
    world.plugin.wait_log("from where it broke", READY_SECONDS, position)
    question.answer()
    question.answered_once()
    if LOOKED in world.server.log_text(position):
        raise Failure("channels were looked through although the server sent again what was not heard")


def run(world):
    relay = EventRelay(world.server.port)
    world.plugin.address = relay.url
    try:
        places.in_force(world)
        world.must_answer(world.alice)
        lost(world, relay, DROP)
        since = world.server.log_position()
        for _ in range(2):
            lost(world, relay, GARBLE)
        if world.server.log_text(since).count(NO_EVENT) != 1:
            raise Failure(f"that something is no event is not said once:\n{world.plugin.log_text(since)}")
        doubled(world, relay)
        world.must_answer(world.bob)
        broken(world, relay)
    finally:
        world.plugin.address = None
        world.plugin.restart()
        relay.close()
