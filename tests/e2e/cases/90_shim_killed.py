# SPDX-License-Identifier: Apache-2.0
"""The shim is killed again and again while three people ask: each post has one outcome and one answer.

OPENCLAW_SHIM_KILLS says how often (50). The server alone would need up to 30 s to notice and gives up at the third
time in an hour, so the plugin is disabled and enabled after each kill. From outside it is the whole program that is killed and started again."""

import os

from lib.ledger import Ledger

NO_LIMITS = {"UserPerMinute": "0", "ChannelPerMinute": "0", "BotPerMinute": "0"}


def run(world):
    world.apply(**NO_LIMITS)
    ledger = Ledger(world)
    people = (world.alice, world.bob, world.admin)
    for number in range(int(os.environ.get("OPENCLAW_SHIM_KILLS", "50"))):
        for person in people:
            ledger.ask(person)
        # Sometimes at once, sometimes in the middle of the work, sometimes when the answers are there.
        if number % 3 == 1:
            ledger.questions[-1].reached_model()
        elif number % 3 == 2:
            ledger.questions[-1].answer()
        world.plugin.kill_all()
        ledger.ask(people[number % 3])  # nobody hears this one when it is written
        world.plugin.restart()
        if number % 10 == 9:
            ledger.settle()  # a conversation in which more than twenty questions wait is refused more
    ledger.settle()
    ledger.check()
