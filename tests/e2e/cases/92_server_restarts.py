# SPDX-License-Identifier: Apache-2.0
"""The Mattermost server is stopped or crashes, five times, while three people ask: nothing is lost or doubled."""

from lib.ledger import Ledger
from lib.websocket import Events

ROUNDS = 5


def run(world):
    ledger = Ledger(world)
    for number in range(ROUNDS):
        for person in (world.alice, world.bob, world.admin):
            ledger.ask(person)
        if number % 2 == 0:
            ledger.questions[-1].reached_model()
        before = world.near.count(), world.server.log_position()
        world.server.stop(crash=number % 2 == 1)
        world.server.start()
        world.wait_back(*before)
    ledger.settle()
    ledger.check()
    for person in (world.alice, world.bob, world.admin):
        person.events = Events(person)  # the old connections ended with the first server
