# SPDX-License-Identifier: Apache-2.0
"""From outside: the network to the Mattermost server is cut while many people write; whoever addressed the bot is answered once,
in order in each channel. OPENCLAW_CUT_SECONDS (10), OPENCLAW_CUT_POSTS (200) and OPENCLAW_CUT_ASKED (20) say how long and how many."""

import os
import time

from lib import places
from lib.conversation import Question
from lib.progress import Failure, say
from lib.relay import Relay
from lib.world import BOT_NAME, READY_SECONDS

SECONDS = int(os.environ.get("OPENCLAW_CUT_SECONDS", "10"))
POSTS = int(os.environ.get("OPENCLAW_CUT_POSTS", "200"))
ASKED = int(os.environ.get("OPENCLAW_CUT_ASKED", "20"))
ANSWER_SECONDS = 300
KINDS = ("group", "private", "public")


def write(world):
    """Everybody writes; each so many posts one asks the bot. Returns the questions in their order."""
    asked, every = [], POSTS // ASKED
    for number in range(POSTS):
        person = (world.alice, world.bob)[number % 2]
        channel_id = places.of(world)[KINDS[number % len(KINDS)]]
        if number % every == 0:
            asked.append(Question(world, person, channel_id, before=f"@{BOT_NAME} "))
        else:
            person.say(channel_id, f"nothing for a bot, {number}")
    return asked


def check_order(world, asked):
    for channel_id in {question.channel_id for question in asked}:
        here = [question for question in asked if question.channel_id == channel_id]
        posts = world.bot_posts(world.alice, channel_id)
        order = [next(i for i, post in enumerate(posts) if question.is_answer(post)) for question in here]
        if order != sorted(order):
            raise Failure(f"the answers in {channel_id} stand in the order {order}")


def run(world):
    relay = Relay(world.server.port)
    world.plugin.address = relay.url
    try:
        places.of(world)
        places.in_force(world)
        began, position = time.monotonic(), world.server.log_position()
        relay.cut()
        asked = write(world)
        time.sleep(max(0, SECONDS - (time.monotonic() - began)))
        away = time.monotonic() - began
        relay.mend()
        world.plugin.wait_log("the event stream delivers", READY_SECONDS + 60, position)
        for question in asked:
            question.answer(ANSWER_SECONDS)
        for question in asked:
            question.answered_once()
        check_order(world, asked)
        say(f"  ({POSTS} posts in {away:.0f} s, {len(asked)} of them asked: all answered once, in order)")
    finally:
        world.plugin.address = None
        world.plugin.restart()
        relay.close()
